#include "preview/program/summarise.h"

#include "mail/limit.h"
#include "mail/mime/parse/decoding.h"
#include "mail/mime/parse/oddities.h"
#include "mail/mime/parse/structure.h"
#include "mail/mime/parse/values.h"
#include "preview/program/calendar.h"
#include "preview/program/converters.h"
#include "preview/program/found_in_text.h"
#include "preview/program/header.h"
#include "preview/program/html.h"
#include "preview/program/notes.h"
#include "preview/program/shown_text.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace sceau::preview::program {

using base::Result;

namespace {

namespace mime = mail::mime;

constexpr std::size_t kReadOfAText = 1 << 20;       // encoded bytes
constexpr std::size_t kReadOfAllTexts = 3 << 20;    // encoded bytes
constexpr std::size_t kShownOfAllTexts = 256 << 10; // bytes
constexpr std::size_t kCalendarRead = 256 << 10;    // encoded bytes

Reason reason_for(mail::Limit limit)
{
    switch (limit) {
    case mail::Limit::nesting:
        return Reason::nested_too_deep;
    case mail::Limit::parts:
        return Reason::too_many_parts;
    case mail::Limit::header:
    case mail::Limit::fields:
    case mail::Limit::address_list:
    case mail::Limit::subject:
    case mail::Limit::content_field:
        return Reason::header_too_large;
    case mail::Limit::addresses:
        return Reason::too_many_recipients;
    default:
        return Reason::over_another_limit;
    }
}

/// Returns the name of a field that describes a part and stands in it twice.
const char* repeated_content_field(const mime::Entity& entity)
{
    for (const char* name : {"Content-Type", "Content-Transfer-Encoding", "Content-Disposition", "Content-ID"})
        if (entity.count(name) > 1)
            return name;
    for (const mime::Entity& child : entity.children)
        if (const char* name = repeated_content_field(child))
            return name;
    return nullptr;
}

/// A text of the mail, before it is decided whether it is shown.
struct ReadText {
    ShownText text;
    unsigned bytes_left_out = 0;
};

using ReadTexts = std::vector<ReadText>;

std::string words_of(const ReadTexts& texts)
{
    std::string words;
    for (const ReadText& read : texts)
        words += read.text.words();
    return words;
}

bool hides_something(const ReadTexts& texts)
{
    return std::ranges::any_of(texts, [](const ReadText& read) { return read.text.has_hidden_text(); });
}

unsigned to_unsigned(std::uint64_t size)
{
    return static_cast<unsigned>(std::min<std::uint64_t>(size, 0xffffffffU));
}

class Summariser {
  public:
    explicit Summariser(const mail::Source& content) : content_(content) {}

    Result<Summary> run() &&
    {
        take_unknown_charsets();
        auto message = mime::parse(content_);
        has_unknown_charsets_ = !take_unknown_charsets().empty();
        if (!message && message.error().code == base::ErrorCode::io)
            return std::unexpected(message.error());
        if (!message) {
            refuse_unreadable(message.error());
            return std::move(summary_);
        }
        const mime::Entity& root = message->root;
        read_header(root, summary_);
        if (const char* name = repeated_content_field(root))
            refuse(summary_, Reason::field_repeated, name);
        if (!message->defects.empty() || !mime::oddities_of(root).empty() || root.mbox_line.size() > 0)
            refuse(summary_, Reason::parts_ambiguous);
        if (summary_.refusal)
            return std::move(summary_);
        TRY_ASSIGN(ReadTexts texts, walk(root));
        show(std::move(texts));
        return std::move(summary_);
    }

  private:
    void refuse_unreadable(const base::Error& error)
    {
        if (const auto limit = mail::limit_of(error))
            refuse(summary_, reason_for(*limit));
        else
            refuse(summary_, content_.size() == 0 ? Reason::unreadable : Reason::parts_ambiguous);
    }

    Result<ReadTexts> walk(const mime::Entity& entity)
    {
        if (mime::says_encrypted(entity))
            note(summary_, {.what = Noted::encrypted_part});
        if (entity.content_type.is("multipart", "alternative"))
            return alternatives(entity);
        ReadTexts texts;
        if (entity.is_multipart()) {
            for (const mime::Entity& child : entity.children) {
                TRY_ASSIGN(ReadTexts more, walk(child));
                std::ranges::move(more, std::back_inserter(texts));
            }
            return texts;
        }
        const bool is_attached = entity.disposition == "attachment";
        if (entity.content_type.is("text", "calendar"))
            TRY(read_invitations(entity));
        if (!is_attached && entity.content_type.is("text", "plain")) {
            TRY_ASSIGN(ReadText text, read_text(entity, Form::plain));
            texts.push_back(std::move(text));
        } else if (!is_attached && entity.content_type.is("text", "html")) {
            TRY_ASSIGN(ReadText text, read_text(entity, Form::html));
            texts.push_back(std::move(text));
        } else if (is_attached || !entity.content_type.is("text", "calendar") || !entity.filename.empty()) {
            TRY(add_attachment(entity));
        }
        return texts;
    }

