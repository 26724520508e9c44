// What the tests of a worker do with it, step by step, as the agent does.
#pragma once

#include "pkcs11/worker.h"
#include "tests/support/softhsm.h"

#include <catch2/catch.hpp>

namespace sceau::test {

/// The next report; the test fails when none comes within 20 seconds.
base::Result<pkcs11::Report> next_report(pkcs11::Worker& worker);

/// The next report, which must be of this kind.
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

/// A whole discovery, until the worker's own end.
std::vector<pkcs11::Token> discover(const pkcs11::Module& module);

/// A public key's point, uncompressed.
base::Bytes point_of(EVP_PKEY* key);

/// The SubjectPublicKeyInfo of a certificate, DER both.
base::Bytes public_key_of(const base::Bytes& certificate);

/// For a token and certificate that are there: the digest is the hash of `message_to_sign()`.
pkcs11::KeyTask sign_task(const pkcs11::Module& module, const std::string& label, const base::Bytes& cka_id,
                          base::Scheme scheme);
base::Bytes message_to_sign();

/// Ready, the PIN, then what becomes of it.
base::Result<pkcs11::Performed> perform(const pkcs11::Module& module, const pkcs11::KeyTask& task,
                                        std::string_view pin);

/// By OpenSSL, with the public half of a key of tests/data/keys.
bool verifies(const std::string& key, base::Scheme scheme, const base::Bytes& signature);

} // namespace sceau::test
