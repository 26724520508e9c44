#include "pkcs11/library.h"

#include "pkcs11/module_file.h"
#include "pkcs11/text.h"

#include <fmt/format.h>

#include <utility>

namespace sceau::pkcs11 {

using base::Result;

Result<Library> Library::open(const std::filesystem::path& path)
{
    TRY_ASSIGN(CK_FUNCTION_LIST * functions, load_module(path));
    // No arguments: "the application will not be accessing the Cryptoki library from multiple threads" (§4.4), and
    // every module takes that.
    TRY(check("C_Initialize", functions->C_Initialize(nullptr)));
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

Result<std::vector<Slot>> Library::find(const TokenIdentity& token, std::string_view slot_description) const
{
    CK_ULONG count = 0;
    TRY(check("C_GetSlotList", functions_->C_GetSlotList(CK_TRUE, nullptr, &count)));
    std::vector<CK_SLOT_ID> slots(count);
    TRY(check("C_GetSlotList", functions_->C_GetSlotList(CK_TRUE, slots.data(), &count)));
    slots.resize(count);
    std::vector<Slot> found;
    for (const CK_SLOT_ID slot : slots)
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
    const auto now = token_info(slot.id);
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

} // namespace sceau::pkcs11