    /// Receivers' programs show the last form that they know (RFC 2046 §5.1.4), and some people prefer plain text.
    Result<ReadTexts> alternatives(const mime::Entity& entity)
    {
        std::vector<ReadTexts> forms;
        for (const mime::Entity& child : entity.children) {
            TRY_ASSIGN(ReadTexts form, walk(child));
            if (!form.empty())
                forms.push_back(std::move(form));
        }
        if (forms.empty())
            return ReadTexts{};
        const std::string words = words_of(forms.back());
        ReadTexts kept;
        for (std::size_t i = 0; i < forms.size(); ++i) {
            const bool is_last = i + 1 == forms.size();
            const bool differs = !is_last && words_of(forms[i]) != words;
            if (differs)
                note(summary_, {.what = Noted::alternatives_differ});
            if (is_last || differs || hides_something(forms[i]))
                std::ranges::move(forms[i], std::back_inserter(kept));
        }
        return kept;
    }

    /// Decodes at most that many of a part's bytes into UTF-8. Returns nothing if it cannot be shown.
    Result<std::optional<std::string>> utf8_of(const mime::Entity& part, std::size_t most)
    {
        const std::string type = part.content_type.type + "/" + part.content_type.subtype;
        const bool is_whole = part.body.size() <= most;
        const mail::Range range{.begin = part.body.begin,
                                .end = part.body.begin + std::min<std::uint64_t>(part.body.size(), most)};
        std::string bytes;
        TRY(mime::decode(content_, range, part.encoding, [&](std::string_view piece) -> Result<> {
            bytes += piece;
            return {};
        }));
        const std::string charset = part.content_type.parameter("charset").value_or("");
        auto converted = to_utf8(charset, bytes);
        if (!converted)
            note(summary_, {.what = Noted::charset_unknown, .value = charset, .other = type});
        else if ((converted->damaged && is_whole) || part.encoding == mime::Encoding::other)
            note(summary_, {.what = Noted::bytes_unreadable, .value = type});
        return converted ? std::optional(std::move(converted->text)) : std::nullopt;
    }

    Result<ReadText> read_text(const mime::Entity& part, Form form)
    {
        const std::size_t most = std::min(kReadOfAText, bytes_to_read_);
        const std::uint64_t read = std::min<std::uint64_t>(part.body.size(), most);
        bytes_to_read_ -= static_cast<std::size_t>(read);
        TRY_ASSIGN(const auto utf8, utf8_of(part, most));
        ReadText text{.text = ShownText(form), .bytes_left_out = to_unsigned(part.body.size() - read)};
        if (!utf8) {
            text.bytes_left_out = to_unsigned(part.body.size());
        } else if (form == Form::html) {
            Html html = read_html(*utf8);
            text.text = std::move(html.text);
            for (const Note& found : html.notes)
                note(summary_, found);
        } else {
            add_lines(*utf8, text.text);
        }
        remark(text.text);
        return text;
    }

    static void add_lines(std::string_view plain, ShownText& text)
    {
        while (!plain.empty()) {
            const auto end = std::min(plain.find('\n'), plain.size());
            std::string_view line = plain.substr(0, end);
            plain.remove_prefix(std::min(end + 1, plain.size()));
            if (line.ends_with('\r'))
                line.remove_suffix(1);
            text.add(line, false);
            text.end_line();
        }
    }

    void remark(ShownText& text)
    {
        text.break_line();
        add_found(summary_.sums, sums_in(text.all()));
        add_found(summary_.accounts, accounts_in(text.all()));
        if (text.has_hidden_text())
            note(summary_, {.what = Noted::hidden_text});
        if (text.has_turning_characters())
            note(summary_, {.what = Noted::hidden_characters, .value = "text"});
    }

    Result<> read_invitations(const mime::Entity& part)
    {
        TRY_ASSIGN(const auto utf8, utf8_of(part, kCalendarRead));
        if (part.body.size() > kCalendarRead)
            note(summary_, {.what = Noted::text_left_out, .value = "text/calendar"});
        if (!utf8)
            return {};
        for (const Invitation& event : read_calendar(*utf8))
            if (summary_.invitations.size() < kInvitationLimit)
                summary_.invitations.push_back({.method = short_text(event.method),
                                                .summary = short_text(event.summary),
                                                .start = short_text(event.start),
                                                .organiser = short_text(event.organiser)});
        return {};
    }

