// What a preview finds in a content: the header that a person is shown, the texts, and what is refused.

#include "base/display_text.h"
#include "preview/program/html.h"
#include "preview/program/second_reader.h"
#include "preview/program/summarise.h"
#include "tests/support/mime_text.h"

#include <algorithm>

using namespace sceau;
using namespace sceau::preview;
using namespace sceau::preview::program;
using namespace sceau::tests;

namespace {

Summary summary_of(const std::string& content)
{
    const auto summary = summarise(source_of(content));
    REQUIRE(summary);
    return *summary;
}

const std::string kFrom = "From: Alice <alice@example.org>\r\n";
const std::string kPlain = "Content-Type: text/plain; charset=utf-8; hp=\"clear\"\r\n\r\n";

Summary of_fields(const std::string& fields)
{
    return summary_of(fields + kPlain + "text\r\n");
}

std::optional<Reason> refused(const std::string& content)
{
    const Summary summary = summary_of(content);
    return summary.refusal ? std::optional(summary.refusal->reason) : std::nullopt;
}

std::optional<Refusal> refusal_of_fields(const std::string& fields)
{
    return of_fields(fields).refusal;
}

std::vector<Note> notes_of(const Summary& summary, Noted what)
{
    std::vector<Note> notes;
    std::ranges::copy_if(summary.notes, std::back_inserter(notes), [&](const Note& note) { return note.what == what; });
    return notes;
}

bool has(const Summary& summary, Noted what)
{
    return !notes_of(summary, what).empty();
}

Summary of_body(const std::string& fields, const std::string& body)
{
    return summary_of(kFrom + fields + "\r\n" + body);
}

Summary of_html(const std::string& html)
{
    return of_body("Content-Type: text/html; charset=utf-8; hp=\"clear\"\r\n", html);
}

std::vector<std::string> lines_of(const Summary& summary, bool hidden = false)
{
    std::vector<std::string> lines;
    for (const Text& text : summary.texts)
        for (const Line& line : text.lines)
            if (line.hidden == hidden)
                lines.push_back(line.text);
    return lines;
}

using Lines = std::vector<std::string>;

std::string alternatives(const std::string& plain, const std::string& html)
{
    return kFrom +
           "Content-Type: multipart/alternative; boundary=x; hp=\"clear\"\r\n\r\n--x\r\n"
           "Content-Type: text/plain; charset=utf-8\r\n\r\n" +
           plain + "\r\n--x\r\nContent-Type: text/html; charset=utf-8\r\n\r\n" + html + "\r\n--x--\r\n";
}

} // namespace

TEST_CASE("the protected header is shown with its encoded words decoded")
{
    const Summary summary = of_fields("From: =?utf-8?q?Alice_M=C3=BCller?= <alice@example.org>\r\n"
                                      "Sender: secretary@example.org\r\n"
                                      "Reply-To: alice@example.net\r\n"
                                      "To: bob@example.net, \"Carol, of sales\" <carol@example.com>\r\n"
                                      "Cc: team:dave@example.org;\r\n"
                                      "Subject: =?utf-8?b?VmlyZW1lbnQgZGUgNDggMDAwIOKCrA==?=\r\n"
                                      "Date: Mon, 30 Nov 2026 10:00:00 +0100\r\n");
    CHECK_FALSE(summary.refusal);
    CHECK(summary.from == std::vector<Mailbox>{{"Alice Müller", "alice@example.org", "alice@example.org"}});
    CHECK(summary.sender.at(0).address == "secretary@example.org");
    CHECK(summary.reply_to.at(0).address == "alice@example.net");
    CHECK(summary.to.at(1) == Mailbox{"Carol, of sales", "carol@example.com", "carol@example.com"});
    CHECK(summary.cc.at(0).address == "dave@example.org");
    CHECK(summary.subject == "Virement de 48 000 €");
    CHECK(summary.date == Date{"Mon, 30 Nov 2026 10:00:00 +0100", "2026-11-30T09:00:00Z"});
    CHECK(summary.sums == Lines{"48 000 €"});
    CHECK(summary.notes.empty());
    CHECK(lines_of(summary) == Lines{"text"});
}

