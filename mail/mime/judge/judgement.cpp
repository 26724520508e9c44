#include "mail/mime/judge/judgement.h"

namespace sceau::mail::mime {

using cms::Fault;

Judgement judgement_of(Fault fault)
{
    switch (fault) {
    case Fault::unreadable:
        return Judgement::malformed;
    case Fault::too_weak:
        return Judgement::too_weak;
    case Fault::uncheckable:
        return Judgement::cannot_be_checked;
    case Fault::wrong:
        return Judgement::changed;
    case Fault::revoked:
        return Judgement::revoked;
    case Fault::unknown_issuer:
        return Judgement::unknown_issuer;
    case Fault::not_valid_then:
        return Judgement::not_valid_then;
    case Fault::wrong_purpose:
        return Judgement::wrong_purpose;
    case Fault::revocation_unknown:
        return Judgement::revocation_unknown;
    }
    return Judgement::malformed;
}

std::string_view to_string(Judgement judgement)
{
    switch (judgement) {
    case Judgement::malformed:
        return "malformed";
    case Judgement::not_signed:
        return "not_signed";
    case Judgement::encrypted:
        return "encrypted";
    case Judgement::changed:
        return "changed";
    case Judgement::cannot_be_checked:
        return "cannot_be_checked";
    case Judgement::not_from_signer:
        return "not_from_signer";
    case Judgement::revoked:
        return "revoked";
    case Judgement::too_weak:
        return "too_weak";
    case Judgement::unknown_issuer:
        return "unknown_issuer";
    case Judgement::not_valid_then:
        return "not_valid_then";
    case Judgement::wrong_purpose:
        return "wrong_purpose";
    case Judgement::revocation_unknown:
        return "revocation_unknown";
    case Judgement::partly_covered:
        return "partly_covered";
    case Judgement::signed_by_sender:
        return "signed_by_sender";
    case Judgement::signed_:
        return "signed";
    }
    return "";
}

} // namespace sceau::mail::mime
