#include "clients/cli/journal_source.h"

#include "base/installation.h"
#include "ipc/client.h"

#include <fmt/format.h>
#include <sys/stat.h>
#include <systemd/sd-journal.h>
#include <unistd.h>

#include <charconv>
#include <memory>
#include <string_view>

namespace sceau::cli {

namespace fs = std::filesystem;

namespace {

constexpr std::chrono::seconds kPatienceForPath{5};

std::optional<fs::path> path_from_agent()
{
    auto agent = ipc::Client::connect();
    if (!agent || !agent->begin<ipc::ReadJournal>({.limit = 0}))
        return std::nullopt;
    const auto reply = agent->next<ipc::ReadJournal>(kPatienceForPath);
    return reply && *reply && fs::path((*reply)->path).is_absolute() ? std::optional<fs::path>((*reply)->path)
                                                                     : std::nullopt;
}

struct CloseJournal {
    void operator()(sd_journal* journal) const { ::sd_journal_close(journal); }
};

std::string value_of(sd_journal* journal, std::string_view field)
{
    const void* data = nullptr;
    std::size_t size = 0;
    if (::sd_journal_get_data(journal, std::string(field).c_str(), &data, &size) < 0 || size <= field.size())
        return {};
    return {static_cast<const char*>(data) + field.size() + 1, size - field.size() - 1}; // after "FIELD="
}

std::optional<base::ChainHead> head_in(sd_journal* journal)
{
    const std::string number = value_of(journal, "SCEAU_NUMBER");
    base::ChainHead head{.number = 0, .sha256 = value_of(journal, "SCEAU_HEAD")};
    std::from_chars(number.data(), number.data() + number.size(), head.number);
    return head.number > 0 && head.sha256.size() == 64 ? std::optional(std::move(head)) : std::nullopt;
}

} // namespace

fs::path journal_file(const fs::path& named)
{
    std::error_code error;
    if (!named.empty()) // as the agent names it to the system's journal
        return fs::absolute(named, error).lexically_normal();
    return path_from_agent().value_or(base::default_journal());
}

std::optional<std::vector<base::ChainHead>> heads_in_system_journal(const fs::path& journal)
{
    sd_journal* opened = nullptr;
    if (::sd_journal_open(&opened, SD_JOURNAL_LOCAL_ONLY) < 0)
        return std::nullopt;
    const std::unique_ptr<sd_journal, CloseJournal> messages(opened);
    struct stat file{};
    const uid_t owner = ::lstat(journal.c_str(), &file) == 0 ? file.st_uid : ::geteuid();
    const std::string ours = "SCEAU_JOURNAL=" + journal.string();
    const std::string by_owner = fmt::format("_UID={}", owner); // which no other account can make up
    if (::sd_journal_add_match(opened, ours.data(), ours.size()) < 0 ||
        ::sd_journal_add_match(opened, by_owner.data(), by_owner.size()) < 0 || ::sd_journal_seek_head(opened) < 0)
        return std::nullopt;
    std::vector<base::ChainHead> heads;
    while (::sd_journal_next(opened) > 0)
        if (auto head = head_in(opened))
            heads.push_back(*std::move(head));
    return heads.empty() ? std::nullopt : std::optional(std::move(heads));
}

} // namespace sceau::cli
