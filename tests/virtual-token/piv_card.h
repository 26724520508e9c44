// A NIST PIV card (SP 800-73-4) as a function from command APDUs to response APDUs, with its contents, its access rules
// and what a reset makes it forget. It knows nothing of readers, time or faults; VirtualCard puts it behind a reader.
#pragma once

#include "tests/support/test_ca.h"
#include "tests/virtual-token/apdu.h"
#include "tests/virtual-token/piv_key.h"

#include <map>
#include <optional>
#include <string>

namespace sceau::test {

/// The key references of SP 800-73-4 part 1 table 4b. `signature` is "PIN always".
enum class PivSlot : std::uint8_t { authentication = 0x9a, signature = 0x9c, key_management = 0x9d };

struct CardProfile {
    /// Keys "rsa2048", "rsa2048b", "p256", "p256b", "p384" of tests/data/keys. OpenSC uses the names in the
    /// certificates as labels.
    std::map<PivSlot, CertificateProfile> keys = {
        {PivSlot::authentication, {.key = "p256", .name = "Authentication"}},
        {PivSlot::signature, {.key = "rsa2048", .name = "Signature"}},
        {PivSlot::key_management,
         {.key = "rsa2048", .name = "Key management", .key_usage = "critical,keyEncipherment"}}};
    std::string pin = "123456"; // 6 to 8 digits
    std::string puk = "12345678";
    unsigned pin_tries = 3; // up to 15
    unsigned puk_tries = 3;
    /// 16 bytes, of which OpenSC uses the last 8, in hex, as the token's serial number. If empty, the card has no CHUID
    /// and its serial number is 00000000.
    base::Bytes guid = {0x5c, 0xea, 0x75, 0xce, 0xa7, 0x5c, 0x4e, 0xa7, 0x80, 0, 0, 0, 0, 0, 0, 1};
};

class PivCard {
  public:
    explicit PivCard(CardProfile profile);

    /// Power on and reset have the same effect: no PIN has been given, no chain has begun, and no answer waits to be
    /// fetched.
    void reset();

    /// Answers as SP 800-73-4 part 2 specifies, and with `6700` anything that is not an APDU.
    Response answer(base::BytesView apdu);

    /// Does what a card management system does to a card: replaces the key and the certificate.
    void renew(PivSlot slot, const CertificateProfile& certificate);

    const base::Bytes& certificate(PivSlot slot) const { return certificates_.at(slot); }
    unsigned pin_tries_left() const { return pin_.tries_left; }
    bool is_verified() const { return verified_; }

  private:
    struct Reference {
        std::string value;
        unsigned tries;
        unsigned tries_left;
    };

    void drop_chain();
    /// Returns the command that the parts of a chain make up, or nothing before its end. `fresh` means that the command
    /// before this one was a successful VERIFY.
    std::optional<Command> completed(Command command, bool fresh);
    Response execute(const Command& command, bool fresh);
    Response select(const Command& command);
    Response get_data(const Command& command) const;
    Response verify(const Command& command);
    Response change_reference_data(const Command& command);
    Response reset_retry_counter(const Command& command);
    Response general_authenticate(const Command& command, bool fresh) const;

    /// Returns the first part of the answer and keeps the rest for GET RESPONSE.
    Response in_parts(Response response, std::size_t le);
    Response next_part(std::size_t le);

    static Response replace(Reference& replaced, Reference& proof, base::BytesView data);
    /// Counts a try if the given value has the form of a PIN.
    static Response compare(Reference& reference, base::BytesView given);

    std::map<PivSlot, PivKey> keys_;
    std::map<PivSlot, base::Bytes> certificates_; // DER
    std::map<std::string, base::Bytes> objects_;  // by tag in hex, in the form that GET DATA returns
    Reference pin_;
    Reference puk_;

    bool verified_ = false;
    bool just_verified_ = false; // set by the command before this one
    base::Bytes chain_;          // the data of a chain's commands so far
    std::optional<unsigned> chain_head_;
    bool chain_fresh_ = false; // just_verified_ before the first part of the chain
    base::Bytes waiting_;      // for GET RESPONSE
};

} // namespace sceau::test
