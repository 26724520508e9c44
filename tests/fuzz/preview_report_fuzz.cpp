// Reads what the process that takes a mail apart sends to the agent. The input is packets, each after its size in two
// bytes.
#include "base/bytes.h"
#include "preview/message.h"

#include <algorithm>
#include <cstdlib>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sceau;
    preview::ReportReader reader;
    base::BytesView rest(data, size);
    std::size_t hashes = 0;
    std::size_t summaries = 0;
    while (rest.size() > 2) {
        const std::size_t length = std::min<std::size_t>(rest[0] + rest[1] * std::size_t{256}, rest.size() - 2);
        const auto part = reader.take(base::as_text(rest.subspan(2, length)));
        rest = rest.subspan(2 + length);
        if (!part)
            return 0;
        if (!*part)
            continue;
        if (std::holds_alternative<preview::ContentHash>(**part)) {
            ++hashes;
        } else {
            ++summaries;
            if (!preview::packets_of(std::get<preview::Summary>(**part)))
                std::abort();
        }
        if (hashes != 1 || summaries > 1)
            std::abort(); // one hash, before the one summary
    }
    return 0;
}
