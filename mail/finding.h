// Findings about a mail that its reader should know, as values. The sentences for them are written where a person is
// addressed (clients/cli/finding_text.h).
#pragma once

#include <chrono>
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sceau::mail {

enum class Found {
    // about the structure (mime/parse)
    ambiguous,               // reason: the mail can be read in more than one way
    written_oddly,           // reason: it breaks the standards, but all programs understand it alike
    cannot_be_taken_apart,   // reason
    over_limit,              // reason: more than Sceau examines
    signed_multipart_parts,  // count: other than one signed part and one signature
    second_part_no_smime,    // in a signed multipart
    no_signature,            // no S/MIME signature
    other_signature,         // not an S/MIME signature
    only_certificates,       // S/MIME, but without a signature
    other_smime,             // S/MIME, but not signed
    encrypted,               // the whole mail
    part_encrypted,          // a part of it
    attached_mail_signed,    // this says nothing about the mail around it
    says_encrypted,          // but is not
    meant_to_be_encrypted,   // but is not (RFC 9788, hp="cipher")
    signed_over_encrypted,   // the signer may not know what was signed
    smime_part_unjudged,     // reason: signed, but what is signed is not a mail
    smime_part_unreadable,   // reason
    content_missing,         // the signed data contains none
    content_of_its_own,      // a detached signature contains one
    content_not_taken_apart, // reason: the content of an opaque mail
    content_begins_oddly,    // the first line is not a header field
    content_ambiguous,       // reason
    bytes_behind_signature,  // for example, appended by a gateway
    micalg_names_another,    // micalg names another hash than the signature
    several_signatures,      // count
    // about the sender (mime/parse/origin.h)
    several_fields,      // field: one that may appear only once
    addresses_unclear,   // field: its addresses can be read in more than one way
    several_senders,     // in Sender
    hidden_characters,   // field
    like_an_address,     // field: a name in it looks like an address, but not the one that follows
    like_another_domain, // value: the address; other: its domain as A-labels
    no_from,             // it does not say who it is from
    from_another,        // value: the addresses in From, none of which is in the signer's certificate
    sent_for_another,    // value: the addresses in From; other: Sender, who signed
    date_far_from_signing,
    text_after_signed_part,
    // about what the signature covers (mime/judge/coverage.h)
    header_outside_changed,
    not_all_signed,
    header_not_signed,  // names: the fields
    field_added,        // field, value
    field_replaced,     // field, value outside, other: the value that was signed
    not_the_whole_mail, // the signed part is not the whole mail
    text_beside,        // beside the signed part
    attachments_beside, // count
    kept_elsewhere,     // a part of the content
    // about the signature (cms/signer_check.h)
    content_changed,
    not_by_this_key,             // name: the certificate's holder
    hash_too_weak,               // algorithm
    key_too_small,               // count: bits
    key_weak,                    // RSA under 2048 bits
    certificate_missing,         // the signer's
    certificates_too_many,       // too many could be the signer's
    certificate_unreadable,      // the signer's
    key_too_large,               // too large to be checked
    key_kind_unknown,            // the signer's
    attribute_repeated,          // or without a value
    attributes_empty,            // the set of signed attributes
    content_type_other,          // other than that of a mail's content
    digest_missing,              // the digest of the content
    another_certificate_named,   // the signer names another certificate to be judged by
    time_outside_validity,       // the time that the signer claims
    time_to_come,                // the time that the signer claims
    digest_algorithm_unknown,    // algorithm
    digest_broken_and_another,   // algorithm: the signature names a broken one and another hash
    two_hashes,                  // the signature names both
    signature_algorithm_unknown, // algorithm
    pss_parameters_unusual,      // parameters of RSA-PSS
    signed_twice,                // by the same signer, and both signatures are valid
    shown_differs,               // the signer was shown something else, as the signature says
    // about the path to a root (cms/path_check.h); name: the certificate's holder, empty for the signer
    authority_key_unknown,       // the kind of its key
    authority_key_too_small,     // so small that anyone may have used it
    authority_key_weak,          // RSA under 2048 bits
    issued_by_unknown_algorithm, // name
    issued_by_weak_hash,         // name, algorithm
    revoked,                     // name
    expired,                     // name, date
    not_valid_yet,               // name, date
    not_for_mail,                // name
    critical_extension_unknown,  // name
    vouches_for_itself,          // name
    authority_not_trusted,       // name
    issuer_not_known,            // name
    nobody_vouches,              // name
    no_common_policy,
    not_trusted,    // name; reason: in OpenSSL's words
    path_unchecked, // OpenSSL could not check it
    // about revocation; a list is named by issuer and file, and both are empty for one of the system's
    lists_do_not_answer,   // name: for all reasons, or for that day
    no_list_by_issuer,     // name, other: the issuer
    list_issuer_unchecked, // name
    list_out_of_date,      // issuer, file, date: when the next one was due
    list_too_new,          // issuer, file, date
    list_of_other_issuer,  // issuer, file
    list_without_whole,    // issuer, file: it lists changes to a full list that was not given
    list_adds_nothing,     // issuer, file
    list_unfit,            // issuer, file, reason: in OpenSSL's words
    revocation_not_given,  // no list was given, but revocation must be checked
    revocation_unanswered, // revocation must be checked, but the lists do not answer
};

/// Returns the enumerator's name, for scripts.
std::string_view to_string(Found found);

/// The kind says which of the other members are used. All text in them is fit to be shown.
struct Finding {
    Found what;
    std::string field = {};     // the name of a header field
    std::string value = {};     // the value of a header field
    std::string other = {};     // what the value is compared with
    std::string name = {};      // the common name, or the whole name if there is none
    std::string issuer = {};    // the issuer of a revocation list, in the same form as name
    std::string file = {};      // the name of the list's file
    std::string algorithm = {}; // OpenSSL's short name, or the digits of the object identifier; empty if there is none
    std::string reason = {};    // in the words of a base::Error or of OpenSSL
    std::vector<std::string> names = {};
    std::size_t count = 0;
    std::optional<std::chrono::sys_seconds> date = {}; // empty if it cannot be read
    bool of_other_signature = false; // it is about another signature by the same signer, one that does not count

    friend std::strong_ordering operator<=>(const Finding&, const Finding&) = default;
    friend bool operator==(const Finding&, const Finding&) = default;
};

} // namespace sceau::mail
