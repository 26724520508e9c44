// PKCS#11 2.40 §5.7: objects, all answered from what the agent has reported. Objects of other kinds that programs such
// as NSS look for (trust, profiles, revocation lists) do not exist.
#include "clients/pkcs11-module/module.h"

#include <algorithm>

namespace sceau::pkcs11_module {

namespace {

bool is_template(const CK_ATTRIBUTE* attributes, CK_ULONG count)
{
    return attributes != nullptr || count == 0;
}

bool has_values(std::span<const CK_ATTRIBUTE> attributes)
{
    return std::ranges::all_of(attributes, [](const CK_ATTRIBUTE& attribute) {
        return attribute.pValue != nullptr || attribute.ulValueLen == 0;
    });
}

Answer<> find_objects_init(CK_SESSION_HANDLE handle, CK_ATTRIBUTE* attributes, CK_ULONG count)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (!is_template(attributes, count) || !has_values({attributes, count}))
        return std::unexpected(CKR_ARGUMENTS_BAD);
    if (in.session.search)
        return std::unexpected(CKR_OPERATION_ACTIVE);
    Search search;
    for (const Object& object : in.slot.objects)
        if (object.matches({attributes, count}))
            search.found.push_back(object.handle);
    for (const SessionSecret& secret : in.module.secrets)
        if (secret.object.matches({attributes, count}) && in.module.find(in.slot, secret.object.handle) != nullptr)
            search.found.push_back(secret.object.handle);
    in.session.search = std::move(search);
    return {};
}

Answer<> find_objects(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE* objects, CK_ULONG room, CK_ULONG* count)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (count == nullptr || (objects == nullptr && room != 0))
        return std::unexpected(CKR_ARGUMENTS_BAD);
    TRY(check_begun(in.session.search));
    Search& search = *in.session.search;
    *count = std::min<CK_ULONG>(room, search.found.size() - search.given);
    std::copy_n(search.found.begin() + static_cast<std::ptrdiff_t>(search.given), *count, objects);
    search.given += *count;
    return {};
}

Answer<> find_objects_final(CK_SESSION_HANDLE handle)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    TRY(check_begun(in.session.search));
    in.session.search.reset();
    return {};
}

Answer<> attribute_value(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ATTRIBUTE* attributes, CK_ULONG count)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (!is_template(attributes, count))
        return std::unexpected(CKR_ARGUMENTS_BAD);
    const Object* found = in.module.find(in.slot, object);
    if (found == nullptr)
        return std::unexpected(CKR_OBJECT_HANDLE_INVALID);
    if (const CK_RV read = found->read({attributes, count}); read != CKR_OK)
        return std::unexpected(read);
    return {};
}

Answer<> object_size(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ULONG* size)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (size == nullptr)
        return std::unexpected(CKR_ARGUMENTS_BAD);
    const Object* found = in.module.find(in.slot, object);
    if (found == nullptr)
        return std::unexpected(CKR_OBJECT_HANDLE_INVALID);
    *size = found->size();
    return {};
}

/// Refuses a call that would change an object on the token.
Answer<> refuse_change(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, bool arguments_are_good)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (!arguments_are_good)
        return std::unexpected(CKR_ARGUMENTS_BAD);
    return std::unexpected(in.slot.find(object) == nullptr ? CKR_OBJECT_HANDLE_INVALID : CKR_TOKEN_WRITE_PROTECTED);
}

Answer<> refuse_creation(CK_SESSION_HANDLE handle, bool arguments_are_good)
{
    TRY(in_session(handle));
    return std::unexpected(arguments_are_good ? CKR_TOKEN_WRITE_PROTECTED : CKR_ARGUMENTS_BAD);
}

Answer<> destroy_object(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object)
{
    TRY_ASSIGN(InSession in, in_session(handle));
    if (std::erase_if(in.module.secrets, [&](const auto& secret) { return secret.object.handle == object; }) > 0)
        return {};
    return std::unexpected(in.slot.find(object) == nullptr ? CKR_OBJECT_HANDLE_INVALID : CKR_TOKEN_WRITE_PROTECTED);
}

} // namespace

extern "C" {

CK_RV C_FindObjectsInit(CK_SESSION_HANDLE handle, CK_ATTRIBUTE* attributes, CK_ULONG count)
{
    return at_edge(find_objects_init, handle, attributes, count);
}

CK_RV C_FindObjects(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE* objects, CK_ULONG room, CK_ULONG* count)
{
    return at_edge(find_objects, handle, objects, room, count);
}

CK_RV C_FindObjectsFinal(CK_SESSION_HANDLE handle)
{
    return at_edge(find_objects_final, handle);
}

CK_RV C_GetAttributeValue(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ATTRIBUTE* attributes, CK_ULONG count)
{
    return at_edge(attribute_value, handle, object, attributes, count);
}

CK_RV C_GetObjectSize(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ULONG* size)
{
    return at_edge(object_size, handle, object, size);
}

CK_RV C_CreateObject(CK_SESSION_HANDLE handle, CK_ATTRIBUTE* attributes, CK_ULONG count, CK_OBJECT_HANDLE* object)
{
    return at_edge(refuse_creation, handle, is_template(attributes, count) && object != nullptr);
}

CK_RV C_CopyObject(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ATTRIBUTE* attributes, CK_ULONG count,
                   CK_OBJECT_HANDLE* copy)
{
    return at_edge(refuse_change, handle, object, is_template(attributes, count) && copy != nullptr);
}

CK_RV C_DestroyObject(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object)
{
    return at_edge(destroy_object, handle, object);
}

CK_RV C_SetAttributeValue(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ATTRIBUTE* attributes, CK_ULONG count)
{
    return at_edge(refuse_change, handle, object, is_template(attributes, count));
}

} // extern "C"

} // namespace sceau::pkcs11_module
