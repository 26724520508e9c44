// A vendor's module in this process: the standard calls it a Cryptoki library. Library → Slot → Session, each undoing
// what it did.
#pragma once

#include "pkcs11/token/token_info.h"

namespace sceau::pkcs11::token {

/// A slot with a token, as it was when it was found.
struct Slot {
    CK_SLOT_ID id;
    CK_TOKEN_INFO token;
};

class Library {
  public:
    /// Loads the module and calls C_Initialize. `unsupported` where the file is no module, `token_failed` where it does
    /// not initialise.
    static base::Result<Library> open(const std::filesystem::path& path);

    Library(Library&& other) noexcept;
    Library& operator=(Library&&) = delete;
    /// C_Finalize, which ends every session.
    ~Library();

    /// With a token. A list that grows meanwhile is asked for again.
    base::Result<std::vector<CK_SLOT_ID>> slots() const;

    /// The slots of this description whose token has these names; `token_absent` where there is none.
    base::Result<std::vector<Slot>> find(const TokenIdentity& token, std::string_view slot_description) const;

    /// After a session was opened there, which ends with its token: `token_absent` when the slot has another one by
    /// now. Not asked of OpenSC, which is bound to one reader and would send the card commands.
    base::Result<> check_token(const Slot& slot) const;

    /// Empty where the token does not tell.
    std::optional<CK_TOKEN_INFO> token_info(CK_SLOT_ID slot) const;

    /// `unsupported` when the token does not do this (CKF_SIGN, CKF_DECRYPT, CKF_DERIVE) with it. Asked before the PIN,
    /// so that no one types it in vain.
    base::Result<> check_mechanism(CK_SLOT_ID slot, CK_MECHANISM_TYPE mechanism, CK_FLAGS use) const;

    /// The end of OpenSC's transaction resets the card (transaction.h): C_Logout and C_CloseSession have nothing left
    /// to do, and would cost commands.
    bool is_opensc() const { return is_opensc_; }

    CK_FUNCTION_LIST& functions() const { return *functions_; }

  private:
    explicit Library(CK_FUNCTION_LIST* functions);
    bool is_called(CK_SLOT_ID slot, std::string_view description) const;
    CK_FUNCTION_LIST* functions_ = nullptr;
    bool is_opensc_ = false;
};

} // namespace sceau::pkcs11::token
