#include "mail/mime/sign/signing.h"

#include "base/hasher.h"
#include "mail/mime/parse/oddities.h"
#include "mail/mime/parse/values.h"
#include "mail/mime/sign/field_meaning.h"
#include "mail/mime/sign/outer_header.h"
#include "mail/mime/sign/payload.h"
#include "mail/mime/sign/read_back.h"

#include <algorithm>

namespace sceau::mail::mime {

using base::Result;
using Moment = std::chrono::system_clock::time_point;

namespace {

Result<> refuse_defects(const Message& message)
{
    const auto first = std::ranges::min_element(message.defects, {}, &Defect::offset);
    const std::vector<std::string> oddities = oddities_of(message.root);
    if (first == message.defects.end() && oddities.empty())
        return {};
    if (first == message.defects.end())
        return std::unexpected(base::bad_message(oddities.front()));
    return std::unexpected(base::bad_message(first->what + " (at byte " + std::to_string(first->offset) + ")"));
}

Result<Source> payload_of(const Source& source, const Entity& root, const std::string& protected_fields)
{
    TRY_ASSIGN(base::UniqueFd file, temporary_file());
    TRY(PayloadWriter(source, file.value()).write(root, protected_fields));
    return Source::open(std::move(file));
}

/// Returns the value that replaces a missing Date or one that is too far from the moment.
std::optional<std::string> new_date(const Entity& root, std::optional<Moment> moment)
{
    constexpr std::int64_t kTolerance = std::int64_t{15} * 60;
    const HeaderField* field = root.field("Date");
    if (!moment || field == nullptr)
        return std::nullopt;
    const std::int64_t now = std::chrono::system_clock::to_time_t(*moment);
    const std::optional<std::int64_t> date = read_date(field->value);
    const bool near = date && *date >= now - kTolerance && *date <= now + kTolerance;
    return near ? std::nullopt : std::optional(date_at(now));
}

std::string text_in(const Entity& root, const char* name, const std::string& charset)
{
    const HeaderField* field = root.field(name);
    return field ? read_unstructured(utf8_value(field->value, charset).value_or("")) : std::string();
}

/// Checks the message as it will be sent, except for the bytes of the signature.
Result<> check(const Source& original, const Message& message, const Prepared& prepared)
{
    TRY_ASSIGN(base::UniqueFd file, temporary_file());
    TRY(write_signed(prepared, base::Hash::sha256, {}, file.value()));
    TRY_ASSIGN(const Source written, Source::open(std::move(file)));
    return check_written(original, message, written, !prepared.old_date);
}

} // namespace

Result<Prepared> prepare(const Source& source, std::optional<Moment> moment)
{
    TRY_ASSIGN(const Message message, parse(source));
    TRY(refuse_defects(message));
    const Entity& root = message.root;
    const std::optional<std::string> date = new_date(root, moment);
    TRY_ASSIGN(HeaderSections sections, header_sections(root, date));
    TRY_ASSIGN(Source payload, payload_of(source, root, sections.protected_copy));
    const std::string charset = body_charset(root);
    Prepared prepared{.outer_header = std::move(sections.outer),
                      .payload = std::move(payload),
                      .from = {},
                      .sender = std::nullopt,
                      .bcc = {},
                      .subject = text_in(root, "Subject", charset),
                      .date = date.value_or(text_in(root, "Date", charset)),
                      .old_date = date ? std::optional(text_in(root, "Date", charset)) : std::nullopt};
    for (const Mailbox& mailbox : read_mailboxes(root.field("From")->value))
        prepared.from.push_back(mailbox.address);
    if (const HeaderField* field = root.field("Sender"))
        for (const Mailbox& mailbox : read_mailboxes(field->value))
            prepared.sender = mailbox.address;
    for (const HeaderField& field : root.fields)
        if (field.is("Bcc") || field.is("Resent-Bcc"))
            for (const Mailbox& mailbox : read_mailboxes(field.value))
                prepared.bcc.push_back(mailbox.address);
    TRY(check(source, message, prepared));
    return prepared;
}

Result<base::Bytes> Prepared::digest(base::Hash hash) const
{
    base::Hasher hasher(hash);
    TRY(stream(payload, {.begin = 0, .end = payload.size()}, [&](std::string_view piece) -> Result<> {
        hasher.update(piece);
        return {};
    }));
    return std::move(hasher).finish();
}

} // namespace sceau::mail::mime
