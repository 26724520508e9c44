#include "mail/mime/signing.h"

#include "mail/mime/oddities.h"
#include "mail/mime/outer_header.h"
#include "mail/mime/payload.h"
#include "mail/mime/values.h"

#include <openssl/evp.h>

#include <algorithm>
#include <memory>

namespace sceau::mail::mime {

using base::Result;

namespace {

struct DigestContextFree {
    void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, DigestContextFree>;

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

} // namespace

Result<Prepared> prepare(const Source& source)
{
    TRY_ASSIGN(const Message message, parse(source));
    TRY(refuse_defects(message));
    TRY_ASSIGN(HeaderSections sections, header_sections(message.root));
    TRY_ASSIGN(Source payload, payload_of(source, message.root, sections.protected_copy));
    Prepared prepared{.outer_header = std::move(sections.outer),
                      .payload = std::move(payload),
                      .from = {},
                      .sender = std::nullopt,
                      .subject = {}};
    for (const Mailbox& mailbox : read_mailboxes(message.root.field("From")->value))
        prepared.from.push_back(mailbox.address);
    if (const HeaderField* field = message.root.field("Sender"))
        for (const Mailbox& mailbox : read_mailboxes(field->value))
            prepared.sender = mailbox.address;
    if (const HeaderField* field = message.root.field("Subject"))
        prepared.subject = read_unstructured(field->value);
    return prepared;
}

Result<base::Bytes> Prepared::digest(base::Hash hash) const
{
    const DigestContext context(EVP_MD_CTX_new());
    bool good = context && EVP_DigestInit_ex(context.get(), EVP_get_digestbyname(base::to_string(hash)), nullptr) == 1;
    TRY(stream(payload, {.begin = 0, .end = payload.size()}, [&](std::string_view piece) -> Result<> {
        good = good && EVP_DigestUpdate(context.get(), piece.data(), piece.size()) == 1;
        return {};
    }));
    base::Bytes digest(base::digest_size(hash));
    if (!good || EVP_DigestFinal_ex(context.get(), digest.data(), nullptr) != 1)
        return std::unexpected(base::internal("OpenSSL cannot hash"));
    return digest;
}

} // namespace sceau::mail::mime
