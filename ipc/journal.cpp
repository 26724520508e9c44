#include "ipc/journal.h"

#include "base/codec.h"
#include "ipc/frame.h"

namespace sceau::ipc {

using nlohmann::ordered_json;

std::vector<std::string> recipients(const JournalEntry& entry)
{
    std::vector<std::string> all;
    if (!entry.shown)
        return all;
    for (const ShownField& field : entry.shown->lines)
        if (is_recipient(field.name))
            all.push_back(field.address.value_or(field.value));
    return all;
}

std::string encode_entry(const JournalEntry& entry)
{
    ordered_json object = base::encode(entry);
    object.erase("number");
    object.erase("previous");
    return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

base::Result<JournalEntry> decode_entry(std::string_view line)
{
    TRY(check_frame(line));
    JournalEntry entry;
    const auto json = nlohmann::json::parse(line, nullptr, false);
    const auto decoded = base::decode(json, base::Place{.path = "", .unknown = base::Unknown::ignore}, entry);
    if (!decoded)
        return std::unexpected(base::bad_frame("not an entry of the journal: " + decoded.error().message));
    return entry;
}

} // namespace sceau::ipc
