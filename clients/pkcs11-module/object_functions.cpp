// PKCS#11 2.40 §5.7: objects, all of them answered from what the agent has told. What programs such as NSS look for
// besides (trust, profiles, revocation lists) is simply not among them.
#include "clients/pkcs11-module/module.h"

#include <algorithm>

using namespace sceau::pkcs11_module;

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

} // namespace

CK_RV C_FindObjectsInit(CK_SESSION_HANDLE handle, CK_ATTRIBUTE* attributes, CK_ULONG count)
{
    return with_session(handle, [&](Module& module, Session& session, Slot& slot) {
        if (!is_template(attributes, count) || !has_values({attributes, count}))
            return CKR_ARGUMENTS_BAD;
        if (session.search)
            return CKR_OPERATION_ACTIVE;
        session.search.emplace();
        for (const Object& object : slot.objects)
            if (object.matches({attributes, count}))
                session.search->found.push_back(object.handle);
        for (const SessionSecret& secret : module.secrets)
            if (secret.object.matches({attributes, count}) && module.find(slot, secret.object.handle) != nullptr)
                session.search->found.push_back(secret.object.handle);
        return CKR_OK;
    });
}

CK_RV C_FindObjects(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE* objects, CK_ULONG room, CK_ULONG* count)
{
    return with_session(handle, [&](Session& session, Slot&) {
        if (count == nullptr || (objects == nullptr && room != 0))
            return CKR_ARGUMENTS_BAD;
        if (!session.search)
            return CKR_OPERATION_NOT_INITIALIZED;
        Search& search = *session.search;
        *count = std::min<CK_ULONG>(room, search.found.size() - search.given);
        std::copy_n(search.found.begin() + static_cast<std::ptrdiff_t>(search.given), *count, objects);
        search.given += *count;
        return CKR_OK;
    });
}

CK_RV C_FindObjectsFinal(CK_SESSION_HANDLE handle)
{
    return with_session(handle, [](Session& session, Slot&) {
        if (!session.search)
            return CKR_OPERATION_NOT_INITIALIZED;
        session.search.reset();
        return CKR_OK;
    });
}

CK_RV C_GetAttributeValue(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ATTRIBUTE* attributes, CK_ULONG count)
{
    return with_session(handle, [&](Module& module, Session&, Slot& slot) {
        if (!is_template(attributes, count))
            return CKR_ARGUMENTS_BAD;
        const Object* found = module.find(slot, object);
        return found == nullptr ? CKR_OBJECT_HANDLE_INVALID : found->read({attributes, count});
    });
}

CK_RV C_GetObjectSize(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ULONG* size)
{
    return with_session(handle, [&](Module& module, Session&, Slot& slot) {
        if (size == nullptr)
            return CKR_ARGUMENTS_BAD;
        const Object* found = module.find(slot, object);
        if (found == nullptr)
            return CKR_OBJECT_HANDLE_INVALID;
        *size = found->size();
        return CKR_OK;
    });
}

CK_RV C_CreateObject(CK_SESSION_HANDLE handle, CK_ATTRIBUTE* attributes, CK_ULONG count, CK_OBJECT_HANDLE* object)
{
    return with_session(handle, [&](Session&, Slot&) {
        return !is_template(attributes, count) || object == nullptr ? CKR_ARGUMENTS_BAD : CKR_TOKEN_WRITE_PROTECTED;
    });
}

CK_RV C_CopyObject(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ATTRIBUTE* attributes, CK_ULONG count,
                   CK_OBJECT_HANDLE* copy)
{
    return with_session(handle, [&](Session&, Slot& slot) {
        if (!is_template(attributes, count) || copy == nullptr)
            return CKR_ARGUMENTS_BAD;
        return slot.find(object) == nullptr ? CKR_OBJECT_HANDLE_INVALID : CKR_TOKEN_WRITE_PROTECTED;
    });
}

CK_RV C_DestroyObject(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object)
{
    return with_session(handle, [&](Module& module, Session&, Slot& slot) {
        if (std::erase_if(module.secrets, [&](const auto& secret) { return secret.object.handle == object; }) > 0)
            return CKR_OK;
        return slot.find(object) == nullptr ? CKR_OBJECT_HANDLE_INVALID : CKR_TOKEN_WRITE_PROTECTED;
    });
}

CK_RV C_SetAttributeValue(CK_SESSION_HANDLE handle, CK_OBJECT_HANDLE object, CK_ATTRIBUTE* attributes, CK_ULONG count)
{
    return with_session(handle, [&](Session&, Slot& slot) {
        if (!is_template(attributes, count))
            return CKR_ARGUMENTS_BAD;
        return slot.find(object) == nullptr ? CKR_OBJECT_HANDLE_INVALID : CKR_TOKEN_WRITE_PROTECTED;
    });
}
