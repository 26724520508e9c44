// What is found in a mail that its reader is told of, as a value: the words for it stand where a person is addressed
// (clients/cli/finding_text.h).
#pragma once

#include <chrono>
#include <compare>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sceau::mail {

enum class Found {
    // of the structure (mime/parse)
    ambiguous,               // reason: the mail can be read in more than one way
    written_oddly,           // reason: against the standards, and understood alike by all
    cannot_be_taken_apart,   // reason
    over_limit,              // reason: more than is looked at here
    signed_multipart_parts,  // count: others than one that is signed and one that is the signature
    second_part_no_smime,    // of a signed multipart
    no_signature,            // of S/MIME
    other_signature,         // of another kind than S/MIME
    only_certificates,       // S/MIME without a signature
    other_smime,             // S/MIME of another kind than signed
    encrypted,               // all of it
    part_encrypted,          // a part of it
    attached_mail_signed,    // which says nothing of this one
    says_encrypted,          // and is not
    meant_to_be_encrypted,   // and is not (RFC 9788, hp="cipher")
    signed_over_encrypted,   // the signer may not know what was signed
    smime_part_unjudged,     // reason: signed, and over something else than a mail
    smime_part_unreadable,   // reason
    content_missing,         // the signed data holds none
    content_of_its_own,      // a detached signature holds one
    content_not_taken_apart, // reason: what is inside of an opaque mail
    content_begins_oddly,    // with a line that is no header field
    content_ambiguous,       // reason
    bytes_behind_signature,  // that a gateway appended, for one
    micalg_names_another,    // hash than the signature
    several_signatures,      // count
    // of whom it is from (mime/parse/origin.h)
    several_fields,      // field: one that may be there once
    addresses_unclear,   // field: they can be read in more than one way
    several_senders,     // in Sender
    hidden_characters,   // field
    like_an_address,     // field: a name in it looks like one and is another
    like_another_domain, // value: the address; other: its domain as A-labels
    no_from,             // it does not say who it is from
    from_another,        // value: the addresses in From, none of the signer's certificate
    sent_for_another,    // value: the addresses in From; other: Sender, who signed
    date_far_from_signing,
    text_after_signed_part,
    // of what is covered (mime/judge/coverage.h)
    header_outside_changed,
    not_all_signed,
    header_not_signed,  // names: the fields
    field_added,        // field, value
    field_replaced,     // field, value outside, other: the value that was signed
    not_the_whole_mail, // is the signed part
    text_beside,        // the signed part
    attachments_beside, // count
    kept_elsewhere,     // a part of the content
    // of the signature (cms/signer_check.h)
    content_changed,
    not_by_this_key,             // name: the certificate's holder
    hash_too_weak,               // algorithm
    key_too_small,               // count: bits
    key_weak,                    // under RSA with 2048 bits
    certificate_missing,         // the signer's
    certificates_too_many,       // that may be the signer's
    certificate_unreadable,      // the signer's
    key_too_large,               // to be checked
    key_kind_unknown,            // the signer's
    attribute_repeated,          // or without a value
    attributes_empty,            // the set of those that are signed
    content_type_other,          // than a mail's content
    digest_missing,              // of the content
    another_certificate_named,   // by the signer as the one to be judged by
    time_outside_validity,       // that the signer claims
    time_to_come,                // that the signer claims
    digest_algorithm_unknown,    // algorithm
    digest_broken_and_another,   // algorithm: the signature names it and another hash
    two_hashes,                  // are named by the signature
    signature_algorithm_unknown, // algorithm
    pss_parameters_unusual,      // of RSA-PSS
    signed_twice,                // by the same signer, and both hold
    // of the path to a root (cms/path_check.h); name: the certificate's holder, empty for the signer
    authority_key_unknown,       // its kind
    authority_key_too_small,     // so that anyone may have used it
    authority_key_weak,          // under RSA with 2048 bits
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
    not_trusted,    // name; reason: OpenSSL's
    path_unchecked, // OpenSSL cannot
    // of revocation; a list is named by issuer and file, empty for one of the system's
    lists_do_not_answer,   // name: for all reasons, or for that day
    no_list_by_issuer,     // name, other: the issuer
    list_issuer_unchecked, // name
    list_out_of_date,      // issuer, file, date: of the next one
    list_too_new,          // issuer, file, date
    list_of_other_issuer,  // issuer, file
    list_without_whole,    // issuer, file: it lists changes to one that was not given
    list_adds_nothing,     // issuer, file
    list_unfit,            // issuer, file, reason: OpenSSL's
    revocation_not_given,  // no list, and it has to be checked
    revocation_unanswered, // it has to be checked, and the lists do not answer
};

/// `not_for_mail` → "not_for_mail": for scripts.
std::string_view to_string(Found found);

/// Which of the members count says the kind; text in them is fit to be shown.
struct Finding {
    Found what;
    std::string field = {};     // a header field's name
    std::string value = {};     // of a header field
    std::string other = {};     // what the value is held against
    std::string name = {};      // common name, else the whole name
    std::string issuer = {};    // of a revocation list, as name
    std::string file = {};      // its file's name
    std::string algorithm = {}; // OpenSSL's short name, else the digits of its identifier; empty where it has none
    std::string reason = {};    // in the words of a base::Error, or of OpenSSL
    std::vector<std::string> names = {};
    std::size_t count = 0;
    std::optional<std::chrono::sys_seconds> date = {}; // none where it cannot be read
    bool of_other_signature = false; // it is about another signature by the same signer, which does not count for it

    friend std::strong_ordering operator<=>(const Finding&, const Finding&) = default;
    friend bool operator==(const Finding&, const Finding&) = default;
};

} // namespace sceau::mail
