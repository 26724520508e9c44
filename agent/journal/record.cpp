#include "agent/journal/record.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace sceau::agent {

using ipc::JournalEntry;
using ipc::KeyOperation;
using ipc::RequestOutcome;

namespace {

constexpr std::size_t kLongestDigest = 64;    // bytes; SHA-512
constexpr std::size_t kRoomForLink = 512;     // number, previous and time
constexpr std::size_t kLongestProgram = 1024; // bytes, as the next ones
constexpr std::size_t kLongestName = 256;     // of a token
constexpr std::size_t kLongestReason = 1024;
constexpr std::size_t kLongestValue = 8192; // of a field
constexpr std::size_t kMostFields = 512;

/// How much of what was shown an entry keeps.
struct EntryBudget {
    std::size_t value = kLongestValue;
    std::size_t fields = kMostFields;

    bool shrink()
    {
        value = std::max<std::size_t>(value / 2, 32);
        fields = std::max<std::size_t>(fields * 3 / 4, 16);
        return value > 32 || fields > 16;
    }
};

// Does not cut a character of UTF-8 in two.
std::string cut(const std::string& text, std::size_t longest)
{
    if (text.size() <= longest)
        return text;
    std::size_t end = longest;
    while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0U) == 0x80U)
        --end;
    return fmt::format("{}… [+{}]", text.substr(0, end), text.size() - end);
}

RequestOutcome outcome_of(base::ErrorCode code)
{
    switch (code) {
    case base::ErrorCode::not_permitted:
    case base::ErrorCode::evidence_mismatch:
    case base::ErrorCode::unsupported:
    case base::ErrorCode::invalid_parameter:
    case base::ErrorCode::key_not_found:
        return RequestOutcome::refused;
    case base::ErrorCode::cancelled:
        return RequestOutcome::cancelled;
    default:
        return RequestOutcome::failed;
    }
}

void describe(const ipc::Sign::Parameters& request, JournalEntry& entry)
{
    entry.operation = KeyOperation::sign;
    entry.key = request.key;
    entry.scheme = base::to_string(request.scheme);
    entry.digest = base::to_hex(base::BytesView(request.digest).first(std::min(request.digest.size(), kLongestDigest)));
}

void describe(const ipc::Decrypt::Parameters& request, JournalEntry& entry)
{
    entry.operation = KeyOperation::decrypt;
    entry.key = request.key;
    entry.scheme = base::to_string(request.scheme);
}

void describe(const ipc::Derive::Parameters& request, JournalEntry& entry)
{
    entry.operation = KeyOperation::derive;
    entry.key = request.key;
    entry.scheme = "ecdh";
}

template <class Other>
void describe(const Other&, JournalEntry&)
{
}

// Who wrote and who receives is what the journal is searched for: of other fields, fewer are kept.
bool is_kept_longer(ipc::FieldName name)
{
    using enum ipc::FieldName;
    return ipc::is_recipient(name) || name == from || name == sender || name == subject;
}

void shorten(const ipc::Shown& shown, const EntryBudget& budget, JournalEntry& entry)
{
    ipc::Shown kept{.level = shown.level, .lines = {}};
    std::map<ipc::FieldName, int> left_out;
    std::size_t others = 0;
    for (const ipc::ShownField& field : shown.lines) {
        if (kept.lines.size() >= budget.fields || (!is_kept_longer(field.name) && ++others > budget.fields / 2)) {
            ++left_out[field.name];
            continue;
        }
        ipc::ShownField& copy = kept.lines.emplace_back(field);
        copy.value = cut(field.value, budget.value);
        if (copy.address)
            copy.address = cut(*field.address, budget.value);
    }
    entry.shown = std::move(kept);
    entry.left_out.reset();
    for (const auto& [name, count] : left_out) {
        if (!entry.left_out)
            entry.left_out.emplace();
        entry.left_out->push_back({.name = name, .count = count});
    }
}

} // namespace

bool uses_key(const ipc::Request& request)
{
    return std::holds_alternative<ipc::Sign::Parameters>(request) ||
           std::holds_alternative<ipc::Decrypt::Parameters>(request) ||
           std::holds_alternative<ipc::Derive::Parameters>(request);
}

JournalEntry entry_of(const ipc::Peer& peer, const ipc::Request& request, const Account& account,
                      const base::Result<ipc::Reply>& reply)
{
    JournalEntry entry;
    std::visit([&](const auto& each) { describe(each, entry); }, request);
    entry.program = cut(peer.executable, kLongestProgram);
    entry.pid = peer.pid;
    if (account.salt)
        entry.salt = base::to_hex(*account.salt);
    if (!account.token_label.empty() || !account.token_serial.empty()) {
        entry.token_label = cut(account.token_label, kLongestName);
        entry.token_serial = cut(account.token_serial, kLongestName);
    }
    entry.outcome = reply ? RequestOutcome::done : outcome_of(reply.error().code);
    if (!reply) {
        entry.error = base::to_string(reply.error().code);
        if (!reply.error().message.empty())
            entry.reason = cut(reply.error().message, kLongestReason);
    }
    if (!account.shown)
        return entry;
    EntryBudget budget;
    do
        shorten(*account.shown, budget, entry);
    while (encode_entry(entry).size() + kRoomForLink > kLongestRecord && budget.shrink());
    return entry;
}

} // namespace sceau::agent
