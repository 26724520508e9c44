#include "preview/summary_hash.h"

#include "base/codec.h"
#include "base/scheme.h"

namespace sceau::preview {

base::Bytes summary_hash(const Summary& summary)
{
    // base::decode has refused what is not UTF-8, so nothing is replaced in a summary that came from sceau-preview.
    const std::string json = base::encode(summary).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
    const std::string text = "Sceau summary " + std::to_string(kSummaryVersion) + "\n" + json;
    return base::hash_of(base::Hash::sha256, base::as_bytes(text));
}

} // namespace sceau::preview
