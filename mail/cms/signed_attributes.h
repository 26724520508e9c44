// The signed attributes of a CMS signature on their own (RFC 5652 §5.3), which is all that programs pass to a PKCS#11
// module. They say what is signed, when, and as whom, but identify the content only by its digest.
#pragma once

#include "base/bytes.h"
#include "base/result.h"
#include "mail/cms/own_attributes.h"

#include <chrono>
#include <optional>

namespace sceau::mail::cms {

struct SignedAttributes {
    bool of_data = false; // the contentType is id-data, as for mails and files
    bool of_mail = false; // contains attributes that only mail programs add (SMIMECapabilities, the key to encrypt to)
    base::Bytes message_digest;
    std::optional<std::chrono::system_clock::time_point> signing_time; // claimed by the signer
    base::Bytes signing_certificate;                                   // DER of the attribute's value (RFC 2634 §5.4)
    base::Bytes signing_certificate_v2;                                // the same (RFC 5035 §3)
    OwnAttributes own;
};

inline constexpr std::size_t kSignedAttributesLimit = 65536; // bytes

/// Reads the DER that is hashed: a SET OF Attribute. Fails with `bad_message` unless it contains one contentType and
/// one messageDigest (§11.1, §11.2), every attribute only once and, if it is one of those that are read here, with its
/// own kind of value, and nothing follows it.
base::Result<SignedAttributes> read_signed_attributes(base::BytesView der);

/// Returns false if the attributes name another certificate as the signer's. If they name none, any certificate
/// matches.
bool is_named_certificate(const SignedAttributes& attributes, base::BytesView certificate);

} // namespace sceau::mail::cms
