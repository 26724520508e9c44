#include "pkcs11/token/discover.h"

#include "base/openssl.h"
#include "pkcs11/text.h"
#include "pkcs11/token/opensc.h"
#include "pkcs11/token/report.h"
#include "pkcs11/token/session.h"

#include <openssl/x509.h>

#include <algorithm>
#include <memory>

namespace sceau::pkcs11::token {

using base::Bytes;
using base::Result;

namespace {

/// Returns the certificate alone, since some tokens pad what follows it. Returns empty bytes if it is not a
/// certificate.
Bytes certificate_in(const Bytes& value)
{
    const base::QuietErrors quiet;
    const unsigned char* end = value.data();
    const std::unique_ptr<X509, base::Deleter<X509_free>> certificate(
        d2i_X509(nullptr, &end, static_cast<long>(value.size())));
    return certificate ? Bytes(value.data(), end) : Bytes();
}

/// Adds the key if it can be read, has a CKA_ID of a valid size and is not in the list yet.
void add_key(std::vector<KeyObject>& keys, const Objects& objects, CK_OBJECT_HANDLE object)
{
    constexpr std::size_t kLongestLabel = 80; // bytes: a packet's text has room for three times as many in UTF-8
    Bytes public_key = public_key_info(objects, object);
    Bytes cka_id = objects.attribute(object, CKA_ID);
    Bytes label = objects.attribute(object, CKA_LABEL);
    label.resize(std::min(label.size(), kLongestLabel));
    const bool fits = !public_key.empty() && public_key.size() <= kPublicKeyLimit && !cka_id.empty() &&
                      cka_id.size() <= kCkaIdLimit && keys.size() < kKeysPerToken;
    if (fits && std::ranges::find(keys, public_key, &KeyObject::public_key) == keys.end())
        keys.push_back(
            {.cka_id = std::move(cka_id), .label = text_of(base::as_text(label)), .public_key = std::move(public_key)});
}

/// A discovery goes as far as the module permits: failures are noted, and everything else is reported.
class Discovery {
  public:
    Discovery(int channel, const Library& library) : channel_(channel), library_(library) {}

    Result<> run()
    {
        TRY_ASSIGN(const auto slots, library_.slots());
        for (const CK_SLOT_ID slot : slots)
            TRY(report_slot(slot));
        // Reported before the module is finalised, which may take long or crash.
        return report(channel_, DiscoveryEnd{incomplete_});
    }

  private:
    Result<> report_slot(CK_SLOT_ID slot)
    {
        CK_SLOT_INFO slot_info{};
        CK_TOKEN_INFO token_info{};
        if (!note(check("C_GetSlotInfo", library_.functions().C_GetSlotInfo(slot, &slot_info))) ||
            (slot_info.flags & CKF_TOKEN_PRESENT) == 0 ||
            !note(check("C_GetTokenInfo", library_.functions().C_GetTokenInfo(slot, &token_info))) ||
            (token_info.flags & CKF_TOKEN_INITIALIZED) == 0)
            return {};
        TRY(report(channel_, describe(slot_info, token_info)));
        const auto session = Session::open(library_, slot);
        if (!note(session))
            return {};
        TRY(report_keys(session->objects()));
        return report_certificates(session->objects());
    }

    Result<> report_keys(const Objects& objects)
    {
        std::vector<KeyObject> keys;
        for (const CK_OBJECT_CLASS object_class : {CKO_PRIVATE_KEY, CKO_PUBLIC_KEY}) {
            const auto found = objects.find(object_class);
            if (note(found))
                std::ranges::for_each(*found, [&](CK_OBJECT_HANDLE object) { add_key(keys, objects, object); });
        }
        for (const KeyObject& key : keys)
            TRY(report(channel_, key));
        return {};
    }

    Result<> report_certificates(const Objects& objects)
    {
        const auto found = objects.find(CKO_CERTIFICATE);
        if (!note(found))
            return {};
        std::size_t reported = 0;
        for (const CK_OBJECT_HANDLE object : *found) {
            const auto value = objects.read(object, CKA_VALUE);
            if (!note(value) || reported == kCertificatesPerToken)
                continue;
            const Certificate certificate{.cka_id = objects.attribute(object, CKA_ID), .der = certificate_in(*value)};
            if (certificate.cka_id.empty() || certificate.cka_id.size() > kCkaIdLimit || certificate.der.empty() ||
                certificate.der.size() > kCertificateLimit)
                continue;
            TRY(report(channel_, certificate));
            ++reported;
        }
        return {};
    }

    /// A token that has just been removed is not a failure.
    template <class T>
    bool note(const Result<T>& result)
    {
        if (!result && result.error().code != base::ErrorCode::token_absent && incomplete_.empty())
            incomplete_ = result.error().message;
        return result.has_value();
    }

    int channel_;
    const Library& library_;
    std::string incomplete_;
};

} // namespace

Result<> discover(int channel, const std::filesystem::path& module, const DiscoverTask& task)
{
    TRY(configure_opensc(task));
    TRY_ASSIGN(const Library library, Library::open(module));
    return Discovery(channel, library).run();
}

} // namespace sceau::pkcs11::token
