// sceau-preview HASH: reads the content that is to be signed. The agent starts it, passes the content on descriptor 4
// and reads the reports on descriptor 3. The content's hash is reported before a parser sees a byte of the content.
#include "base/channel.h"
#include "base/confinement.h"
#include "base/hasher.h"
#include "preview/message.h"
#include "preview/program/filter.h"
#include "preview/program/summarise.h"

#include <sysexits.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <string_view>

namespace {

using namespace sceau;
using namespace sceau::preview;

std::optional<base::Hash> hash_named(std::string_view name)
{
    for (const base::Hash hash : {base::Hash::sha256, base::Hash::sha384, base::Hash::sha512})
        if (name == base::to_string(hash))
            return hash;
    return std::nullopt;
}

base::Result<base::Bytes> hash_of(const mail::Source& content, base::Hasher hasher)
{
    std::array<std::uint8_t, 65536> block;
    for (std::uint64_t at = 0; at < content.size();) {
        TRY_ASSIGN(const std::size_t count, content.read_at(at, block));
        if (count == 0)
            return std::unexpected(base::io("the content became shorter while it was read"));
        hasher.update(base::BytesView(block).first(count));
        at += count;
    }
    return std::move(hasher).finish();
}

base::Result<> report(const mail::Source& content, base::Hasher hasher)
{
    TRY_ASSIGN(base::Bytes hash, hash_of(content, std::move(hasher)));
    TRY(base::send_packet(base::kChannelFd, packet_of(ContentHash{std::move(hash)}), base::Wait::yes));
    TRY_ASSIGN(const Summary summary, program::summarise(content));
    TRY_ASSIGN(const std::vector<std::string> packets, packets_of(summary));
    for (const std::string& packet : packets)
        TRY(base::send_packet(base::kChannelFd, packet, base::Wait::yes));
    return {};
}

} // namespace

int main(int argc, char** argv)
{
    const auto hash = argc == 2 ? hash_named(argv[1]) : std::nullopt;
    if (!hash) {
        std::fputs("usage: sceau-preview HASH, by sceau-agent\n", stderr);
        return EX_USAGE;
    }
    if (!base::confine_child(base::kChannelFd))
        return EX_UNAVAILABLE;
    program::prepare_to_summarise();
    base::Hasher hasher(*hash);
    const auto content = mail::Source::open(base::UniqueFd(kContentFd));
    if (!content || !program::allow_only_reading(kContentFd, base::kChannelFd)) {
        std::fputs("sceau-preview: no content, or no filter of system calls (seccomp)\n", stderr);
        return EX_UNAVAILABLE;
    }
    // Nothing runs at exit, since the filter may not allow it.
    ::_exit(report(*content, std::move(hasher)) ? EX_OK : EX_SOFTWARE);
}
