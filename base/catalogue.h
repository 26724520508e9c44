// The texts of one language, as msgfmt compiles them from po/ (gettext's manual, "The Format of GNU MO Files"). They
// are compiled into each program, so no file has to be found, none can be missing, and a confined process has them too.
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
    /// Returns which plural form of a text belongs to a number. This is the language's rule from the header field
    /// Plural-Forms.
    using PluralRule = unsigned long (*)(unsigned long n);

    /// `language` is gettext's name: "fr", "pt_BR". `compiled` is what msgfmt wrote, little-endian. Both are kept by
    /// reference.
    constexpr Catalogue(std::string_view language, std::span<const unsigned char> compiled, PluralRule rule)
        : language_(language), compiled_(compiled), rule_(rule)
    {
    }

    std::string_view language() const { return language_; }

    /// Returns the translation of a text, or nothing if there is none. A NUL follows the characters of the view.
    std::optional<std::string_view> find(std::string_view english) const;
    /// Returns the plural form that belongs to n. The text is looked up by its English singular.
    std::optional<std::string_view> find(std::string_view english, unsigned long n) const;

    /// Returns the number of texts. The first one is the header: the translation of the empty text.
    std::size_t size() const;
    /// Returns the English and the translated text at an index, sorted by the English one. NULs separate plural forms.
    std::pair<std::string_view, std::string_view> at(std::size_t index) const;

  private:
    std::uint32_t number_at(std::size_t offset) const;
    std::string_view text_at(std::size_t descriptor) const;

    std::string_view language_;
    std::span<const unsigned char> compiled_;
    PluralRule rule_;
};

/// Returns the catalogues that po/LINGUAS names.
std::span<const Catalogue> catalogues();

} // namespace sceau::base
