#include "tests/support/pcsc_readers.h"

#include <winscard.h>

#include <chrono>
#include <stdexcept>
#include <string_view>
#include <thread>

namespace sceau::test {

namespace {

constexpr std::chrono::seconds kPatience{60};

class Context {
  public:
    Context() : result_(SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context_)) {}
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;
    ~Context()
    {
        if (established())
            SCardReleaseContext(context_);
    }

    bool established() const { return result_ == SCARD_S_SUCCESS; }
    SCARDCONTEXT value() const { return context_; }

  private:
    SCARDCONTEXT context_ = 0;
    LONG result_;
};

/// The card of an unpowered or unresponsive state is not there yet.
bool is_present(DWORD state)
{
    return (state & SCARD_STATE_PRESENT) != 0 && (state & SCARD_STATE_MUTE) == 0;
}

bool is_absent(DWORD state)
{
    return (state & SCARD_STATE_EMPTY) != 0;
}

} // namespace

bool pcsc_serves()
{
    return Context().established();
}

std::vector<std::string> pcsc_readers()
{
    const Context context;
    char* names = nullptr;
    DWORD size = SCARD_AUTOALLOCATE;
    if (SCardListReaders(context.value(), nullptr, reinterpret_cast<char*>(&names), &size) != SCARD_S_SUCCESS)
        return {};
    std::vector<std::string> readers;
    for (const char* name = names; *name != '\0'; name += readers.back().size() + 1)
        readers.emplace_back(name);
    SCardFreeMemory(context.value(), names);
    return readers;
}

void pcsc_await(const std::string& reader, bool present)
{
    const Context context;
    SCARD_READERSTATE reading{};
    reading.szReader = reader.c_str();
    LONG result = SCARD_S_SUCCESS;
    const auto is_wanted = present ? is_present : is_absent;
    while (result == SCARD_S_SUCCESS && !is_wanted(reading.dwEventState)) {
        reading.dwCurrentState = reading.dwEventState;
        constexpr auto kTime = std::chrono::duration_cast<std::chrono::milliseconds>(kPatience).count();
        result = SCardGetStatusChange(context.value(), static_cast<DWORD>(kTime), &reading, 1);
    }
    if (result != SCARD_S_SUCCESS)
        throw std::runtime_error("the card in " + reader + " is not " + (present ? "present: " : "absent: ") +
                                 pcsc_stringify_error(result));
}

void wait_until(const std::string& what, const std::function<bool()>& holds)
{
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!holds()) {
        if (std::chrono::steady_clock::now() > end)
            throw std::runtime_error("waited in vain until " + what);
        std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
}

} // namespace sceau::test
