// The signed attributes of a CMS signature by themselves (RFC 5652 §5.3): all that programs of the PKCS#11 world hand
// over. They tell what is signed, when and as whom; the content itself they only name by its digest.
#pragma once

#include "base/bytes.h"
#include "base/result.h"

#include <chrono>
#include <optional>

namespace sceau::mail::cms {

struct SignedAttributes {
    bool of_data = false; // contentType is id-data, as of mails and files
    bool of_mail = false; // with what only mail programs put in (SMIMECapabilities, the key to encrypt to)
    base::Bytes message_digest;
    std::optional<std::chrono::system_clock::time_point> signing_time; // as claimed
    base::Bytes signing_certificate;                                   // DER of the attribute's value (RFC 2634 §5.4)
    base::Bytes signing_certificate_v2;                                // the same (RFC 5035 §3)
};

inline constexpr std::size_t kSignedAttributesLimit = 65536; // bytes

/// From the DER that is hashed: a SET OF Attribute. `bad_message` unless it is one, with one contentType and one
/// messageDigest (§11.1, §11.2), each attribute once, and nothing after it.
base::Result<SignedAttributes> read_signed_attributes(base::BytesView der);

/// False where they name another certificate as the signer's. Where they name none, every one will do.
bool is_named_certificate(const SignedAttributes& attributes, base::BytesView certificate);

} // namespace sceau::mail::cms
