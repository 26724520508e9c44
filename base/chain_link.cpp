#include "base/chain_link.h"

#include "base/codec.h"
#include "base/scheme.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <map>

namespace sceau::base {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostNestingOfLine = 16;

// The kept files by their numbers.
std::map<unsigned, fs::path> kept_files(const fs::path& newest)
{
    const std::string stem = newest.filename().string() + ".";
    std::map<unsigned, fs::path> files;
    std::error_code error;
    for (fs::directory_iterator entry(newest.parent_path(), error), end; !error && entry != end;
         entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        if (!name.starts_with(stem))
            continue;
        unsigned number = 0;
        const auto [rest, wrong] = std::from_chars(name.data() + stem.size(), name.data() + name.size(), number);
        if (wrong == std::errc() && rest == name.data() + name.size() && name == stem + std::to_string(number))
            files[number] = entry->path();
    }
    return files;
}

} // namespace

std::optional<ChainLink> read_link(std::string_view line)
{
    if (!check_object(line, kMostNestingOfLine))
        return std::nullopt;
    ChainLink link;
    const auto json = nlohmann::json::parse(line, nullptr, false);
    if (!decode(json, Place{.path = "", .unknown = Unknown::ignore}, link))
        return std::nullopt;
    return link;
}

std::string sha256_hex(std::string_view text)
{
    return to_hex(hash_of(Hash::sha256, as_bytes(text)));
}

std::string linked_line(const ChainHead& head, std::string_view object)
{
    const std::string_view members = object.substr(1);
    return fmt::format(R"({{"number":{},"previous":"{}"{}{}{})", head.number + 1, head.sha256,
                       members == "}" ? "" : ",", members, '\n');
}

std::vector<fs::path> files_of_chain(const fs::path& newest)
{
    std::vector<fs::path> files;
    for (auto& [number, file] : kept_files(newest))
        files.push_back(std::move(file));
    std::error_code error;
    if (fs::exists(fs::symlink_status(newest, error)))
        files.push_back(newest);
    return files;
}

fs::path next_kept_file(const fs::path& newest)
{
    const auto kept = kept_files(newest);
    return newest.string() + "." + std::to_string(kept.empty() ? 1 : kept.rbegin()->first + 1);
}

} // namespace sceau::base
