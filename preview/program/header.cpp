#include "preview/program/header.h"

#include "base/ascii.h"
#include "base/display_text.h"
#include "mail/cms/address.h"
#include "mail/mime/parse/origin.h"
#include "mail/mime/parse/values.h"
#include "preview/program/converters.h"
#include "preview/program/found_in_text.h"
#include "preview/program/notes.h"
#include "preview/program/second_reader.h"

#include <fmt/format.h>
#include <unictype.h>
#include <unistr.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <set>

namespace sceau::preview::program {

namespace {

namespace mime = mail::mime;

constexpr std::size_t kSubjectColumns = 1000; // of at most 4 bytes each
static_assert(kSubjectColumns * 4 + 3 <= kSubjectLimit);

bool is_utf8(std::string_view text)
{
    return ::u8_check(reinterpret_cast<const std::uint8_t*>(text.data()), text.size()) == nullptr;
}

/// Returns whether a domain has letters of several scripts. Those that Chinese, Japanese and Korean mix count as one.
bool mixes_scripts(std::string_view domain)
{
    constexpr std::array<std::string_view, 4> kWithHan{"Hiragana", "Katakana", "Hangul", "Bopomofo"};
    std::set<std::string_view> scripts;
    const auto* at = reinterpret_cast<const std::uint8_t*>(domain.data());
    for (std::size_t left = domain.size(); left > 0;) {
        ucs4_t code = 0;
        const int size = ::u8_mbtouc(&code, at, left);
        at += size;
        left -= static_cast<std::size_t>(size);
        const uc_script_t* script = ::uc_script(code);
        std::string_view name = script == nullptr ? "Common" : script->name;
        if (std::ranges::find(kWithHan, name) != kWithHan.end())
            name = "Han";
        if (name != "Common" && name != "Inherited")
            scripts.insert(name);
    }
    return scripts.size() > 1;
}

std::string shown_address(const std::string& address, Summary& summary)
{
    const std::string as_written = base::shown(address, kAddressLimit);
    const auto at = address.rfind('@');
    if (at == std::string::npos || base::is_ascii(address) || !mixes_scripts(address.substr(at)))
        return as_written;
    const auto parsed = mail::cms::parse_address(address);
    const std::string shown =
        base::shown(address.substr(0, at), kAddressLimit) + "@" + (parsed ? parsed->domain : std::string("?"));
    note(summary, {.what = Noted::mixed_scripts, .value = as_written, .other = shown});
    return shown;
}

bool has_at_sign(std::string_view name)
{
    return std::ranges::any_of(std::array<std::string_view, 3>{"@", "\uFF20", "\uFE6B"},
                               [&](std::string_view sign) { return name.find(sign) != std::string_view::npos; });
}

std::string shown_name(const mime::Mailbox& mailbox, const std::string& field, const std::string& address,
                       Summary& summary)
{
    const std::string name = mime::with_single_blanks(mailbox.name);
    if (mail::cms::same_address(name, mailbox.address))
        return {};
    if (!base::is_plain(name))
        note(summary, {.what = Noted::hidden_characters, .value = field});
    if (has_at_sign(name))
        note(summary, {.what = Noted::name_like_address, .value = name, .other = address});
    return short_text(name);
}

/// Returns whether the two readers found the same addresses.
bool agree(const std::vector<mime::Mailbox>& mailboxes, const std::string& value)
{
    const auto again = addresses_in(value);
    return again && std::ranges::equal(mailboxes, *again, [](const mime::Mailbox& one, const std::string& other) {
               return one.address == other || mail::cms::same_address(one.address, other);
           });
}

std::vector<Mailbox> mailboxes_in(const mime::HeaderField& field, Summary& summary)
{
    take_unknown_charsets();
    const std::vector<mime::Mailbox> found = mime::read_mailboxes(field.value);
    const std::vector<std::string> unknown = take_unknown_charsets();
    for (const std::string& charset : unknown)
        note(summary, {.what = Noted::charset_unknown, .value = charset, .other = field.name});
    if (!agree(found, field.value))
        refuse(summary, Reason::addresses_ambiguous, field.name);
    std::vector<Mailbox> mailboxes;
    for (const mime::Mailbox& mailbox : found) {
        if (mailbox.address.size() > kAddressLimit)
            refuse(summary, Reason::address_too_long, field.name);
        else if (!base::is_plain(mailbox.address))
            refuse(summary, Reason::addresses_ambiguous, field.name);
        if (summary.refusal || mailboxes.size() > kRecipientLimit)
            break;
        Mailbox shown{.name = {}, .shown = shown_address(mailbox.address, summary), .address = mailbox.address};
        if (unknown.empty())
            shown.name = shown_name(mailbox, field.name, shown.shown, summary);
        mailboxes.push_back(std::move(shown));
    }
    return mailboxes;
}

class HeaderReader {
  public:
    HeaderReader(const mime::Entity& root, Summary& summary) : root_(root), summary_(summary) {}

