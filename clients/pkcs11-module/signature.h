// One signature asked of the agent, on a connection of its own, so that other threads go on meanwhile.
#pragma once

#include "clients/pkcs11-module/signing_operation.h"

namespace sceau::pkcs11_module {

/// Waits as long as the person takes. As PKCS#11 wants it: ECDSA as r and s, each as long as the curve's order
/// (PKCS#11 2.40 mechanisms §2.3.1).
Answer<base::Bytes> signature_from_agent(const SignatureRequest& request);

/// r and s of a DER SEQUENCE (RFC 3279 §2.2.3), each `size` bytes; none where it is no such thing or they are longer.
std::optional<base::Bytes> raw_ecdsa(base::BytesView der, std::size_t size);

/// The way back, of r and s in a row.
base::Bytes der_ecdsa(base::BytesView raw);

/// What the program is told: CKR_FUNCTION_CANCELED when the person said no, gave up or did not answer.
CK_RV return_value(base::ErrorCode code);

} // namespace sceau::pkcs11_module
