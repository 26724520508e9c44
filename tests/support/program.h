// Runs one of our programs as a person or a script would, and keeps what it said apart: run.h is for tools in a test's
// set-up.
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
    int status = 0; // of its exit, or 128 and the signal that ended it
    std::string out;
    std::string err;
};

/// std::runtime_error where it cannot be started. Killed and reaped when it goes.
class Program {
  public:
    /// Its standard input is a pipe with this text, 64 KiB at most. The environment is added to ours.
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

/// Whether a program's three standard streams are its terminal, or /dev/null as those of a filter's may be.
enum class Streams { terminal, elsewhere };

/// A program on a terminal of its own, 80 columns wide.
class TerminalProgram {
  public:
    TerminalProgram(const Arguments& arguments, const Environment& environment, Streams streams = Streams::terminal,
                    unsigned short lines = 24);
    TerminalProgram(const TerminalProgram&) = delete;
    TerminalProgram& operator=(const TerminalProgram&) = delete;
    ~TerminalProgram();

    /// Waits until the terminal shows the text, behind what was waited for before; std::runtime_error, with what it
    /// showed, when the program ends first.
    void wait_for(const std::string& text);
    /// What is on the keyboard: "123456\r".
    void type(const std::string& keys) const;
    int wait();

    /// All that was written to it so far.
    const std::string& shown() const { return shown_; }
    termios settings() const;

  private:
    bool read_more();

    pid_t pid_ = -1;
    base::UniqueFd keyboard_;
    base::UniqueFd terminal_;
    std::string shown_;
    std::size_t waited_for_ = 0; // bytes of it
};

} // namespace sceau::test
