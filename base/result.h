// Errors as values, for every function of ours that can fail. Exceptions of libraries are caught where the library is
// called; none leaves a function of ours.
#pragma once

#include "base/error.h"

#include <expected>
#include <utility>

namespace sceau::base {

template <class T = void>
using Result = std::expected<T, Error>;

} // namespace sceau::base

#define SCEAU_CONCAT_(a, b) a##b
#define SCEAU_CONCAT(a, b) SCEAU_CONCAT_(a, b)

// TRY(expression): returns from the function with the expression's error, if it has one.
#define TRY(...)                                                                                                       \
    do {                                                                                                               \
        if (auto try_result_ = (__VA_ARGS__); !try_result_)                                                            \
            return std::unexpected(std::move(try_result_).error());                                                    \
    } while (false)

// TRY_ASSIGN(auto name, expression): stores the expression's value under that name, or returns from the function with
// its error.
#define TRY_ASSIGN(declaration, ...) TRY_ASSIGN_(SCEAU_CONCAT(try_result_, __LINE__), declaration, return, __VA_ARGS__)

// The same two macros for coroutines.
#define CO_TRY(...)                                                                                                    \
    do {                                                                                                               \
        if (auto try_result_ = (__VA_ARGS__); !try_result_)                                                            \
            co_return std::unexpected(std::move(try_result_).error());                                                 \
    } while (false)
#define CO_TRY_ASSIGN(declaration, ...)                                                                                \
    TRY_ASSIGN_(SCEAU_CONCAT(try_result_, __LINE__), declaration, co_return, __VA_ARGS__)

#define TRY_ASSIGN_(result, declaration, leave, ...)                                                                   \
    auto result = (__VA_ARGS__);                                                                                       \
    if (!result)                                                                                                       \
        leave std::unexpected(std::move(result).error());                                                              \
    declaration = *std::move(result)
