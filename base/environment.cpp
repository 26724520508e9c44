#include "base/environment.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <iterator>

namespace sceau::base {

namespace {

#ifdef SCEAU_SANITIZED
constexpr std::array<std::string_view, 4> kAlways{"ASAN_OPTIONS", "LSAN_OPTIONS", "TSAN_OPTIONS", "UBSAN_OPTIONS"};
#else
constexpr std::array<std::string_view, 0> kAlways{};
#endif

bool has_name(std::string_view variable, std::string_view name)
{
    const std::size_t end = variable.find('=');
    if (end == std::string_view::npos)
        return false;
    if (name.ends_with('*'))
        return variable.substr(0, end).starts_with(name.substr(0, name.size() - 1));
    return variable.substr(0, end) == name;
}

} // namespace

Variables own_environment()
{
    Variables own;
    for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable)
        own.emplace_back(*variable);
    return own;
}

Variables chosen(const Variables& from, std::span<const std::string_view> names)
{
    Variables some;
    std::ranges::copy_if(from, std::back_inserter(some), [&](const std::string& variable) {
        const auto is_it = [&](std::string_view name) { return has_name(variable, name); };
        return std::ranges::any_of(names, is_it) || std::ranges::any_of(kAlways, is_it);
    });
    return some;
}

std::vector<char*> pointers_to(std::vector<std::string>& strings)
{
    std::vector<char*> pointers;
    pointers.reserve(strings.size() + 1);
    for (std::string& string : strings)
        pointers.push_back(string.data());
    pointers.push_back(nullptr);
    return pointers;
}

} // namespace sceau::base
