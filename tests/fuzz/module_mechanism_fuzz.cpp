// Reads any mechanism with any parameters and any data. It is refused, or becomes a request that fits the key.
#include "clients/pkcs11-module/decryption.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <cstring>

using namespace sceau;
using namespace sceau::pkcs11_module;
using base::Bytes;
using base::BytesView;

namespace {

constexpr std::array<CK_MECHANISM_TYPE, 10> kTypes = {
    CKM_RSA_PKCS,     CKM_RSA_PKCS_PSS,    CKM_RSA_PKCS_OAEP,       CKM_ECDH1_DERIVE,  CKM_ECDSA,
    CKM_ECDSA_SHA384, CKM_SHA256_RSA_PKCS, CKM_SHA512_RSA_PKCS_PSS, CKM_SHA1_RSA_PKCS, CKM_AES_CBC};
constexpr std::array<CK_MECHANISM_TYPE, 5> kHashes = {CKM_SHA_1, CKM_SHA256, CKM_SHA384, CKM_SHA512, CKM_MD5};
constexpr std::array<CK_ULONG, 5> kMaskFunctions = {CKG_MGF1_SHA1, CKG_MGF1_SHA256, CKG_MGF1_SHA384, CKG_MGF1_SHA512,
                                                    0};

std::shared_ptr<const PrivateKey> key_of(base::KeyType type)
{
    PrivateKey key{
        .id = {}, .type = type, .bits = type == base::KeyType::rsa ? 2048 : 256, .schemes = {}, .decrypts = true};
    for (const base::SchemeTraits& scheme : base::all_schemes())
        if (scheme.key_type == type)
            key.schemes.push_back(scheme.scheme);
    return std::make_shared<const PrivateKey>(std::move(key));
}

/// The parameters of the three mechanisms that have some.
struct Parameters {
    explicit Parameters(std::array<std::uint8_t, 3> choice, Bytes& bytes)
    {
        pss = {.hashAlg = kHashes[choice[0] % 5], .mgf = kMaskFunctions[choice[1] % 5], .sLen = choice[2]};
        oaep = {.hashAlg = kHashes[choice[0] % 5],
                .mgf = kMaskFunctions[choice[1] % 5],
                .source = CKZ_DATA_SPECIFIED,
                .pSourceData = nullptr,
                .ulSourceDataLen = choice[2]};
        const std::size_t middle = std::min<std::size_t>(choice[2], bytes.size());
        ecdh.kdf = choice[0] % 12;
        ecdh.public_data = bytes.data();
        ecdh.public_data_len = middle;
        ecdh.shared_data = choice[1] % 2 == 0 ? nullptr : bytes.data() + middle;
        ecdh.shared_data_len = choice[1] % 4 == 0 ? 0 : bytes.size() - middle;
    }

    CK_RSA_PKCS_PSS_PARAMS pss{};
    CK_RSA_PKCS_OAEP_PARAMS oaep{};
    CK_ECDH1_DERIVE_PARAMS ecdh{};
};

/// Makes the structure that the mechanism expects, whole or cut, or no parameters, or something else.
CK_MECHANISM mechanism_of(CK_MECHANISM_TYPE type, std::uint8_t form, Parameters& parameters, Bytes& bytes)
{
    CK_MECHANISM mechanism{.mechanism = type, .pParameter = &parameters.pss, .ulParameterLen = sizeof parameters.pss};
    if (type == CKM_RSA_PKCS_OAEP)
        mechanism = {.mechanism = type, .pParameter = &parameters.oaep, .ulParameterLen = sizeof parameters.oaep};
    if (type == CKM_ECDH1_DERIVE)
        mechanism = {.mechanism = type, .pParameter = &parameters.ecdh, .ulParameterLen = sizeof parameters.ecdh};
    if (form % 4 == 1)
        mechanism.ulParameterLen -= 1;
    if (form % 4 == 2)
        mechanism = {.mechanism = type, .pParameter = nullptr, .ulParameterLen = 0};
    if (form % 4 == 3)
        mechanism = {
            .mechanism = type, .pParameter = bytes.data(), .ulParameterLen = std::min<std::size_t>(bytes.size(), 7)};
    return mechanism;
}

void check_signing(const std::shared_ptr<const PrivateKey>& key, const CK_MECHANISM& mechanism, BytesView data)
{
    auto operation = SigningOperation::begin(key, mechanism);
    if (!operation || !operation->add(data.first(data.size() / 2)) || !operation->add(data.subspan(data.size() / 2)))
        return;
    const auto request = operation->finish();
    if (request && (request->digest.size() != base::digest_size(base::traits(request->scheme).hash) ||
                    base::traits(request->scheme).key_type != key->type))
        std::abort();
}

void check_decryption(const std::shared_ptr<const PrivateKey>& key, const CK_MECHANISM& mechanism)
{
    if (DecryptionOperation::begin(key, mechanism) && key->type != base::KeyType::rsa)
        std::abort();
    const auto derivation = Derivation::begin(key, mechanism);
    if (!derivation)
        return;
    CK_ECDH1_DERIVE_PARAMS given{};
    std::memcpy(&given, mechanism.pParameter, sizeof given);
    const BytesView data(given.public_data, given.public_data_len);
    if (key->type != base::KeyType::ec || derivation->public_key.size() > data.size() ||
        !std::ranges::equal(derivation->public_key, data.last(derivation->public_key.size())))
        std::abort();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    static const std::array keys = {key_of(base::KeyType::rsa), key_of(base::KeyType::ec)};
    if (size < 5)
        return 0;
    Bytes rest(data + 5, data + size);
    Parameters parameters({data[2], data[3], data[4]}, rest);
    const CK_MECHANISM mechanism = mechanism_of(kTypes[data[0] % kTypes.size()], data[1], parameters, rest);
    for (const auto& key : keys) {
        check_signing(key, mechanism, rest);
        check_decryption(key, mechanism);
    }
    return 0;
}
