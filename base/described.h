// How a struct or an enumeration describes its JSON form, which codec.h writes and reads. A described struct has a
// static function fields() that returns a tuple of Field. An enumeration has a function enumerators() beside it.
#pragma once

#include <cstddef>
#include <limits>
#include <string_view>
#include <tuple>

namespace sceau::base {

inline constexpr std::size_t kUnbounded = std::numeric_limits<std::size_t>::max();

/// Bounds of the size of a text or binary value in bytes, of an array in elements, or of the value of an unsigned
/// number.
struct Bounds {
    std::size_t least = 0;
    std::size_t most = kUnbounded;
};

/// One member of a struct and its name in JSON.
template <class Object, class Value>
struct Field {
    std::string_view name;
    Value Object::* member;
    Bounds bounds = {};
};

template <class Object, class Value>
Field(std::string_view, Value Object::*) -> Field<Object, Value>;
template <class Object, class Value>
Field(std::string_view, Value Object::*, Bounds) -> Field<Object, Value>;

template <class Enum>
struct Enumerator {
    Enum value;
    std::string_view name;
};

template <class T>
concept Described = requires { T::fields(); };

template <class T>
concept Enumerated = requires(T value) { enumerators(value); };

} // namespace sceau::base
