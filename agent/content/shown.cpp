#include "agent/content/shown.h"

#include "mail/cms/address.h"

#include <algorithm>

namespace sceau::agent {

using base::Language;
using ipc::FieldName;
using ipc::Level;
using ipc::Mark;
using preview::Mailbox;
using preview::Noted;

namespace {

std::string written(const Mailbox& mailbox)
{
    return mailbox.name.empty() ? mailbox.shown : mailbox.name + " <" + mailbox.shown + ">";
}

std::string shown_size(unsigned bytes, Language language)
{
    constexpr unsigned kKilo = 1000;
    if (bytes < kKilo)
        return language.phrase("{} bytes", bytes);
    if (bytes < kKilo * kKilo)
        return language.phrase("{} kB", (bytes + kKilo / 2) / kKilo);
    return language.phrase("{} MB", (bytes + kKilo * kKilo / 2) / (kKilo * kKilo));
}

/// Words for a note; `value` and `other` are as preview/summary.h says.
std::string sentence(const preview::Note& note, Language language)
{
    switch (note.what) {
    case Noted::header_not_protected:
        return language.phrase("Receivers may see another subject and other recipients: those of this mail are not "
                               "protected.");
    case Noted::name_like_address:
        return language.phrase("The name \"{}\" looks like an address. The address is {}.", note.value, note.other);
    case Noted::mixed_scripts:
        return language.phrase("The address {} has letters of several alphabets. It is {}.", note.value, note.other);
    case Noted::hidden_characters:
        return language.phrase("Characters that nobody can see were left out here ({}).", note.value);
    case Noted::pictures_from_net:
        return language.phrase("The mail loads pictures from the net ({}), which are not signed.", note.value);
    case Noted::hidden_text:
        return language.phrase("The mail has text that receivers do not see.");
    case Noted::link_differs:
        return language.phrase("The link \"{}\" leads to {}.", note.value, note.other);
    case Noted::alternatives_differ:
        return language.phrase("The mail has two texts with different words. Receivers see one or the other.");
    case Noted::charset_unknown:
        return language.phrase("This cannot be shown, because of its character set {}: {}.", note.value, note.other);
    case Noted::bytes_unreadable:
        return language.phrase("Some characters cannot be shown ({}).", note.value);
    case Noted::text_left_out:
        return language.phrase("The text is longer than what can be shown.");
    case Noted::attachments_left_out:
        return language.phrase("There are more attachments than can be shown: {} more.", note.value);
    case Noted::encrypted_part:
        return language.phrase("A part is encrypted, and cannot be shown.");
    case Noted::kept_elsewhere:
        return language.phrase("A part is not in the mail but elsewhere, and is not signed.");
    }
    return {};
}

std::string domain_of(const std::string& address)
{
    const auto parsed = mail::cms::parse_address(address);
    return parsed ? parsed->domain : std::string();
}

/// Whether this is a recipient in another domain than all of those whom the mail is from.
bool is_outside(const ipc::ShownField& field, const std::vector<Mailbox>& from)
{
    return ipc::is_recipient(field.name) && std::ranges::none_of(from, [&](const Mailbox& mailbox) {
               return domain_of(mailbox.address) == domain_of(field.address.value_or(""));
           });
}

class Fields {
  public:
    explicit Fields(Level level) { shown_.level = level; }

    void add(FieldName name, std::string value) { add(name, shown_.level, std::move(value), std::nullopt); }
    void add(FieldName name, Level level, std::string value, std::optional<std::string> address)
    {
        shown_.lines.push_back(
            {.name = name, .level = level, .value = std::move(value), .address = std::move(address)});
    }
    void add(FieldName name, const std::vector<Mailbox>& mailboxes, const std::vector<preview::Note>& notes)
    {
        for (const Mailbox& mailbox : mailboxes) {
            add(name, shown_.level, written(mailbox), mailbox.address);
            const bool looks_like_address = std::ranges::any_of(notes, [&](const preview::Note& note) {
                return note.what == Noted::name_like_address && note.other == mailbox.address;
            });
            if (looks_like_address)
                mark(Mark::looks_like_address);
        }
    }
    /// Marks the field that was added last.
    void mark(Mark mark) { shown_.lines.back().marks.push_back(mark); }
    ipc::Shown take() { return std::move(shown_); }

