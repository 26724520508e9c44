#include "preview/program/html.h"

#include "base/ascii.h"
#include "preview/program/link.h"
#include "preview/program/style.h"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/xmlerror.h>

#include <algorithm>
#include <array>
#include <memory>
#include <optional>

namespace sceau::preview::program {

namespace {

constexpr std::size_t kDepthLimit = 1000;
constexpr std::size_t kLinkTextLimit = 500; // bytes
constexpr std::size_t kTargetLimit = 300;   // bytes
constexpr std::size_t kLinkNoteLimit = 20;

std::string_view view(const xmlChar* text)
{
    return text == nullptr ? std::string_view() : std::string_view(reinterpret_cast<const char*>(text));
}

bool is_one_of(std::string_view name, auto... names)
{
    return ((name == names) || ...);
}

bool begins_line(std::string_view name)
{
    return is_one_of(name, "p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "table", "tr", "ul", "ol", "li", "dl", "dt",
                     "dd", "blockquote", "section", "article", "header", "footer", "address", "pre", "form", "hr",
                     "center", "body", "fieldset", "figure", "figcaption", "main", "nav", "aside", "caption", "option");
}

struct Element {
    std::string name;
    bool gone = false;
    bool invisible = false;
    bool tiny = false;
    bool kept = false;   // preformatted
    bool silent = false; // its text is nobody's: scripts, styles, the title
    std::uint32_t colour = 0x000000;
    std::uint32_t background = 0xffffff;
    std::size_t items = 0; // of a numbered list, so far
    bool is_numbered = false;

    bool hides() const { return gone || invisible || tiny || colour == background || colour == kTransparent; }
};

struct Link {
    std::string target;
    std::string text;
    bool hidden = false;
};

class HtmlReader {
  public:
    void start(std::string_view name, const xmlChar** attributes)
    {
        if (elements_.size() >= kDepthLimit) {
            ++too_deep_;
            return;
        }
        Element element = elements_.empty() ? Element{} : elements_.back();
        element.name = name;
        element.items = 0;
        element.is_numbered = name == "ol";
        element.kept = element.kept || name == "pre" || name == "textarea";
        element.silent = element.silent || is_one_of(name, "script", "style", "title", "template");
        std::string target;
        for (; attributes != nullptr && *attributes != nullptr; attributes += 2)
            attribute(element, view(attributes[0]), view(attributes[1]), target);
        match_rule(element, std::string(name));
        before(element);
        elements_.push_back(std::move(element));
        if (name == "br")
            html_.text.end_line();
        if (name == "a" && !target.empty())
            link_ = Link{.target = std::move(target), .text = {}, .hidden = elements_.back().hides()};
    }

    void end(std::string_view name)
    {
        if (too_deep_ > 0) {
            --too_deep_;
            return;
        }
        const auto found = std::find_if(elements_.rbegin(), elements_.rend(),
                                        [&](const Element& element) { return element.name == name; });
        if (found == elements_.rend())
            return;
        if (name == "a")
            end_link();
        if (name == "td" || name == "th")
            blank_before_more();
        elements_.erase(found.base() - 1, elements_.end());
        if (begins_line(name))
            html_.text.break_line();
    }

    void characters(std::string_view text)
    {
        const bool hidden = !elements_.empty() && elements_.back().hides();
        if (!elements_.empty() && elements_.back().silent)
            return;
        if (link_ && link_->text.size() < kLinkTextLimit)
            link_->text += text.substr(0, kLinkTextLimit);
        if (!elements_.empty() && elements_.back().kept)
            add_lines(text, hidden);
        else
            add_words(text, hidden);
    }

    void style_sheet(std::string_view text)
    {
        if (!elements_.empty() && elements_.back().name == "style")
            rules_.read(text);
    }

    Html finish() &&
    {
        html_.text.break_line();
        if (const std::string host = net_host(rules_.picture); !host.empty())
            note_picture(rules_.picture);
        return std::move(html_);
    }

  private:
    void attribute(Element& element, std::string_view name, std::string_view value, std::string& target)
    {
        if (name == "style") {
            apply(element, read_style(value));
        } else if (name == "hidden") {
            element.gone = true;
        } else if (name == "class" || name == "id") {
            match_rules(element, name == "class" ? '.' : '#', value);
        } else if (name == "bgcolor") {
            element.background = read_colour(value).value_or(element.background);
        } else if ((name == "color" || name == "text") && (element.name == "font" || element.name == "body")) {
            element.colour = read_colour(value).value_or(element.colour);
        } else if (name == "href" && element.name == "a") {
            if (!value.starts_with('#'))
                target = value.substr(0, kTargetLimit);
        } else if (is_one_of(name, "src", "background", "poster", "data") ||
                   (name == "href" && element.name == "link")) {
            note_picture(value);
        } else if (name == "srcset") {
            note_picture(value.substr(0, value.find(' ')));
        }
    }

    void apply(Element& element, const Style& style)
    {
        element.gone = element.gone || style.gone;
        element.invisible = style.invisible.value_or(element.invisible);
        element.tiny = style.tiny.value_or(element.tiny);
        element.colour = style.colour.value_or(element.colour);
        if (style.background && *style.background != kTransparent)
            element.background = *style.background;
        note_picture(style.picture);
    }

    void match_rules(Element& element, char mark, std::string_view names)
    {
        while (!names.empty() && !rules_.selectors.empty()) {
            const auto end = std::min(names.find_first_of(" \t\r\n"), names.size());
            match_rule(element, mark + std::string(names.substr(0, end)));
            names.remove_prefix(std::min(end + 1, names.size()));
        }
    }

