// The texts of one language, as msgfmt compiles them from po/ (gettext's manual, "The Format of GNU MO Files"). They
// are part of each program: no file is looked for, none can be missing, and a confined process has them as well.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <utility>

namespace sceau::base {

class Catalogue {
  public:
    /// Which of a text's plural forms goes with a number: its language's rule, the header field Plural-Forms.
    using PluralRule = unsigned long (*)(unsigned long n);

    /// `language` as gettext names it: "fr", "pt_BR". `compiled`: what msgfmt wrote, little-endian. Both are kept by
    /// reference.
    constexpr Catalogue(std::string_view language, std::span<const unsigned char> compiled, PluralRule rule)
        : language_(language), compiled_(compiled), rule_(rule)
    {
    }

    std::string_view language() const { return language_; }

    /// The translation of a text; none where there is not one. A NUL follows what the view shows.
    std::optional<std::string_view> find(std::string_view english) const;
    /// The form that goes with n, of a text that has plural forms; it is found by its English singular.
    std::optional<std::string_view> find(std::string_view english, unsigned long n) const;

    /// How many texts there are. The first is the header, the translation of the empty text.
    std::size_t size() const;
    /// The English and the translated text at an index, sorted by the English one; plural forms are separated by NULs.
    std::pair<std::string_view, std::string_view> at(std::size_t index) const;

  private:
    std::uint32_t number_at(std::size_t offset) const;
    std::string_view text_at(std::size_t descriptor) const;

    std::string_view language_;
    std::span<const unsigned char> compiled_;
    PluralRule rule_;
};

/// The catalogues that po/LINGUAS names.
std::span<const Catalogue> catalogues();

} // namespace sceau::base
