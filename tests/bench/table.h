// The lines that the programs of scripts/bench print: a figure beside the required one.
#pragma once

#include <fmt/format.h>

#include <string>

namespace sceau::test {

/// Returns false if the figure is missed.
inline bool print(const std::string& name, const std::string& figure, const std::string& required, bool reached)
{
    fmt::print("  {:<58}{:>8}   {:<10}{}\n", name, figure, required, reached ? "" : "MISSED");
    return reached;
}

inline bool print_count(const std::string& name, std::size_t figure, std::size_t required)
{
    return print(name, std::to_string(figure), fmt::format("<= {}", required), figure <= required);
}

} // namespace sceau::test
