// The steps of a worker's test, taken as the agent takes them.
#pragma once

#include "pkcs11/worker.h"
#include "tests/support/softhsm.h"

#include <catch2/catch.hpp>

namespace sceau::test {

/// Returns the next report. The test fails if none comes within 20 seconds.
base::Result<pkcs11::Report> next_report(pkcs11::Worker& worker);

/// Returns the next report, which must be of this kind.
template <class Kind>
Kind expect(pkcs11::Worker& worker)
{
    auto report = next_report(worker);
    INFO((report ? "a report of another kind" : report.error().message));
    REQUIRE(report);
    if (const auto* failed = std::get_if<pkcs11::Failed>(&*report))
        UNSCOPED_INFO(failed->error.message);
    REQUIRE(std::holds_alternative<Kind>(*report));
    return std::get<Kind>(*std::move(report));
}

pkcs11::Worker start(const pkcs11::Module& module, const pkcs11::Task& task);
base::Secret secret(std::string_view text);

/// Runs a whole discovery until the worker exits by itself.
std::vector<pkcs11::Token> discover(const pkcs11::Module& module);

/// Returns the uncompressed point of a public key.
base::Bytes point_of(EVP_PKEY* key);

/// Returns the SubjectPublicKeyInfo of a certificate, both in DER.
base::Bytes public_key_of(const base::Bytes& certificate);

/// Makes a task for a token and a certificate that are there. Its digest is the hash of `message_to_sign()`.
pkcs11::KeyTask sign_task(const pkcs11::Module& module, const std::string& label, const base::Bytes& cka_id,
                          base::Scheme scheme);
base::Bytes message_to_sign();

/// Waits for Ready, sends the PIN and returns the result.
base::Result<pkcs11::Performed> perform(const pkcs11::Module& module, const pkcs11::KeyTask& task,
                                        std::string_view pin);

/// Verifies with OpenSSL and the public half of a key of tests/data/keys.
bool verifies(const std::string& key, base::Scheme scheme, const base::Bytes& signature);

} // namespace sceau::test
