// What a function of the standard answers, and the edge at which it does: programs in C call, and what is behind is
// C++.
#pragma once

#include "base/result.h"
#include "clients/pkcs11-module/cryptoki.h"

#include <algorithm>
#include <new>
#include <type_traits>
#include <vector>

namespace sceau::pkcs11_module {

/// A value, or what the function of the standard answers instead.
template <class T = void>
using Answer = std::expected<T, CK_RV>;

/// The function behind one of the standard's. No exception, such as of memory that ran out, enters a program in C.
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

/// Null only where there is nothing.
inline bool is_input(const void* data, CK_ULONG size)
{
    return data != nullptr || size == 0;
}

/// Not null, and with the parameter that it says it has.
inline bool is_mechanism(const CK_MECHANISM* mechanism)
{
    return mechanism != nullptr && is_input(mechanism->pParameter, mechanism->ulParameterLen);
}

/// A question for the size of what comes out has its answer with that, CKR_OK, and a buffer that is too short has
/// CKR_BUFFER_TOO_SMALL (2.40 §5.2). Asked before the operation is taken, which either leaves as it is.
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

/// A list or bytes as the standard gives them (2.40 §5.2): the count alone without room for them.
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
