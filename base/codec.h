// Converts described structs (described.h) to JSON and back. Reading is strict: each member must appear once, with the
// right type and within its bounds, and there may be no other members. It is used for the messages on the socket, the
// messages between agent and worker, and by clients that print messages as JSON. It includes all of nlohmann/json.hpp,
// so include it only in .cpp files. Never encode a secret with it.
//
// Bytes are written as base64, a KeyId as lower-case hex, an enumerator as its name; an empty optional is left out. A
// variant is an object with one member, named after the alternative that it holds (kName).
#pragma once

#include "base/described.h"
#include "base/key_id.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace sceau::base {

// --- writing ---

inline nlohmann::ordered_json encode(bool value)
{
    return value;
}
inline nlohmann::ordered_json encode(int value)
{
    return value;
}
inline nlohmann::ordered_json encode(unsigned value)
{
    return value;
}
inline nlohmann::ordered_json encode(const std::string& value)
{
    return value;
}
inline nlohmann::ordered_json encode(const std::filesystem::path& value)
{
    return value.string();
}
inline nlohmann::ordered_json encode(const Bytes& value)
{
    return to_base64(value);
}
inline nlohmann::ordered_json encode(const KeyId& value)
{
    return value.hex();
}

template <Enumerated T>
nlohmann::ordered_json encode(T value)
{
    for (const auto& enumerator : enumerators(value))
        if (enumerator.value == value)
            return enumerator.name;
    return nullptr;
}

template <Described T>
nlohmann::ordered_json encode(const T& object);

template <class... T>
nlohmann::ordered_json encode(const std::variant<T...>& value)
{
    return std::visit(
        []<class Each>(const Each& alternative) {
            auto object = nlohmann::ordered_json::object();
            object[std::string(Each::kName)] = encode(alternative);
            return object;
        },
        value);
}

template <class T>
nlohmann::ordered_json encode(const std::vector<T>& values)
{
    auto array = nlohmann::ordered_json::array();
    for (const T& value : values)
        array.push_back(encode(value));
    return array;
}

template <class T>
void encode_member(nlohmann::ordered_json& object, std::string_view name, const T& value)
{
    object[std::string(name)] = encode(value);
}
template <class T>
void encode_member(nlohmann::ordered_json& object, std::string_view name, const std::optional<T>& value)
{
    if (value)
        encode_member(object, name, *value);
}

template <Described T>
nlohmann::ordered_json encode(const T& object)
{
    auto members = nlohmann::ordered_json::object();
    std::apply([&](const auto&... field) { (encode_member(members, field.name, object.*field.member), ...); },
               T::fields());
    return members;
}

// --- reading ---

/// Fails with `bad_frame` unless the text is one JSON object (RFC 8259) in UTF-8, with objects and arrays nested at
/// most that deep, and without a repeated name in any object. It builds nothing from the text, so call it before
/// anything that does.
Result<> check_object(std::string_view text, std::size_t most_nesting);

/// What to do with a member, or an enumerator in a list, that this version does not know.
enum class Unknown { refuse, ignore };

/// The position of a value, for error messages ("terminal.tty", "usage[1]"), and what is allowed there.
struct Place {
    std::string path;
    Unknown unknown;
    std::size_t longest_text = kUnbounded; // in bytes, for fields that do not specify it
    Bounds bounds = {};                    // as the field specifies them

    Place member(std::string_view name, Bounds its_bounds = {}) const
    {
        return {path.empty() ? std::string(name) : path + "." + std::string(name), unknown, longest_text, its_bounds};
    }
    Place element(std::size_t index) const
    {
        return {path + "[" + std::to_string(index) + "]", unknown, longest_text, {}};
    }

    bool allows(std::size_t size) const { return size >= bounds.least && size <= bounds.most; }
    bool allows_text(std::size_t size) const
    {
        return allows(size) && (bounds.most != kUnbounded || size <= longest_text);
    }

    std::unexpected<Error> wrong(const std::string& why) const
    {
        return std::unexpected(invalid_parameter(path, path + " " + why));
    }
};

inline Result<> decode(const nlohmann::json& json, const Place& place, bool& value)
{
    if (!json.is_boolean())
        return place.wrong("is not true or false");
    value = json.get<bool>();
    return {};
}

inline Result<> decode(const nlohmann::json& json, const Place& place, int& value)
{
    const bool fits = json.is_number_unsigned()
                          ? std::in_range<int>(json.get<std::uint64_t>())
                          : json.is_number_integer() && std::in_range<int>(json.get<std::int64_t>());
    if (!fits)
        return place.wrong("is not a whole number of 32 bits");
    value = json.get<int>();
    return {};
}

inline Result<> decode(const nlohmann::json& json, const Place& place, unsigned& value)
{
    if (!json.is_number_unsigned() || !std::in_range<unsigned>(json.get<std::uint64_t>()))
        return place.wrong("is not a whole number of 32 bits without a sign");
    value = json.get<unsigned>();
    return place.allows(value) ? Result<>() : place.wrong("is too large or too small");
}

