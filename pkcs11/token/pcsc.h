// PC/SC for a worker that loads no module: a context with pcscd, its readers, and its errors.
#pragma once

#include "base/result.h"

#include <winscard.h>

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace sceau::pkcs11::token {

/// Makes a `token_failed` with PC/SC's own words.
base::Error pcsc_failure(std::string_view function, LONG code);

/// Returns false only if no pcscd runs, not if it runs but answers badly.
bool has_card_service();

/// A connection to pcscd.
class CardService {
  public:
    /// Fails with `token_failed` if no pcscd answers.
    static base::Result<CardService> connect();

    CardService(CardService&& other) noexcept : context_(std::exchange(other.context_, 0)) {}
    CardService& operator=(CardService&&) = delete;
    ~CardService()
    {
        if (context_ != 0)
            ::SCardReleaseContext(context_);
    }

    /// Returns the readers' names. Having no readers is not an error.
    base::Result<std::vector<std::string>> readers() const;

    SCARDCONTEXT get() const { return context_; }

  private:
    explicit CardService(SCARDCONTEXT context) : context_(context) {}
    SCARDCONTEXT context_;
};

} // namespace sceau::pkcs11::token
