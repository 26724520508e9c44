#include "pkcs11/session.h"

#include <algorithm>
#include <array>
#include <utility>

namespace sceau::pkcs11 {

using base::Bytes;
using base::BytesView;
using base::Result;

namespace {

constexpr std::size_t kLargestInteger = 2048; // bytes: an RSA modulus or signature of 16384 bits

// PKCS#11's inputs are pointers to what is not const.
CK_BYTE* input(BytesView bytes)
{
    return const_cast<CK_BYTE*>(bytes.data());
}

} // namespace

Result<Session> Session::open(const Library& library, CK_SLOT_ID slot)
{
    CK_SESSION_HANDLE handle = 0;
    TRY(check("C_OpenSession", library.functions().C_OpenSession(slot, CKF_SERIAL_SESSION, nullptr, nullptr, &handle)));
    return Session(library, handle);
}

Session::Session(Session&& other) noexcept
    : library_(std::exchange(other.library_, nullptr)), handle_(other.handle_), logged_in_(other.logged_in_)
{
}

Session::~Session()
{
    if (library_ == nullptr || library_->is_opensc())
        return;
    if (logged_in_)
        functions().C_Logout(handle_);
    functions().C_CloseSession(handle_);
}

Result<> Session::login(CK_USER_TYPE user, const base::Secret& pin)
{
    TRY(check("C_Login", functions().C_Login(handle_, user, pin.empty() ? nullptr : input(pin.expose()), pin.size())));
    logged_in_ = true;
    return {};
}

Result<PrivateKey> Session::find_private_key(CK_KEY_TYPE type, BytesView cka_id) const
{
    CK_OBJECT_CLASS object_class = CKO_PRIVATE_KEY;
    std::array wanted = {CK_ATTRIBUTE{CKA_CLASS, &object_class, sizeof object_class},
                         CK_ATTRIBUTE{CKA_KEY_TYPE, &type, sizeof type},
                         CK_ATTRIBUTE{CKA_ID, input(cka_id), cka_id.size()}};
    TRY(check("C_FindObjectsInit", functions().C_FindObjectsInit(handle_, wanted.data(), wanted.size())));
    CK_OBJECT_HANDLE key = 0;
    CK_ULONG count = 0;
    TRY(check("C_FindObjects", functions().C_FindObjects(handle_, &key, 1, &count)));
    TRY(check("C_FindObjectsFinal", functions().C_FindObjectsFinal(handle_)));
    if (count == 0)
        return std::unexpected(
            base::key_not_found("the token has no such private key with the CKA_ID " + base::to_hex(cka_id)));
    return PrivateKey{.handle = key,
                      .always_authenticate = flag(key, CKA_ALWAYS_AUTHENTICATE),
                      .modulus_size = type == CKK_RSA ? size_of_integer(key, CKA_MODULUS) : 0};
}

Result<> Session::sign_init(CK_MECHANISM mechanism, const PrivateKey& key)
{
    return check("C_SignInit", functions().C_SignInit(handle_, &mechanism, key.handle));
}

Result<Bytes> Session::sign(BytesView data)
{
    return output_of("C_Sign", functions().C_Sign, data);
}

Result<> Session::decrypt_init(CK_MECHANISM mechanism, const PrivateKey& key)
{
    return check("C_DecryptInit", functions().C_DecryptInit(handle_, &mechanism, key.handle));
}

Result<Bytes> Session::decrypt(BytesView ciphertext)
{
    return output_of("C_Decrypt", functions().C_Decrypt, ciphertext);
}

Result<Bytes> Session::output_of(std::string_view name, Function function, BytesView data)
{
    Bytes output(kLargestInteger);
    CK_ULONG size = output.size();
    TRY(check(name, function(handle_, input(data), data.size(), output.data(), &size)));
    output.resize(std::min<std::size_t>(size, kLargestInteger));
    return output;
}

Result<Bytes> Session::derive(BytesView public_key, std::size_t value_size, const PrivateKey& key)
{
    CK_ECDH1_DERIVE_PARAMS parameters{};
    parameters.kdf = CKD_NULL;
    parameters.public_data_len = public_key.size();
    parameters.public_data = input(public_key);
    CK_MECHANISM mechanism = {CKM_ECDH1_DERIVE, &parameters, sizeof parameters};
    CK_OBJECT_CLASS object_class = CKO_SECRET_KEY;
    CK_KEY_TYPE type = CKK_GENERIC_SECRET;
    CK_BBOOL yes = CK_TRUE;
    CK_BBOOL no = CK_FALSE;
    CK_ULONG size = value_size;
    std::array wanted = {CK_ATTRIBUTE{CKA_CLASS, &object_class, sizeof object_class},
                         CK_ATTRIBUTE{CKA_KEY_TYPE, &type, sizeof type},
                         CK_ATTRIBUTE{CKA_TOKEN, &no, sizeof no},
                         CK_ATTRIBUTE{CKA_SENSITIVE, &no, sizeof no},
                         CK_ATTRIBUTE{CKA_EXTRACTABLE, &yes, sizeof yes},
                         CK_ATTRIBUTE{CKA_VALUE_LEN, &size, sizeof size}};
    CK_OBJECT_HANDLE secret = 0;
    TRY(check("C_DeriveKey",
              functions().C_DeriveKey(handle_, &mechanism, key.handle, wanted.data(), wanted.size(), &secret)));
    Bytes value(value_size);
    CK_ATTRIBUTE attribute = {CKA_VALUE, value.data(), value.size()};
    TRY(check("C_GetAttributeValue", functions().C_GetAttributeValue(handle_, secret, &attribute, 1)));
    if (attribute.ulValueLen != value_size)
        return std::unexpected(base::token_failed("C_DeriveKey gave a secret of another length"));
    return value;
}

// False where the key does not have the attribute: it came with PKCS#11 v2.20.
bool Session::flag(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const
{
    CK_BBOOL value = CK_FALSE;
    CK_ATTRIBUTE attribute = {type, &value, sizeof value};
    return functions().C_GetAttributeValue(handle_, object, &attribute, 1) == CKR_OK && value != CK_FALSE;
}

std::size_t Session::size_of_integer(CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type) const
{
    std::array<CK_BYTE, kLargestInteger + 1> value{};
    CK_ATTRIBUTE attribute = {type, value.data(), value.size()};
    if (functions().C_GetAttributeValue(handle_, object, &attribute, 1) != CKR_OK)
        return 0;
    const BytesView bytes(value.data(), std::min<std::size_t>(attribute.ulValueLen, value.size()));
    // Big-endian, and some modules leave the zero in front that DER wants.
    return static_cast<std::size_t>(bytes.end() - std::ranges::find_if(bytes, [](CK_BYTE byte) { return byte != 0; }));
}

} // namespace sceau::pkcs11
