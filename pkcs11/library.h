// A vendor's module in this process: the standard calls it a Cryptoki library. Library → Slot → Session, each undoing
// what it did.
#pragma once

#include "pkcs11/token_info.h"

namespace sceau::pkcs11 {

/// A slot with a token, as it was when it was found.
struct Slot {
    CK_SLOT_ID id;
    CK_TOKEN_INFO token;
};

class Library {
  public:
    /// Loads the module and calls C_Initialize. `token_failed` where the file is no module or does not initialise.
    static base::Result<Library> open(const std::filesystem::path& path);

    Library(Library&& other) noexcept;
    Library& operator=(Library&&) = delete;
    /// C_Finalize, which ends every session.
    ~Library();

    /// The first slot whose token has these names; `token_absent` where there is none.
    base::Result<Slot> find(const TokenIdentity& token) const;

    /// Empty where the token does not tell.
    std::optional<CK_TOKEN_INFO> token_info(CK_SLOT_ID slot) const;

    /// `unsupported` when the token does not sign with it. Asked before the PIN, so that no one types it in vain.
    base::Result<> check_mechanism(CK_SLOT_ID slot, CK_MECHANISM_TYPE mechanism) const;

    /// OpenSC ends a card's transaction at C_Logout and at the last C_CloseSession, and resets the card only at
    /// C_Finalize: between the two any process could use the card as one that is logged in.
    bool logs_out_at_finalize() const;

    CK_FUNCTION_LIST& functions() const { return *functions_; }

  private:
    explicit Library(CK_FUNCTION_LIST* functions) : functions_(functions) {}
    CK_FUNCTION_LIST* functions_ = nullptr;
};

} // namespace sceau::pkcs11