    Result<> add_attachment(const mime::Entity& entity)
    {
        const mime::ContentType& type = entity.content_type;
        if (type.is("message", "external-body") || type.is("message", "partial"))
            note(summary_, {.what = Noted::kept_elsewhere, .value = type.type + "/" + type.subtype});
        if (summary_.attachments.size() == kAttachmentLimit) {
            ++attachments_left_out_;
            return {};
        }
        TRY_ASSIGN(const std::uint64_t size, decoded_size(entity));
        summary_.attachments.push_back({.name = filename_of(entity),
                                        .type = short_text(type.type + "/" + type.subtype),
                                        .size = to_unsigned(size)});
        return {};
    }

    std::string filename_of(const mime::Entity& entity)
    {
        if (has_unknown_charsets_) {
            take_unknown_charsets();
            for (const char* name : {"Content-Type", "Content-Disposition"})
                if (const mime::HeaderField* field = entity.field(name))
                    mime::read_disposition(field->value);
            const std::vector<std::string> unknown = take_unknown_charsets();
            for (const std::string& charset : unknown)
                note(summary_, {.what = Noted::charset_unknown, .value = charset, .other = "Content-Disposition"});
            if (!unknown.empty())
                return {};
        }
        return short_text(mime::with_single_blanks(entity.filename));
    }

    Result<std::uint64_t> decoded_size(const mime::Entity& entity) const
    {
        if (entity.encoding == mime::Encoding::base64)
            return decoded_base64_size(entity.body);
        if (entity.encoding != mime::Encoding::quoted_printable)
            return entity.body.size();
        constexpr std::uint64_t kSample = 64 << 10;
        const mail::Range sample{.begin = entity.body.begin,
                                 .end = entity.body.begin + std::min(entity.body.size(), kSample)};
        std::uint64_t decoded = 0;
        TRY(mime::decode(content_, sample, entity.encoding, [&](std::string_view piece) -> Result<> {
            decoded += piece.size();
            return {};
        }));
        return sample.size() == 0 ? 0 : decoded * entity.body.size() / sample.size();
    }

    /// Counts from the length of the first line, since all but the last have the same one.
    Result<std::uint64_t> decoded_base64_size(mail::Range body) const
    {
        constexpr std::uint64_t kHead = 1024;
        constexpr std::uint64_t kTail = 8;
        TRY_ASSIGN(const std::string head,
                   mime::read_text(content_, {.begin = body.begin, .end = std::min(body.end, body.begin + kHead)}));
        TRY_ASSIGN(const std::string tail,
                   mime::read_text(content_, {.begin = std::max(body.begin, body.end - std::min(body.end, kTail)),
                                              .end = body.end}));
        const auto blanks_at_end = tail.size() - (tail.find_last_not_of("\r\n \t") + 1);
        const auto padding = static_cast<std::uint64_t>(std::ranges::count(tail, '='));
        const std::uint64_t size = body.size() - std::min<std::uint64_t>(blanks_at_end, body.size());
        const auto newline = head.find('\n');
        std::uint64_t letters = size;
        if (newline != std::string::npos && newline < size) {
            const std::uint64_t line = newline + 1;
            const std::uint64_t text = newline - (newline > 0 && head[newline - 1] == '\r' ? 1 : 0);
            letters = size / line * text + std::min(size % line, text);
        }
        return letters / 4 * 3 - std::min(padding, letters / 4 * 3);
    }

    void show(ReadTexts texts)
    {
        std::size_t bytes = kShownOfAllTexts;
        for (ReadText& read : texts) {
            if (summary_.texts.size() == kTextsLimit) {
                note(summary_, {.what = Noted::text_left_out});
                break;
            }
            Text text = std::move(read.text).finish(bytes);
            text.bytes_left_out = read.bytes_left_out;
            if (text.lines_left_out > 0 || text.bytes_left_out > 0)
                note(summary_, {.what = Noted::text_left_out});
            summary_.texts.push_back(std::move(text));
        }
        if (attachments_left_out_ > 0)
            note(summary_, {.what = Noted::attachments_left_out, .value = std::to_string(attachments_left_out_)});
    }

    const mail::Source& content_;
    Summary summary_;
    std::size_t bytes_to_read_ = kReadOfAllTexts;
    std::size_t attachments_left_out_ = 0;
    bool has_unknown_charsets_ = false;
};

} // namespace

void prepare_to_summarise()
{
    open_converters();
    start_html_parser();
    mime::read_content_type(" text/plain; charset*=utf-8''utf-8; name=\"=?utf-8?q?a?=\"");
    mime::read_mailboxes(" =?iso-8859-1?q?A?= <a@example.org>");
    mime::read_unstructured(" =?koi8-r?q?A?=");
    mime::read_date(" Mon, 30 Nov 2026 10:00:00 +0100");
    mime::read_date(" Mon, 30 Nov 2026 10:00:00 nowhere");
}

Result<Summary> summarise(const mail::Source& content)
{
    return Summariser(content).run();
}

} // namespace sceau::preview::program
