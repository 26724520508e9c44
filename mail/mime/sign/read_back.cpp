#include "mail/mime/sign/read_back.h"

#include "mail/cms/content_digest.h"
#include "mail/mime/canonical.h"
#include "mail/mime/parse/values.h"
#include "mail/mime/sign/field_meaning.h"
#include "mail/mime/sign/leaf_encoding.h"
#include "mail/mime/sign/outer_header.h"

#include <algorithm>

namespace sceau::mail::mime {

using base::Result;

namespace {

using Fields = std::vector<const HeaderField*>;

base::Error would_be_lost(const std::string& what)
{
    return base::bad_message(what + " would not be the same in the signed mail");
}

template <class Predicate>
Fields fields_of(const Entity& entity, Predicate wanted)
{
    Fields fields;
    for (const HeaderField& field : entity.fields)
        if (wanted(field))
            fields.push_back(&field);
    return fields;
}

/// Returns whether signing itself writes the field again. Such fields are compared by their effect.
bool is_rewritten(const HeaderField& field)
{
    return field.is("Content-Transfer-Encoding") || field.is("MIME-Version");
}

std::string without_blanks(std::string text)
{
    std::erase_if(text, [](char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; });
    return text;
}

bool says_the_same(const HeaderField& one, const HeaderField& other, const std::string& charset)
{
    if (one.name != other.name)
        return false;
    if (without_blanks(one.value) == without_blanks(other.value))
        return true;
    const auto said = utf8_value(one.value, charset);
    return said && same_meaning(one, *said, other.value);
}

class Comparison {
  public:
    Comparison(const Source& original, const Source& written, bool keeps_date)
        : original_(original), written_(written), keeps_date_(keeps_date)
    {
    }

    Result<> run(const Entity& root, const Entity& written)
    {
        if (!written.content_type.is("multipart", "signed") || written.children.size() != 2)
            return std::unexpected(would_be_lost("the structure"));
        const Entity& payload = written.children.front();
        charset_ = body_charset(root);
        const auto is_message_field = [](const HeaderField& field) { return !field.is_content(); };
        TRY(header(fields_of(root, is_message_field), fields_of(written, is_message_field)));
        TRY(header(fields_of(root, is_protected), fields_of(payload, is_protected)));
        const auto is_kept = [](const HeaderField& field) {
            return field.is_content() && !is_rewritten(field) && !field.is("Content-Type");
        };
        TRY(fields(fields_of(root, is_kept), fields_of(payload, is_kept), charset_));
        TRY(type(root, payload));
        return content(root, payload);
    }

  private:
    /// Checks the message's own fields. Signing may add others after them.
    Result<> header(const Fields& wanted, Fields found) const
    {
        const std::size_t added = found.size() - std::min(found.size(), wanted.size());
        const bool known = std::ranges::all_of(found.end() - static_cast<std::ptrdiff_t>(added), found.end(), is_added);
        if (!known)
            return std::unexpected(would_be_lost("the header"));
        found.resize(found.size() - added);
        return fields(wanted, found, charset_);
    }

    static bool is_added(const HeaderField* field)
    {
        return field->is("Date") || field->is("Message-ID") || field->is("MIME-Version");
    }

    Result<> fields(const Fields& wanted, const Fields& found, const std::string& charset) const
    {
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            const bool moved = !keeps_date_ && wanted[i]->is("Date") && i < found.size() && found[i]->is("Date");
            if (i >= found.size() || !(moved || says_the_same(*wanted[i], *found[i], charset)))
                return std::unexpected(would_be_lost("the field " + wanted[i]->name));
        }
        return found.size() == wanted.size() ? Result<>() : std::unexpected(would_be_lost("the header"));
    }

    /// Checks the root's Content-Type, to which "hp" was added.
    Result<> type(const Entity& root, const Entity& payload) const
    {
        ContentType wanted = root.content_type;
        if (const HeaderField* field = root.field("Content-Type"))
            wanted = read_content_type(utf8_value(field->value, charset_).value_or(field->value));
        ContentType found = payload.content_type;
        for (ContentType* type : {&wanted, &found})
            std::erase_if(type->parameters, [](const Parameter& parameter) { return parameter.name == "hp"; });
        return same_content_type(wanted, found) ? Result<>() : std::unexpected(would_be_lost("the field Content-Type"));
    }

    Result<> content(const Entity& one, const Entity& other) const
    {
        if (!one.content_type.is(other.content_type.type, other.content_type.subtype) ||
            one.children.size() != other.children.size())
            return std::unexpected(would_be_lost("the structure"));
        if (one.children.empty())
            return leaf(one, other);
        const auto is_kept = [](const HeaderField& field) { return !is_rewritten(field); };
        for (std::size_t i = 0; i < one.children.size(); ++i) {
            const Entity& child = one.children[i];
            const std::string own = body_charset(child);
            TRY(fields(fields_of(child, is_kept), fields_of(other.children[i], is_kept), own.empty() ? charset_ : own));
            TRY(content(child, other.children[i]));
        }
        return {};
    }

    Result<> leaf(const Entity& one, const Entity& other) const
    {
        // Most parts are as they were, apart from their line ends, and need not be decoded.
        if (one.encoding == other.encoding && one.encoding != Encoding::binary) {
            TRY_ASSIGN(const auto wanted, digest_as_written(original_, one));
            TRY_ASSIGN(const auto found, digest_as_written(written_, other));
            if (wanted == found)
                return {};
        }
        TRY_ASSIGN(const auto wanted, digest(original_, one));
        TRY_ASSIGN(const auto found, digest(written_, other));
        return wanted == found ? Result<>() : std::unexpected(would_be_lost("the content of a part"));
    }

    static Result<cms::ContentDigests> digest_as_written(const Source& source, const Entity& leaf)
    {
        cms::ContentDigester digester({cms::ContentHash::sha256});
        CanonicalLines lines([&](std::string_view piece) -> Result<> {
            digester.update(piece);
            return {};
        });
        TRY(stream(source, leaf.body, [&](std::string_view piece) { return lines.write(piece); }));
        return std::move(digester).finish();
    }

    static Result<cms::ContentDigests> digest(const Source& source, const Entity& leaf)
    {
        cms::ContentDigester digester({cms::ContentHash::sha256});
        const Sink sink = [&](std::string_view piece) -> Result<> {
            digester.update(piece);
            return {};
        };
        TrimmedLines trimmed(sink);
        const bool trims = leaf.content_type.type == "message"; // mostly header fields (see payload.cpp)
        TRY(leaf_content(source, leaf,
                         [&](std::string_view piece) { return trims ? trimmed.write(piece) : sink(piece); }));
        return std::move(digester).finish();
    }

    const Source& original_;
    const Source& written_;
    std::string charset_; // the charset of the original's text
    bool keeps_date_;
};

} // namespace

Result<> check_written(const Source& original, const Message& message, const Source& written, bool keeps_date)
{
    TRY_ASSIGN(const Message again, parse(written));
    if (!again.defects.empty())
        return std::unexpected(
            base::bad_message("the signed mail could be read in more than one way: " + again.defects.front().what));
    return Comparison(original, written, keeps_date).run(message.root, again.root);
}

} // namespace sceau::mail::mime
