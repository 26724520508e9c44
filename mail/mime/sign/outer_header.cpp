#include "mail/mime/sign/outer_header.h"

#include "mail/mime/gmime.h"
#include "mail/mime/parse/origin.h"
#include "mail/mime/sign/field_meaning.h"
#include "mail/mime/sign/random_token.h"
#include "mail/mime/sign/seven_bit_header.h"

#include <algorithm>
#include <array>
#include <ctime>

namespace sceau::mail::mime {

using base::Result;

namespace {

Result<> check(const Entity& root)
{
    if (root.count("From") == 0)
        return std::unexpected(base::bad_message("the message has no From field"));
    for (const char* name : kAllowedOnce)
        if (root.count(name) > 1)
            return std::unexpected(
                base::bad_message(std::string("the message has several ") + name + " fields: a reader may see either"));
    if (read_mailboxes(root.field("From")->value).empty())
        return std::unexpected(base::bad_message("the From field has no address"));
    if (!read_origin(root).defects.empty())
        return std::unexpected(base::bad_message("the addresses in From or Sender can be read in more than one way"));
    return {};
}

/// Makes a Message-ID (RFC 5322 §3.6.4) at the sender's domain.
Result<std::string> message_id_field(const std::string& from)
{
    TRY_ASSIGN(const std::string token, random_token());
    const GObjectHandle<InternetAddress> mailbox(internet_address_mailbox_new(nullptr, from.c_str()));
    const std::string address = internet_address_mailbox_get_idn_addr(INTERNET_ADDRESS_MAILBOX(mailbox.get()));
    const auto at = address.rfind('@');
    const std::string domain = at == std::string::npos ? "localhost" : address.substr(at + 1);
    return "Message-ID: <" + token + "@" + domain + ">\r\n";
}

} // namespace

/// Some fields are not the composer's words, so the signature must not vouch for them: fields that relays and mail
/// stores add (and will add again), a mail program's own notes, and Bcc, which recipients must not see. MIME-Version is
/// structural (RFC 9787 §1.1.1), and HP-Outer belongs only in encrypted mail (RFC 9788 §2.2).
bool is_protected(const HeaderField& field)
{
    constexpr std::array kNames = {"MIME-Version",
                                   "HP-Outer",
                                   "Bcc",
                                   "Resent-Bcc",
                                   "Received",
                                   "Return-Path",
                                   "Delivered-To",
                                   "X-Original-To",
                                   "Authentication-Results",
                                   "Received-SPF",
                                   "Status",
                                   "X-Status",
                                   "DKIM-Signature",
                                   "DomainKey-Signature",
                                   "X-UIDL",
                                   "X-Account-Key",
                                   "X-Identity-Key",
                                   "Fcc"};
    constexpr std::array kBeginnings = {"ARC-", "X-Mozilla-"}; // RFC 8617; notes of Thunderbird
    return !field.is_content() && std::ranges::none_of(kNames, [&](const char* name) { return field.is(name); }) &&
           std::ranges::none_of(kBeginnings, [&](const char* beginning) { return field.begins(beginning); });
}

std::string date_at(std::int64_t moment)
{
    GDateTime* time = g_date_time_new_from_unix_local(moment);
    const GText date(g_mime_utils_header_format_date(time));
    g_date_time_unref(time);
    return to_string(date);
}

Result<HeaderSections> header_sections(const Entity& root, const std::optional<std::string>& date)
{
    TRY(check(root));
    const std::string charset = body_charset(root);
    HeaderSections sections;
    for (const HeaderField& field : root.fields) {
        if (field.is_content())
            continue;
        TRY_ASSIGN(std::string text, seven_bit_field(field, charset));
        if (date && field.is("Date"))
            text = field.name + ": " + *date + "\r\n";
        sections.outer += text;
        if (is_protected(field))
            sections.protected_copy += text;
    }
    std::string added;
    if (!root.field("Date"))
        added += "Date: " + date_at(std::time(nullptr)) + "\r\n";
    if (!root.field("Message-ID")) {
        TRY_ASSIGN(const std::string field, message_id_field(read_mailboxes(root.field("From")->value)[0].address));
        added += field;
    }
    sections.outer += added;
    sections.protected_copy += added;
    if (!root.field("MIME-Version"))
        sections.outer += "MIME-Version: 1.0\r\n";
    return sections;
}

} // namespace sceau::mail::mime
