#include "pkcs11/text.h"

#include <nlohmann/json.hpp>

namespace sceau::pkcs11 {

std::string text_of(std::string_view field)
{
    using nlohmann::json;
    field = field.substr(0, field.find('\0'));
    field = field.substr(0, field.find_last_not_of(' ') + 1);
    const std::string valid = json(field).dump(-1, ' ', false, json::error_handler_t::replace);
    return json::parse(valid, nullptr, false).get<std::string>();
}

} // namespace sceau::pkcs11
