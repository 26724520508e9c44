// PC/SC in a worker that loads no module: a context with pcscd, its readers, and what its errors are called.
#pragma once

#include "base/result.h"

#include <winscard.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sceau::pkcs11::token {

/// `token_failed` with PC/SC's own words.
base::Error pcsc_failure(std::string_view function, LONG code);

/// False where there is no pcscd at all, as opposed to one that does not answer as it should.
bool has_card_service();

/// A connection to pcscd.
class CardService {
  public:
    /// `token_failed` where no pcscd answers.
    static base::Result<CardService> connect();

    CardService(CardService&& other) noexcept : context_(std::exchange(other.context_, 0)) {}
    CardService& operator=(CardService&&) = delete;
    ~CardService()
    {
        if (context_ != 0)
            ::SCardReleaseContext(context_);
    }

    /// The readers' names; no readers is no error.
    base::Result<std::vector<std::string>> readers() const;

    SCARDCONTEXT get() const { return context_; }

  private:
    explicit CardService(SCARDCONTEXT context) : context_(context) {}
    SCARDCONTEXT context_;
};

} // namespace sceau::pkcs11::token
