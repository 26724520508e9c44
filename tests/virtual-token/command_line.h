// The lines with which a script, or a test in another process, drives a virtual token. They are read from the program's
// standard input and from the socket of a ControlSocket.
//
//     insert | remove                   moves the card in or out of its reader
//     plug | unplug                     moves the reader with the card
//     present | absent                  waits until PC/SC reports it
//     latency MS                        for each APDU from now on
//     fault WHAT [nth N] [after MARK] [executed]
//         WHAT: vanish [MS] | status SW | garbage HEX | silence MS | pause; see fault.h. MARK is one word.
//     forgive                           cancels the faults that have not occurred yet
//     paused | resume                   waits for a pause; ends it
//     mark TEXT                         writes a line into the log
//     log | clear                       returns every line of the log; empties it
//     counters                          "verify 1", "9C 1", …, "resets 1", "tries 3"
//     certificate SLOT FILE             writes DER: certificate 9C signer.der
//     card N                            the following lines are for that card; initially 1
//     daemon start | daemon stop [SIGNAL]
//
// The answer to each line is the lines that it asks for and then "ok", or "error: …".
#pragma once

#include "tests/support/private_pcscd.h"

#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

namespace sceau::test {

class CommandLine {
  public:
    /// Without a daemon, the commands that need one are errors.
    explicit CommandLine(std::vector<VirtualCard*> cards, PrivatePcscd* pcscd = nullptr);

    /// Returns the answer, with a line end after each line.
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
