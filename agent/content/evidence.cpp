#include "agent/content/evidence.h"

#include <algorithm>

namespace sceau::agent {

using base::Result;
using mail::cms::SignedAttributes;

Result<SignedAttributes> check_evidence(const ipc::Evidence& evidence, base::Scheme scheme, const base::Digest& digest,
                                        const std::vector<base::Bytes>& certificates)
{
    if (evidence.kind != ipc::Evidence::Kind::attributes)
        return std::unexpected(base::unsupported("this agent does not understand evidence of this kind yet"));
    if (!evidence.attributes)
        return std::unexpected(base::invalid_parameter("evidence.attributes", "is missing"));
    if (!std::ranges::equal(base::hash_of(base::traits(scheme).hash, *evidence.attributes), digest.bytes()))
        return std::unexpected(base::evidence_mismatch("the digest is not that of the signed attributes"));
    auto attributes = mail::cms::read_signed_attributes(*evidence.attributes);
    if (!attributes)
        return std::unexpected(base::evidence_mismatch(attributes.error().message));
    const auto is_named = [&](const base::Bytes& certificate) {
        return mail::cms::is_named_certificate(*attributes, certificate);
    };
    if (!certificates.empty() && std::ranges::none_of(certificates, is_named))
        return std::unexpected(base::evidence_mismatch("the signed attributes name the certificate of another key"));
    return attributes;
}

} // namespace sceau::agent
