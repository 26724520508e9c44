#include "preview/program/found_in_text.h"

#include "base/ascii.h"

#include <algorithm>
#include <array>

namespace sceau::preview::program {

namespace {

constexpr std::size_t kLongestNumber = 60; // bytes

bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

bool is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/// Returns whether the byte belongs to a word, which bytes of letters outside ASCII do too.
bool is_of_a_word(char c)
{
    return is_letter(c) || is_digit(c) || static_cast<unsigned char>(c) >= 0x80;
}

/// Blanks of all kinds become plain ones, and typographic apostrophes, which group digits in Switzerland, ASCII's.
std::string with_plain_blanks(std::string_view text)
{
    constexpr std::array<std::string_view, 6> kBlanks{"\u00A0", "\u202F", "\u2009", "\u2007", "\u2008", "\u200A"};
    std::string plain;
    plain.reserve(text.size());
    while (!text.empty()) {
        const auto* const blank =
            std::ranges::find_if(kBlanks, [&](std::string_view each) { return text.starts_with(each); });
        if (static_cast<unsigned char>(text.front()) < 0x80) {
            const char c = text.front();
            plain += c == '\t' || c == '\n' || c == '\r' ? ' ' : c;
            text.remove_prefix(1);
        } else if (blank != kBlanks.end()) {
            plain += ' ';
            text.remove_prefix(blank->size());
        } else if (text.starts_with("\u2019")) {
            plain += '\'';
            text.remove_prefix(3);
        } else {
            plain += text.front();
            text.remove_prefix(1);
        }
    }
    return plain;
}

constexpr std::array<std::string_view, 13> kSigns{"€", "$", "£", "¥", "₽", "₹", "₩", "₺", "₴", "₪", "₿", "₫", "฿"};

// ISO 4217, and the words of the currencies that are written out most often.
constexpr std::array<std::string_view, 43> kCodes{
    "eur", "usd", "gbp", "chf", "jpy", "cad", "aud", "nzd", "cny",  "rmb",   "hkd",    "sgd",     "inr",   "krw", "sek",
    "nok", "dkk", "isk", "pln", "czk", "huf", "ron", "bgn", "rub",  "uah",   "try",    "ils",     "zar",   "brl", "mxn",
    "aed", "sar", "mad", "tnd", "xof", "xaf", "thb", "btc", "euro", "euros", "dollar", "dollars", "pounds"};
// Letters that stand for a currency only right behind a number.
constexpr std::array<std::string_view, 6> kAbbreviations{"zł", "kč", "kr", "fr.", "sfr.", "ft"};
// What multiplies a number before a currency's name.
constexpr std::array<std::string_view, 15> kMultiples{"million",  "millions", "milliard", "milliards", "billion",
                                                      "billions", "thousand", "mille",    "mio",       "mrd",
                                                      "mn",       "bn",       "k",        "m",         "tsd"};

class SumSearch {
  public:
    explicit SumSearch(std::string_view text) : text_(text) {}

    std::vector<std::string> run()
    {
        std::vector<std::string> sums;
        for (std::size_t at = 0; at < text_.size();) {
            if (!begins_number(at)) {
                ++at;
                continue;
            }
            const std::size_t end = number_end(at);
            const std::size_t begin = currency_before(at);
            const std::size_t multiplied = multiple_after(end);
            const std::size_t after = currency_after(multiplied);
            if (after > multiplied)
                sums.emplace_back(text_.substr(at, after - at));
            else if (begin < at)
                sums.emplace_back(text_.substr(begin, multiplied - begin));
            at = std::max(end, after > multiplied ? after : end);
        }
        return sums;
    }

  private:
    char at(std::size_t position) const { return position < text_.size() ? text_[position] : '\0'; }

    bool begins_number(std::size_t position) const
    {
        if (!is_digit(text_[position]))
            return false;
        if (position == 0)
            return true;
        const char before = text_[position - 1];
        // A part of a date, a time, a telephone number or a longer number.
        const bool joins = before == '-' || before == '/' || before == ':' || before == '.' || before == ',';
        if (joins && position > 1)
            return !is_digit(text_[position - 2]);
        return !is_digit(before) && (!is_letter(before) || currency_before(position) < position);
    }

    std::size_t digits_from(std::size_t position) const
    {
        std::size_t count = 0;
        while (is_digit(at(position + count)))
            ++count;
        return count;
    }

