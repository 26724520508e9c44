#include "agent/certificate_cache.h"

#include <cstdlib>
#include <string>

namespace sceau::agent {

namespace fs = std::filesystem;

namespace {

// Of the person's session, in memory, and gone with it; without a session, a temporary folder.
fs::path make_root()
{
    std::error_code error;
    const char* session = std::getenv("XDG_RUNTIME_DIR");
    const fs::path parent = session != nullptr && *session == '/' ? fs::path(session) : fs::temp_directory_path(error);
    std::string root = (parent / "sceau-certificates-XXXXXX").string();
    return ::mkdtemp(root.data()) == nullptr ? fs::path() : fs::path(root);
}

} // namespace

CertificateCache::~CertificateCache()
{
    remove(root_);
}

fs::path CertificateCache::new_folder()
{
    if (root_.empty())
        root_ = make_root();
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
