// Reads a journal: its lines, the links between them, and its entries.
#include "base/chain_check.h"
#include "ipc/journal.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace {

/// A file without a name, which lives in memory.
std::filesystem::path file_with(std::string_view text)
{
    static const int file = ::memfd_create("journal", MFD_CLOEXEC);
    if (::ftruncate(file, 0) != 0 || ::pwrite(file, text.data(), text.size(), 0) != static_cast<ssize_t>(text.size()))
        std::abort();
    return "/proc/self/fd/" + std::to_string(file);
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    using namespace sceau;
    const std::string_view text = base::as_text({data, size});
    if (const auto entry = ipc::decode_entry(text)) {
        const std::string line = base::linked_line({}, ipc::encode_entry(*entry));
        if (!ipc::decode_entry(std::string_view(line).substr(0, line.size() - 1)))
            std::abort(); // what was read must be readable again
    }
    unsigned lines = 0;
    const auto report =
        base::follow_chain(file_with(text), [&](const base::StoredLine&, const base::ChainHead&) { ++lines; });
    if (!report || report->lines > lines || (!report->broken && report->head.number > lines))
        std::abort();
    return 0;
}
