// The answers of the standard's functions, and the edge between C and C++: programs call the functions from C, and the
// code behind them is C++.
#pragma once

#include "base/result.h"
#include "clients/pkcs11-module/cryptoki.h"

#include <algorithm>
#include <new>
#include <type_traits>
#include <vector>

namespace sceau::pkcs11_module {

/// A value, or the code that the function of the standard returns instead.
template <class T = void>
using Answer = std::expected<T, CK_RV>;

/// Calls the function behind one of the standard's. Exceptions, such as those of exhausted memory, never reach a
/// program in C.
template <class... Parameters>
CK_RV at_edge(Answer<> (*function)(Parameters...), std::type_identity_t<Parameters>... arguments) noexcept
{
    try {
        const Answer<> answer = function(arguments...);
        return answer ? CKR_OK : answer.error();
    } catch (const std::bad_alloc&) {
        return CKR_HOST_MEMORY;
    } catch (...) {
        return CKR_GENERAL_ERROR;
    }
}

/// Whether the input can be read: it may be null only if it is empty.
inline bool is_input(const void* data, CK_ULONG size)
{
    return data != nullptr || size == 0;
}

/// Whether the mechanism is there, with the parameter that it declares.
inline bool is_mechanism(const CK_MECHANISM* mechanism)
{
    return mechanism != nullptr && is_input(mechanism->pParameter, mechanism->ulParameterLen);
}

/// Stops with CKR_OK if the program only asks for the size of the output, and with CKR_BUFFER_TOO_SMALL if the buffer
/// is too short (2.40 §5.2). Called before the operation is taken, since neither ends it.
inline Answer<> room_for(std::size_t needed, const void* room, CK_ULONG* size)
{
    const CK_ULONG available = *size;
    *size = needed;
    if (room == nullptr)
        return std::unexpected(CKR_OK);
    if (available < needed)
        return std::unexpected(CKR_BUFFER_TOO_SMALL);
    return {};
}

/// Returns a list or bytes as the standard prescribes (2.40 §5.2): only the count if `room` is null.
template <class T>
Answer<> give(const std::vector<T>& values, T* room, CK_ULONG* count)
{
    if (count == nullptr)
        return std::unexpected(CKR_ARGUMENTS_BAD);
    TRY(room_for(values.size(), room, count));
    std::ranges::copy(values, room);
    return {};
}

} // namespace sceau::pkcs11_module
