// What sceau-preview finds in the content that is to be signed, as values; the agent has the words for them. The
// content is the signed MIME entity (RFC 8551 §3.5.3): the protected fields of the message's header (RFC 9788), then
// Content-* and the body.
//
// Every text is fit to be shown on one line (base/display_text.h), with the exception of the addr-specs, which are for
// comparison. The summary is untrusted, since whoever wrote the content may have taken over the process that reads it.
#pragma once

#include "base/described.h"

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace sceau::preview {

using base::Field;

inline constexpr std::size_t kRecipientLimit = 2000; // in To and Cc together
inline constexpr std::size_t kAuthorLimit = 100;     // in each of From, Sender and Reply-To
inline constexpr std::size_t kAddressLimit = 320;    // bytes: 64 + 1 + 255 (RFC 5321 §4.5.3.1)
inline constexpr std::size_t kNameLimit = 1024;      // bytes, of a name or another short text
inline constexpr std::size_t kSubjectLimit = 4096;   // bytes
inline constexpr std::size_t kLineLimit = 2048;      // bytes; a longer line continues on the next one
inline constexpr std::size_t kLinesLimit = 1000;     // of each text
inline constexpr std::size_t kTextsLimit = 8;
inline constexpr std::size_t kAttachmentLimit = 200;
inline constexpr std::size_t kInvitationLimit = 20;
inline constexpr std::size_t kFoundLimit = 100; // sums of money, account numbers, notes

struct Mailbox {
    std::string name;    // empty if there is none, or if it only repeats the address
    std::string shown;   // the address, with A-labels if the domain has letters of several scripts
    std::string address; // addr-spec, as in the field

    friend bool operator==(const Mailbox&, const Mailbox&) = default;
    static constexpr auto fields()
    {
        return std::tuple{Field{"name", &Mailbox::name, base::Bounds{0, kNameLimit}},
                          Field{"shown", &Mailbox::shown, base::Bounds{0, kNameLimit}},
                          Field{"address", &Mailbox::address, base::Bounds{0, kAddressLimit}}};
    }
};

struct Date {
    std::string text;                   // as in the field
    std::optional<std::string> instant; // RFC 3339, in UTC; empty if the field cannot be read

    friend bool operator==(const Date&, const Date&) = default;
    static constexpr auto fields()
    {
        return std::tuple{Field{"text", &Date::text, base::Bounds{0, kNameLimit}},
                          Field{"instant", &Date::instant, base::Bounds{0, 32}}};
    }
};

struct Line {
    std::string text;
    bool hidden = false; // a receiver's program does not show it (HTML)

    friend bool operator==(const Line&, const Line&) = default;
    static constexpr auto fields()
    {
        return std::tuple{Field{"text", &Line::text, base::Bounds{0, kLineLimit}}, Field{"hidden", &Line::hidden}};
    }
};

enum class Form { plain, html };

inline constexpr std::array kForms = {base::Enumerator{Form::plain, "plain"}, base::Enumerator{Form::html, "html"}};
constexpr const auto& enumerators(Form)
{
    return kForms;
}

/// A text that a receiver reads. Where text/plain and text/html of one multipart/alternative have the same words, only
/// the last is here, unless another one has hidden text; where they differ, both are, and Noted::alternatives_differ
/// says so.
struct Text {
    Form form = Form::plain;
    std::vector<Line> lines;
    unsigned lines_left_out = 0; // lines that were read, but are not among these
    unsigned bytes_left_out = 0; // encoded bytes that were not read at all

    friend bool operator==(const Text&, const Text&) = default;
    static constexpr auto fields()
    {
        return std::tuple{Field{"form", &Text::form}, Field{"lines", &Text::lines, base::Bounds{0, kLinesLimit}},
                          Field{"lines_left_out", &Text::lines_left_out},
                          Field{"bytes_left_out", &Text::bytes_left_out}};
    }
};

struct Attachment {
    std::string name;  // empty if there is none
    std::string type;  // "application/pdf"
    unsigned size = 0; // decoded, in bytes; a close estimate if the encoding is irregular

    friend bool operator==(const Attachment&, const Attachment&) = default;
    static constexpr auto fields()
    {
        return std::tuple{Field{"name", &Attachment::name, base::Bounds{0, kNameLimit}},
                          Field{"type", &Attachment::type, base::Bounds{0, kNameLimit}},
                          Field{"size", &Attachment::size}};
    }
};

/// An event of a text/calendar part (RFC 5545 §3.6.1). Each member is empty if the event does not say it.
struct Invitation {
    std::string method;    // of the calendar: "REQUEST", "CANCEL" (RFC 5546)
    std::string summary;   // what it is about
    std::string start;     // "2026-12-01 10:00 Europe/Paris", "2026-12-01 09:00 UTC", "2026-12-01"
    std::string organiser; // name or address

    friend bool operator==(const Invitation&, const Invitation&) = default;
    static constexpr auto fields()
    {
        return std::tuple{Field{"method", &Invitation::method, base::Bounds{0, kNameLimit}},
                          Field{"summary", &Invitation::summary, base::Bounds{0, kNameLimit}},
                          Field{"start", &Invitation::start, base::Bounds{0, kNameLimit}},
                          Field{"organiser", &Invitation::organiser, base::Bounds{0, kNameLimit}}};
    }
};

/// What a person should know before signing. The comment says what Note::value and Note::other are.
enum class Noted {
    header_not_protected, // no field of the header is in the signed content, or receivers will not take it from there
    name_like_address,    // value: a name that looks like an address; other: the address that follows it
    mixed_scripts,        // value: an address whose domain has letters of several scripts; other: with A-labels
    hidden_characters,    // value: the field (or "text") in which characters that nobody sees were left out
    pictures_from_net,    // HTML loads pictures, which are not signed; value: the first host
    hidden_text,          // HTML has text that is not shown
    link_differs,         // value: the text of a link, which looks like an address; other: where it leads
    alternatives_differ,  // text/plain and text/html have other words; receivers see one or the other
    charset_unknown,      // value: the charset; other: the field or part that cannot be shown for it
    bytes_unreadable,     // value: the field or part with bytes that are not of its charset
    text_left_out,        // a text is longer than what is shown
    attachments_left_out, // value: how many
    encrypted_part,       // a part is encrypted, so that nobody can see here what is signed
    kept_elsewhere,       // a part whose content is not in the mail (message/external-body, message/partial)
};

inline constexpr std::array kNoted = {base::Enumerator{Noted::header_not_protected, "header_not_protected"},
                                      base::Enumerator{Noted::name_like_address, "name_like_address"},
                                      base::Enumerator{Noted::mixed_scripts, "mixed_scripts"},
                                      base::Enumerator{Noted::hidden_characters, "hidden_characters"},
                                      base::Enumerator{Noted::pictures_from_net, "pictures_from_net"},
                                      base::Enumerator{Noted::hidden_text, "hidden_text"},
                                      base::Enumerator{Noted::link_differs, "link_differs"},
                                      base::Enumerator{Noted::alternatives_differ, "alternatives_differ"},
                                      base::Enumerator{Noted::charset_unknown, "charset_unknown"},
                                      base::Enumerator{Noted::bytes_unreadable, "bytes_unreadable"},
                                      base::Enumerator{Noted::text_left_out, "text_left_out"},
                                      base::Enumerator{Noted::attachments_left_out, "attachments_left_out"},
                                      base::Enumerator{Noted::encrypted_part, "encrypted_part"},
                                      base::Enumerator{Noted::kept_elsewhere, "kept_elsewhere"}};
constexpr const auto& enumerators(Noted)
{
    return kNoted;
}

struct Note {
    Noted what = {};
    std::string value = {};
    std::string other = {};

    friend bool operator==(const Note&, const Note&) = default;
    static constexpr auto fields()
    {
        return std::tuple{Field{"what", &Note::what}, Field{"value", &Note::value, base::Bounds{0, kNameLimit}},
                          Field{"other", &Note::other, base::Bounds{0, kNameLimit}}};
    }
};

/// Why the content may not be signed, and nobody is to be asked.
enum class Reason {
    field_repeated,      // field: one that may stand once
    addresses_ambiguous, // field: two programs may read other addresses in it
    text_ambiguous,      // field: two programs may read another text in it
    parts_ambiguous,     // two programs may find other parts
    too_many_recipients, // more than kRecipientLimit
    too_many_authors,    // field: more than kAuthorLimit
    address_too_long,    // field: an address over kAddressLimit
    nested_too_deep,     // parts within parts
    too_many_parts,
    header_too_large,
    over_another_limit, // of those for all mails
    invalid_utf8,       // field: bytes that are not UTF-8
    unreadable,         // the content cannot be taken apart
};

inline constexpr std::array kReasons = {base::Enumerator{Reason::field_repeated, "field_repeated"},
                                        base::Enumerator{Reason::addresses_ambiguous, "addresses_ambiguous"},
                                        base::Enumerator{Reason::text_ambiguous, "text_ambiguous"},
                                        base::Enumerator{Reason::parts_ambiguous, "parts_ambiguous"},
                                        base::Enumerator{Reason::too_many_recipients, "too_many_recipients"},
                                        base::Enumerator{Reason::too_many_authors, "too_many_authors"},
                                        base::Enumerator{Reason::address_too_long, "address_too_long"},
                                        base::Enumerator{Reason::nested_too_deep, "nested_too_deep"},
                                        base::Enumerator{Reason::too_many_parts, "too_many_parts"},
                                        base::Enumerator{Reason::header_too_large, "header_too_large"},
                                        base::Enumerator{Reason::over_another_limit, "over_another_limit"},
                                        base::Enumerator{Reason::invalid_utf8, "invalid_utf8"},
                                        base::Enumerator{Reason::unreadable, "unreadable"}};
constexpr const auto& enumerators(Reason)
{
    return kReasons;
}

struct Refusal {
    Reason reason = {};
    std::string field = {}; // the name of the header field that it is about, if it is about one

    friend bool operator==(const Refusal&, const Refusal&) = default;
    static constexpr auto fields()
    {
        return std::tuple{Field{"reason", &Refusal::reason}, Field{"field", &Refusal::field, base::Bounds{0, 64}}};
    }
};

/// If there is a refusal, the other members may be incomplete.
struct Summary {
    std::optional<Refusal> refusal;
    std::vector<Mailbox> from;
    std::vector<Mailbox> sender;
    std::vector<Mailbox> reply_to;
    std::vector<Mailbox> to;
    std::vector<Mailbox> cc;
    std::optional<std::string> subject; // empty if there is no such field in the signed content
    std::optional<Date> date;
    std::vector<Text> texts;
    std::vector<Attachment> attachments;
    std::vector<Invitation> invitations;
    std::vector<std::string> sums;     // of money, as in the subject and the texts, each once: "48 000 €"
    std::vector<std::string> accounts; // IBANs with the right check digits (ISO 13616), without blanks, each once
    std::vector<Note> notes;

    friend bool operator==(const Summary&, const Summary&) = default;
    static constexpr auto fields()
    {
        constexpr base::Bounds kAuthors{0, kAuthorLimit};
        constexpr base::Bounds kRecipients{0, kRecipientLimit};
        constexpr base::Bounds kFound{0, kFoundLimit};
        return std::tuple{Field{"refusal", &Summary::refusal},
                          Field{"from", &Summary::from, kAuthors},
                          Field{"sender", &Summary::sender, kAuthors},
                          Field{"reply_to", &Summary::reply_to, kAuthors},
                          Field{"to", &Summary::to, kRecipients},
                          Field{"cc", &Summary::cc, kRecipients},
                          Field{"subject", &Summary::subject, base::Bounds{0, kSubjectLimit}},
                          Field{"date", &Summary::date},
                          Field{"texts", &Summary::texts, base::Bounds{0, kTextsLimit}},
                          Field{"attachments", &Summary::attachments, base::Bounds{0, kAttachmentLimit}},
                          Field{"invitations", &Summary::invitations, base::Bounds{0, kInvitationLimit}},
                          Field{"sums", &Summary::sums, kFound},
                          Field{"accounts", &Summary::accounts, kFound},
                          Field{"notes", &Summary::notes, kFound}};
    }
};

} // namespace sceau::preview
