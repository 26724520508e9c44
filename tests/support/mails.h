// Mails as other programs sign them, with software keys, and the verdict on them at a fixed time.
#pragma once

#include "mail/mime/judge/verdict.h"
#include "tests/support/pki.h"

#include <functional>

namespace sceau::test {

/// A folder that is removed with its owner.
class TemporaryFolder {
  public:
    TemporaryFolder();
    ~TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;

    std::filesystem::path write(const std::string& name, std::string_view text) const;

  private:
    std::filesystem::path path_;
};

struct Signing {
    bool opaque = false;
    unsigned flags = 0;                         // additional flags of OpenSSL's CMS_sign: CMS_CADES, CMS_NOATTR …
    const EVP_MD* hash = EVP_sha256();          // of the signature
    std::vector<const X509*> certificates = {}; // in addition to the signer's own
    std::vector<const Identity*> other_signers = {};
    std::function<void(CMS_ContentInfo*)> alter = nullptr;   // called before signing
    std::function<void(CMS_ContentInfo*)> falsify = nullptr; // called after signing
};

/// Returns the DER of a ContentInfo that signs the content as it is.
base::Bytes sign(const Identity& signer, std::string_view content, const Signing& how = {});

CMS_SignerInfo* first_signer(CMS_ContentInfo* cms);
/// Signs the first signer's current attributes with that P-256 key, even those that OpenSSL refuses to sign.
void sign_again(CMS_ContentInfo* cms, const Identity& signer);

std::string base64_lines(base::BytesView bytes);

/// From, To, Subject, Date and MIME-Version, with CRLF.
std::string header(const std::string& from = "Alice <alice@example.org>");
/// A text/plain part, with CRLF.
std::string text_part(const std::string& text = "Please pay 10 euros.");
/// The same with the header inside and hp="clear" (RFC 9788).
std::string protected_part(const std::string& header, const std::string& text = "Please pay 10 euros.");

std::string multipart_signed(const std::string& header, const std::string& payload, base::BytesView signature);
std::string opaque_signed(const std::string& header, base::BytesView signed_data);
/// Replaces CRLF by LF, as mail stores do.
std::string with_lf(const std::string& text);

/// The people and authorities of the tests: Root → Issuer → Alice, and others.
struct World {
    Identity root = self_signed({.common_name = "Example Root", .extensions = authority_extensions()});
    Identity issuer = issue(root, {.common_name = "Example CA", .extensions = authority_extensions()});
    Identity alice = issue(issuer, {});
    Identity eve = issue(issuer, {.common_name = "Eve", .extensions = person_extensions("email:eve@evil.example")});
    TemporaryFolder folder;

    mail::cms::TrustOptions trust() const;
    /// Alice's mail: she signs the payload and includes her issuer's certificate.
    std::string signed_mail(const std::string& payload = text_part(), Signing how = {}) const;
    std::string signed_by(const Identity& signer, const std::string& header, const std::string& payload = text_part(),
                          Signing how = {}) const;
};

mail::mime::Verdict judged(const std::string& message, const mail::cms::TrustOptions& trust);

} // namespace sceau::test
