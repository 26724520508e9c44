#include "pkcs11/reader_name.h"

#include "pkcs11/text.h"

#include <algorithm>
#include <iterator>

namespace sceau::pkcs11 {

namespace {

constexpr std::size_t kSlotDescription = 64; // bytes in CK_SLOT_INFO (PKCS#11 v2.40 §3.2)
constexpr std::string_view kEllipsis = "...";

} // namespace

bool is_in_reader(std::string_view slot_description, std::string_view reader)
{
    if (slot_description.empty())
        return false;
    if (slot_description == text_of(reader.substr(0, kSlotDescription)))
        return true;
    return reader.size() > kSlotDescription && slot_description.ends_with(kEllipsis) &&
           slot_description == text_of(reader.substr(0, kSlotDescription - kEllipsis.size())) + std::string(kEllipsis);
}

std::vector<std::string> readers_meant(std::string_view slot_description, const std::vector<std::string>& readers)
{
    std::vector<std::string> meant;
    std::ranges::copy_if(readers, std::back_inserter(meant),
                         [&](const std::string& name) { return is_in_reader(slot_description, name); });
    return meant;
}

} // namespace sceau::pkcs11
