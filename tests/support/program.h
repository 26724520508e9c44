// Runs one of Sceau's programs as a person or a script would, and keeps its outputs separate. For tools in a test's
// set-up there is run.h.
#pragma once

#include "base/unique_fd.h"

#include <sys/types.h>
#include <termios.h>

#include <map>
#include <string>
#include <vector>

namespace sceau::test {

using Arguments = std::vector<std::string>; // the program's path first
using Environment = std::map<std::string, std::string>;

struct Ended {
    int status = 0; // exit status, or 128 plus the signal that ended it
    std::string out;
    std::string err;
};

/// Throws std::runtime_error if the program cannot be started. The program is killed and reaped with the object.
class Program {
  public:
    /// Its standard input is a pipe with this text, at most 64 KiB. The environment is added to ours.
    Program(const Arguments& arguments, const Environment& environment, const std::string& input = {});
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;
    ~Program();

    pid_t pid() const { return pid_; }
    void signal(int number) const;
    Ended wait();

  private:
    pid_t pid_ = -1;
    base::UniqueFd out_;
    base::UniqueFd err_;
};

/// Whether a program's three standard streams are its terminal, or /dev/null, as a filter's may be.
enum class Streams { terminal, elsewhere };

/// A program on a terminal of its own, 80 columns wide.
class TerminalProgram {
  public:
    TerminalProgram(const Arguments& arguments, const Environment& environment, Streams streams = Streams::terminal,
                    unsigned short lines = 24);
    TerminalProgram(const TerminalProgram&) = delete;
    TerminalProgram& operator=(const TerminalProgram&) = delete;
    ~TerminalProgram();

    /// Waits until the terminal shows the text after the one that was waited for before. Throws std::runtime_error,
    /// with what the terminal showed, when the program ends first.
    void wait_for(const std::string& text);
    /// Types the keys: "123456\r".
    void type(const std::string& keys) const;
    int wait();

    /// Everything written to the terminal so far.
    const std::string& shown() const { return shown_; }
    termios settings() const;

  private:
    bool read_more();

    pid_t pid_ = -1;
    base::UniqueFd keyboard_;
    base::UniqueFd terminal_;
    std::string shown_;
    std::size_t waited_for_ = 0; // bytes of shown_
};

} // namespace sceau::test
