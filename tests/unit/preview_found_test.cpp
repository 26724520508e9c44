// Sums of money and account numbers in a text.

#include "preview/program/found_in_text.h"

#include <catch2/catch.hpp>

using namespace sceau::preview::program;
using Found = std::vector<std::string>;

TEST_CASE("sums of money are found as people write them")
{
    const std::vector<std::pair<std::string, std::string>> sums = {
        {"virez 48 000 € demain", "48 000 €"},
        {"virez 48\u00A0000\u00A0€ demain", "48 000 €"},
        {"virez 48\u202F000,50\u202F€.", "48 000,50 €"},
        {"soit 1.234,56 EUR", "1.234,56 EUR"},
        {"pay $1,000.00 now", "$1,000.00"},
        {"pay US$5", "US$5"},
        {"1'250.00 CHF", "1'250.00 CHF"},
        {"1\u2019250 CHF", "1'250 CHF"},
        {"CHF 1'250.00", "CHF 1'250.00"},
        {"EUR 99", "EUR 99"},
        {"EUR99,90", "EUR99,90"},
        {"99€", "99€"},
        {"12 k€", "12 k€"},
        {"3 millions d'euros", "3 millions d'euros"},
        {"$2.5 million", "$2.5 million"},
        {"£20", "£20"},
        {"1000000 euros", "1000000 euros"},
        {"(450 USD)", "450 USD"},
        {"En 2026 48 000 € seront dus", "48 000 €"},
        {"¥ 120000", "¥ 120000"},
        {"200 zł", "200 zł"},
    };
    for (const auto& [text, sum] : sums) {
        INFO(text);
        CHECK(sums_in(text) == Found{sum});
    }
    CHECK(sums_in("from 10 € to 20 €, not $30") == Found{"10 €", "20 €", "$30"});
}

TEST_CASE("telephone numbers, dates and other numbers are no sums of money")
{
    for (const std::string text : {"Tel. 06 12 34 56 78", "+33 6 12 34 56 78", "le 30/11/2026", "2026-11-30 EUR",
                                   "10:30", "page 12 of 40", "version 1.2.3", "try 5 times", "we try 5",
                                   "no 1234 of the list", "5 krónur", "10 europeans", "$", "EUR", ""}) {
        INFO(text);
        CHECK(sums_in(text).empty());
    }
}

TEST_CASE("account numbers are found whatever stands between their groups, if the check digits are right")
{
    const std::string french = "FR7630006000011234567890189";
    for (const std::string text :
         {"FR7630006000011234567890189", "FR76 3000 6000 0112 3456 7890 189",
          "IBAN: FR76-3000-6000-0112-3456-7890-189.", "fr76 3000 6000 0112 3456 7890 189 and so on",
          "FR76\u00A03000\u00A06000\u00A00112\u00A03456\u00A07890\u00A0189", "FR76 3000 6000 0112\n3456 7890 189",
          "«FR7630006000011234567890189»"}) {
        INFO(text);
        CHECK(accounts_in(text) == Found{french});
    }
    CHECK(accounts_in("BE68 5390 0754 7034 bitte, DE89370400440532013000") ==
          Found{"BE68539007547034", "DE89370400440532013000"});
    for (const std::string text : {"FR76 3000 6000 0112 3456 7890 188", "FR76 3000", "XX7630006000011234567890189",
                                   "BE685390075470341", "AFR7630006000011234567890189", ""}) {
        INFO(text);
        CHECK(accounts_in(text).empty());
    }
}