    void match_rule(Element& element, const std::string& selector) const
    {
        // ".a.b" names both classes; to be safe each is taken alone.
        const std::string wanted = base::ascii_lower(selector);
        const auto found = rules_.selectors.lower_bound(wanted);
        if (found != rules_.selectors.end() &&
            (*found == wanted ||
             (wanted.size() > 1 && (found->starts_with(wanted + ".") || found->starts_with(wanted + "#")))))
            element.gone = true;
    }

    void note_picture(std::string_view address)
    {
        const std::string host = net_host(address);
        if (host.empty() || has_picture_)
            return;
        has_picture_ = true;
        html_.notes.push_back({.what = Noted::pictures_from_net, .value = host});
    }

    /// What stands before an element's own text.
    void before(const Element& element)
    {
        if (begins_line(element.name))
            html_.text.break_line();
        if (element.name != "li" || element.hides() || elements_.empty())
            return;
        if (elements_.back().is_numbered)
            html_.text.add(std::to_string(++elements_.back().items) + ". ", false);
        else
            html_.text.add_aside("- ");
    }

    void blank_before_more()
    {
        if (!html_.text.line_is_empty() && !html_.text.line_ends_in_blank())
            html_.text.add(" ", html_.text.line_is_hidden());
    }

    void add_lines(std::string_view text, bool hidden)
    {
        while (!text.empty()) {
            const auto end = text.find('\n');
            const std::string_view line = text.substr(0, end);
            if (!line.empty())
                html_.text.add(line, hidden);
            if (end == std::string_view::npos)
                return;
            html_.text.end_line();
            text.remove_prefix(end + 1);
        }
    }

    /// Each run of blanks is one, and none begins a line.
    void add_words(std::string_view text, bool hidden)
    {
        constexpr std::string_view kBlanks = " \t\r\n\f";
        std::string words;
        bool after_blank = html_.text.line_is_empty() || html_.text.line_ends_in_blank();
        for (const char c : text) {
            const bool blank = kBlanks.find(c) != std::string_view::npos;
            if (!blank)
                words += c;
            else if (!after_blank)
                words += ' ';
            after_blank = blank;
        }
        if (words == " " && hidden != html_.text.line_is_hidden())
            return;
        if (!words.empty())
            html_.text.add(words, hidden);
    }

    void end_link()
    {
        if (!link_)
            return;
        const Link link = *std::move(link_);
        link_.reset();
        std::string_view text = link.text;
        const auto begin = std::min(text.find_first_not_of(" \t\r\n"), text.size());
        text = text.substr(begin, text.find_last_not_of(" \t\r\n") + 1 - begin);
        const std::string_view plain_target = link.target.starts_with("mailto:")
                                                  ? std::string_view(link.target).substr(7)
                                                  : std::string_view(link.target);
        if (text.empty() || text == link.target || text == plain_target)
            return;
        if (link_misleads(text, link.target) && links_ < kLinkNoteLimit) {
            ++links_;
            html_.notes.push_back({.what = Noted::link_differs, .value = std::string(text), .other = link.target});
        }
        html_.text.add_aside(" <" + link.target + ">");
    }

    Html html_;
    std::vector<Element> elements_;
    std::size_t too_deep_ = 0;
    std::optional<Link> link_;
    std::size_t links_ = 0;
    bool has_picture_ = false;
    HidingRules rules_;
};

HtmlReader& reader_of(void* data)
{
    return *static_cast<HtmlReader*>(data);
}

void on_start(void* data, const xmlChar* name, const xmlChar** attributes)
{
    reader_of(data).start(view(name), attributes);
}

void on_end(void* data, const xmlChar* name)
{
    reader_of(data).end(view(name));
}

void on_characters(void* data, const xmlChar* text, int size)
{
    reader_of(data).characters({reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)});
}

void on_cdata(void* data, const xmlChar* text, int size)
{
    reader_of(data).style_sheet({reinterpret_cast<const char*>(text), static_cast<std::size_t>(size)});
}

void on_error(void* /*data*/, const char* /*message*/, ...) {}

struct FreeParser {
    void operator()(htmlParserCtxtPtr parser) const { ::htmlFreeParserCtxt(parser); }
};

} // namespace

void start_html_parser()
{
    ::xmlInitParser();
    ::xmlSetGenericErrorFunc(nullptr, on_error);
    read_html("<p>&eacute;</p>");
}

Html read_html(std::string_view html)
{
    const std::unique_ptr<htmlParserCtxt, FreeParser> parser(::htmlNewParserCtxt());
    HtmlReader reader;
    if (parser == nullptr)
        return std::move(reader).finish();
    *parser->sax = htmlSAXHandler{};
    parser->sax->startElement = on_start;
    parser->sax->endElement = on_end;
    parser->sax->characters = on_characters;
    parser->sax->ignorableWhitespace = on_characters;
    parser->sax->cdataBlock = on_cdata;
    parser->sax->error = on_error;
    parser->sax->warning = on_error;
    parser->userData = &reader;
    // Without a tree there is nothing to return.
    ::htmlCtxtReadMemory(parser.get(), html.data(), static_cast<int>(html.size()), nullptr, "UTF-8",
                         HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING | HTML_PARSE_NONET |
                             HTML_PARSE_IGNORE_ENC);
    return std::move(reader).finish();
}

} // namespace sceau::preview::program
