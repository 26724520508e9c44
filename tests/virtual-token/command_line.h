// The lines by which a script or another process's test drives a virtual token: read from the program's standard input,
// and from the socket of a ControlSocket.
//
//     insert | remove                   the card, in and out of its reader
//     plug | unplug                     the reader with the card
//     present | absent                  waits until PC/SC says so
//     latency MS                        for each APDU from now on
//     fault WHAT [nth N] [after MARK] [executed]
//         WHAT: vanish [MS] | status SW | garbage HEX | silence MS | pause; see fault.h. MARK is one word
//     forgive                           takes faults back that have not come yet
//     paused | resume                   waits for a pause; ends it
//     mark TEXT                         a line in the log
//     log | clear                       every line of it; empties it
//     counters                          "verify 1", "9C 1", …, "resets 1", "tries 3"
//     certificate SLOT FILE             writes DER: certificate 9C signer.der
//     card N                            the lines after this are for that card, 1 at first
//     daemon start | daemon stop [SIGNAL]
//
// Each line is answered with the lines it asks for and then "ok", or with "error: …".
#pragma once

#include "tests/support/private_pcscd.h"

#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

namespace sceau::test {

class CommandLine {
  public:
    /// Without a daemon the commands that need one are errors.
    explicit CommandLine(std::vector<VirtualCard*> cards, PrivatePcscd* pcscd = nullptr);

    /// The answer, each of its lines with its end.
    std::string answer(const std::string& line);

  private:
    std::string obey(std::istream& words);
    PrivatePcscd& pcscd() const;
    VirtualCard& card() const { return *cards_[chosen_]; }
    void choose(std::size_t number);
    void drive(const std::string& verb, std::istream& words);
    void order_daemon(std::istream& words) const;

    std::vector<VirtualCard*> cards_;
    PrivatePcscd* pcscd_;
    std::size_t chosen_ = 0;
};

} // namespace sceau::test
