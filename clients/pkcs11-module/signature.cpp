#include "clients/pkcs11-module/signature.h"

#include "base/error_table.h"
#include "base/openssl.h"
#include "clients/lib/key_use.h"

#include <openssl/ecdsa.h>

#include <algorithm>

namespace sceau::pkcs11_module {

namespace {

static_assert(base::error_table::kGeneralError == CKR_GENERAL_ERROR);
static_assert(base::error_table::kFunctionFailed == CKR_FUNCTION_FAILED);
static_assert(base::error_table::kDeviceError == CKR_DEVICE_ERROR);
static_assert(base::error_table::kDeviceRemoved == CKR_DEVICE_REMOVED);
static_assert(base::error_table::kFunctionCanceled == CKR_FUNCTION_CANCELED);
static_assert(base::error_table::kPinExpired == CKR_PIN_EXPIRED);
static_assert(base::error_table::kPinLocked == CKR_PIN_LOCKED);
static_assert(base::error_table::kFunctionRejected == CKR_FUNCTION_REJECTED);

using EcdsaSignature = std::unique_ptr<ECDSA_SIG, base::Deleter<ECDSA_SIG_free>>;

base::Result<base::Bytes> ask(const SignatureRequest& request)
{
    TRY_ASSIGN(ipc::Client agent, ipc::Client::connect());
    ipc::Sign::Parameters parameters = {
        .key = request.key->id, .scheme = request.scheme, .digest = request.digest, .evidence = {}, .terminal = {}};
    if (!request.attributes.empty())
        parameters.evidence = {.kind = ipc::Evidence::Kind::attributes, .attributes = request.attributes};
    return client::sign(agent, parameters, [](const ipc::Progress&) { return true; });
}

} // namespace

Answer<base::Bytes> signature_from_agent(const SignatureRequest& request)
{
    auto signature = ask(request);
    if (!signature)
        return std::unexpected(return_value(signature.error().code));
    const std::size_t size = request.key->signature_size();
    if (request.key->type == base::KeyType::ec) {
        auto raw = raw_ecdsa(*signature, size / 2);
        if (!raw)
            return std::unexpected(CKR_GENERAL_ERROR);
        return *std::move(raw);
    }
    if (signature->size() != size)
        return std::unexpected(CKR_GENERAL_ERROR);
    return *std::move(signature);
}

std::optional<base::Bytes> raw_ecdsa(base::BytesView der, std::size_t size)
{
    const base::QuietErrors quiet;
    const unsigned char* position = der.data();
    const EcdsaSignature signature(d2i_ECDSA_SIG(nullptr, &position, static_cast<long>(der.size())));
    if (!signature || position != der.data() + der.size())
        return std::nullopt;
    base::Bytes raw(2 * size);
    const int half = static_cast<int>(size);
    if (BN_is_negative(ECDSA_SIG_get0_r(signature.get())) != 0 ||
        BN_is_negative(ECDSA_SIG_get0_s(signature.get())) != 0 ||
        BN_bn2binpad(ECDSA_SIG_get0_r(signature.get()), raw.data(), half) < 0 ||
        BN_bn2binpad(ECDSA_SIG_get0_s(signature.get()), raw.data() + size, half) < 0)
        return std::nullopt;
    return raw;
}

base::Bytes der_ecdsa(base::BytesView raw)
{
    const auto number = [](base::BytesView bytes) {
        return BN_bin2bn(bytes.data(), static_cast<int>(bytes.size()), nullptr);
    };
    const EcdsaSignature signature(ECDSA_SIG_new());
    if (!signature ||
        ECDSA_SIG_set0(signature.get(), number(raw.first(raw.size() / 2)), number(raw.subspan(raw.size() / 2))) != 1)
        return {};
    const int size = i2d_ECDSA_SIG(signature.get(), nullptr);
    base::Bytes der(static_cast<std::size_t>(std::max(size, 0)));
    unsigned char* position = der.data();
    i2d_ECDSA_SIG(signature.get(), &position);
    return der;
}

CK_RV return_value(base::ErrorCode code)
{
    return base::traits(code).pkcs11;
}

} // namespace sceau::pkcs11_module
