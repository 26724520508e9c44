// For the tests of verdicts: a judgement is compared by name, and a failed comparison shows the whole verdict.
#pragma once

#include "clients/cli/finding_text.h"
#include "tests/support/mails.h"

#include <catch2/catch.hpp>

#include <cstdlib>

namespace sceau::mail::mime {

inline bool operator==(const Verdict& verdict, Judgement judgement)
{
    return verdict.judgement == judgement;
}

} // namespace sceau::mail::mime

template <>
struct Catch::StringMaker<sceau::mail::mime::Judgement> {
    static std::string convert(sceau::mail::mime::Judgement judgement) { return std::string(to_string(judgement)); }
};

template <>
struct Catch::StringMaker<sceau::mail::mime::Verdict> {
    static std::string convert(const sceau::mail::mime::Verdict& verdict)
    {
        std::string text(to_string(verdict.judgement));
        for (const auto& reason : verdict.reasons)
            text += "\n  because: " + sceau::cli::text_of(reason, {});
        for (const auto& warning : verdict.warnings)
            text += "\n  warning: " + sceau::cli::text_of(warning, {});
        for (const auto& finding : verdict.coverage.not_covered)
            text += "\n  not covered: " + sceau::cli::text_of(finding, {});
        return text;
    }
};

namespace sceau::test {

/// Returns the findings as an English reader sees them.
inline std::vector<std::string> sentences(const std::vector<mail::Finding>& findings)
{
    ::setenv("TZ", "UTC", 1);
    std::vector<std::string> all;
    for (const mail::Finding& finding : findings)
        all.push_back(cli::text_of(finding, {}));
    return all;
}

/// Whether one of the sentences contains the words.
inline bool says(const std::vector<mail::Finding>& findings, const std::string& words)
{
    for (const std::string& sentence : sentences(findings)) {
        if (sentence.find(words) != std::string::npos)
            return true;
    }
    return false;
}

} // namespace sceau::test