TEST_CASE("a content whose header receivers will not take from it says so")
{
    CHECK(has(summary_of("Content-Type: text/plain\r\n\r\ntext\r\n"), Noted::header_not_protected));
    CHECK(has(summary_of(kFrom + "Content-Type: text/plain\r\n\r\ntext\r\n"), Noted::header_not_protected));
    CHECK_FALSE(has(of_fields(kFrom), Noted::header_not_protected));
}

TEST_CASE("a field that may stand once is refused if it stands twice")
{
    for (const std::string field : {"From: b@example.org", "Sender: b@example.org", "Reply-To: b@example.org",
                                    "To: b@example.org", "Cc: b@example.org", "Subject: s", "Date: d"}) {
        INFO(field);
        const std::string first = field.starts_with("From") ? "" : kFrom + field + "\r\n";
        const auto refusal = refusal_of_fields((first.empty() ? kFrom : first) + field + "\r\n");
        REQUIRE(refusal);
        CHECK(refusal->reason == Reason::field_repeated);
        CHECK(refusal->field == field.substr(0, field.find(':')));
    }
    CHECK(refused(kFrom + "Content-Type: text/html\r\n" + kPlain + "text\r\n") == Reason::field_repeated);
}

TEST_CASE("addresses that two programs may read differently are refused")
{
    for (const std::string from :
         {"alice@example.org <eve@example.net>", "alice@example.org bob@example.net", "Alice", "a@b@c <x@example.org>",
          "<alice@example.org> <eve@example.net>", "\"alice@example.org", "alice(@example.org", "group: a@example.org",
          "alice@example.org; bob@example.org", "<alice@example.org", "Alice <>", "alice@example\u202E.org"}) {
        INFO(from);
        const auto refusal = refusal_of_fields("From: " + from + "\r\n");
        REQUIRE(refusal);
        CHECK(refusal->reason == Reason::addresses_ambiguous);
        CHECK(refusal->field == "From");
    }
    for (const std::string from : {"alice@example.org <alice@example.org>", "(a comment) alice@example.org",
                                   "John Q. Public <j@example.org>", "\"a b\"@example.org", "j@[192.0.2.1]"}) {
        INFO(from);
        CHECK_FALSE(refusal_of_fields("From: " + from + "\r\n"));
    }
}

TEST_CASE("a subject that two programs may read differently is refused")
{
    CHECK(refusal_of_fields(kFrom + "Subject: a=?utf-8?q?b?=\r\n")->reason == Reason::text_ambiguous);
    CHECK(refusal_of_fields(kFrom + "Subject: =?utf-8?q?a b?=\r\n")->reason == Reason::text_ambiguous);
    CHECK_FALSE(refusal_of_fields(kFrom + "Subject: =?utf-8?q?a?= =?iso-8859-1?q?=E9?=\r\n c\r\n"));
    CHECK(of_fields(kFrom + "Subject: =?utf-8?q?a?= =?iso-8859-1?q?=E9?=\r\n c\r\n").subject == "aé c");
}

TEST_CASE("bytes that are not UTF-8 are refused in the header")
{
    CHECK(refusal_of_fields("From: \xE9ve <eve@example.org>\r\n") == Refusal{Reason::invalid_utf8, "From"});
    CHECK(refusal_of_fields(kFrom + "Subject: \xFF\r\n") == Refusal{Reason::invalid_utf8, "Subject"});
    CHECK_FALSE(refusal_of_fields(kFrom + "Subject: é\r\n"));
}

TEST_CASE("2,000 recipients are shown, and more are refused by name")
{
    const auto list = [](std::size_t count) {
        std::string text;
        for (std::size_t i = 0; i < count; ++i)
            text += (i == 0 ? "" : ",\r\n ") + ("r" + std::to_string(i)) + "@example.org";
        return text + "\r\n";
    };
    CHECK(of_fields(kFrom + "To: " + list(2000)).to.size() == 2000);
    CHECK(refusal_of_fields(kFrom + "To: " + list(2001)) == Refusal{Reason::too_many_recipients, "To"});
    CHECK(refusal_of_fields(kFrom + "To: " + list(1500) + "Cc: " + list(501)) ==
          Refusal{Reason::too_many_recipients, "Cc"});
    CHECK(refusal_of_fields("From: " + list(101)) == Refusal{Reason::too_many_authors, "From"});
    CHECK(refusal_of_fields(kFrom + "To: " + list(5000))->reason == Reason::too_many_recipients);
    CHECK(refusal_of_fields(kFrom + "To: " + std::string(400, 'a') + "@example.org\r\n") ==
          Refusal{Reason::address_too_long, "To"});
}

