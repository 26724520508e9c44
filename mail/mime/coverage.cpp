#include "mail/mime/coverage.h"

#include "mail/cms/address.h"
#include "mail/cms/text.h"
#include "mail/mime/values.h"

#include <algorithm>
#include <array>

namespace sceau::mail::mime {

namespace {

/// The fields that mail programs show, or that decide where an answer goes.
constexpr std::array<const char*, 7> kShown = {"From", "Sender", "Reply-To", "To", "Cc", "Subject", "Date"};

bool is_text(const Entity& leaf)
{
    return leaf.content_type.type == "text" && leaf.disposition != "attachment" && leaf.filename.empty();
}

bool is_signature(const Entity& leaf)
{
    return leaf.content_type.subtype.ends_with("-signature");
}

struct Contents {
    unsigned texts = 0;
    unsigned attachments = 0;
    bool kept_elsewhere = false; // message/external-body
};

/// What is in an entity, a certain part left out. An attached message counts as one.
void count(const Entity& entity, const Entity* left_out, Contents& contents)
{
    if (&entity == left_out)
        return;
    if (entity.is_multipart()) {
        for (const Entity& child : entity.children)
            count(child, left_out, contents);
        return;
    }
    contents.kept_elsewhere = contents.kept_elsewhere || entity.content_type.is("message", "external-body");
    if (is_text(entity))
        ++contents.texts;
    else if (!is_signature(entity))
        ++contents.attachments;
}

bool same_mailboxes(const std::string& one, const std::string& other)
{
    return std::ranges::equal(read_mailboxes(one), read_mailboxes(other), [](const Mailbox& a, const Mailbox& b) {
        return a.name == b.name && cms::same_address(a.address, b.address);
    });
}

std::string without_blanks(std::string text)
{
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    return text;
}

/// Transport may fold fields anew and encode names in another way.
bool says_the_same(const HeaderField& one, const HeaderField& other)
{
    if (without_blanks(one.value) == without_blanks(other.value))
        return true;
    if (one.is("Date"))
        return false;
    if (one.is("Subject"))
        return without_blanks(read_unstructured(one.value)) == without_blanks(read_unstructured(other.value));
    return same_mailboxes(one.value, other.value);
}

std::string joined(const std::vector<std::string>& names)
{
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i)
        text += (i == 0 ? "" : i + 1 == names.size() ? " and " : ", ") + names[i];
    return text;
}

void unprotected_header(const Entity& root, Extent& extent)
{
    std::vector<std::string> names;
    for (const char* name : kShown) {
        if (root.field(name) != nullptr && std::string_view(name) != "From")
            names.emplace_back(name);
    }
    if (!names.empty())
        extent.coverage.not_covered.push_back("The header is not signed: " + joined(names) + ".");
}

void protected_header(const Entity& root, const Entity& payload, Extent& extent)
{
    for (const HeaderField& field : payload.fields) {
        const bool listed =
            std::ranges::any_of(extent.coverage.headers, [&](const std::string& name) { return field.is(name); });
        if (!listed && !field.is_content() && !field.is("MIME-Version") && !field.is("HP-Outer"))
            extent.coverage.headers.push_back(field.name);
    }
    for (const char* name : kShown) {
        const HeaderField* outer = root.field(name);
        const HeaderField* inner = payload.field(name);
        if (outer == nullptr || (inner != nullptr && says_the_same(*outer, *inner)))
            continue;
        extent.whole = false;
        extent.coverage.not_covered.push_back(std::string(name) + " outside of the signed part is not " +
                                              (inner != nullptr ? "the one that was signed." : "signed."));
    }
}

void parts_beside(const Entity& root, const Entity& signed_part, Extent& extent)
{
    if (&root == &signed_part)
        return;
    extent.whole = false;
    Contents beside;
    count(root, &signed_part, beside);
    extent.coverage.not_covered.emplace_back("The signed part is not the whole mail.");
    if (beside.texts > 0)
        extent.coverage.not_covered.emplace_back("There is text beside the signed part.");
    if (beside.attachments > 0)
        extent.coverage.not_covered.push_back("There are " + std::to_string(beside.attachments) +
                                              " attachments beside the signed part.");
}

} // namespace

bool has_header_protection(const Entity& payload)
{
    const std::string value = cms::ascii_lower(payload.content_type.parameter("hp").value_or(""));
    return value == "clear" || value == "cipher";
}

Extent extent_of(const Entity& root, const Entity& signed_part, const Entity& payload)
{
    Extent extent;
    Contents contents;
    count(payload, nullptr, contents);
    extent.coverage.text = contents.texts > 0;
    extent.coverage.attachments = contents.attachments;
    // RFC 9788 §4.1: only at the root of what is signed as a whole.
    if (&root == &signed_part && has_header_protection(payload))
        protected_header(root, payload, extent);
    else
        unprotected_header(root, extent);
    parts_beside(root, signed_part, extent);
    if (contents.kept_elsewhere) {
        extent.whole = false;
        extent.coverage.not_covered.emplace_back("A part of the content is kept elsewhere and only named here.");
    }
    return extent;
}

} // namespace sceau::mail::mime