    /// Reads groups of three digits, all with the same mark between them, and decimals behind another mark.
    std::size_t number_end(std::size_t begin) const
    {
        std::size_t end = begin + digits_from(begin);
        char mark = '\0';
        if (end - begin <= 3)
            while ((at(end) == ' ' || at(end) == '.' || at(end) == ',' || at(end) == '\'') &&
                   (mark == '\0' || mark == at(end)) && digits_from(end + 1) == 3 && end - begin < kLongestNumber) {
                mark = at(end);
                end += 4;
            }
        const bool decimals = (at(end) == '.' || at(end) == ',') && at(end) != mark && digits_from(end + 1) > 0;
        return decimals ? end + 1 + digits_from(end + 1) : end;
    }

    std::size_t after_blank(std::size_t position) const { return at(position) == ' ' ? position + 1 : position; }

    /// Returns the end of the letters there.
    std::size_t word_end(std::size_t position) const
    {
        while (is_letter(at(position)))
            ++position;
        return position;
    }

    std::size_t multiple_after(std::size_t end) const
    {
        const std::size_t begin = after_blank(end);
        std::size_t word = word_end(begin);
        const std::string name = base::ascii_lower(text_.substr(begin, word - begin));
        if (std::ranges::find(kMultiples, name) == kMultiples.end())
            return end;
        for (const std::string_view of : {" d'", " de ", " of "})
            if (text_.substr(word).starts_with(of))
                return word + of.size();
        return word;
    }

    /// Returns the end of the currency behind a number, or the given position if there is none.
    std::size_t currency_after(std::size_t end) const
    {
        const std::size_t begin = after_blank(end);
        const std::string_view rest = text_.substr(begin);
        for (const std::string_view sign : kSigns)
            if (rest.starts_with(sign))
                return begin + sign.size();
        const std::string lower = base::ascii_lower(rest.substr(0, 8));
        for (const std::string_view abbreviation : kAbbreviations)
            if (lower.starts_with(abbreviation) && !is_of_a_word(at(begin + abbreviation.size())))
                return begin + abbreviation.size();
        for (const std::string_view shorter : {"k", "m"}) // "48 k€"
            if (lower.starts_with(shorter))
                for (const std::string_view sign : kSigns)
                    if (rest.substr(1).starts_with(sign))
                        return begin + 1 + sign.size();
        const std::size_t word = word_end(begin);
        const bool is_code =
            std::ranges::find(kCodes, base::ascii_lower(text_.substr(begin, word - begin))) != kCodes.end();
        return is_code && !is_digit(at(word)) ? word : end;
    }

    /// Returns the beginning of the currency before a number, or the given position if there is none.
    std::size_t currency_before(std::size_t number) const
    {
        const std::size_t end = number > 0 && text_[number - 1] == ' ' ? number - 1 : number;
        const std::string_view before = text_.substr(0, end);
        for (const std::string_view sign : kSigns)
            if (before.ends_with(sign)) {
                std::size_t begin = end - sign.size();
                while (sign == "$" && begin > 0 && end - begin < 4 && is_letter(text_[begin - 1])) // "US$"
                    --begin;
                return begin;
            }
        std::size_t begin = end;
        while (begin > 0 && end - begin < 8 && is_letter(text_[begin - 1]))
            --begin;
        const bool is_code =
            end - begin == 3 && std::ranges::find(kCodes, base::ascii_lower(before.substr(begin))) != kCodes.end();
        const bool is_word = is_code && (begin == 0 || !is_digit(text_[begin - 1]));
        // In lower case, "try 5 times" would be Turkish money.
        return is_word && before[begin] < 'a' ? begin : number;
    }

