#include "pkcs11/token/opensc.h"

#include "base/unique_fd.h"
#include "pkcs11/reader_name.h"
#include "pkcs11/token/pcsc.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>

namespace sceau::pkcs11::token {

using base::Result;

namespace {

// scconf cannot escape a quote. A name cut off before it still matches, since OpenSC compares parts of names.
std::string quoted(const std::string& name)
{
    return "\"" + name.substr(0, name.find_first_of("\"\\\n\r")) + "\"";
}

std::string quoted_list(const std::vector<std::string>& names)
{
    std::string list;
    for (const std::string& name : names)
        list += (list.empty() ? "" : ", ") + quoted(name);
    return list;
}

/// Returns nothing if no pcscd answers: OpenSC then sees no readers either.
std::vector<std::string> readers_there_are()
{
    const auto service = CardService::connect();
    return service ? service->readers().value_or(std::vector<std::string>{}) : std::vector<std::string>{};
}

/// Returns OpenSC's driver for the token, so that OpenSC need not ask the card what it is. Empty if it is unknown here,
/// too.
std::string driver_of(const TokenIdentity& token)
{
    return token.manufacturer == "piv_II" ? "PIV-II" : "";
}

Result<> use(OpenScSettings settings)
{
    if (!is_whole_and_has_room(settings.certificate_cache))
        settings.certificate_cache.clear();
    const std::string text = opensc_configuration(settings);
    base::UniqueFd file(::memfd_create("opensc.conf", MFD_CLOEXEC));
    if (!file || ::write(file.value(), text.data(), text.size()) != static_cast<ssize_t>(text.size()))
        return std::unexpected(
            base::token_failed(std::string("no memory for OpenSC's settings: ") + std::strerror(errno)));
    ::setenv("OPENSC_CONF", fmt::format("/proc/self/fd/{}", file.release()).c_str(), 1);
    ::unsetenv("OPENSC_DRIVER");
    ::unsetenv("OPENSC_DEBUG"); // its log would hold the PIN
    return {};
}

} // namespace

bool is_whole_and_has_room(const std::filesystem::path& folder)
{
    constexpr off_t kRoom = 1 << 18; // bytes: more than the certificates of a card
    std::error_code error;
    for (std::filesystem::directory_iterator file(folder, error), end; !error && file != end; file.increment(error))
        if (file->file_size(error) == 0)
            return false;
    if (error)
        return false;
    std::string name = folder / "room-XXXXXX";
    const base::UniqueFd probe(::mkostemp(name.data(), O_CLOEXEC));
    return probe && ::unlink(name.c_str()) == 0 && ::posix_fallocate(probe.value(), 0, kRoom) == 0;
}

std::string opensc_configuration(const OpenScSettings& settings)
{
    std::string text = "app default {\n";
    if (!settings.ignored_readers.empty())
        text += "  ignored_readers = " + quoted_list(settings.ignored_readers) + ";\n";
    if (!settings.card_driver.empty())
        text += "  card_drivers = " + settings.card_driver + ";\n";
    if (settings.certificate_cache.empty())
        text += "  framework pkcs15 { use_pin_caching = false; use_file_caching = false; }\n";
    else
        text += "  framework pkcs15 { use_pin_caching = false; use_file_caching = public; file_cache_dir = " +
                quoted(settings.certificate_cache) + "; }\n";
    // "" means the program itself, whose SCardEndTransaction resets a card that was logged in to (transaction.h).
    text += "  reader_driver pcsc { provider_library = \"\"; disconnect_action = leave; }\n"
            "}\n";
    // Each of OpenSC's two modules reads its own block.
    for (const char* app : {"opensc-pkcs11", "onepin-opensc-pkcs11"})
        text += fmt::format("app {} {{\n  pkcs11 {{ lock_login = true; atomic = false; }}\n}}\n", app);
    return text;
}

Result<> configure_opensc(const KeyTask& task)
{
    OpenScSettings settings{
        .ignored_readers = {}, .card_driver = driver_of(task.token), .certificate_cache = task.certificate_cache};
    const std::vector<std::string> readers = readers_there_are();
    const std::vector<std::string> own = readers_meant(task.reader, readers);
    // OpenSC ignores every reader whose name contains the ignored name.
    const auto may_be_ignored = [&](const std::string& name) {
        return std::ranges::none_of(own, [&](const std::string& kept) { return kept.find(name) != std::string::npos; });
    };
    if (!own.empty())
        std::ranges::copy_if(readers, std::back_inserter(settings.ignored_readers), may_be_ignored);
    return use(settings);
}

Result<> configure_opensc(const DiscoverTask& task)
{
    OpenScSettings settings{.ignored_readers = {}, .card_driver = {}, .certificate_cache = task.certificate_cache};
    std::ranges::copy_if(readers_there_are(), std::back_inserter(settings.ignored_readers), [&](const auto& name) {
        return std::ranges::any_of(task.busy_readers, [&](const auto& busy) { return is_in_reader(busy, name); });
    });
    return use(settings);
}

} // namespace sceau::pkcs11::token
