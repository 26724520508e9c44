#include "pkcs11/token/monitor.h"

#include "pkcs11/token/pcsc.h"
#include "pkcs11/token/report.h"

#include <pcsclite.h>
#include <poll.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

namespace sceau::pkcs11::token {

using base::Result;

namespace {

constexpr const char* kPnpReader = "\\\\?PnP?\\Notification";
constexpr int kEventCounterShift = 16; // of SCARD_READERSTATE::dwEventState (pcsc-lite's SCardGetStatusChange)

// pcsc-lite wakes up only for a new reader that comes during the call. One that came between two calls is found after
// this time.
constexpr DWORD kLookAgain = 2000;  // milliseconds
constexpr int kFirstPause = 100;    // milliseconds until an absent pcscd is tried again
constexpr int kLongestPause = 5000; // milliseconds

Reader describe(const SCARD_READERSTATE& state)
{
    return {.name = state.szReader,
            .card = (state.dwEventState & SCARD_STATE_PRESENT) != 0,
            .events = static_cast<unsigned>(state.dwEventState >> kEventCounterShift)};
}

SCARD_READERSTATE unaware_of(const char* name)
{
    SCARD_READERSTATE state{};
    state.szReader = name;
    state.dwCurrentState = SCARD_STATE_UNAWARE;
    return state;
}

/// Tells the agent what has changed since the last report.
class Teller {
  public:
    explicit Teller(int channel) : channel_(channel) {}

    Result<> tell(Readers now)
    {
        if (told_ == now)
            return {};
        TRY(report(channel_, now));
        told_ = std::move(now);
        return {};
    }

    /// Returns false if the agent has exited meanwhile.
    bool pause(int milliseconds) const
    {
        pollfd agent = {.fd = channel_, .events = POLLIN, .revents = 0};
        return ::poll(&agent, 1, milliseconds) == 0;
    }

  private:
    int channel_;
    std::optional<Readers> told_;
};

/// Looks at these readers once, then waits until one of them changes or another is plugged in. Returns PC/SC's last
/// answer; an error means that the agent has exited.
Result<LONG> look_and_wait(const CardService& service, const std::vector<std::string>& names, Teller& teller)
{
    std::vector<SCARD_READERSTATE> states;
    std::ranges::transform(names, std::back_inserter(states), unaware_of, &std::string::c_str);
    if (!states.empty()) { // returns at once, since all states are given as unknown
        const LONG looked = ::SCardGetStatusChange(service.get(), 0, states.data(), states.size());
        if (looked != SCARD_S_SUCCESS)
            return looked;
    }
    Readers now{.service = true, .readers = {}};
    std::ranges::transform(states, std::back_inserter(now.readers), describe);
    TRY(teller.tell(std::move(now)));
    for (SCARD_READERSTATE& state : states)
        state.dwCurrentState = state.dwEventState & ~static_cast<DWORD>(SCARD_STATE_CHANGED);
    if (states.size() < PCSCLITE_MAX_READERS_CONTEXTS) // PC/SC rejects more as an invalid parameter
        states.push_back(unaware_of(kPnpReader));
    const LONG waited = ::SCardGetStatusChange(service.get(), kLookAgain, states.data(), states.size());
    return waited == SCARD_E_TIMEOUT ? SCARD_S_SUCCESS : waited;
}

bool names_a_reader_that_went(LONG code)
{
    return code == SCARD_E_UNKNOWN_READER || code == SCARD_E_READER_UNAVAILABLE;
}

/// Runs as long as this pcscd answers. An error means that the agent has exited.
Result<> follow(const CardService& service, Teller& teller)
{
    for (;;) {
        const auto names = service.readers();
        if (!names)
            return {};
        TRY_ASSIGN(const LONG code, look_and_wait(service, *names, teller));
        if (code != SCARD_S_SUCCESS && !names_a_reader_that_went(code))
            return {};
    }
}

/// PC/SC's calls wait only for readers, so a thread of its own waits for the agent's end. It replaces the signal that
/// ends other workers.
void clear_away_after_agent(int channel, const std::filesystem::path& folder)
{
    if (folder.empty())
        return;
    std::thread([channel, folder] {
        pollfd agent = {.fd = channel, .events = 0, .revents = 0}; // POLLHUP need not be asked for
        while (::poll(&agent, 1, -1) != 1)
            continue;
        std::error_code error;
        std::filesystem::remove_all(folder, error);
        ::rmdir(folder.c_str()); // remove_all() only tries unlink(), which Landlock forbids, and leaves the folder
        ::_exit(0);
    }).detach();
    ::prctl(PR_SET_PDEATHSIG, 0);
}

} // namespace

Result<> monitor_readers(int channel, const MonitorTask& task)
{
    clear_away_after_agent(channel, task.certificate_cache);
    Teller teller(channel);
    int pause = kFirstPause;
    do {
        if (const auto service = CardService::connect()) {
            pause = kFirstPause;
            TRY(follow(*service, teller));
        }
        TRY(teller.tell({.service = false, .readers = {}}));
        pause = std::min(2 * pause, kLongestPause);
    } while (teller.pause(pause));
    return {};
}

} // namespace sceau::pkcs11::token
