#include "tests/virtual-token/piv_card.h"

#include "tests/virtual-token/tlv.h"

#include <algorithm>
#include <utility>

namespace sceau::test {

namespace {

constexpr std::uint8_t kChaining = 0x10;
constexpr std::size_t kLongestAnswer = 256;  // in one response APDU
constexpr std::size_t kPinSize = 8;          // padded with FF: SP 800-73-4 part 2 §2.4.3
constexpr std::uint8_t kPinReference = 0x80; // the PIV card application's PIN
constexpr std::uint8_t kPukReference = 0x81;

const base::Bytes kAid = {0xa0, 0, 0, 0x03, 0x08, 0, 0, 0x10, 0, 0x01, 0};
constexpr std::size_t kAidRoot = 5; // the least that a "right-truncated" name needs: NIST's registered identifier

const char* tag_of_certificate(PivSlot slot)
{
    switch (slot) {
    case PivSlot::authentication:
        return "5fc105";
    case PivSlot::signature:
        return "5fc10a";
    case PivSlot::key_management:
        return "5fc10b";
    }
    std::unreachable();
}

/// SP 800-73-4 part 1 appendix A, tables 10, 15 and 40.
base::Bytes certificate_object(const base::Bytes& der)
{
    return tlv(0x53, joined({tlv(0x70, der), tlv(0x71, base::Bytes{0}), tlv(0xfe, {})}));
}

/// Contains the FASC-N of cards that no federal agency issued (agency 9999), which means that the GUID identifies the
/// card.
base::Bytes holder_unique_identifier(const base::Bytes& guid)
{
    const base::Bytes fasc_n = {0xd4, 0xe7, 0x39, 0xda, 0x73, 0x9c, 0xed, 0x39, 0xce, 0x73, 0x9d, 0x83, 0x68,
                                0x58, 0x21, 0x08, 0x42, 0x10, 0x84, 0x21, 0xc8, 0x42, 0x10, 0xc3, 0xeb};
    return tlv(0x53, joined({tlv(0x30, fasc_n), tlv(0x34, guid), tlv(0x35, base::as_bytes("20491231")), tlv(0x3e, {}),
                             tlv(0xfe, {})}));
}

/// §3.3.2: only the application's own PIN satisfies the access rules.
base::Bytes discovery_object()
{
    return tlv(0x7e, joined({tlv(0x4f, kAid), tlv(0x5f2f, base::Bytes{0x40, 0x00})}));
}

base::Bytes application_property_template()
{
    const base::BytesView aid = kAid;
    return tlv(0x61, joined({tlv(0x4f, aid.subspan(kAidRoot)), tlv(0x79, tlv(0x4f, aid.first(kAidRoot)))}));
}

std::string padded(std::string pin)
{
    pin.resize(std::max(kPinSize, pin.size()), '\xff');
    return pin;
}

bool is_pin_shaped(base::BytesView bytes)
{
    const auto end = std::ranges::find(bytes, 0xff);
    return bytes.size() == kPinSize && end - bytes.begin() >= 6 &&
           std::all_of(bytes.begin(), end, [](std::uint8_t byte) { return byte >= '0' && byte <= '9'; }) &&
           std::all_of(end, bytes.end(), [](std::uint8_t byte) { return byte == 0xff; });
}

} // namespace

PivCard::PivCard(CardProfile profile)
    : pin_{padded(profile.pin), profile.pin_tries, profile.pin_tries},
      puk_{padded(profile.puk), profile.puk_tries, profile.puk_tries}
{
    for (const auto& [slot, certificate] : profile.keys)
        renew(slot, certificate);
    if (!profile.guid.empty())
        objects_["5fc102"] = holder_unique_identifier(profile.guid);
    objects_["7e"] = discovery_object();
}

void PivCard::renew(PivSlot slot, const CertificateProfile& certificate)
{
    keys_.insert_or_assign(slot, PivKey(certificate.key));
    certificates_[slot] = issue_certificate(certificate);
    objects_[tag_of_certificate(slot)] = certificate_object(certificates_[slot]);
}

void PivCard::reset()
{
    verified_ = false;
    just_verified_ = false;
    drop_chain();
    waiting_.clear();
}

void PivCard::drop_chain()
{
    chain_.clear();
    chain_head_.reset();
}

Response PivCard::answer(base::BytesView apdu)
{
    const bool fresh = std::exchange(just_verified_, false);
    const std::optional<Command> command = parse_command(apdu);
    if (command && command->ins == ins::kGetResponse && command->cla == 0) {
        drop_chain();
        return next_part(command->le.value_or(kLongestAnswer));
    }
    waiting_.clear();
    if (!command || (command->cla & ~kChaining) != 0) {
        drop_chain();
        return command ? StatusWord::class_not_supported : StatusWord::wrong_length;
    }
    const std::optional<Command> whole = completed(*command, fresh);
    if (!whole)
        return StatusWord::success;
    return in_parts(execute(*whole, chain_fresh_), whole->le.value_or(kLongestAnswer));
}

std::optional<Command> PivCard::completed(Command command, bool fresh)
{
    const unsigned head = static_cast<unsigned>(command.ins) << 16 | command.parameters();
    if (chain_head_ != head) {
        drop_chain();
        chain_fresh_ = fresh;
    }
    chain_.insert(chain_.end(), command.data.begin(), command.data.end());
    if (command.is_chained()) {
        chain_head_ = head;
        return std::nullopt;
    }
    command.data = std::move(chain_);
    drop_chain();
    return command;
}

Response PivCard::execute(const Command& command, bool fresh)
{
    switch (command.ins) {
    case ins::kSelect:
        return select(command);
    case ins::kGetData:
        return get_data(command);
    case ins::kVerify:
        return verify(command);
    case ins::kChangeReferenceData:
        return change_reference_data(command);
    case ins::kResetRetryCounter:
        return reset_retry_counter(command);
    case ins::kGeneralAuthenticate:
        return general_authenticate(command, fresh);
    default:
        return StatusWord::instruction_not_supported;
    }
}

Response PivCard::in_parts(Response response, std::size_t le)
{
    if (response.data.size() <= le)
        return response;
    waiting_ = std::move(response.data);
    return next_part(le);
}

Response PivCard::next_part(std::size_t le)
{
    if (waiting_.empty())
        return StatusWord::conditions_not_satisfied;
    const auto end = waiting_.begin() + static_cast<std::ptrdiff_t>(std::min(le, waiting_.size()));
    Response part(base::Bytes(waiting_.begin(), end));
    waiting_.erase(waiting_.begin(), end);
    if (!waiting_.empty())
        part.sw =
            Response(StatusWord::more_data, waiting_.size() > 0xff ? 0 : static_cast<unsigned>(waiting_.size())).sw;
    return part;
}

/// Part 2 §3.1.1: selecting the application that is already selected, or one that is not on the card, changes nothing.
Response PivCard::select(const Command& command)
{
    if (command.parameters() != 0x0400)
        return StatusWord::incorrect_parameters;
    const bool is_ours = command.data.size() >= kAidRoot && command.data.size() <= kAid.size() &&
                         std::equal(command.data.begin(), command.data.end(), kAid.begin());
    if (!is_ours)
        return StatusWord::not_found;
    return application_property_template();
}

Response PivCard::get_data(const Command& command) const
{
    if (command.parameters() != 0x3fff)
        return StatusWord::incorrect_parameters;
    const auto fields = parse_tlvs(command.data);
    if (!fields || !fields->contains(0x5c))
        return StatusWord::incorrect_data;
    const auto object = objects_.find(base::to_hex(fields->at(0x5c)));
    if (object == objects_.end())
        return StatusWord::not_found;
    return object->second;
}

/// Part 2 §3.2.1.
Response PivCard::verify(const Command& command)
{
    if (command.p2 != kPinReference)
        return StatusWord::reference_data_not_found;
    if (command.p1 == 0xff && command.data.empty()) {
        verified_ = false;
        return StatusWord::success;
    }
    if (command.p1 != 0)
        return StatusWord::incorrect_parameters;
    if (command.data.empty() && verified_)
        return StatusWord::success;
    if (command.data.empty())
        return pin_.tries_left == 0 ? Response(StatusWord::authentication_method_blocked)
                                    : Response(StatusWord::tries_left, pin_.tries_left);
    const Response compared = compare(pin_, command.data);
    verified_ = compared.is_success();
    just_verified_ = verified_;
    return compared;
}

/// Part 2 §3.2.2, for the PIN and the PUK.
Response PivCard::change_reference_data(const Command& command)
{
    if (command.p1 != 0 || (command.p2 != kPinReference && command.p2 != kPukReference))
        return StatusWord::reference_data_not_found;
    Reference& reference = command.p2 == kPinReference ? pin_ : puk_;
    return replace(reference, reference, command.data);
}

/// Part 2 §3.2.3: the PUK sets a new PIN.
Response PivCard::reset_retry_counter(const Command& command)
{
    if (command.parameters() != kPinReference)
        return StatusWord::reference_data_not_found;
    return replace(pin_, puk_, command.data);
}

Response PivCard::replace(Reference& replaced, Reference& proof, base::BytesView data)
{
    if (data.size() != 2 * kPinSize || !is_pin_shaped(data.subspan(kPinSize)))
        return StatusWord::incorrect_data;
    const Response compared = compare(proof, data.first(kPinSize));
    if (!compared.is_success())
        return compared;
    replaced.value = base::as_text(data.subspan(kPinSize));
    replaced.tries_left = replaced.tries;
    return compared;
}

Response PivCard::compare(Reference& reference, base::BytesView given)
{
    if (reference.tries_left == 0)
        return StatusWord::authentication_method_blocked;
    if (!is_pin_shaped(given))
        return StatusWord::incorrect_data;
    if (base::as_text(given) != reference.value) {
        --reference.tries_left;
        return {StatusWord::tries_left, reference.tries_left};
    }
    reference.tries_left = reference.tries;
    return StatusWord::success;
}

/// Part 2 §3.2.4, with the dynamic authentication template of table 7.
Response PivCard::general_authenticate(const Command& command, bool fresh) const
{
    const auto slot = static_cast<PivSlot>(command.p2);
    const auto key = keys_.find(slot);
    if (key == keys_.end() || key->second.algorithm() != command.p1)
        return StatusWord::incorrect_parameters;
    if (slot == PivSlot::signature ? !fresh : !verified_)
        return StatusWord::security_status_not_satisfied;
    const auto outer = parse_tlvs(command.data);
    const auto fields = outer && outer->contains(0x7c) ? parse_tlvs(outer->at(0x7c)) : std::nullopt;
    if (!fields)
        return StatusWord::incorrect_data;
    std::optional<base::Bytes> result;
    if (fields->contains(0x81))
        result = key->second.answer_challenge(fields->at(0x81));
    else if (fields->contains(0x85) && slot == PivSlot::key_management)
        result = key->second.agree(fields->at(0x85));
    if (!result)
        return StatusWord::incorrect_data;
    return tlv(0x7c, tlv(0x82, *result));
}

} // namespace sceau::test
