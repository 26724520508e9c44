// Has sceau-preview read a content that is to be signed, and holds its reports against what is signed.
#pragma once

#include "agent/wait.h"
#include "base/scheme.h"
#include "base/sealed_memory.h"
#include "preview/summary.h"

namespace sceau::agent {

/// The processes that read contents: one at a time, so that a program which offers many takes no more of the machine
/// than another one.
class Previews {
  public:
    /// What one content may take, from the start of its process to the end.
    static constexpr std::chrono::seconds kTime{2};

    /// Returns what was found in the content. Fails with `evidence_mismatch` unless the content's hash is `expected`,
    /// and if the process dies, lies or takes longer than kTime.
    asio::awaitable<base::Result<preview::Summary>> read(Asker asker, const base::SealedMemory& content,
                                                         base::Hash hash, base::BytesView expected);
    /// The same for a content that nothing names yet.
    asio::awaitable<base::Result<preview::Summary>> read(Asker asker, const base::SealedMemory& content);

  private:
    Queue turns_;
};

} // namespace sceau::agent
