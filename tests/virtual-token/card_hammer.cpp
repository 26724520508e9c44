// card-hammer COUNTS READER SLOT:ALGORITHM… is another program of the same person that tries to use a card's keys
// without a PIN while somebody else is logged in. Three threads try all keys in tight loops until they are killed: two
// with SCardTransmit alone, over connections that they reconnect and renew, and one in transactions. None of them ever
// resets the card. COUNTS is a file for HammerCounts. CardHammer starts the program and sets PCSCLITE_NO_BLOCKING, so
// that a locked card refuses at once.
#include "tests/virtual-token/hammer_counts.h"
#include "tests/virtual-token/piv_commands.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <winscard.h>

#include <chrono>
#include <csignal>
#include <cstdio>
#include <string>
#include <thread>
#include <vector>

namespace {

using namespace sceau;
using namespace sceau::test;

constexpr DWORD kProtocols = SCARD_PROTOCOL_T0 | SCARD_PROTOCOL_T1;
// A program that waits for a transaction asks for it only every tenth of a second, and would never get it.
constexpr std::chrono::milliseconds kLetOthersIn{5};
constexpr std::chrono::milliseconds kRest{1};

struct Target {
    std::vector<base::Bytes> use; // a chain of commands
    HammerCounts::Key& counts;
};

class Hammer {
  public:
    Hammer(std::string reader, std::vector<Target>& targets, const std::atomic<bool>& rests)
        : reader_(std::move(reader)), targets_(targets), rests_(rests)
    {
        ::SCardEstablishContext(SCARD_SCOPE_SYSTEM, nullptr, nullptr, &context_);
    }

    [[noreturn]] void transmit_alone()
    {
        connect();
        for (;; await_work())
            try_all();
    }

    /// pcscd keeps a new connection waiting while somebody has the card exclusively.
    [[noreturn]] void transmit_on_new_connections()
    {
        for (;; await_work()) {
            connect();
            try_all();
            DWORD protocol = 0;
            ::SCardReconnect(card_, SCARD_SHARE_SHARED, kProtocols, SCARD_LEAVE_CARD, &protocol);
            try_all();
            ::SCardDisconnect(card_, SCARD_LEAVE_CARD);
        }
    }

    [[noreturn]] void transmit_in_transactions()
    {
        connect();
        for (;; std::this_thread::sleep_for(kLetOthersIn), await_work()) {
            if (::SCardBeginTransaction(card_) != SCARD_S_SUCCESS)
                recover();
            try_all();
            ::SCardEndTransaction(card_, SCARD_LEAVE_CARD);
        }
    }

  private:
    void await_work() const
    {
        while (rests_)
            std::this_thread::sleep_for(kRest);
    }

    void connect()
    {
        DWORD protocol = 0;
        ::SCardConnect(context_, reader_.c_str(), SCARD_SHARE_SHARED, kProtocols, &card_, &protocol);
    }

    void try_all()
    {
        for (Target& target : targets_)
            attempt(target);
    }

    void attempt(Target& target)
    {
        unsigned sw = 0;
        LONG result = SCARD_S_SUCCESS;
        for (const base::Bytes& command : target.use) {
            result = transmit(command, sw);
            if (result != SCARD_S_SUCCESS || (sw != 0x9000 && sw >> 8 != 0x61))
                break;
        }
        if (result != SCARD_S_SUCCESS && result != SCARD_E_SHARING_VIOLATION)
            return recover();
        ++target.counts.tries;
        if (result == SCARD_S_SUCCESS)
            ++target.counts.reached;
        if (result == SCARD_S_SUCCESS && (sw == 0x9000 || sw >> 8 == 0x61))
            ++target.counts.got_through;
    }

    LONG transmit(const base::Bytes& command, unsigned& sw) const
    {
        std::array<BYTE, MAX_BUFFER_SIZE> answer{};
        DWORD size = answer.size();
        const LONG result =
            ::SCardTransmit(card_, SCARD_PCI_T1, command.data(), command.size(), nullptr, answer.data(), &size);
        sw = result == SCARD_S_SUCCESS && size >= 2
                 ? static_cast<unsigned>(answer.at(size - 2) << 8 | answer.at(size - 1))
                 : 0;
        return result;
    }

    /// Somebody has reset the card, or it was removed and returned.
    void recover()
    {
        DWORD protocol = 0;
        const LONG code = ::SCardReconnect(card_, SCARD_SHARE_SHARED, kProtocols, SCARD_LEAVE_CARD, &protocol);
        if (code == SCARD_S_SUCCESS || code == SCARD_E_SHARING_VIOLATION)
            return;
        ::SCardDisconnect(card_, SCARD_LEAVE_CARD);
        connect();
    }

    std::string reader_;
    std::vector<Target>& targets_;
    const std::atomic<bool>& rests_;
    SCARDCONTEXT context_ = 0;
    SCARDHANDLE card_ = 0;
};

HammerCounts& open_counts(const char* path)
{
    const int file = ::open(path, O_RDWR | O_CLOEXEC);
    void* place = ::mmap(nullptr, sizeof(HammerCounts), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (place == MAP_FAILED) {
        std::perror("card-hammer");
        std::exit(1);
    }
    return *static_cast<HammerCounts*>(place);
}

/// Parses "9A:14".
Target target_of(const std::string& text, HammerCounts::Key& counts)
{
    const auto slot = static_cast<PivSlot>(std::stoul(text.substr(0, 2), nullptr, 16));
    const auto algorithm = static_cast<std::uint8_t>(std::stoul(text.substr(3), nullptr, 16));
    return {.use = answer_challenge(slot, algorithm, challenge_for(algorithm)), .counts = counts};
}

} // namespace

int main(int argc, char** argv)
{
    if (argc != 3 + static_cast<int>(HammerCounts::kKeys)) {
        std::fputs("usage: card-hammer COUNTS READER SLOT:ALGORITHM...\n", stderr);
        return 64;
    }
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    HammerCounts& counts = open_counts(argv[1]);
    std::vector<Target> targets;
    for (std::size_t key = 0; key < HammerCounts::kKeys; ++key)
        targets.push_back(target_of(argv[3 + key], counts.keys.at(key)));
    std::thread transactions([&] { Hammer(argv[2], targets, counts.rests).transmit_in_transactions(); });
    std::thread connections([&] { Hammer(argv[2], targets, counts.rests).transmit_on_new_connections(); });
    Hammer(argv[2], targets, counts.rests).transmit_alone();
}