  private:
    ipc::Shown shown_;
};

void add_text(Fields& fields, const preview::Text& text, bool one_of_several, Language language)
{
    if (one_of_several)
        fields.add(FieldName::text, text.form == preview::Form::html
                                        ? language.phrase("[What programs show that read HTML]")
                                        : language.phrase("[What programs show that read plain text]"));
    for (const preview::Line& line : text.lines) {
        fields.add(FieldName::text, line.text);
        if (line.hidden)
            fields.mark(Mark::hidden);
    }
    if (text.lines_left_out > 0)
        fields.add(FieldName::text, language.counted(text.lines_left_out, "[{} more line, which is not shown]",
                                                     "[{} more lines, which are not shown]"));
    if (text.bytes_left_out > 0)
        fields.add(FieldName::text,
                   language.phrase("[The rest is not shown: {}]", shown_size(text.bytes_left_out, language)));
}

std::string written(const preview::Invitation& invitation, Language language)
{
    std::string text = invitation.summary.empty() ? language.phrase("without a title") : invitation.summary;
    if (invitation.method == "CANCEL")
        text = language.phrase("cancelled: {}", text);
    if (!invitation.start.empty())
        text += language.phrase(", on {}", invitation.start);
    if (!invitation.organiser.empty())
        text += language.phrase(", organised by {}", invitation.organiser);
    return text;
}

std::string written(const preview::Attachment& attachment, Language language)
{
    const std::string name = attachment.name.empty() ? language.phrase("without a name") : attachment.name;
    return language.phrase("{} ({}, {})", name, attachment.type, shown_size(attachment.size, language));
}

} // namespace

ipc::Shown shown_mail(const preview::Summary& summary, bool on_behalf, const std::vector<std::string>& bcc,
                      Language language)
{
    Fields fields(Level::proven);
    fields.add(FieldName::to, summary.to, summary.notes);
    fields.add(FieldName::cc, summary.cc, summary.notes);
    for (const std::string& address : bcc)
        fields.add(FieldName::bcc, Level::claimed, address,
                   mail::cms::parse_address(address) ? std::optional(address) : std::nullopt);
    for (const std::string& sum : summary.sums)
        fields.add(FieldName::sum, sum);
    for (const std::string& account : summary.accounts)
        fields.add(FieldName::iban, account);
    if (summary.subject)
        fields.add(FieldName::subject, *summary.subject);
    fields.add(FieldName::from, summary.from, summary.notes);
    fields.add(FieldName::sender, summary.sender, summary.notes);
    if (on_behalf)
        fields.add(FieldName::note, language.phrase("You sign on behalf of those whom the mail is from."));
    fields.add(FieldName::reply_to, summary.reply_to, summary.notes);
    if (summary.date)
        fields.add(FieldName::date, summary.date->text);
    for (const preview::Note& note : summary.notes)
        fields.add(note.what == Noted::link_differs ? FieldName::link : FieldName::note, sentence(note, language));
    for (const preview::Invitation& invitation : summary.invitations)
        fields.add(FieldName::event, written(invitation, language));
    for (const preview::Attachment& attachment : summary.attachments)
        fields.add(FieldName::attachment, written(attachment, language));
    for (const preview::Text& text : summary.texts)
        add_text(fields, text, summary.texts.size() > 1, language);
    ipc::Shown shown = fields.take();
    for (ipc::ShownField& field : shown.lines)
        if (is_outside(field, summary.from))
            field.marks.insert(field.marks.begin(), Mark::outside);
    return shown;
}

ipc::Shown shown_request(const mail::cms::CertificationRequest& request, Language language)
{
    Fields fields(Level::proven);
    fields.add(FieldName::subject, request.subject);
    for (const std::string& address : request.addresses)
        fields.add(FieldName::note, language.phrase("for the address {}", address));
    return fields.take();
}

} // namespace sceau::agent
