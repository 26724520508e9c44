#include "agent/tokens/certificate_cache.h"

#include "base/installation.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cstdlib>
#include <string>

namespace sceau::agent {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kName = "sceau-certificates-";

// The session's runtime folder is in memory and goes with the session. Without a session, this is a temporary folder.
fs::path parent_folder()
{
    std::error_code error;
    const fs::path session = base::runtime_folder();
    return session.is_absolute() ? session : fs::temp_directory_path(error);
}

fs::path make_root(const fs::path& parent)
{
    std::string root = (parent / kName).string() + "XXXXXX";
    return ::mkdtemp(root.data()) == nullptr ? fs::path() : fs::path(root);
}

/// Returns a lock that is held until this process ends, however it ends; null if another process holds it.
base::UniqueFd lock(const fs::path& folder)
{
    base::UniqueFd held(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    return held && ::flock(held.value(), LOCK_EX | LOCK_NB) == 0 ? std::move(held) : base::UniqueFd();
}

void remove_leftovers(const fs::path& parent)
{
    std::error_code error;
    for (fs::directory_iterator entry(parent, error), end; !error && entry != end; entry.increment(error))
        if (const fs::path folder = entry->path(); folder.filename().string().starts_with(kName) && lock(folder))
            CertificateCache::remove(folder);
}

} // namespace

CertificateCache::CertificateCache()
{
    const fs::path parent = parent_folder();
    remove_leftovers(parent);
    root_ = make_root(parent);
    if (!root_.empty())
        lock_ = lock(root_);
}

CertificateCache::~CertificateCache()
{
    remove(root_);
}

fs::path CertificateCache::new_folder()
{
    const fs::path folder = root_ / std::to_string(++folders_);
    std::error_code error;
    return !root_.empty() && fs::create_directory(folder, error) ? folder : fs::path();
}

void CertificateCache::remove(const fs::path& folder)
{
    std::error_code error;
    if (!folder.empty())
        fs::remove_all(folder, error);
}

} // namespace sceau::agent
