// The commands of `sceau`, one per file: the options of each and the function that runs it. A run returns the exit
// status or the failure.
#pragma once

#include "clients/cli/words.h"
#include "clients/sending/failure.h"

#include <filesystem>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace sceau::cli {

using sending::Outcome;

struct ListTokens {
    bool json = false;
};

struct ListKeys {
    bool json = false;
};

struct ListCertificates {
    bool offline = false; // show what is missing and fetch nothing
    bool json = false;
};

struct SignMail {
    std::string key;  // see keys_named; empty: chosen by the sender's address
    std::string from; // empty: the mail's own sender
    std::vector<std::string> bcc;
    bool keep_date = false;
    std::filesystem::path output;
    std::filesystem::path input;
};

struct VerifyMail {
    std::filesystem::path ca;
    std::vector<std::filesystem::path> crls;
    std::vector<std::filesystem::path> certificates;
    bool require_revocation = false;
    std::optional<Moment> at; // empty: now
    bool json = false;
    std::filesystem::path content; // where the signed content is written; empty: nowhere
    std::filesystem::path input;
};

struct SignDigest {
    std::string key; // see keys_named
    base::Scheme scheme = base::Scheme::rsa_pkcs1_sha256;
    base::Bytes digest;
    bool json = false;
};

struct Watch {
    bool json = false;
};

struct ShowJournal {
    std::string to;              // only what went to this address; empty: all
    std::optional<Moment> since; // only from then on; empty: all
    std::filesystem::path file;  // empty: the agent's
    bool json = false;
};

struct VerifyJournal {
    std::filesystem::path file; // empty: the agent's
    bool json = false;
};

using Command = std::variant<ListTokens, ListKeys, ListCertificates, SignMail, VerifyMail, SignDigest, Watch,
                             ShowJournal, VerifyJournal>;

Outcome<int> run(const ListTokens& command, const Console& console);
Outcome<int> run(const ListKeys& command, const Console& console);
Outcome<int> run(const ListCertificates& command, const Console& console);
Outcome<int> run(const SignMail& command, const Console& console);
Outcome<int> run(const VerifyMail& command, const Console& console);
Outcome<int> run(const SignDigest& command, const Console& console);
Outcome<int> run(const Watch& command, const Console& console);
Outcome<int> run(const ShowJournal& command, const Console& console);
Outcome<int> run(const VerifyJournal& command, const Console& console);

} // namespace sceau::cli
