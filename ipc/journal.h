// An entry of the agent's journal, as it stands in the file, one JSON object a line, and as ReadJournal returns it. The
// agent writes entries; the command reads them from the file, which needs no agent.
#pragma once

#include "base/key_id.h"
#include "base/result.h"
#include "ipc/shown.h"

namespace sceau::ipc {

/// `healed`: bytes before this entry are no entry, since the machine or the agent stopped while they were written.
enum class EntryKind { request, healed };

constexpr auto enumerators(EntryKind)
{
    return std::array{base::Enumerator{EntryKind::request, "request"}, base::Enumerator{EntryKind::healed, "healed"}};
}

enum class KeyOperation { sign, decrypt, derive };

constexpr auto enumerators(KeyOperation)
{
    using enum KeyOperation;
    return std::array{base::Enumerator{sign, "sign"}, base::Enumerator{decrypt, "decrypt"},
                      base::Enumerator{derive, "derive"}};
}

/// `done`: the result was released. `refused`: by the agent, before or without asking. `cancelled`: by the person, or
/// because the program went.
enum class RequestOutcome { done, refused, cancelled, failed };

constexpr auto enumerators(RequestOutcome)
{
    using enum RequestOutcome;
    return std::array{base::Enumerator{done, "done"}, base::Enumerator{refused, "refused"},
                      base::Enumerator{cancelled, "cancelled"}, base::Enumerator{failed, "failed"}};
}

/// How many fields of a name are not in the entry, because it would be too long with them.
struct LeftOut {
    FieldName name = FieldName::note;
    int count = 0;

    static constexpr auto fields()
    {
        return std::tuple{base::Field{"name", &LeftOut::name}, base::Field{"count", &LeftOut::count}};
    }
    friend bool operator==(const LeftOut&, const LeftOut&) = default;
};

struct JournalEntry {
    int number = 0;
    std::string previous; // the SHA-256 of the line before, in hex (base/chain_link.h)
    std::string time;     // RFC 3339 in UTC, with milliseconds
    EntryKind kind = EntryKind::request;
    // Of a request:
    std::optional<KeyOperation> operation = {};
    std::optional<RequestOutcome> outcome = {};
    std::optional<std::string> program = {}; // its executable, as it claims
    std::optional<int> pid = {};
    std::optional<base::KeyId> key = {};
    std::optional<std::string> token_label = {}; // if the key was found
    std::optional<std::string> token_serial = {};
    std::optional<std::string> scheme = {};
    std::optional<std::string> digest = {}; // hex; of a signature
    std::optional<Shown> shown = {};
    std::optional<std::vector<LeftOut>> left_out = {};
    std::optional<std::string> salt = {};  // hex; of the head that the signature names (docs/protocol.md)
    std::optional<std::string> error = {}; // its name, if it was not done
    std::optional<std::string> reason = {};
    std::optional<int> times = {}; // how often the same happened again after the entry before; `time` is the last time
    // Of what was healed:
    std::optional<int> torn_bytes = {};
    std::optional<std::string> torn_sha256 = {};

    static constexpr auto fields()
    {
        return std::tuple{base::Field{"number", &JournalEntry::number},
                          base::Field{"previous", &JournalEntry::previous},
                          base::Field{"time", &JournalEntry::time},
                          base::Field{"kind", &JournalEntry::kind},
                          base::Field{"operation", &JournalEntry::operation},
                          base::Field{"outcome", &JournalEntry::outcome},
                          base::Field{"program", &JournalEntry::program},
                          base::Field{"pid", &JournalEntry::pid},
                          base::Field{"key", &JournalEntry::key},
                          base::Field{"token_label", &JournalEntry::token_label},
                          base::Field{"token_serial", &JournalEntry::token_serial},
                          base::Field{"scheme", &JournalEntry::scheme},
                          base::Field{"digest", &JournalEntry::digest},
                          base::Field{"shown", &JournalEntry::shown},
                          base::Field{"left_out", &JournalEntry::left_out},
                          base::Field{"salt", &JournalEntry::salt},
                          base::Field{"error", &JournalEntry::error},
                          base::Field{"reason", &JournalEntry::reason},
                          base::Field{"times", &JournalEntry::times},
                          base::Field{"torn_bytes", &JournalEntry::torn_bytes},
                          base::Field{"torn_sha256", &JournalEntry::torn_sha256}};
    }
    friend bool operator==(const JournalEntry&, const JournalEntry&) = default;
};

/// Whom the entry names as receivers: the addresses of To, Cc and Bcc, or the fields' text where there is none.
std::vector<std::string> recipients(const JournalEntry& entry);

/// Returns the JSON of the entry on one line, without number and previous, which base::ChainedLines adds.
std::string encode_entry(const JournalEntry& entry);

/// Reads a line of the journal; members that a later agent adds are ignored. Fails with `bad_frame` for any other text.
base::Result<JournalEntry> decode_entry(std::string_view line);

} // namespace sceau::ipc
