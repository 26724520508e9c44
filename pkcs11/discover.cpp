#include "pkcs11/discover.h"

#include "pkcs11/channel.h"
#include "pkcs11/module_file.h"
#include "pkcs11/opensc.h"
#include "pkcs11/public_key.h"
#include "pkcs11/text.h"

#include <libp11.h>

#include <algorithm>
#include <memory>

namespace sceau::pkcs11 {

using base::Bytes;
using base::Result;

namespace {

struct ContextDeleter {
    void operator()(PKCS11_CTX* context) const { PKCS11_CTX_free(context); }
};
using Context = std::unique_ptr<PKCS11_CTX, ContextDeleter>;

/// The module in a context, as long as it is loaded there.
class LoadedModule {
  public:
    static Result<LoadedModule> load(const std::filesystem::path& path)
    {
        // Of a file that cannot be loaded libp11 does not say why.
        TRY_ASSIGN(CK_FUNCTION_LIST * functions, load_module(path));
        Context context(PKCS11_CTX_new());
        if (!context || PKCS11_CTX_load(context.get(), path.c_str()) != 0)
            return std::unexpected(failed("cannot load the module " + path.string()));
        return LoadedModule(std::move(context), functions);
    }

    LoadedModule(LoadedModule&&) = default;
    LoadedModule& operator=(LoadedModule&&) = delete;
    ~LoadedModule()
    {
        if (context_)
            PKCS11_CTX_unload(context_.get());
    }

    static base::Error failed(const std::string& what)
    {
        const char* reason = ERR_reason_error_string(ERR_peek_last_error());
        return base::token_failed(reason == nullptr ? what : what + ": " + reason);
    }

    PKCS11_CTX* get() const { return context_.get(); }
    CK_FUNCTION_LIST& functions() const { return *functions_; }

  private:
    LoadedModule(Context context, CK_FUNCTION_LIST* functions) : context_(std::move(context)), functions_(functions) {}
    Context context_;
    CK_FUNCTION_LIST* functions_;
};

class Slots {
  public:
    static Result<Slots> enumerate(const LoadedModule& module)
    {
        Slots slots(module.get());
        ERR_clear_error();
        // Of a module without any slot, such as OpenSC's without a reader, libp11 makes a failure without a reason.
        if (PKCS11_enumerate_slots(module.get(), &slots.first_, &slots.count_) != 0 && ERR_peek_last_error() != 0)
            return std::unexpected(LoadedModule::failed("cannot list the module's slots"));
        return slots;
    }

    Slots(Slots&& other) noexcept
        : context_(other.context_), first_(std::exchange(other.first_, nullptr)), count_(std::exchange(other.count_, 0))
    {
    }
    Slots& operator=(Slots&&) = delete;
    ~Slots()
    {
        if (first_ != nullptr)
            PKCS11_release_all_slots(context_, first_, count_);
    }

    PKCS11_SLOT* begin() const { return first_; }
    PKCS11_SLOT* end() const { return first_ + count_; }

  private:
    explicit Slots(PKCS11_CTX* context) : context_(context) {}
    PKCS11_CTX* context_;
    PKCS11_SLOT* first_ = nullptr;
    unsigned count_ = 0;
};

std::string text_or_empty(const char* text)
{
    return text == nullptr ? std::string() : text_of(text);
}

Token describe(const PKCS11_SLOT& slot)
{
    const PKCS11_TOKEN& token = *slot.token;
    return {.identity = {.label = text_or_empty(token.label),
                         .serial = text_or_empty(token.serialnr),
                         .manufacturer = text_or_empty(token.manufacturer),
                         .model = text_or_empty(token.model)},
            .reader = text_or_empty(slot.description),
            .removable = slot.removable != 0,
            .pin = {.low = token.userPinCountLow != 0,
                    .final_try = token.userPinFinalTry != 0,
                    .locked = token.userPinLocked != 0,
                    .pad = token.secureLogin != 0},
            .certificates = {}};
}

Bytes der_of(X509* certificate)
{
    const int size = i2d_X509(certificate, nullptr);
    if (size <= 0)
        return {};
    Bytes der(static_cast<std::size_t>(size));
    unsigned char* end = der.data();
    i2d_X509(certificate, &end);
    return der;
}

/// One that can be read, is told by a name that fits, and is none of these.
void add_key(std::vector<KeyObject>& keys, const Objects& objects, CK_OBJECT_HANDLE object)
{
    constexpr std::size_t kLongestLabel = 80; // bytes: three times as many in UTF-8 fit into a packet's text
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

/// Not by libp11, which fails on all of them when one is of a kind that it does not know, such as Ed25519, and which
/// (0.4.12) waits without end for a session that the module does not give. None where that is so.
std::optional<std::vector<KeyObject>> keys_on(CK_FUNCTION_LIST& functions, CK_SLOT_ID slot)
{
    CK_SESSION_HANDLE session = 0;
    if (functions.C_OpenSession(slot, CKF_SERIAL_SESSION, nullptr, nullptr, &session) != CKR_OK)
        return std::nullopt;
    const Objects objects(functions, session);
    std::vector<KeyObject> keys;
    for (const CK_OBJECT_CLASS object_class : {CKO_PRIVATE_KEY, CKO_PUBLIC_KEY})
        for (const CK_OBJECT_HANDLE object : objects.find(object_class).value_or(std::vector<CK_OBJECT_HANDLE>{}))
            add_key(keys, objects, object);
    functions.C_CloseSession(session);
    return keys;
}

/// None where the token does not let its certificates be read.
std::vector<Certificate> certificates_on(PKCS11_TOKEN& token)
{
    PKCS11_CERT* first = nullptr;
    unsigned count = 0;
    if (PKCS11_enumerate_certs(&token, &first, &count) != 0)
        return {};
    std::vector<Certificate> certificates;
    for (const PKCS11_CERT& object : std::span(first, count)) {
        if (object.x509 == nullptr || object.id_len == 0 || object.id_len > kCkaIdLimit)
            continue;
        Bytes der = der_of(object.x509);
        if (!der.empty() && der.size() <= kCertificateLimit && certificates.size() < kCertificatesPerToken)
            certificates.push_back({.cka_id = Bytes(object.id, object.id + object.id_len), .der = std::move(der)});
    }
    return certificates;
}

} // namespace

Result<> discover(int channel, const std::filesystem::path& module, const DiscoverTask& task)
{
    TRY(configure_opensc(task));
    TRY_ASSIGN(const LoadedModule loaded, LoadedModule::load(module));
    TRY_ASSIGN(const Slots slots, Slots::enumerate(loaded));
    for (PKCS11_SLOT& slot : slots) {
        if (slot.token == nullptr || slot.token->initialized == 0)
            continue;
        TRY(send_packet(channel, encode(describe(slot)), Wait::yes));
        const auto keys = keys_on(loaded.functions(), PKCS11_get_slotid_from_slot(&slot));
        if (!keys)
            continue;
        for (const KeyObject& key : *keys)
            TRY(send_packet(channel, encode(key), Wait::yes));
        for (const Certificate& certificate : certificates_on(*slot.token))
            TRY(send_packet(channel, encode(certificate), Wait::yes));
    }
    // Before the module is unloaded, which may take long or crash.
    return send_packet(channel, encode(DiscoveryEnd{}), Wait::yes);
}

} // namespace sceau::pkcs11
