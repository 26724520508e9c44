#include "tests/packaging/installation.h"

#include "tests/support/run.h"

#include <algorithm>

namespace sceau::test {

namespace fs = std::filesystem;

Installation::Installation(std::string below) : below_(std::move(below)), prefix_(root().string() + below_)
{
    install_again();
    if (below_ == "/usr")
        fs::create_directory_symlink("usr/lib", root() / "lib"); // as on Debian
}

Installation Installation::with_prefix()
{
    return Installation("");
}

Installation Installation::for_package()
{
    return Installation("/usr");
}

Installation Installation::for_administrator()
{
    return Installation("/usr/local");
}

void Installation::install_again() const
{
    if (below_.empty())
        run({"cmake", "--install", SCEAU_BINARY_DIR, "--prefix", root()}, {{"DESTDIR", ""}});
    else
        run({"cmake", "--install", SCEAU_BINARY_DIR, "--prefix", below_}, {{"DESTDIR", root()}});
}

std::vector<fs::path> Installation::files() const
{
    std::vector<fs::path> files;
    for (const auto& entry : fs::recursive_directory_iterator(root()))
        if (!entry.is_directory())
            files.push_back(entry.path().lexically_relative(root()));
    std::ranges::sort(files);
    return files;
}

std::string text_of(const fs::path& file)
{
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

std::string source_text(const fs::path& path)
{
    return text_of(fs::path(SCEAU_SOURCE_DIR) / path);
}

} // namespace sceau::test
