#include "pkcs11/token/library.h"

#include "pkcs11/text.h"
#include "pkcs11/token/module_file.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace sceau::pkcs11::token {

using base::Result;

namespace {

constexpr CK_ULONG kMostSlots = 65536;
constexpr CK_ULONG kRoomToGrow = 16; // slots that may appear between the two calls

// No arguments means that "the application will not be accessing the Cryptoki library from multiple threads" (§4.4).
// Most modules accept that. Some require the locking flags, and some are already initialised by a library they are
// built on.
Result<> initialize(CK_FUNCTION_LIST& functions)
{
    const auto is_ready = [](CK_RV value) { return value == CKR_OK || value == CKR_CRYPTOKI_ALREADY_INITIALIZED; };
    const CK_RV without_arguments = functions.C_Initialize(nullptr);
    if (is_ready(without_arguments))
        return {};
    for (const CK_FLAGS flags : {CK_FLAGS{CKF_OS_LOCKING_OK}, CK_FLAGS{0}}) {
        CK_C_INITIALIZE_ARGS arguments{};
        arguments.flags = flags;
        if (is_ready(functions.C_Initialize(&arguments)))
            return {};
    }
    return check("C_Initialize", without_arguments);
}

} // namespace

Result<Library> Library::open(const std::filesystem::path& path)
{
    TRY_ASSIGN(CK_FUNCTION_LIST * functions, load_module(path));
    TRY(initialize(*functions));
    return Library(functions);
}

Library::Library(CK_FUNCTION_LIST* functions) : functions_(functions)
{
    CK_INFO info{};
    is_opensc_ =
        functions_->C_GetInfo(&info) == CKR_OK && text_of(base::as_text(info.manufacturerID)) == "OpenSC Project";
}

Library::Library(Library&& other) noexcept
    : functions_(std::exchange(other.functions_, nullptr)), is_opensc_(other.is_opensc_)
{
}

Library::~Library()
{
    if (functions_ != nullptr)
        functions_->C_Finalize(nullptr);
}

Result<std::vector<CK_SLOT_ID>> Library::slots() const
{
    CK_RV value = CKR_BUFFER_TOO_SMALL;
    std::vector<CK_SLOT_ID> slots;
    for (int tries = 0; value == CKR_BUFFER_TOO_SMALL && tries < 8; ++tries) {
        CK_ULONG count = 0;
        TRY(check("C_GetSlotList", functions_->C_GetSlotList(CK_TRUE, nullptr, &count)));
        if (count > kMostSlots)
            return std::unexpected(base::token_failed("the module claims too many slots"));
        slots.resize(count + kRoomToGrow);
        count = slots.size();
        value = functions_->C_GetSlotList(CK_TRUE, slots.data(), &count);
        slots.resize(std::min<std::size_t>(count, slots.size()));
    }
    TRY(check("C_GetSlotList", value));
    return slots;
}

Result<std::vector<Slot>> Library::find(const TokenIdentity& token, std::string_view slot_description) const
{
    TRY_ASSIGN(const auto all, slots());
    std::vector<Slot> found;
    for (const CK_SLOT_ID slot : all)
        if (const auto info = token_info(slot);
            info && identity_of(*info) == token && is_called(slot, slot_description))
            found.push_back({.id = slot, .token = *info});
    if (found.empty())
        return std::unexpected(base::token_absent(
            fmt::format("no token \"{}\" ({}) in \"{}\"", token.label, token.serial, slot_description)));
    return found;
}

bool Library::is_called(CK_SLOT_ID slot, std::string_view description) const
{
    CK_SLOT_INFO info{};
    return functions_->C_GetSlotInfo(slot, &info) == CKR_OK &&
           text_of(base::as_text(info.slotDescription)) == description;
}

Result<> Library::check_token(const Slot& slot) const
{
    if (is_opensc_)
        return {};
    auto now = token_info(slot.id);
    if (!now) // SoftHSM may fail while another process writes to the token
        now = token_info(slot.id);
    if (!now || identity_of(*now) != identity_of(slot.token))
        return std::unexpected(base::token_absent("the token is not in its slot any more"));
    return {};
}

std::optional<CK_TOKEN_INFO> Library::token_info(CK_SLOT_ID slot) const
{
    CK_TOKEN_INFO info{};
    if (functions_->C_GetTokenInfo(slot, &info) != CKR_OK)
        return std::nullopt;
    return info;
}

Result<> Library::check_mechanism(CK_SLOT_ID slot, CK_MECHANISM_TYPE mechanism, CK_FLAGS use) const
{
    CK_MECHANISM_INFO info{};
    TRY(check("C_GetMechanismInfo", functions_->C_GetMechanismInfo(slot, mechanism, &info)));
    if ((info.flags & use) == 0)
        return std::unexpected(base::unsupported("the token's mechanism is for other uses"));
    return {};
}

} // namespace sceau::pkcs11::token