inline Result<> decode(const nlohmann::json& json, const Place& place, std::string& value)
{
    if (!json.is_string())
        return place.wrong("is not a string");
    const auto& text = json.get_ref<const std::string&>();
    if (!place.allows_text(text.size()))
        return place.wrong("is too long or too short");
    value = text;
    return {};
}

inline Result<> decode(const nlohmann::json& json, const Place& place, std::filesystem::path& value)
{
    std::string text;
    TRY(decode(json, place, text));
    value = std::move(text);
    return {};
}

inline Result<> decode(const nlohmann::json& json, const Place& place, Bytes& value)
{
    if (!json.is_string())
        return place.wrong("is not a string");
    auto bytes = from_base64(json.get_ref<const std::string&>());
    if (!bytes)
        return place.wrong("is not base64");
    if (!place.allows(bytes->size()))
        return place.wrong("is too long or too short");
    value = *std::move(bytes);
    return {};
}

inline Result<> decode(const nlohmann::json& json, const Place& place, KeyId& value)
{
    std::string text;
    TRY(decode(json, place, text));
    const auto id = KeyId::parse(text);
    if (!id)
        return place.wrong("is not 64 hex digits");
    value = *id;
    return {};
}

template <Enumerated T>
std::optional<T> enumerator_named(std::string_view name)
{
    for (const auto& enumerator : enumerators(T{}))
        if (enumerator.name == name)
            return enumerator.value;
    return std::nullopt;
}

template <Enumerated T>
Result<> decode(const nlohmann::json& json, const Place& place, T& value)
{
    std::string name;
    TRY(decode(json, place, name));
    const auto known = enumerator_named<T>(name);
    if (!known)
        return place.wrong("has a value that is not allowed");
    value = *known;
    return {};
}

template <class... Fields>
std::unexpected<Error> refuse_unknown_member(const nlohmann::json& json, const Place& place,
                                             const std::tuple<Fields...>& fields)
{
    const auto is_field = [&](const std::string& name) {
        return std::apply([&](const auto&... field) { return ((name == field.name) || ...); }, fields);
    };
    auto member = json.begin();
    while (is_field(member.key()))
        ++member;
    return place.member(member.key()).wrong("is unknown");
}

template <Described T>
Result<> decode(const nlohmann::json& json, const Place& place, T& object);

template <class... T>
Result<> decode(const nlohmann::json& json, const Place& place, std::variant<T...>& value);

/// Types without a default constructor need another overload next to this one.
template <class T>
Result<T> decode_as(std::type_identity<T>, const nlohmann::json& json, const Place& place)
{
    T value{};
    TRY(decode(json, place, value));
    return value;
}

template <class... T>
Result<> decode(const nlohmann::json& json, const Place& place, std::variant<T...>& value)
{
    if (!json.is_object() || json.size() != 1)
        return place.wrong("is not an object with one member");
    const auto member = json.begin();
    const Place inside = place.member(member.key());
    Result<> result = inside.wrong("is unknown");
    const auto decode_if_named = [&]<class Each>(std::type_identity<Each> type) {
        if (member.key() != Each::kName)
            return false;
        auto decoded = decode_as(type, *member, inside);
        if (decoded) {
            value = *std::move(decoded);
            result = {};
        } else {
            result = std::unexpected(std::move(decoded).error());
        }
        return true;
    };
    static_cast<void>((decode_if_named(std::type_identity<T>{}) || ...));
    return result;
}

template <class T>
Result<> decode(const nlohmann::json& json, const Place& place, std::vector<T>& values)
{
    if (!json.is_array())
        return place.wrong("is not an array");
    if (!place.allows(json.size()))
        return place.wrong("has too many or too few elements");
    for (std::size_t i = 0; i < json.size(); ++i) {
        if constexpr (Enumerated<T>)
            if (place.unknown == Unknown::ignore && json[i].is_string() &&
                !enumerator_named<T>(json[i].get_ref<const std::string&>()))
                continue;
        T value{};
        TRY(decode(json[i], place.element(i), value));
        values.push_back(std::move(value));
    }
    return {};
}

// Reads a member that may be missing; the pointer is null in that case.
template <class T>
Result<> decode_member(const nlohmann::json* json, const Place& place, T& value)
{
    if (json == nullptr)
        return place.wrong("is missing");
    return decode(*json, place, value);
}
template <class T>
Result<> decode_member(const nlohmann::json* json, const Place& place, std::optional<T>& value)
{
    if (json == nullptr || json->is_null())
        return {};
    return decode(*json, place, value.emplace());
}

template <Described T>
Result<> decode(const nlohmann::json& json, const Place& place, T& object)
{
    if (!json.is_object())
        return place.wrong("is not an object");
    std::size_t known = 0;
    Result<> result;
    const auto decode_one = [&](const auto& field) {
        const auto found = json.find(field.name);
        if (found != json.end())
            ++known;
        result = decode_member(found != json.end() ? &*found : nullptr, place.member(field.name, field.bounds),
                               object.*field.member);
        return result.has_value();
    };
    std::apply([&](const auto&... field) { static_cast<void>((decode_one(field) && ...)); }, T::fields());
    TRY(result);
    if (place.unknown == Unknown::refuse && known < json.size())
        return refuse_unknown_member(json, place, T::fields());
    return {};
}

} // namespace sceau::base
