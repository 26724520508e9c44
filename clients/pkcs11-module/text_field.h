// Text in the form of the standard's structures: of a fixed length, padded with blanks, without a NUL at the end (2.40
// §3).
#pragma once

#include <algorithm>
#include <cstddef>
#include <string_view>

namespace sceau::pkcs11_module {

/// Leaves out what does not fit, in whole UTF-8 characters.
template <std::size_t Size>
void set_text(unsigned char (&field)[Size], std::string_view text)
{
    std::size_t size = std::min(text.size(), Size);
    while (size < text.size() && size > 0 && (static_cast<unsigned char>(text[size]) & 0xc0) == 0x80)
        --size;
    std::fill(std::copy_n(text.begin(), size, field), std::end(field), ' ');
}

} // namespace sceau::pkcs11_module
