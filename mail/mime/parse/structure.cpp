#include "mail/mime/parse/structure.h"

#include "base/ascii.h"

#include <algorithm>

namespace sceau::mail::mime {

namespace {

/// Accepts the name from RFC 8551 §3.5.3.2, and the one from before RFC 2633 that many programs still write.
bool is_signature_type(std::string_view type)
{
    const std::string lower = base::ascii_lower(type);
    return lower == "application/pkcs7-signature" || lower == "application/x-pkcs7-signature";
}

bool is_pkcs7_mime(const ContentType& type)
{
    return type.is("application", "pkcs7-mime") || type.is("application", "x-pkcs7-mime");
}

/// For application/octet-stream, the file name decides (RFC 8551 §3.10).
bool is_named(const Entity& entity, std::string_view ending)
{
    return entity.content_type.is("application", "octet-stream") &&
           base::ascii_lower(entity.filename).ends_with(ending);
}

std::string type_of(const Entity& entity)
{
    return entity.content_type.type + "/" + entity.content_type.subtype;
}

std::string smime_type(const Entity& entity)
{
    return base::ascii_lower(entity.content_type.parameter("smime-type").value_or(""));
}

bool may_hold_signed_data(const Entity& entity)
{
    const std::string type = smime_type(entity);
    return may_hold_cms(entity) && (type.empty() || type == "signed-data");
}

bool is_signature(const Entity& entity)
{
    return is_signature_type(type_of(entity)) || is_named(entity, ".p7s");
}

/// Returns whether the part is an attached file that is signed itself ("contract.pdf.p7m"), which says nothing about
/// the mail.
bool is_document(const Entity& part)
{
    return part.is_leaf() && !part.filename.empty() && base::ascii_lower(part.filename) != "smime.p7m";
}

/// Returns what the message as a whole is, if it is not signed.
std::optional<Finding> remark_on(const Entity& root)
{
    if (root.content_type.is("multipart", "signed"))
        return Finding{.what = Found::other_signature};
    if (!is_pkcs7_mime(root.content_type))
        return std::nullopt;
    return Finding{.what = smime_type(root) == "certs-only" ? Found::only_certificates : Found::other_smime};
}

/// Looks inside multiparts that contain only one part.
const Entity& only_part(const Entity& entity)
{
    const bool holds_one = entity.is_multipart() && entity.children.size() == 1 && !says_encrypted(entity);
    return holds_one ? only_part(entity.children.front()) : entity;
}

class Search {
  public:
    Structure run(const Entity& root) &&
    {
        const Entity& only = only_part(root);
        result_.encrypted = says_encrypted(only);
        if (result_.encrypted && may_hold_cms(only))
            take(only);
        if (result_.encrypted)
            return std::move(result_);
        if (is_signed(root)) {
            take(root);
        } else {
            if (auto remark = remark_on(root))
                result_.remarks.push_back(*std::move(remark));
            below(root);
        }
        if (!result_.signed_part && encrypted_part_)
            result_.remarks.push_back({.what = Found::part_encrypted});
        if (!result_.signed_part && signed_message_inside_)
            result_.remarks.push_back({.what = Found::attached_mail_signed});
        return std::move(result_);
    }

  private:
    /// Returns whether the entity is, or claims to be, signed with S/MIME.
    static bool is_signed(const Entity& entity)
    {
        if (may_hold_signed_data(entity))
            return true;
        if (!entity.content_type.is("multipart", "signed"))
            return false;
        if (const auto protocol = entity.content_type.parameter("protocol"))
            return is_signature_type(*protocol);
        return entity.children.size() > 1 && is_signature(entity.children[1]);
    }

    void below(const Entity& entity)
    {
        for (const Entity& child : entity.children) {
            if (entity.is_message())
                signed_message_inside_ = signed_message_inside_ || is_signed(child);
            else if (!result_.signed_part && is_signed(child) && !is_document(child))
                take(child);
            else if (says_encrypted(child))
                encrypted_part_ = true;
            else
                below(child);
        }
    }

    void take(const Entity& entity)
    {
        if (!entity.is_multipart()) {
            result_.signed_part = SignedPart{.whole = &entity, .payload = nullptr, .signature = &entity};
            return;
        }
        // RFC 1847 §2.1 requires exactly two.
        if (entity.children.size() != 2)
            defect({.what = Found::signed_multipart_parts, .count = entity.children.size()});
        else if (!is_signature(entity.children[1]))
            defect({.what = Found::second_part_no_smime});
        else
            result_.signed_part =
                SignedPart{.whole = &entity, .payload = &entity.children[0], .signature = &entity.children[1]};
    }

    void defect(Finding what)
    {
        if (std::ranges::find(result_.defects, what) == result_.defects.end())
            result_.defects.push_back(std::move(what));
    }

    Structure result_;
    bool signed_message_inside_ = false;
    bool encrypted_part_ = false;
};

} // namespace

bool SignedPart::says_signed_data() const
{
    return !is_opaque() || smime_type(*whole) == "signed-data";
}

bool may_hold_cms(const Entity& entity)
{
    return is_pkcs7_mime(entity.content_type) || is_named(entity, ".p7m");
}

bool says_encrypted(const Entity& entity)
{
    const std::string type = smime_type(entity);
    return entity.content_type.is("multipart", "encrypted") ||
           (may_hold_cms(entity) && (type == "enveloped-data" || type == "authenveloped-data"));
}

Structure find_signature(const Entity& root)
{
    return Search().run(root);
}

} // namespace sceau::mail::mime
