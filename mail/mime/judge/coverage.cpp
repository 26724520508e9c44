#include "mail/mime/judge/coverage.h"

#include "base/ascii.h"
#include "mail/mime/judge/header_comparison.h"
#include "mail/mime/parse/origin.h"

#include <algorithm>
#include <iterator>

namespace sceau::mail::mime {

namespace {

bool is_text(const Entity& leaf)
{
    return leaf.content_type.type == "text" && leaf.disposition != "attachment" && leaf.filename.empty();
}

bool is_signature(const Entity& leaf)
{
    return leaf.content_type.subtype.ends_with("-signature");
}

struct Contents {
    unsigned texts = 0;
    unsigned attachments = 0;
    bool kept_elsewhere = false; // message/external-body
};

void count_leaf(const Entity& entity, Contents& contents)
{
    contents.kept_elsewhere = contents.kept_elsewhere || entity.content_type.is("message", "external-body");
    if (is_text(entity))
        ++contents.texts;
    else if (!is_signature(entity))
        ++contents.attachments;
}

/// Counts the contents of an entity. An attached message counts as one.
void count(const Entity& entity, Contents& contents)
{
    if (!entity.is_multipart())
        return count_leaf(entity, contents);
    for (const Entity& child : entity.children)
        count(child, contents);
}

/// What a message contains beside one of its parts.
class Beside {
  public:
    Beside(const Source& source, const Entity& signed_part) : source_(source), signed_part_(signed_part) {}

    void look_at(const Entity& entity)
    {
        if (&entity == &signed_part_) {
            passed_ = true;
            only_footer_ = only_footer_ && entity.disposition != "attachment";
        } else if (entity.is_multipart()) {
            only_footer_ = only_footer_ && entity.content_type.subtype == "mixed";
            for (const Entity& child : entity.children)
                look_at(child);
        } else if (!is_empty(entity)) {
            count_leaf(entity, contents_);
            only_footer_ = only_footer_ && passed_ && entity.content_type.subtype == "plain" && is_text(entity);
        }
    }

    const Contents& contents() const { return contents_; }
    bool only_footer() const { return only_footer_; }

  private:
    /// Returns whether a text is empty; mail programs put such a text before an attachment.
    bool is_empty(const Entity& leaf) const
    {
        constexpr std::uint64_t kMostBlanks = 4096;
        if (!is_text(leaf) || leaf.body.size() > kMostBlanks)
            return false;
        const auto text = read_text(source_, leaf.body);
        return text && text->find_first_not_of(" \t\r\n") == std::string::npos;
    }

    const Source& source_;
    const Entity& signed_part_;
    Contents contents_;
    bool passed_ = false; // the signed part was passed
    bool only_footer_ = true;
};

void unprotected_header(const Entity& root, Extent& extent)
{
    std::vector<std::string> names;
    for (const char* name : kAllowedOnce) {
        if (root.field(name) != nullptr && std::string_view(name) != "From")
            names.emplace_back(name);
    }
    if (!names.empty())
        extent.coverage.not_covered.push_back({.what = Found::header_not_signed, .names = std::move(names)});
}

void protected_header(const Entity& root, const Entity& payload, Extent& extent)
{
    for (const HeaderField& field : payload.fields) {
        const bool listed =
            std::ranges::any_of(extent.coverage.headers, [&](const std::string& name) { return field.is(name); });
        if (!listed && !field.is_content() && !field.is("MIME-Version") && !field.is("HP-Outer"))
            extent.coverage.headers.push_back(field.name);
    }
    HeaderDifferences differences = compare_headers(root, payload);
    extent.warnings = std::move(differences.slight);
    if (differences.grave.empty())
        return;
    extent.whole = false;
    extent.coverage.gaps.header = true;
    std::ranges::move(differences.grave, std::back_inserter(extent.coverage.not_covered));
}

void parts_beside(const Source& source, const Entity& root, const Entity& signed_part, Extent& extent)
{
    Beside beside(source, signed_part);
    beside.look_at(root);
    const Contents& contents = beside.contents();
    if (contents.texts + contents.attachments == 0)
        return;
    extent.whole = false;
    extent.coverage.gaps.beside = true;
    extent.coverage.gaps.footer = beside.only_footer();
    extent.coverage.not_covered.push_back({.what = Found::not_the_whole_mail});
    if (contents.texts > 0)
        extent.coverage.not_covered.push_back({.what = Found::text_beside});
    if (contents.attachments > 0)
        extent.coverage.not_covered.push_back({.what = Found::attachments_beside, .count = contents.attachments});
}

} // namespace

bool has_header_protection(const Entity& payload)
{
    const std::string value = base::ascii_lower(payload.content_type.parameter("hp").value_or(""));
    return value == "clear" || value == "cipher";
}

Extent extent_of(const Source& source, const Entity& root, const Entity& signed_part, const Entity& payload)
{
    Extent extent;
    Contents contents;
    count(payload, contents);
    extent.coverage.text = contents.texts > 0;
    extent.coverage.attachments = contents.attachments;
    // RFC 9788 §4.1: the message must be signed as a whole.
    if (&root == &signed_part && has_header_protection(payload))
        protected_header(root, payload, extent);
    else
        unprotected_header(root, extent);
    parts_beside(source, root, signed_part, extent);
    if (contents.kept_elsewhere) {
        extent.whole = false;
        extent.coverage.gaps.elsewhere = true;
        extent.coverage.not_covered.push_back({.what = Found::kept_elsewhere});
    }
    return extent;
}

} // namespace sceau::mail::mime
