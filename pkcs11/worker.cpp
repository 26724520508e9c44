#include "pkcs11/worker.h"

#include "base/channel.h"
#include "base/installation.h"
#include "base/process_inspection.h"
#include "pkcs11/message.h"

#include <signal.h>
#include <sys/wait.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

namespace sceau::pkcs11 {

using base::Result;
using base::UniqueFd;

namespace {

constexpr std::string_view kProgram = "sceau-token";

std::vector<base::Limit> limits()
{
#ifndef SCEAU_SANITIZED // sanitizers' shadow memory is larger
    // In bytes: many times what modules need. A module that never stops allocating gets an error or crashes before the
    // person's other programs run out of memory.
    return {{RLIMIT_DATA, 1UL << 30}, {RLIMIT_STACK, 8UL << 20}};
#else
    return {};
#endif
}

// The variables that a module may need from the session. It gets all others from its configuration.
constexpr std::array<std::string_view, 6> kOfTheSession{"HOME", "USER", "LOGNAME", "LANG", "LANGUAGE", "LC_*"};

base::Variables environment_for(const Module& module)
{
    base::Variables variables{std::string(base::kPath)};
    for (std::string& variable : base::chosen(base::own_environment(), kOfTheSession))
        variables.push_back(std::move(variable));
    std::erase_if(variables, [&](const std::string& variable) {
        return module.environment.contains(variable.substr(0, variable.find('=')));
    });
    for (const auto& [name, value] : module.environment)
        variables.emplace_back(name).append("=").append(value);
    return variables;
}

Result<base::Child> start_child(const Module& module, int channel)
{
    TRY_ASSIGN(auto path, base::libexec_program(kProgram));
    return base::Child::start({.path = std::move(path),
                               .arguments = {module.path.string()},
                               .environment = environment_for(module),
                               .descriptors = {{.ours = channel, .theirs = base::kChannelFd}},
                               .limits = limits()});
}

/// A channel that fails means to the agent that the worker has ended.
template <class T>
Result<T> unless_gone(Result<T> result)
{
    if (!result)
        return std::unexpected(base::token_failed("the token's worker: " + result.error().message));
    return result;
}

std::string describe(int status)
{
    return (WIFSIGNALED(status) ? "the token's worker was ended by " : "the token's worker ended with ") +
           base::told_end(status);
}

/// Adds a part of a discovery, or returns false if the message is not one.
Result<bool> collect(std::vector<Token>& tokens, Message& message)
{
    if (auto* token = std::get_if<Token>(&message)) {
        if (tokens.size() == kTokenLimit)
            return std::unexpected(base::token_failed("the module shows too many tokens"));
        tokens.push_back(std::move(*token));
        return true;
    }
    if (auto* certificate = std::get_if<Certificate>(&message)) {
        if (tokens.empty() || tokens.back().certificates.size() == kCertificatesPerToken)
            return std::unexpected(base::token_failed("the module shows too many certificates"));
        tokens.back().certificates.push_back(std::move(*certificate));
        return true;
    }
    if (auto* key = std::get_if<KeyObject>(&message)) {
        if (tokens.empty() || tokens.back().keys.size() == kKeysPerToken)
            return std::unexpected(base::token_failed("the module shows too many keys"));
        tokens.back().keys.push_back(std::move(*key));
        return true;
    }
    return false;
}

} // namespace

Worker::Worker(UniqueFd channel, base::Child child, UniqueFd events)
    : channel_(std::move(channel)), child_(std::move(child)), events_(std::move(events))
{
}

Result<Worker> Worker::start(const Module& module, const Task& task)
{
    TRY_ASSIGN(base::ChannelEnds channel, base::open_channel());
    TRY_ASSIGN(base::Child child, start_child(module, channel.theirs.value()));
    TRY_ASSIGN(UniqueFd events, base::readable_when_any({channel.ours.value(), child.end()}));
    TRY(unless_gone(base::send_packet(channel.ours.value(), encode(task), base::Wait::no)));
    return Worker(std::move(channel.ours), std::move(child), std::move(events));
}

Result<std::optional<Report>> Worker::receive()
{
    for (;;) {
        const bool running = child_.is_running(); // asked first: what a process sent before its end has then arrived
        TRY_ASSIGN(const auto packet, unless_gone(base::receive_packet(channel_.value(), base::Wait::no)));
        if (!packet && running)
            return std::nullopt;
        if (!packet || packet->empty())
            return ended();
        TRY_ASSIGN(Message message, parse_message(*packet));
        TRY_ASSIGN(const bool more_to_come, collect(discovered_.tokens, message));
        if (more_to_come)
            continue;
        if (auto* ready = std::get_if<Ready>(&message))
            return *ready;
        if (auto* readers = std::get_if<Readers>(&message))
            return std::move(*readers);
        has_result_ = true;
        if (auto* result = std::get_if<Performed>(&message))
            return std::move(*result);
        if (auto* failed = std::get_if<Failed>(&message))
            return std::move(*failed);
        if (std::holds_alternative<CardReset>(message))
            return CardReset{};
        discovered_.incomplete = std::get<DiscoveryEnd>(message).incomplete;
        return std::exchange(discovered_, {});
    }
}

Result<> Worker::send_pin(const base::Secret& pin)
{
    if (auto alone = is_alone(); !alone) {
        child_.kill(SIGKILL);
        return alone;
    }
    return unless_gone(base::send_secret(channel_.value(), pin));
}

// A program that traces a process can read its memory. A worker has protected itself before it says that it is ready.
Result<> Worker::is_alone() const
{
    if (const auto tracer = base::tracer_of(pid()))
        return std::unexpected(base::token_failed("the PIN was not sent to the token: another program, " + *tracer +
                                                  ", watches the process that would take it"));
    TRY_ASSIGN(const auto program, base::libexec_program(kProgram));
    if (!base::is_closed_to_others(pid(), program))
        return std::unexpected(base::token_failed(
            "the PIN was not sent to the token: another program has opened the process that would take it"));
    return {};
}

Result<std::optional<Report>> Worker::ended()
{
    const auto status = child_.reap();
    if (!status)
        return std::unexpected(base::token_failed("the token's worker is stuck in the kernel"));
    if (has_result_ && WIFEXITED(*status) && WEXITSTATUS(*status) == 0)
        return Ended{};
    return std::unexpected(base::token_failed(describe(*status)));
}

} // namespace sceau::pkcs11
