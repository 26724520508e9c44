// A vendor's module in this process, which the standard calls a Cryptoki library. A Library has Slots, and a Session
// runs on a Slot; each undoes what it did when it is destroyed.
#pragma once

#include "pkcs11/token/token_info.h"

namespace sceau::pkcs11::token {

/// A slot with a token, as found at that moment.
struct Slot {
    CK_SLOT_ID id;
    CK_TOKEN_INFO token;
};

class Library {
  public:
    /// Loads the module and calls C_Initialize. Fails with `unsupported` if the file is not a module and with
    /// `token_failed` if it does not initialise.
    static base::Result<Library> open(const std::filesystem::path& path);

    Library(Library&& other) noexcept;
    Library& operator=(Library&&) = delete;
    /// Calls C_Finalize, which ends every session.
    ~Library();

    /// Returns the slots that have a token. If the list grows meanwhile, it is read again.
    base::Result<std::vector<CK_SLOT_ID>> slots() const;

    /// Returns the slots of this description whose token has these names. Fails with `token_absent` if there is none.
    base::Result<std::vector<Slot>> find(const TokenIdentity& token, std::string_view slot_description) const;

    /// Fails with `token_absent` if the slot holds another token by now. Called once a session is open, since a session
    /// ends with its token. OpenSC is not asked: it is bound to one reader and would send the card commands.
    base::Result<> check_token(const Slot& slot) const;

    /// Returns nothing if the token does not say.
    std::optional<CK_TOKEN_INFO> token_info(CK_SLOT_ID slot) const;

    /// Fails with `unsupported` if the token cannot use the mechanism for this (CKF_SIGN, CKF_DECRYPT, CKF_DERIVE).
    /// Called before the PIN is asked for, so that nobody types it in vain.
    base::Result<> check_mechanism(CK_SLOT_ID slot, CK_MECHANISM_TYPE mechanism, CK_FLAGS use) const;

    /// With OpenSC, the end of the transaction resets the card (transaction.h). C_Logout and C_CloseSession then have
    /// nothing left to do and would only cost commands.
    bool is_opensc() const { return is_opensc_; }

    CK_FUNCTION_LIST& functions() const { return *functions_; }

  private:
    explicit Library(CK_FUNCTION_LIST* functions);
    bool is_called(CK_SLOT_ID slot, std::string_view description) const;
    CK_FUNCTION_LIST* functions_ = nullptr;
    bool is_opensc_ = false;
};

} // namespace sceau::pkcs11::token