    std::string_view text_;
};

struct Country {
    char code[3];
    std::size_t length;
};

// The registry of ISO 13616.
constexpr std::array kCountries{
    Country{"AD", 24}, Country{"AE", 23}, Country{"AL", 28}, Country{"AT", 20}, Country{"AZ", 28}, Country{"BA", 20},
    Country{"BE", 16}, Country{"BG", 22}, Country{"BH", 22}, Country{"BI", 27}, Country{"BR", 29}, Country{"BY", 28},
    Country{"CH", 21}, Country{"CR", 22}, Country{"CY", 28}, Country{"CZ", 24}, Country{"DE", 22}, Country{"DJ", 27},
    Country{"DK", 18}, Country{"DO", 28}, Country{"EE", 20}, Country{"EG", 29}, Country{"ES", 24}, Country{"FI", 18},
    Country{"FK", 18}, Country{"FO", 18}, Country{"FR", 27}, Country{"GB", 22}, Country{"GE", 22}, Country{"GI", 23},
    Country{"GL", 18}, Country{"GR", 27}, Country{"GT", 28}, Country{"HR", 21}, Country{"HU", 28}, Country{"IE", 22},
    Country{"IL", 23}, Country{"IQ", 23}, Country{"IS", 26}, Country{"IT", 27}, Country{"JO", 30}, Country{"KW", 30},
    Country{"KZ", 20}, Country{"LB", 28}, Country{"LC", 32}, Country{"LI", 21}, Country{"LT", 20}, Country{"LU", 20},
    Country{"LV", 21}, Country{"LY", 25}, Country{"MC", 27}, Country{"MD", 24}, Country{"ME", 22}, Country{"MK", 19},
    Country{"MN", 20}, Country{"MR", 27}, Country{"MT", 31}, Country{"MU", 30}, Country{"NI", 28}, Country{"NL", 18},
    Country{"NO", 15}, Country{"OM", 23}, Country{"PK", 24}, Country{"PL", 28}, Country{"PS", 29}, Country{"PT", 25},
    Country{"QA", 29}, Country{"RO", 24}, Country{"RS", 22}, Country{"RU", 33}, Country{"SA", 24}, Country{"SC", 31},
    Country{"SD", 18}, Country{"SE", 24}, Country{"SI", 19}, Country{"SK", 24}, Country{"SM", 27}, Country{"SO", 23},
    Country{"ST", 25}, Country{"SV", 28}, Country{"TL", 23}, Country{"TN", 24}, Country{"TR", 26}, Country{"UA", 29},
    Country{"VA", 22}, Country{"VG", 24}, Country{"XK", 20}, Country{"YE", 30}};

/// Returns the letter in upper case.
char upper(char c)
{
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

std::size_t length_in(char first, char second)
{
    const auto* const country = std::ranges::find_if(
        kCountries, [&](const Country& each) { return each.code[0] == first && each.code[1] == second; });
    return country == kCountries.end() ? 0 : country->length;
}

bool check_digits_are_right(const std::string& account)
{
    unsigned remainder = 0;
    const std::string turned = account.substr(4) + account.substr(0, 4);
    for (const char c : turned)
        remainder = is_digit(c) ? (remainder * 10 + static_cast<unsigned>(c - '0')) % 97
                                : (remainder * 100 + static_cast<unsigned>(c - 'A') + 10) % 97;
    return remainder == 1;
}

/// Returns the account number that begins there, or an empty text.
std::string account_at(std::string_view text)
{
    const std::size_t length =
        text.size() < 4 || !is_digit(text[2]) || !is_digit(text[3]) ? 0 : length_in(upper(text[0]), upper(text[1]));
    std::string account;
    for (std::size_t i = 0; i < text.size() && account.size() < length; ++i) {
        const bool is_mark = text[i] == ' ' || text[i] == '-' || text[i] == '.';
        if (is_letter(text[i]) || is_digit(text[i]))
            account += upper(text[i]);
        else if (!is_mark || (i > 1 && text[i] == text[i - 1] && text[i] == text[i - 2]))
            return {};
        const bool whole =
            account.size() == length && i + 1 < text.size() && (is_letter(text[i + 1]) || is_digit(text[i + 1]));
        if (whole)
            return {};
    }
    return length > 0 && account.size() == length && check_digits_are_right(account) ? account : std::string();
}

} // namespace

std::vector<std::string> sums_in(std::string_view text)
{
    const std::string plain = with_plain_blanks(text);
    return SumSearch(plain).run();
}

std::vector<std::string> accounts_in(std::string_view text)
{
    const std::string plain = with_plain_blanks(text);
    std::vector<std::string> accounts;
    for (std::size_t i = 0; i + 4 < plain.size(); ++i) {
        if (!is_letter(plain[i]) || (i > 0 && (is_letter(plain[i - 1]) || is_digit(plain[i - 1]))))
            continue;
        if (std::string account = account_at(std::string_view(plain).substr(i)); !account.empty())
            accounts.push_back(std::move(account));
    }
    return accounts;
}

} // namespace sceau::preview::program
