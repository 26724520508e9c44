// Values of messages.h to JSON and back, by the descriptions there. For ipc itself, and for clients that show messages
// as JSON; it brings in all of nlohmann/json.hpp, so for .cpp files only.
#pragma once

#include "base/result.h"
#include "ipc/messages.h"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>

namespace sceau::ipc {

template <class T>
concept Described = requires { T::fields(); };

template <class T>
concept Enumerated = requires(T value) { enumerators(value); };

// --- writing ---

inline nlohmann::ordered_json encode(bool value)
{
    return value;
}
inline nlohmann::ordered_json encode(int value)
{
    return value;
}
inline nlohmann::ordered_json encode(const std::string& value)
{
    return value;
}
inline nlohmann::ordered_json encode(const base::Bytes& value)
{
    return base::to_base64(value);
}
inline nlohmann::ordered_json encode(const base::KeyId& value)
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

/// What to do with a member, or with an enumerator in a list, that this version does not know.
enum class Unknown { refuse, ignore };

/// Where in the parameters a value stands, for the error: "terminal.tty", "usage[1]".
struct Place {
    std::string path;
    Unknown unknown;

    Place member(std::string_view name) const
    {
        return {path.empty() ? std::string(name) : path + "." + std::string(name), unknown};
    }
    Place element(std::size_t index) const { return {path + "[" + std::to_string(index) + "]", unknown}; }

    std::unexpected<base::Error> wrong(const std::string& why) const
    {
        return std::unexpected(base::invalid_parameter(path, path + " " + why));
    }
};

inline base::Result<> decode(const nlohmann::json& json, const Place& place, bool& value)
{
    if (!json.is_boolean())
        return place.wrong("is not true or false");
    value = json.get<bool>();
    return {};
}

inline base::Result<> decode(const nlohmann::json& json, const Place& place, int& value)
{
    const bool fits = json.is_number_unsigned()
                          ? std::in_range<int>(json.get<std::uint64_t>())
                          : json.is_number_integer() && std::in_range<int>(json.get<std::int64_t>());
    if (!fits)
        return place.wrong("is not a whole number of 32 bits");
    value = json.get<int>();
    return {};
}

inline base::Result<> decode(const nlohmann::json& json, const Place& place, std::string& value)
{
    if (!json.is_string())
        return place.wrong("is not a string");
    value = json.get_ref<const std::string&>();
    return {};
}

inline base::Result<> decode(const nlohmann::json& json, const Place& place, base::Bytes& value)
{
    std::string text;
    TRY(decode(json, place, text));
    auto bytes = base::from_base64(text);
    if (!bytes)
        return place.wrong("is not base64");
    value = *std::move(bytes);
    return {};
}

inline base::Result<> decode(const nlohmann::json& json, const Place& place, base::KeyId& value)
{
    std::string text;
    TRY(decode(json, place, text));
    const auto id = base::KeyId::parse(text);
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
base::Result<> decode(const nlohmann::json& json, const Place& place, T& value)
{
    std::string name;
    TRY(decode(json, place, name));
    const auto known = enumerator_named<T>(name);
    if (!known)
        return place.wrong("has a value that there is not");
    value = *known;
    return {};
}

template <class... Fields>
std::unexpected<base::Error> refuse_unknown_member(const nlohmann::json& json, const Place& place,
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
base::Result<> decode(const nlohmann::json& json, const Place& place, T& object);

template <class T>
base::Result<> decode(const nlohmann::json& json, const Place& place, std::vector<T>& values)
{
    if (!json.is_array())
        return place.wrong("is not an array");
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

// Of a member, which may be missing: null then.
template <class T>
base::Result<> decode_member(const nlohmann::json* json, const Place& place, T& value)
{
    if (json == nullptr)
        return place.wrong("is missing");
    return decode(*json, place, value);
}
template <class T>
base::Result<> decode_member(const nlohmann::json* json, const Place& place, std::optional<T>& value)
{
    if (json == nullptr || json->is_null())
        return {};
    return decode(*json, place, value.emplace());
}

template <Described T>
base::Result<> decode(const nlohmann::json& json, const Place& place, T& object)
{
    if (!json.is_object())
        return place.wrong("is not an object");
    std::size_t known = 0;
    base::Result<> result;
    const auto decode_one = [&](const auto& field) {
        const auto found = json.find(field.name);
        if (found != json.end())
            ++known;
        result = decode_member(found != json.end() ? &*found : nullptr, place.member(field.name), object.*field.member);
        return result.has_value();
    };
    std::apply([&](const auto&... field) { static_cast<void>((decode_one(field) && ...)); }, T::fields());
    TRY(result);
    if (place.unknown == Unknown::refuse && known < json.size())
        return refuse_unknown_member(json, place, T::fields());
    return {};
}

} // namespace sceau::ipc
