#include "clients/pkcs11-module/decryption.h"

#include "base/openssl.h"
#include "clients/lib/key_use.h"
#include "clients/pkcs11-module/module.h"
#include "clients/pkcs11-module/signature.h"

#include <openssl/core_names.h>
#include <openssl/kdf.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace sceau::pkcs11_module {

using base::Bytes;
using base::BytesView;
using base::DecryptionScheme;

namespace {

/// Returns the connection of the last decryption if it is free, otherwise a new one.
Answer<ipc::Client> take_connection()
{
    if (Answer<InModule> in = in_module())
        if (auto kept = in->module.take_decrypting_connection())
            return *std::move(kept);
    auto opened = ipc::Client::connect();
    if (!opened)
        return std::unexpected(return_value(opened.error().code));
    return *std::move(opened);
}

void keep_connection(ipc::Client connection)
{
    if (Answer<InModule> in = in_module())
        in->module.keep_decrypting_connection(std::move(connection));
}

Answer<Bytes> answer_to(base::Result<Bytes> result)
{
    if (result)
        return *std::move(result);
    if (result.error().code == base::ErrorCode::invalid_parameter)
        return std::unexpected(CKR_ENCRYPTED_DATA_INVALID);
    return std::unexpected(return_value(result.error().code));
}

bool ignore_progress(const ipc::Progress& /*progress*/)
{
    return true;
}

struct OaepHash {
    CK_MECHANISM_TYPE hash;
    CK_ULONG mask_function;
    DecryptionScheme scheme;
};
constexpr std::array kOaepHashes = {
    OaepHash{CKM_SHA_1, CKG_MGF1_SHA1, DecryptionScheme::rsa_oaep_sha1},
    OaepHash{CKM_SHA256, CKG_MGF1_SHA256, DecryptionScheme::rsa_oaep_sha256},
    OaepHash{CKM_SHA384, CKG_MGF1_SHA384, DecryptionScheme::rsa_oaep_sha384},
    OaepHash{CKM_SHA512, CKG_MGF1_SHA512, DecryptionScheme::rsa_oaep_sha512},
};

const char* hash_of(CK_ULONG function)
{
    switch (function) {
    case CKD_SHA1_KDF:
        return "SHA1";
    case CKD_SHA224_KDF:
        return "SHA224";
    case CKD_SHA256_KDF:
        return "SHA256";
    case CKD_SHA384_KDF:
        return "SHA384";
    case CKD_SHA512_KDF:
        return "SHA512";
    default:
        return nullptr;
    }
}

// Returns the point within the DER of an OCTET STRING, or the data itself. Points are shorter than 256 bytes. Data as
// long as a point on the key's curve is a point, although one in 256 begins like an OCTET STRING.
BytesView point_in(BytesView data, std::size_t field_size)
{
    if (data.size() == 1 + 2 * field_size)
        return data;
    if (data.size() > 2 && data[0] == 0x04 && data[1] < 0x80 && data[1] == data.size() - 2)
        return data.subspan(2);
    if (data.size() > 3 && data[0] == 0x04 && data[1] == 0x81 && data[2] == data.size() - 3)
        return data.subspan(3);
    return data;
}

Answer<Bytes> x963(const Derivation& derivation, Bytes& secret, std::size_t size)
{
    using Kdf = std::unique_ptr<EVP_KDF, base::Deleter<EVP_KDF_free>>;
    using KdfContext = std::unique_ptr<EVP_KDF_CTX, base::Deleter<EVP_KDF_CTX_free>>;
    const base::QuietErrors quiet;
    const Kdf kdf(EVP_KDF_fetch(nullptr, OSSL_KDF_NAME_X963KDF, nullptr));
    const KdfContext context(EVP_KDF_CTX_new(kdf.get()));
    std::string hash = hash_of(derivation.function);
    Bytes info = derivation.shared_info;
    const std::array parameters = {OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, hash.data(), 0),
                                   OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, secret.data(), secret.size()),
                                   OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, info.data(), info.size()),
                                   OSSL_PARAM_construct_end()};
    Bytes key(size);
    if (!context || EVP_KDF_derive(context.get(), key.data(), key.size(), parameters.data()) != 1)
        return std::unexpected(CKR_FUNCTION_FAILED);
    return key;
}

} // namespace

