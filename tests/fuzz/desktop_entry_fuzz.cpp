// Reads any bytes as a desktop file. That must not crash, and an entry that was read has a name and a program.
#include "agent/person/desktop_entry.h"
#include "base/display_text.h"

#include <cstdint>
#include <cstdlib>

using namespace sceau;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    for (const auto language : {base::Language::english, base::language_of("fr")}) {
        const auto entry = agent::read_desktop_entry(text, language);
        if (entry && (base::shows_nothing(entry->name) || entry->program.empty()))
            std::abort();
    }
    return 0;
}
