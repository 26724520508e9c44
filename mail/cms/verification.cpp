#include "mail/cms/verification.h"

#include "mail/cms/algorithms.h"
#include "mail/cms/openssl.h"
#include "mail/cms/persons.h"
#include "mail/limit.h"

#include <algorithm>

namespace sceau::mail::cms {

using base::Result;

struct Signatures::Parts {
    CmsPtr cms;
    X509StackPtr certificates;

    std::vector<CMS_SignerInfo*> signers() const
    {
        STACK_OF(CMS_SignerInfo)* list = CMS_get0_SignerInfos(cms.get());
        std::vector<CMS_SignerInfo*> signers;
        signers.reserve(static_cast<std::size_t>(std::max(0, sk_CMS_SignerInfo_num(list))));
        for (int i = 0; i < sk_CMS_SignerInfo_num(list); ++i)
            signers.push_back(sk_CMS_SignerInfo_value(list, i));
        return signers;
    }

    /// Returns the message's own certificates, followed by those that the reader has.
    std::vector<X509*> certificates_with(const STACK_OF(X509) * known) const
    {
        std::vector<X509*> all;
        for (const STACK_OF(X509) * some : {static_cast<const STACK_OF(X509)*>(certificates.get()), known}) {
            for (int i = 0; i < sk_X509_num(some); ++i)
                all.push_back(sk_X509_value(some, i));
        }
        return all;
    }
};

Signatures::Signatures(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}
Signatures::Signatures(Signatures&&) noexcept = default;
Signatures& Signatures::operator=(Signatures&&) noexcept = default;
Signatures::~Signatures() = default;

Result<Signatures> Signatures::parse(base::BytesView signed_data)
{
    const QuietErrors quiet;
    const unsigned char* position = signed_data.data();
    CmsPtr cms(d2i_CMS_ContentInfo(nullptr, &position, static_cast<long>(signed_data.size())));
    if (!cms || position != signed_data.data() + signed_data.size() ||
        OBJ_obj2nid(CMS_get0_type(cms.get())) != NID_pkcs7_signed)
        return std::unexpected(base::bad_message("the signature's CMS structure cannot be read"));
    if (OBJ_obj2nid(CMS_get0_eContentType(cms.get())) != NID_pkcs7_data || CMS_is_detached(cms.get()) != 1)
        return std::unexpected(base::unsupported("the signature is over something else than a mail"));
    constexpr int kMostSigners = 16;
    if (sk_CMS_SignerInfo_num(CMS_get0_SignerInfos(cms.get())) > kMostSigners)
        return std::unexpected(over(Limit::signatures));
    X509StackPtr certificates(CMS_get1_certs(cms.get()));
    if (!certificates)
        certificates.reset(sk_X509_new_null());
    return Signatures(std::make_unique<Parts>(Parts{std::move(cms), std::move(certificates)}));
}

std::size_t Signatures::count() const
{
    return parts_->signers().size();
}

std::vector<ContentHash> Signatures::hashes() const
{
    std::vector<ContentHash> hashes;
    for (CMS_SignerInfo* signer : parts_->signers()) {
        const auto hash = digest_hash(signer);
        if (hash && std::ranges::find(hashes, *hash) == hashes.end())
            hashes.push_back(*hash);
    }
    return hashes;
}

std::vector<SignerReport> Signatures::check(const ContentDigests& digests, const Trust& trust) const
{
    const QuietErrors quiet;
    const std::vector<X509*> certificates = parts_->certificates_with(trust.known_certificates());
    std::map<X509*, PathReport> paths; // one certificate may have made several signatures
    const PathFinder find_path = [&](X509* certificate) {
        auto found = paths.find(certificate);
        if (found == paths.end())
            found = paths.emplace(certificate, trust.check(certificate, certificates)).first;
        return found->second;
    };
    std::vector<CheckedSigner> checked;
    for (CMS_SignerInfo* signer : parts_->signers())
        checked.push_back(check_signer(signer, certificates, digests, find_path, trust.moment()));
    return one_for_each_person(std::move(checked));
}

} // namespace sceau::mail::cms
