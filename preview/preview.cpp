#include "preview/preview.h"

#include "base/channel.h"
#include "base/environment.h"
#include "base/installation.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace sceau::preview {

using base::Result;
using base::UniqueFd;

namespace {

constexpr std::string_view kPreviewProgram = "sceau-preview";

std::vector<base::Limit> preview_limits()
{
    std::vector<base::Limit> limits{{RLIMIT_CPU, 5}};
#ifndef SCEAU_SANITIZED // sanitizers' shadow memory is larger, and partly a file
    limits.insert(limits.end(),
                  {{RLIMIT_FSIZE, 0}, {RLIMIT_DATA, 128UL << 20}, {RLIMIT_AS, 1UL << 30}, {RLIMIT_STACK, 8UL << 20}});
#endif
    return limits;
}

std::unexpected<base::Error> cannot_be_examined(const std::string& why)
{
    return std::unexpected(base::evidence_mismatch("the content could not be examined: " + why));
}

/// Returns a description of the same file that can only be read and has a position of its own.
Result<UniqueFd> opened_again(int content)
{
    UniqueFd again(::open(("/proc/self/fd/" + std::to_string(content)).c_str(), O_RDONLY | O_CLOEXEC));
    if (!again)
        return std::unexpected(base::internal(std::string("cannot open the content again: ") + std::strerror(errno)));
    return again;
}

} // namespace

Preview::Preview(UniqueFd channel, base::Child child, UniqueFd events, std::size_t hash_size)
    : channel_(std::move(channel)), child_(std::move(child)), events_(std::move(events)), hash_size_(hash_size)
{
}

Result<Preview> Preview::start(int content, base::Hash hash)
{
    TRY_ASSIGN(const auto program, base::libexec_program(kPreviewProgram));
    return start(content, hash, program);
}

Result<Preview> Preview::start(int content, base::Hash hash, const std::filesystem::path& program)
{
    TRY_ASSIGN(const UniqueFd read_only, opened_again(content));
    TRY_ASSIGN(base::ChannelEnds channel, base::open_channel());
    TRY_ASSIGN(base::Child child,
               base::Child::start({.path = program,
                                   .arguments = {base::to_string(hash)},
                                   .environment = base::chosen(base::own_environment(), {}),
                                   .descriptors = {{.ours = channel.theirs.value(), .theirs = base::kChannelFd},
                                                   {.ours = read_only.value(), .theirs = kContentFd}},
                                   .limits = preview_limits()}));
    TRY_ASSIGN(UniqueFd events, base::readable_when_any({channel.ours.value(), child.end()}));
    return Preview(std::move(channel.ours), std::move(child), std::move(events), base::digest_size(hash));
}

Result<std::optional<Report>> Preview::receive()
{
    for (;;) {
        const bool running = child_.is_running(); // asked first: what a process sent before its end has then arrived
        const auto packet = base::receive_packet(channel_.value(), base::Wait::no);
        if (!packet)
            return cannot_be_examined(packet.error().message);
        if (!*packet && running)
            return std::nullopt;
        if (!*packet || (*packet)->empty())
            return ended();
        TRY_ASSIGN(auto part, reader_.take(**packet));
        if (!part)
            continue;
        if (auto* summary = std::get_if<Summary>(&*part))
            return std::move(*summary);
        auto& hash = std::get<ContentHash>(*part);
        if (hash.hash.size() != hash_size_)
            return cannot_be_examined("the content's hash has a wrong size");
        return std::move(hash);
    }
}

Result<std::optional<Report>> Preview::ended()
{
    const auto status = child_.reap();
    if (!status)
        return cannot_be_examined("the program that reads it is stuck in the kernel");
    if (WIFSIGNALED(*status))
        return cannot_be_examined("the program that reads it was ended by " + base::told_end(*status));
    if (*status != 0 || !reader_.is_complete())
        return cannot_be_examined("the program that reads it ended with " + base::told_end(*status));
    return Ended{};
}

Result<Seen> see(int content, base::Hash hash, std::chrono::milliseconds patience)
{
    const auto end = std::chrono::steady_clock::now() + patience;
    TRY_ASSIGN(Preview preview, Preview::start(content, hash));
    Seen seen;
    for (;;) {
        TRY_ASSIGN(auto report, preview.receive());
        if (!report) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
            pollfd event{.fd = preview.events(), .events = POLLIN, .revents = 0};
            if (left.count() <= 0 || ::poll(&event, 1, static_cast<int>(left.count())) == 0)
                return cannot_be_examined("the program that reads it takes too long");
        } else if (auto* content_hash = std::get_if<ContentHash>(&*report)) {
            seen.hash = std::move(content_hash->hash);
        } else if (auto* summary = std::get_if<Summary>(&*report)) {
            seen.summary = std::move(*summary);
        } else {
            return seen;
        }
    }
}

} // namespace sceau::preview