// The agent's OAEP uses the same hash for its mask function and no label; everything else is refused.
Answer<DecryptionScheme> decryption_scheme(const CK_MECHANISM& mechanism)
{
    if (mechanism.mechanism == CKM_RSA_PKCS && mechanism.ulParameterLen == 0)
        return DecryptionScheme::rsa_pkcs1;
    if (mechanism.mechanism != CKM_RSA_PKCS && mechanism.mechanism != CKM_RSA_PKCS_OAEP)
        return std::unexpected(CKR_MECHANISM_INVALID);
    CK_RSA_PKCS_OAEP_PARAMS params;
    if (mechanism.mechanism == CKM_RSA_PKCS || mechanism.ulParameterLen != sizeof params)
        return std::unexpected(CKR_MECHANISM_PARAM_INVALID);
    std::memcpy(&params, mechanism.pParameter, sizeof params);
    const auto* found = std::ranges::find(kOaepHashes, params.hashAlg, &OaepHash::hash);
    if (found == kOaepHashes.end() || params.mgf != found->mask_function || params.ulSourceDataLen != 0)
        return std::unexpected(CKR_MECHANISM_PARAM_INVALID);
    return found->scheme;
}

Answer<DecryptionOperation> DecryptionOperation::begin(std::shared_ptr<const PrivateKey> key,
                                                       const CK_MECHANISM& mechanism)
{
    TRY_ASSIGN(const DecryptionScheme scheme, decryption_scheme(mechanism));
    if (key->type != base::KeyType::rsa)
        return std::unexpected(CKR_KEY_TYPE_INCONSISTENT);
    if (!key->decrypts)
        return std::unexpected(CKR_KEY_FUNCTION_NOT_PERMITTED);
    return DecryptionOperation{std::move(key), scheme};
}

Answer<Derivation> Derivation::begin(std::shared_ptr<const PrivateKey> key, const CK_MECHANISM& mechanism)
{
    if (mechanism.mechanism != CKM_ECDH1_DERIVE)
        return std::unexpected(CKR_MECHANISM_INVALID);
    CK_ECDH1_DERIVE_PARAMS params;
    if (mechanism.pParameter == nullptr || mechanism.ulParameterLen != sizeof params)
        return std::unexpected(CKR_MECHANISM_PARAM_INVALID);
    std::memcpy(&params, mechanism.pParameter, sizeof params);
    if ((params.kdf != CKD_NULL && hash_of(params.kdf) == nullptr) || params.public_data == nullptr ||
        (params.shared_data == nullptr && params.shared_data_len != 0) ||
        (params.kdf == CKD_NULL && params.shared_data_len != 0))
        return std::unexpected(CKR_MECHANISM_PARAM_INVALID);
    if (key->type != base::KeyType::ec)
        return std::unexpected(CKR_KEY_TYPE_INCONSISTENT);
    if (!key->decrypts)
        return std::unexpected(CKR_KEY_FUNCTION_NOT_PERMITTED);
    const BytesView point = point_in({params.public_data, params.public_data_len}, key->modulus_size());
    const BytesView info(params.shared_data, params.shared_data_len);
    return Derivation{std::move(key), Bytes(point.begin(), point.end()), params.kdf, Bytes(info.begin(), info.end())};
}

Answer<Bytes> plaintext_from_agent(const DecryptionOperation& operation, BytesView ciphertext)
{
    TRY_ASSIGN(ipc::Client agent, take_connection());
    auto plaintext = client::decrypt(agent,
                                     {.key = operation.key->id,
                                      .scheme = operation.scheme,
                                      .ciphertext = Bytes(ciphertext.begin(), ciphertext.end()),
                                      .terminal = {}},
                                     ignore_progress);
    keep_connection(std::move(agent));
    return answer_to(std::move(plaintext));
}

Answer<Bytes> secret_from_agent(const Derivation& derivation, std::size_t size)
{
    TRY_ASSIGN(ipc::Client agent, take_connection());
    auto derived = client::derive(
        agent, {.key = derivation.key->id, .public_key = derivation.public_key, .terminal = {}}, ignore_progress);
    keep_connection(std::move(agent));
    Answer<Bytes> secret = answer_to(std::move(derived));
    if (!secret)
        return secret.error() == CKR_ENCRYPTED_DATA_INVALID ? std::unexpected(CKR_MECHANISM_PARAM_INVALID) : secret;
    if (derivation.function != CKD_NULL)
        return x963(derivation, *secret, size == 0 ? secret->size() : size);
    if (size > secret->size())
        return std::unexpected(CKR_KEY_SIZE_RANGE);
    if (size != 0)
        secret->resize(size);
    return secret;
}

} // namespace sceau::pkcs11_module
