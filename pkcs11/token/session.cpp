#include "pkcs11/token/session.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace sceau::pkcs11::token {

using base::Bytes;
using base::BytesView;
using base::Result;

namespace {

constexpr std::size_t kLargestInteger = 2048; // bytes: an RSA modulus or signature of 16384 bits

// PKCS#11 declares its inputs as pointers to non-const data.
CK_BYTE* input(BytesView bytes)
{
    return const_cast<CK_BYTE*>(bytes.data());
}

bool is_certificate_of(const PublicKey& key, const Objects& objects, CK_OBJECT_HANDLE certificate)
{
    const auto certified = PublicKey::parse(public_key_info_in(objects, certificate));
    return certified && *certified == key;
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

Result<bool> Session::holds(const PublicKey& key, BytesView cka_id) const
{
    const Objects all = objects();
    // Objects with that CKA_ID come first, so that a large token need not be read as a whole.
    for (const auto& id : {std::optional(cka_id), std::optional<BytesView>()}) {
        TRY_ASSIGN(const auto certificates, all.find(CKO_CERTIFICATE, id));
        if (std::ranges::any_of(certificates, [&](auto each) { return is_certificate_of(key, all, each); }))
            return true;
        TRY_ASSIGN(const auto keys, all.find(CKO_PUBLIC_KEY, id));
        if (std::ranges::any_of(keys, [&](auto each) { return key.match_key(all, each) == Match::yes; }))
            return true;
    }
    return false;
}

Result<std::vector<Bytes>> Session::names_of(const PublicKey& key, BytesView cka_id) const
{
    std::vector<Bytes> names = {Bytes(cka_id.begin(), cka_id.end())};
    const Objects all = objects();
    TRY_ASSIGN(const auto keys, all.find(CKO_PUBLIC_KEY));
    for (const CK_OBJECT_HANDLE each : keys)
        if (key.match_key(all, each) == Match::yes)
            names.push_back(all.attribute(each, CKA_ID));
    return names;
}

Result<std::vector<PrivateKey>> Session::private_keys(const PublicKey& key, BytesView cka_id) const
{
    const Objects all = objects();
    TRY_ASSIGN(const auto found, all.find(CKO_PRIVATE_KEY));
    TRY_ASSIGN(const auto names, names_of(key, cka_id));
    std::vector<PrivateKey> named;
    std::vector<PrivateKey> others;
    std::vector<PrivateKey> with_logins; // a last resort: they need a login of their own, perhaps with another PIN
    for (const CK_OBJECT_HANDLE each : found) {
        const Match match = key.match_key(all, each);
        if (match == Match::yes) {
            PrivateKey proven = describe(each);
            proven.is_proven = true;
            return std::vector{proven};
        }
        if (match == Match::no)
            continue;
        const PrivateKey candidate = describe(each);
        if (std::ranges::find(names, all.attribute(each, CKA_ID)) != names.end())
            named.push_back(candidate);
        else
            (candidate.always_authenticate ? with_logins : others).push_back(candidate);
    }
    named.insert(named.end(), others.begin(), others.end());
    if (named.empty())
        named = std::move(with_logins);
    if (named.empty())
        return std::unexpected(base::key_not_found("the token does not have the private key of this certificate"));
    return named;
}

Result<bool> Session::is_by_another(const PublicKey& key, BytesView digest, BytesView signature) const
{
    const Objects all = objects();
    std::vector<Bytes> infos;
    TRY_ASSIGN(const auto certificates, all.find(CKO_CERTIFICATE));
    std::ranges::transform(certificates, std::back_inserter(infos),
                           [&](CK_OBJECT_HANDLE each) { return public_key_info_in(all, each); });
    TRY_ASSIGN(const auto keys, all.find(CKO_PUBLIC_KEY));
    std::ranges::transform(keys, std::back_inserter(infos),
                           [&](CK_OBJECT_HANDLE each) { return public_key_info(all, each); });
    return std::ranges::any_of(infos, [&](const Bytes& info) {
        const auto other = PublicKey::parse(info);
        return other && *other != key && other->type() == CKK_EC && other->verifies(digest, signature);
    });
}

PrivateKey Session::describe(CK_OBJECT_HANDLE key) const
{
    const Bytes modulus = objects().attribute(key, CKA_MODULUS);
    // The number is big-endian, and some modules keep the leading zero that DER requires.
    const auto first = std::ranges::find_if(modulus, [](CK_BYTE byte) { return byte != 0; });
    return {.handle = key,
            .always_authenticate = objects().flag(key, CKA_ALWAYS_AUTHENTICATE),
            .modulus_size = static_cast<std::size_t>(modulus.end() - first)};
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

} // namespace sceau::pkcs11::token
