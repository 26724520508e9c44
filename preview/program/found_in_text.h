// Sums of money and account numbers in a text: what a fraudster changes.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace sceau::preview::program {

/// Returns the sums in UTF-8 text, as they are written but with plain blanks: a number with a currency before or after
/// it ("48 000 €", "EUR 1.234,56", "$5 million").
std::vector<std::string> sums_in(std::string_view text);

/// Returns the IBANs (ISO 13616) in a text, without blanks and in capitals. The length must be the country's, and the
/// check digits right (ISO 7064, MOD 97-10).
std::vector<std::string> accounts_in(std::string_view text);

} // namespace sceau::preview::program
