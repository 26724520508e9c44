#include "base/catalogue.h"

namespace sceau::base {

namespace {

// The header's fields: magic number, revision, number of texts, offsets of the two tables. A table holds the length and
// the offset of each text.
constexpr std::uint32_t kMagic = 0x950412de;
constexpr std::size_t kCountOffset = 8;
constexpr std::size_t kEnglishOffset = 12;
constexpr std::size_t kTranslatedOffset = 16;
constexpr std::size_t kDescriptorSize = 8;

std::string_view first_form(std::string_view forms)
{
    return forms.substr(0, forms.find('\0'));
}

} // namespace

// Everything outside the data reads as zero, an empty text or no texts.
std::uint32_t Catalogue::number_at(std::size_t offset) const
{
    if (offset > compiled_.size() || compiled_.size() - offset < 4)
        return 0;
    std::uint32_t number = 0;
    for (std::size_t i = 4; i > 0; --i)
        number = number << 8 | compiled_[offset + i - 1];
    return number;
}

std::string_view Catalogue::text_at(std::size_t descriptor) const
{
    const std::size_t length = number_at(descriptor);
    const std::size_t offset = number_at(descriptor + 4);
    if (offset > compiled_.size() || compiled_.size() - offset <= length || compiled_[offset + length] != 0)
        return "";
    return {reinterpret_cast<const char*>(compiled_.data()) + offset, length};
}

std::size_t Catalogue::size() const
{
    return number_at(0) == kMagic ? number_at(kCountOffset) : 0;
}

std::pair<std::string_view, std::string_view> Catalogue::at(std::size_t index) const
{
    return {text_at(number_at(kEnglishOffset) + index * kDescriptorSize),
            text_at(number_at(kTranslatedOffset) + index * kDescriptorSize)};
}

std::optional<std::string_view> Catalogue::find(std::string_view english) const
{
    std::size_t begin = 0;
    std::size_t end = size();
    while (begin < end) {
        const std::size_t middle = begin + (end - begin) / 2;
        const auto [key, translated] = at(middle);
        const int order = english.compare(first_form(key));
        if (order == 0)
            return translated;
        if (order < 0)
            end = middle;
        else
            begin = middle + 1;
    }
    return std::nullopt;
}

std::optional<std::string_view> Catalogue::find(std::string_view english, unsigned long n) const
{
    auto forms = find(english);
    for (unsigned long form = rule_(n); forms && form > 0; --form) {
        const std::size_t end = forms->find('\0');
        if (end == std::string_view::npos)
            return std::nullopt;
        forms->remove_prefix(end + 1);
    }
    return forms ? std::optional(first_form(*forms)) : std::nullopt;
}

} // namespace sceau::base
