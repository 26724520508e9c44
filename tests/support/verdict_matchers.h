// For the tests of verdicts: a judgement is compared by name, and a failed comparison shows the whole verdict.
#pragma once

#include "tests/support/mails.h"

#include <catch2/catch.hpp>

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
            text += "\n  because: " + reason;
        for (const auto& warning : verdict.warnings)
            text += "\n  warning: " + warning;
        for (const auto& sentence : verdict.coverage.not_covered)
            text += "\n  not covered: " + sentence;
        return text;
    }
};

namespace sceau::test {

/// Whether one of the sentences holds the words.
inline bool says(const std::vector<std::string>& sentences, const std::string& words)
{
    for (const std::string& sentence : sentences) {
        if (sentence.find(words) != std::string::npos)
            return true;
    }
    return false;
}

} // namespace sceau::test