TEST_CASE("parts nested too deep, headers too large and parts read in two ways are refused")
{
    std::string deep = kFrom;
    for (int i = 0; i < 10'000; ++i)
        deep += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\r\n\r\n--b" + std::to_string(i) +
                "\r\n";
    CHECK(refused(deep) == Reason::nested_too_deep);
    CHECK(refused(kFrom + "X-Long: " + std::string(10 << 20, 'x') + "\r\n" + kPlain) == Reason::header_too_large);
    CHECK(refused(kFrom + "Content-Type: multipart/mixed; boundary=x\r\n\r\n--x\r\n\r\ntext\r\n") ==
          Reason::parts_ambiguous);
    CHECK(refused("no header at all\r\n") == Reason::parts_ambiguous);
    CHECK(refused("") == Reason::unreadable);
}

TEST_CASE("characters that turn or hide text are taken out of the header, and that is said")
{
    const Summary summary = of_fields("From: Al\u200Bice <alice@example.org>\r\nSubject: invoice\u202Efdp.exe\r\n");
    CHECK_FALSE(summary.refusal);
    CHECK(summary.subject == "invoicefdp.exe");
    CHECK(summary.from.at(0).name == "Alice");
    CHECK(notes_of(summary, Noted::hidden_characters) ==
          std::vector<Note>{{Noted::hidden_characters, "From", ""}, {Noted::hidden_characters, "Subject", ""}});
}

TEST_CASE("a name that looks like an address is noted, unless it is the address")
{
    const Summary summary =
        of_fields(kFrom + "To: \"bob@example.net\" <eve@example.com>, \"carol@example.com\" <carol@example.com>\r\n");
    CHECK(notes_of(summary, Noted::name_like_address) ==
          std::vector<Note>{{Noted::name_like_address, "bob@example.net", "eve@example.com"}});
    CHECK(summary.to.at(1).name.empty());
}

TEST_CASE("a domain with letters of several scripts is shown with A-labels")
{
    const Summary summary = of_fields(
        kFrom + "To: a@\u0435xample.com, b@b\u00FCcher.example, c@\u043F\u043E\u0447\u0442\u0430.\u0440\u0444\r\n");
    REQUIRE(summary.to.size() == 3);
    CHECK(summary.to[0].shown == "a@xn--xample-2of.com");
    CHECK(summary.to[0].address == "a@\u0435xample.com");
    CHECK(summary.to[1].shown == "b@b\u00FCcher.example");
    CHECK(summary.to[2].shown == "c@\u043F\u043E\u0447\u0442\u0430.\u0440\u0444");
    CHECK(notes_of(summary, Noted::mixed_scripts) ==
          std::vector<Note>{{Noted::mixed_scripts, "a@\u0435xample.com", "a@xn--xample-2of.com"}});
}

TEST_CASE("texts of common charsets are shown in UTF-8")
{
    const std::vector<std::pair<std::string, std::pair<std::string, std::string>>> texts = {
        {"ISO-8859-1", {"\xE9t\xE9", "été"}},
        {"iso-8859-1", {"48 \x80", "48 €"}},
        {"windows-1252", {"\x93\x80\x94", "“€”"}},
        {"iso-8859-15", {"\xA4", "€"}},
        {"\"utf-8\"", {"é€", "é€"}},
        {"iso-2022-jp", {"\x1B$B$3$s\x1B(B", "こん"}},
        {"koi8-r", {"\xF0\xD2\xC9", "При"}},
        {"gb18030", {"\xC4\xE3", "你"}},
        {"gb2312", {"\xC4\xE3", "你"}},
        {"shift_jis", {"\x82\xB1", "こ"}},
        {"euc-kr", {"\xB0\xA1", "가"}},
        {"big5", {"\xA4\xA4", "中"}},
        {"us-ascii", {"plain", "plain"}},
    };
    for (const auto& [charset, text] : texts) {
        INFO(charset);
        const Summary summary =
            of_body("Content-Type: text/plain; charset=" + charset + "; hp=\"clear\"\r\n", text.first);
        CHECK(lines_of(summary) == Lines{text.second});
        CHECK(summary.notes.empty());
    }
}

TEST_CASE("a charset that is not known cannot be shown, and is not guessed")
{
    const Summary body = of_body("Content-Type: text/plain; charset=x-unknown; hp=\"clear\"\r\n", "text");
    CHECK(lines_of(body).empty());
    CHECK(body.texts.at(0).bytes_left_out == 4);
    CHECK(notes_of(body, Noted::charset_unknown) ==
          std::vector<Note>{{Noted::charset_unknown, "x-unknown", "text/plain"}});
    // Known to the system, but not among those that are open.
    CHECK(has(of_body("Content-Type: text/plain; charset=ibm037; hp=\"clear\"\r\n", "text"), Noted::charset_unknown));
    const Summary subject = of_fields(kFrom + "Subject: =?ibm037?q?=C1?=\r\nTo: =?ibm037?q?=C1?= <b@example.org>\r\n");
    CHECK_FALSE(subject.refusal);
    CHECK(subject.subject == "");
    CHECK(subject.to.at(0).name.empty());
    CHECK(notes_of(subject, Noted::charset_unknown).size() == 2);
    const Summary file = of_body("Content-Type: application/pdf; hp=\"clear\"; name=\"=?ibm037?q?=C1?=\"\r\n", "text");
    CHECK(file.attachments.at(0).name.empty());
}

TEST_CASE("bytes that are not of their charset are noted")
{
    const Summary summary = of_body("Content-Type: text/plain; charset=utf-8; hp=\"clear\"\r\n", "a\xFF\x62");
    CHECK(lines_of(summary) == Lines{"a\uFFFDb"});
    CHECK(has(summary, Noted::bytes_unreadable));
    CHECK(has(of_body("Content-Type: text/plain; hp=\"clear\"\r\n", "\xE9"), Noted::bytes_unreadable));
}

TEST_CASE("text that is hidden in HTML is included and marked")
{
    for (const std::string html :
         {"<p>seen</p><p style=\"display: none\">secret</p>", "<p>seen</p><p style='visibility:hidden'>secret</p>",
          "<p>seen</p><p style='font-size:0px'>secret</p>", "<p>seen</p><p style='font-size:1px !important'>secret</p>",
          "<p>seen</p><p style='color:#fff'>secret</p>", "<p>seen</p><p style='color: rgb(255, 255, 255)'>secret</p>",
          "<p>seen</p><div style='background:#123456'><p style='color:#123456'>secret</p></div>",
          "<p>seen</p><p hidden>secret</p>", "<p>seen</p><p style='opacity:0'>secret</p>",
          "<p>seen</p><font color=white>secret</font>",
          "<p>seen</p><div style='max-height:0;overflow:hidden'>secret</div>",
          "<p>seen</p><p style='position:absolute;left:-9999px'>secret</p>",
          "<p>seen</p><p style='mso-hide:all'>secret</p>",
          "<style>.x{color:red} @media screen { p.h, .y { display:none } }</style><p>seen</p><p class='a h'>secret</p>",
          "<style>/* .s{} */ #s{visibility:hidden}</style><p>seen</p><p id=s>secret</p>"}) {
        INFO(html);
        const Summary summary = of_html(html);
        CHECK(lines_of(summary) == Lines{"seen"});
        CHECK(lines_of(summary, true) == Lines{"secret"});
        CHECK(has(summary, Noted::hidden_text));
    }
    const Summary seen = of_html("<div style='visibility:hidden'><p style='visibility:visible'>seen</p></div>"
                                 "<div style='background:#000'><font color=white>light</font></div>");
    CHECK(lines_of(seen) == Lines{"seen", "light"});
    CHECK_FALSE(has(seen, Noted::hidden_text));
}

TEST_CASE("the text of HTML is what a receiver reads")
{
    const Summary summary = of_html("<html><head><title>T</title><style>p{color:red}</style></head><body>"
                                    "<h1>Head</h1><p>one  two\r\nthree<br>four &amp; f&uuml;nf</p>"
                                    "<ol><li>first<li>second</ol><ul><li>dot</ul>"
                                    "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>"
                                    "<pre>x\n  y</pre><script>alert(1)</script><!-- no --></body></html>");
    CHECK(lines_of(summary) ==
          Lines{"Head", "one two three", "four & fünf", "1. first", "2. second", "- dot", "a b", "c", "x", "  y"});
    CHECK_FALSE(summary.refusal);
    CHECK(summary.notes.empty());
    CHECK(lines_of(of_html("<p>meta<meta charset=koi8-r> é</p>")) == Lines{"meta é"});
}

TEST_CASE("a link that leads elsewhere than its text says is noted, and others show where they lead")
{
    const Summary summary = of_html("<a href='http://evil.example/x'>https://www.bank.example/login</a><br>"
                                    "<a href='https://www.bank.example/'>bank.example</a><br>"
                                    "<a href='https://x.example/a'>click here</a><br>"
                                    "<a href='mailto:a@example.org'>a@example.org</a>");
    CHECK(notes_of(summary, Noted::link_differs) ==
          std::vector<Note>{{Noted::link_differs, "https://www.bank.example/login", "http://evil.example/x"}});
    CHECK(lines_of(summary) == Lines{"https://www.bank.example/login <http://evil.example/x>",
                                     "bank.example <https://www.bank.example/>", "click here <https://x.example/a>",
                                     "a@example.org"});
    CHECK(has(of_html("<a href='mailto:eve@example.net'>bob@example.org</a>"), Noted::link_differs));
    CHECK_FALSE(has(of_html("<a href='https://x.example/r.pdf'>report.pdf</a>"), Noted::link_differs));
}

TEST_CASE("pictures from the net are noted with their host, pictures in the mail are not")
{
    for (const std::string html :
         {"<img src='https://track.example/p.gif'>", "<td background='//track.example/x'>",
          "<img srcset='http://track.example/a 2x'>", "<p style=\"background: url('http://track.example/b')\">",
          "<style>p{background:url(http://track.example/c)}</style>",
          "<link rel=stylesheet href='https://track.example/s.css'>"}) {
        INFO(html);
        CHECK(notes_of(of_html(html), Noted::pictures_from_net) ==
              std::vector<Note>{{Noted::pictures_from_net, "track.example", ""}});
    }
    CHECK_FALSE(has(of_html("<img src='cid:1'><img src='data:image/png;base64,AA'>"), Noted::pictures_from_net));
}

TEST_CASE("of alternatives with the same words one is shown, and both where they differ")
{
    const Summary same = summary_of(
        alternatives("Pay 1.000,50 € to *Bob*\r\n<https://x.example/>", "<p>Pay 1.000,50&nbsp;€ to <b>Bob</b></p>"));
    CHECK_FALSE(has(same, Noted::alternatives_differ));
    REQUIRE(same.texts.size() == 1);
    CHECK(same.texts[0].form == Form::html);
    const Summary other = summary_of(alternatives("Pay 1.000,50 € to Bob", "<p>Pay 100.050 € to Bob</p>"));
    CHECK(has(other, Noted::alternatives_differ));
    REQUIRE(other.texts.size() == 2);
    CHECK(other.texts[0].form == Form::plain);
    CHECK(other.sums == Lines{"1.000,50 €", "100.050 €"});
    CHECK(
        has(summary_of(alternatives("Pay Bob", "<p>Pay <span hidden>not</span> Eve</p>")), Noted::alternatives_differ));
    CHECK_FALSE(
        has(summary_of(alternatives("Pay Bob", "<p>Pay <span hidden>not</span> Bob</p>")), Noted::alternatives_differ));
}

TEST_CASE("attachments are told with name, type and decoded size")
{
    std::string base64;
    for (int i = 0; i < 100; ++i)
        base64 += std::string(76, 'A') + "\r\n";
    const Summary summary = summary_of(
        kFrom +
        "Content-Type: multipart/mixed; boundary=x; hp=\"clear\"\r\n\r\n--x\r\n\r\ntext\r\n--x\r\n"
        "Content-Type: application/pdf; name*=utf-8''f%C3%BCr.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" +
        base64 +
        "AAA=\r\n--x\r\nContent-Type: text/plain\r\nContent-Disposition: attachment; filename=a.txt\r\n\r\nabc\r\n"
        "--x\r\nContent-Type: message/rfc822\r\n\r\nSubject: x\r\n\r\ny\r\n"
        "--x\r\nContent-Type: message/external-body; access-type=URL; URL=\"http://x.example\"\r\n\r\nContent-Type: "
        "a/b\r\n\r\n\r\n--x--\r\n");
    REQUIRE(summary.attachments.size() == 4);
    CHECK(summary.attachments[0] == Attachment{"für.pdf", "application/pdf", 5702});
    CHECK(summary.attachments[1] == Attachment{"a.txt", "text/plain", 3});
    CHECK(summary.attachments[2].type == "message/rfc822");
    CHECK(has(summary, Noted::kept_elsewhere));
    CHECK(lines_of(summary) == Lines{"text"});
}

TEST_CASE("invitations are told with what, when and by whom")
{
    const Summary summary =
        of_body("Content-Type: text/calendar; charset=utf-8; method=REQUEST; hp=\"clear\"\r\n",
                "BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VTIMEZONE\r\nTZID:Europe/Paris\r\nEND:VTIMEZONE\r\n"
                "BEGIN:VEVENT\r\nSUMMARY:Board\\, long\r\n er\r\nDTSTART;TZID=Europe/Paris:20261201T100000\r\n"
                "ORGANIZER;CN=\"Bob: "
                "B\":mailto:bob@example.org\r\nBEGIN:VALARM\r\nSUMMARY:alarm\r\nEND:VALARM\r\nEND:VEVENT\r\n"
                "BEGIN:VEVENT\r\nSUMMARY:Day\r\nDTSTART;VALUE=DATE:20261202\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n");
    CHECK(summary.invitations == std::vector<Invitation>{{"REQUEST", "Board, longer", "2026-12-01 10:00 Europe/Paris",
                                                          "Bob: B <bob@example.org>"},
                                                         {"REQUEST", "Day", "2026-12-02", ""}});
}

TEST_CASE("a text that is longer than can be shown says how much is left out")
{
    std::string lines;
    for (int i = 0; i < 1500; ++i)
        lines += "line\r\n";
    const Summary many = of_body("Content-Type: text/plain; charset=utf-8; hp=\"clear\"\r\n", lines);
    CHECK(many.texts.at(0).lines.size() == kLinesLimit);
    CHECK(many.texts.at(0).lines_left_out == 500);
    CHECK(has(many, Noted::text_left_out));
    const Summary large =
        of_body("Content-Type: text/plain; charset=utf-8; hp=\"clear\"\r\n", std::string(3 << 20, 'x'));
    CHECK(large.texts.at(0).bytes_left_out == 2 << 20);
    CHECK(large.texts.at(0).lines.size() + large.texts.at(0).lines_left_out == ((1 << 20) + 1499) / 1500);
    CHECK(
        std::ranges::all_of(large.texts.at(0).lines, [](const Line& line) { return line.text.size() <= kLineLimit; }));
}

TEST_CASE("an encrypted part is noted")
{
    CHECK(has(of_body("Content-Type: application/pkcs7-mime; smime-type=enveloped-data; hp=\"clear\"\r\n", "x"),
              Noted::encrypted_part));
}

TEST_CASE("direction overrides in a text are taken out, and that is said")
{
    const Summary summary = of_fields(kFrom + "Subject: x\r\n");
    CHECK_FALSE(has(summary, Noted::hidden_characters));
    const Summary turned = of_body("Content-Type: text/plain; charset=utf-8; hp=\"clear\"\r\n", "pay \u202E001\u202C");
    CHECK(lines_of(turned) == Lines{"pay 001"});
    CHECK(notes_of(turned, Noted::hidden_characters) == std::vector<Note>{{Noted::hidden_characters, "text", ""}});
}