    void run()
    {
        if (root_.content_type.parameter("hp") != "clear" || root_.field("From") == nullptr)
            note(summary_, {.what = Noted::header_not_protected});
        if (!each_stands_once())
            return;
        read_people("From", summary_.from, kAuthorLimit, Reason::too_many_authors);
        read_people("Sender", summary_.sender, kAuthorLimit, Reason::too_many_authors);
        read_people("Reply-To", summary_.reply_to, kAuthorLimit, Reason::too_many_authors);
        read_people("To", summary_.to, kRecipientLimit, Reason::too_many_recipients);
        read_people("Cc", summary_.cc, kRecipientLimit - std::min(kRecipientLimit, summary_.to.size()),
                    Reason::too_many_recipients);
        read_subject();
        read_date();
    }

  private:
    bool each_stands_once()
    {
        for (const char* name : mime::kAllowedOnce)
            if (root_.count(name) > 1)
                refuse(summary_, Reason::field_repeated, name);
        for (const char* name : {"Message-ID", "In-Reply-To", "References", "Bcc", "MIME-Version"}) // RFC 5322 §3.6
            if (root_.count(name) > 1)
                refuse(summary_, Reason::field_repeated, name);
        for (const char* name : mime::kAllowedOnce)
            if (const mime::HeaderField* field = root_.field(name); field != nullptr && !is_utf8(field->value))
                refuse(summary_, Reason::invalid_utf8, name);
        return !summary_.refusal;
    }

    void read_people(const char* name, std::vector<Mailbox>& people, std::size_t most, Reason too_many)
    {
        const mime::HeaderField* field = root_.field(name);
        if (field == nullptr || summary_.refusal)
            return;
        std::vector<Mailbox> found = mailboxes_in(*field, summary_);
        if (found.size() > most)
            refuse(summary_, too_many, name);
        else
            people = std::move(found);
    }

    void read_subject()
    {
        const mime::HeaderField* field = root_.field("Subject");
        if (field == nullptr || summary_.refusal)
            return;
        take_unknown_charsets();
        const std::string text = mime::with_single_blanks(mime::read_unstructured(field->value));
        const std::vector<std::string> unknown = take_unknown_charsets();
        for (const std::string& charset : unknown)
            note(summary_, {.what = Noted::charset_unknown, .value = charset, .other = "Subject"});
        summary_.subject = "";
        if (!unknown.empty())
            return;
        std::string again = mime::with_single_blanks(text_in(field->value).value_or(""));
        again.erase(0, again.find_first_not_of(' '));
        if (again != text)
            refuse(summary_, Reason::text_ambiguous, "Subject");
        if (!base::is_plain(text))
            note(summary_, {.what = Noted::hidden_characters, .value = "Subject"});
        summary_.subject = base::shown(text, kSubjectColumns);
        if (summary_.subject->ends_with("…") && !text.ends_with("…"))
            note(summary_, {.what = Noted::text_left_out, .value = "Subject"});
        add_found(summary_.sums, sums_in(text));
        add_found(summary_.accounts, accounts_in(text));
    }

    void read_date()
    {
        const mime::HeaderField* field = root_.field("Date");
        if (field == nullptr || summary_.refusal)
            return;
        summary_.date = Date{.text = short_text(mime::with_single_blanks(field->value)), .instant = {}};
        const auto moment = mime::read_date(field->value);
        constexpr std::int64_t kEnd = 253'402'300'800; // of the year 9999
        if (!moment || *moment < 0 || *moment >= kEnd)
            return;
        const std::chrono::sys_seconds instant{std::chrono::seconds(*moment)};
        // base::rfc3339 would have the C library read the time zone's file, for which the filter kills the process.
        const auto day = std::chrono::floor<std::chrono::days>(instant);
        const std::chrono::year_month_day date(day);
        const std::chrono::hh_mm_ss time(instant - day);
        summary_.date->instant = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}Z", static_cast<int>(date.year()),
                                             static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                                             time.hours().count(), time.minutes().count(), time.seconds().count());
    }

    const mime::Entity& root_;
    Summary& summary_;
};

} // namespace

void read_header(const mail::mime::Entity& root, Summary& summary)
{
    HeaderReader(root, summary).run();
}

} // namespace sceau::preview::program
