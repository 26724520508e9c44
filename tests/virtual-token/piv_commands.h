// The command APDUs of programs that use a PIV card (SP 800-73-4 part 2), for tests that talk to it without OpenSC.
#pragma once

#include "tests/virtual-token/piv_card.h"

#include <string>
#include <vector>

namespace sceau::test {

base::Bytes select_piv();
base::Bytes get_data(const std::string& tag_in_hex);
base::Bytes verify(const std::string& pin);
/// Asks for the tries that are left, and costs none.
base::Bytes verify_query();
base::Bytes log_out();
base::Bytes reset_retry_counter(const std::string& puk, const std::string& new_pin);
base::Bytes get_response(std::size_t le = 256);

/// Tag 81: a padded block for RSA, a hash for EC. For RSA-2048 it is a chain of two commands.
std::vector<base::Bytes> answer_challenge(PivSlot slot, std::uint8_t algorithm, base::BytesView input);
/// Tag 85: the other side's point for ECDH.
std::vector<base::Bytes> agree(PivSlot slot, std::uint8_t algorithm, base::BytesView point);

/// Returns something that the slot's key can sign and that is useless to anybody: a block or a hash of the right size.
base::Bytes challenge_for(std::uint8_t algorithm);

} // namespace sceau::test
