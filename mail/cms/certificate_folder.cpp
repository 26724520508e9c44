#include "mail/cms/certificate_folder.h"

#include "base/installation.h"

#include <sys/stat.h>

#include <algorithm>
#include <array>

namespace sceau::mail::cms {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kMostFiles = 256;
constexpr std::size_t kMostBytes = std::size_t{8} << 20;
constexpr std::size_t kMostEntries = 4096; // that are examined

bool is_meant(const fs::path& path)
{
    const std::string name = path.filename();
    std::error_code error;
    return !name.starts_with('.') && !name.ends_with('~') && !fs::is_directory(path, error);
}

/// Returns the files sorted by name.
std::vector<fs::path> files_in(const fs::path& folder, std::error_code& error)
{
    std::vector<fs::path> files;
    fs::directory_iterator entry(folder, error);
    for (std::size_t i = 0; !error && entry != fs::directory_iterator() && i < kMostEntries; ++i) {
        if (is_meant(entry->path()))
            files.push_back(entry->path());
        entry.increment(error);
    }
    std::ranges::sort(files);
    return files;
}

FileInFolder read_file(const fs::path& path, const base::Writers& writers, std::size_t& room)
{
    FileInFolder file{.path = path, .certificates = {}};
    const auto text = base::read_owned_file(path, writers);
    if (!text || !*text) {
        file.fault = FileFault::refused;
        file.detail = text ? path.string() + ": is no longer there" : text.error().message;
        return file;
    }
    if ((*text)->size() > room) {
        file.fault = FileFault::too_many;
        return file;
    }
    room -= (*text)->size();
    CertificateFile contents = read_certificate_file(base::as_bytes(**text));
    file.certificates = std::move(contents.certificates);
    file.fault = file.certificates.empty() ? FileFault::no_certificate
                 : contents.damaged        ? FileFault::damaged
                                           : FileFault::none;
    return file;
}

std::string identity_of(const struct stat& file)
{
    std::string identity;
    for (const auto number : std::array<std::uint64_t, 8>{
             static_cast<std::uint64_t>(file.st_dev), static_cast<std::uint64_t>(file.st_ino),
             static_cast<std::uint64_t>(file.st_size), static_cast<std::uint64_t>(file.st_mtim.tv_sec),
             static_cast<std::uint64_t>(file.st_mtim.tv_nsec), static_cast<std::uint64_t>(file.st_ctim.tv_sec),
             static_cast<std::uint64_t>(file.st_ctim.tv_nsec), static_cast<std::uint64_t>(file.st_mode)})
        identity += std::to_string(number) + " ";
    return identity + "\n";
}

} // namespace

CertificateFolder own_certificate_folder()
{
    return {.path = base::user_folder() / "certificates", .writers = base::for_oneself()};
}

std::vector<CertificateFolder> certificate_folders()
{
    return {{.path = fs::path(base::kAdministratorsFolder) / "certificates", .writers = base::for_all()},
            own_certificate_folder()};
}

std::vector<FileInFolder> read_certificate_folder(const CertificateFolder& folder)
{
    std::error_code error;
    const std::vector<fs::path> paths = files_in(folder.path, error);
    if (error == std::errc::no_such_file_or_directory)
        return {};
    if (error)
        return {{.path = folder.path,
                 .certificates = {},
                 .fault = FileFault::refused,
                 .detail = folder.path.string() + ": cannot be read: " + error.message()}};
    std::vector<FileInFolder> files;
    std::size_t room = kMostBytes;
    for (const fs::path& path : paths) {
        if (files.size() < kMostFiles)
            files.push_back(read_file(path, folder.writers, room));
        else
            files.push_back({.path = path, .certificates = {}, .fault = FileFault::too_many});
    }
    return files;
}

std::string state_of(const CertificateFolder& folder)
{
    struct stat file{};
    if (::stat(folder.path.c_str(), &file) != 0)
        return {};
    std::error_code error;
    std::string state = identity_of(file);
    for (const fs::path& path : files_in(folder.path, error)) {
        state += path.filename().string() + " ";
        state += ::stat(path.c_str(), &file) == 0 ? identity_of(file) : "gone\n";
    }
    return state;
}

} // namespace sceau::mail::cms
