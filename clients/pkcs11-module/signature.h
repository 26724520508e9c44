// Asks the agent for one signature, on a connection of its own so that other threads are not held up.
#pragma once

#include "clients/pkcs11-module/signing_operation.h"

namespace sceau::pkcs11_module {

/// Waits as long as the person takes. An ECDSA signature has PKCS#11's form: r and s, each as long as the curve's order
/// (PKCS#11 2.40 mechanisms §2.3.1).
Answer<base::Bytes> signature_from_agent(const SignatureRequest& request);

/// Returns r and s of a DER SEQUENCE (RFC 3279 §2.2.3), each `size` bytes. Returns nothing if the input is not such a
/// SEQUENCE or they are longer.
std::optional<base::Bytes> raw_ecdsa(base::BytesView der, std::size_t size);

/// The inverse: turns r‖s into DER.
base::Bytes der_ecdsa(base::BytesView raw);

/// The code for the program: CKR_FUNCTION_CANCELED if the person refused, gave up or did not answer.
CK_RV return_value(base::ErrorCode code);

} // namespace sceau::pkcs11_module
