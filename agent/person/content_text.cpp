#include "agent/person/content_text.h"

#include "base/display_text.h"

#include <algorithm>
#include <array>

namespace sceau::agent {

using base::Language;
using ipc::FieldName;
using ipc::Level;
using ipc::Mark;
using ipc::ShownField;

namespace {

constexpr std::size_t kSourceColumns = 20; // of the program that says something, and of the sender's domain

// How much of the pages a part may take, in bytes of which a page has 990, and how many lines one field.
struct Budget {
    Part part;
    std::size_t bytes;
    std::size_t field_lines;
};
constexpr std::array kBudgets{Budget{Part::recipients, 1600, 3}, Budget{Part::money, 620, 2},
                              Budget{Part::subject, 500, 6},     Budget{Part::origin, 380, 3},
                              Budget{Part::notes, 620, 4},       Budget{Part::attachments, 620, 3},
                              Budget{Part::links, 380, 3},       Budget{Part::text, 3000, 20}};

Part part_of(FieldName name)
{
    switch (name) {
    case FieldName::to:
    case FieldName::cc:
    case FieldName::bcc:
        return Part::recipients;
    case FieldName::sum:
    case FieldName::iban:
        return Part::money;
    case FieldName::subject:
    case FieldName::date:
    case FieldName::event:
        return Part::subject;
    case FieldName::from:
    case FieldName::sender:
    case FieldName::reply_to:
        return Part::origin;
    case FieldName::attachment:
        return Part::attachments;
    case FieldName::link:
        return Part::links;
    case FieldName::text:
        return Part::text;
    case FieldName::note:
        break;
    }
    return Part::notes;
}

std::string_view name_of(FieldName name, Content content, Language language)
{
    switch (name) {
    case FieldName::from:
        return language.translated("From");
    case FieldName::sender:
        return language.translated("Sent by");
    case FieldName::reply_to:
        return language.translated("Answers go to");
    case FieldName::to:
        return language.translated("To");
    case FieldName::cc:
        return language.translated("Cc");
    case FieldName::bcc:
        return language.translated("Bcc");
    case FieldName::subject:
        return content == Content::certificate_request ? language.translated("Name") : language.translated("Subject");
    case FieldName::date:
        return language.translated("Date");
    case FieldName::text:
        return language.translated("Text");
    case FieldName::attachment:
        return language.translated("Attachment");
    case FieldName::event:
        return language.translated("Event");
    case FieldName::sum:
        return language.translated("Sum");
    case FieldName::iban:
        return language.translated("IBAN");
    case FieldName::link:
        return language.translated("Link");
    case FieldName::note:
        break;
    }
    return language.translated("Note");
}

std::string domain_of(const ipc::Shown& shown)
{
    for (const ShownField& field : shown.lines)
        if (field.name == FieldName::from && field.address && field.address->rfind('@') != std::string::npos)
            return base::shown(field.address->substr(field.address->rfind('@') + 1), kSourceColumns);
    return {};
}

std::string shown_mark(Mark mark, const std::string& domain, Language language)
{
    switch (mark) {
    case Mark::outside:
        // Translators: outside the sender's domain; said of a recipient.
        return domain.empty() ? language.phrase("OUTSIDE") : language.phrase("OUTSIDE {}", domain);
    case Mark::first_time:
        return language.phrase("FIRST TIME");
    case Mark::hidden:
        return language.phrase("HIDDEN IN THE MAIL");
    case Mark::looks_like_address:
        break;
    }
    return language.phrase("ITS NAME LOOKS LIKE AN ADDRESS");
}

// Returns text such as "To (OUTSIDE example.org)": what is ours comes before what is not, so that a long value pushes
// none of it away.
std::string label_of(const ShownField& field, Content content, const std::string& program, const std::string& domain,
                     Language language)
{
    std::string notes;
    if (field.level == Level::claimed)
        notes = language.phrase("as {} says", base::shown(program, kSourceColumns));
    for (const Mark mark : field.marks)
        notes += (notes.empty() ? "" : ", ") + shown_mark(mark, domain, language);
    const std::string_view symbol = field.level == Level::claimed ? "[?] " : field.level == Level::unseen ? "[!] " : "";
    const std::string name(name_of(field.name, content, language));
    return std::string(symbol) + (notes.empty() ? name : language.phrase("{} ({})", name, notes));
}

// A recipient's address is shown even if the name beside it is long.
std::string value_of(const ShownField& field)
{
    constexpr std::size_t kNameColumns = 40;
    if (!field.address || field.address->empty() || field.value == *field.address ||
        base::shown(field.value, kPageColumns) == field.value)
        return field.value;
    return *field.address + ", " + base::shown(field.value, kNameColumns);
}

/// Recipients that are marked come before the others.
std::vector<const ShownField*> fields_of(Part part, const ipc::Shown& shown)
{
    std::vector<const ShownField*> fields;
    std::vector<const ShownField*> unmarked;
    for (const ShownField& field : shown.lines)
        if (part_of(field.name) == part)
            (part == Part::recipients && field.marks.empty() ? unmarked : fields).push_back(&field);
    fields.insert(fields.end(), unmarked.begin(), unmarked.end());
    return fields;
}

std::size_t letters_of(const Lines& lines, std::size_t from)
{
    std::size_t count = 0;
    for (std::size_t i = from; i < lines.size(); ++i)
        count += static_cast<std::size_t>(
            std::ranges::count_if(lines[i], [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
    return count;
}

// Cuts the lines of one field to `most`, and says so.
Lines kept_lines(Lines lines, std::size_t most, Language language)
{
    if (lines.size() <= most)
        return lines;
    const std::size_t left_out = letters_of(lines, most) - 2 * (lines.size() - most); // without each line's "> "
    lines.resize(most);
    lines.push_back(language.counted(left_out, "NOT SHOWN: {} more letter of it", "NOT SHOWN: {} more letters of it"));
    return lines;
}

// A page holds 16 lines, however short they are.
std::size_t cost_of(const Lines& lines)
{
    std::size_t cost = 0;
    for (const std::string& line : lines)
        cost += std::max(escaped_size({line}), kPageBytes / kPageLines);
    return cost;
}

Lines text_lines(const std::string& value)
{
    Lines lines = base::wrapped(value, kPageColumns - 2, kPageColumns - 2);
    for (std::string& line : lines)
        line.insert(0, line.empty() ? ">" : "> ");
    return lines;
}

PartText part_text(const Budget& budget, const std::vector<const ShownField*>& fields, const ipc::Shown& shown,
                   Content content, const std::string& program, Language language)
{
    PartText text{.part = budget.part, .fields = {}};
    const std::string domain = domain_of(shown);
    std::size_t used = 0;
    std::string last_label;
    for (const ShownField* field : fields) {
        const std::string label = label_of(*field, content, program, domain, language);
        Lines lines;
        if (budget.part == Part::text) {
            lines = text_lines(field->value);
            if (label != last_label)
                lines.insert(lines.begin(), base::shown(language.phrase("{}:", label), kPageColumns - 1));
            last_label = label;
        } else {
            lines = field_lines(language.phrase("{}: {}", label, value_of(*field)));
        }
        const bool is_cut = lines.size() > budget.field_lines;
        lines = kept_lines(std::move(lines), budget.field_lines, language);
        used += cost_of(lines);
        if (used > budget.bytes) {
            text.left_out = fields.size() - text.fields.size();
            break;
        }
        text.is_cut |= is_cut;
        text.fields.push_back(std::move(lines));
    }
    if (budget.part == Part::text)
        text.heading = {language.phrase("Text, continued:")};
    return text;
}

} // namespace

std::vector<PartText> content_text(const ipc::Shown& shown, Content content, const std::string& program,
                                   Language language)
{
    std::vector<PartText> parts;
    for (const Budget& budget : kBudgets) {
        const std::vector<const ShownField*> fields = fields_of(budget.part, shown);
        if (fields.empty())
            continue;
        parts.push_back(part_text(budget, fields, shown, content, program, language));
    }
    return parts;
}

std::string more_of(Part part, std::size_t count, Language language)
{
    switch (part) {
    case Part::recipients:
        return language.counted(count, "{} more recipient", "{} more recipients");
    case Part::money:
        return language.counted(count, "{} more sum or IBAN", "{} more sums and IBANs");
    case Part::attachments:
        return language.counted(count, "{} more attachment", "{} more attachments");
    case Part::links:
        return language.counted(count, "{} more link", "{} more links");
    case Part::text:
        return language.counted(count, "{} more line of text", "{} more lines of text");
    case Part::subject:
    case Part::origin:
    case Part::notes:
        break;
    }
    return language.counted(count, "{} more field", "{} more fields");
}

std::string headline(Level level, bool all, Language language)
{
    switch (level) {
    case Level::proven:
        return all ? language.phrase("[=] SHOWN BELOW IS EXACTLY WHAT IS SIGNED.")
                   : language.phrase("[=] SHOWN BELOW IS WHAT IS SIGNED, BUT NOT ALL OF IT.");
    case Level::claimed:
        return language.phrase("[?] BELOW IS WHAT THE PROGRAM SAYS. IT WAS NOT CHECKED.");
    case Level::unseen:
        break;
    }
    return language.phrase("[!] ITS CONTENT CANNOT BE SHOWN.");
}

} // namespace sceau::agent
