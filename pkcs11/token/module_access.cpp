#include "pkcs11/token/module_access.h"

#include "base/environment.h"

namespace sceau::pkcs11::token {

namespace fs = std::filesystem;

namespace {

struct CertificateCache {
    fs::path operator()(const DiscoverTask& task) const { return task.certificate_cache; }
    fs::path operator()(const KeyTask& task) const { return task.certificate_cache; }
    fs::path operator()(const ResetTask&) const { return {}; }
    fs::path operator()(const MonitorTask& task) const { return task.certificate_cache; }
};

/// The files that OpenSC uses are known: it reads its configuration from memory (opensc.h) and talks to pcscd over a
/// socket.
bool is_system_opensc(const fs::path& module)
{
    std::error_code missing;
    const fs::path file = fs::canonical(module, missing);
    return file.string().starts_with("/usr/lib/") && file.filename() == "opensc-pkcs11.so";
}

/// Returns the folder that this variable names, or the folder of the file that it names.
fs::path folder_named_by(const std::string& variable)
{
    fs::path value = variable.substr(variable.find('=') + 1);
    std::error_code error;
    if (!value.is_absolute())
        return {};
    if (fs::is_directory(value, error))
        return value;
    return fs::is_regular_file(value, error) ? value.parent_path() : fs::path();
}

base::FileAccess access_of_another_vendors()
{
    base::FileAccess access{.readable = {"/"}, .writable = {"/tmp", "/var", "/dev", "/run/lock"}, .parents = {}};
    for (const std::string& variable : base::own_environment())
        if (fs::path folder = folder_named_by(variable); !folder.empty() && folder != folder.root_path())
            access.writable.push_back(std::move(folder));
    return access;
}

base::FileAccess access_of_our_own()
{
    return {.readable = {"/usr", "/lib", "/lib64", "/etc", "/proc", "/sys", "/dev/random", "/dev/urandom", "/dev/zero"},
            .writable = {"/dev/null"},
            .parents = {}};
}

} // namespace

base::FileAccess file_access(const fs::path& module, const Task& task)
{
    const bool is_another_vendors = !module.empty() && !is_system_opensc(module);
    base::FileAccess access = is_another_vendors ? access_of_another_vendors() : access_of_our_own();
    const fs::path cache = std::visit(CertificateCache{}, task);
    if (!cache.empty())
        access.writable.push_back(cache);
    if (std::holds_alternative<MonitorTask>(task) && !cache.empty())
        access.parents.push_back(cache.parent_path()); // the folder itself is removed when the agent is killed
    return access;
}

} // namespace sceau::pkcs11::token
