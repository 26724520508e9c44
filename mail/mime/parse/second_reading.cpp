#include "mail/mime/parse/second_reading.h"

#include "mail/mime/gmime.h"
#include "mail/mime/parse/oddities.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace sceau::mail::mime {

using base::Result;

namespace {

struct Block {
    std::array<char, 65536> bytes;
    gint64 begin = 0;
    gint64 size = 0;

    bool holds(gint64 position) const { return position >= begin && position < begin + size; }
};

/// A GMimeStreamFs that reads larger blocks, since GMime's parser asks for 4 KiB at a time.
struct BlockStream {
    GMimeStreamFs stream;
    Block* block;
};

ssize_t read_from_block(GMimeStream* stream, char* to, size_t size)
{
    GMimeStreamFs* file = GMIME_STREAM_FS(stream);
    Block& block = *reinterpret_cast<BlockStream*>(stream)->block;
    if (stream->position >= stream->bound_end) {
        errno = EINVAL;
        return -1;
    }
    if (!block.holds(stream->position)) {
        block.begin = stream->position;
        block.size = ::pread(file->fd, block.bytes.data(), block.bytes.size(), block.begin);
    }
    if (block.size <= 0) {
        file->eos = TRUE;
        return block.size;
    }
    const gint64 at = stream->position - block.begin;
    const gint64 count = std::min({static_cast<gint64>(size), block.size - at, stream->bound_end - stream->position});
    std::memcpy(to, block.bytes.data() + at, static_cast<std::size_t>(count));
    stream->position += count;
    return count;
}

void use_blocks(gpointer stream_class, gpointer /*data*/)
{
    GMIME_STREAM_CLASS(stream_class)->read = read_from_block;
}

/// The source and the block must outlive the stream.
GObjectHandle<GMimeStream> stream_of(const Source& source, gint64 begin, Block& block)
{
    static const GType type =
        g_type_register_static_simple(GMIME_TYPE_STREAM_FS, "SceauBlockStream", sizeof(GMimeStreamFsClass), use_blocks,
                                      sizeof(BlockStream), nullptr, GTypeFlags{});
    auto* stream = static_cast<BlockStream*>(g_object_new(type, nullptr));
    stream->block = &block;
    stream->stream.owner = FALSE;
    stream->stream.fd = source.fd();
    GMimeStream* const whole = GMIME_STREAM(stream);
    g_mime_stream_construct(whole, begin, static_cast<gint64>(source.size()));
    return GObjectHandle<GMimeStream>(whole);
}

std::vector<std::uint64_t> offsets(GMimeObject* object)
{
    std::vector<std::uint64_t> result;
    GMimeHeaderList* list = object ? g_mime_object_get_header_list(object) : nullptr;
    for (int i = 0; list && i < g_mime_header_list_get_count(list); ++i)
        result.push_back(
            static_cast<std::uint64_t>(g_mime_header_get_offset(g_mime_header_list_get_header_at(list, i))));
    return result;
}

bool same_fields(const Entity& entity, std::vector<std::uint64_t> found)
{
    std::ranges::sort(found);
    // In GMime 3.2, the first field begins at the mbox line above it, if there is one.
    if (!found.empty() && entity.mbox_line.size() > 0 && found.front() == entity.mbox_line.begin)
        found.front() = entity.mbox_line.end;
    return std::ranges::equal(entity.fields, found, {}, [](const HeaderField& field) { return field.range.begin; });
}

bool same_body(const Entity& entity, GMimePart* part)
{
    GMimeDataWrapper* content = g_mime_part_get_content(part);
    GMimeStream* stream = content ? g_mime_data_wrapper_get_stream(content) : nullptr;
    if (!stream)
        return entity.body.size() == 0;
    const auto begin = static_cast<std::uint64_t>(stream->bound_start);
    const auto end = static_cast<std::uint64_t>(stream->bound_end);
    if (begin == end)
        return entity.body.size() == 0;
    // GMime 3.2 assumes that the line end before a delimiter is as long as the one after it.
    return begin == entity.body.begin && end <= entity.body.end + 1 && entity.body.end <= end + 1;
}

bool same_entity(const Entity& entity, GMimeObject* object);

/// GMime keeps the Content-* fields of a message with its only part, separate from the other fields.
bool same_message(const Entity& entity, GMimeMessage* message)
{
    GMimeObject* part = g_mime_message_get_mime_part(message);
    std::vector<std::uint64_t> found = offsets(GMIME_OBJECT(message));
    const std::vector<std::uint64_t> content = offsets(part);
    found.insert(found.end(), content.begin(), content.end());
    return part && same_fields(entity, found) && same_entity(entity, part);
}

bool same_parts(const Entity& entity, GMimeMultipart* multipart)
{
    if (static_cast<std::size_t>(g_mime_multipart_get_count(multipart)) != entity.children.size())
        return false;
    for (std::size_t i = 0; i < entity.children.size(); ++i) {
        GMimeObject* part = g_mime_multipart_get_part(multipart, static_cast<int>(i));
        if (!same_fields(entity.children[i], offsets(part)) || !same_entity(entity.children[i], part))
            return false;
    }
    return true;
}

bool same_entity(const Entity& entity, GMimeObject* object)
{
    if (GMIME_IS_MULTIPART(object))
        return entity.is_multipart() && same_parts(entity, GMIME_MULTIPART(object));
    if (GMIME_IS_MESSAGE_PART(object)) {
        GMimeMessage* message = g_mime_message_part_get_message(GMIME_MESSAGE_PART(object));
        if (!message || entity.children.empty())
            return entity.is_message() && !message && entity.children.empty();
        return entity.is_message() && same_message(entity.children.front(), message);
    }
    return entity.is_leaf() && GMIME_IS_PART(object) && same_body(entity, GMIME_PART(object));
}

} // namespace

Result<> read_again(const Source& source, const Message& message)
{
    if (!message.defects.empty())
        return {};
    GMimeParserOptions* options = gmime();
    Block block;
    const auto stream = stream_of(source, static_cast<gint64>(message.root.header.begin), block);
    const GObjectHandle<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
    g_mime_parser_set_persist_stream(parser.get(), TRUE);
    const GObjectHandle<GMimeMessage> again(g_mime_parser_construct_message(parser.get(), options));
    if (again && same_message(message.root, again.get()))
        return {};
    const std::vector<std::string> oddities = oddities_of(message.root);
    if (!oddities.empty())
        return std::unexpected(base::bad_message(oddities.front() + ": programs read the message in several ways"));
    return std::unexpected(base::bad_message("the message's structure can be read in more than one way"));
}

} // namespace sceau::mail::mime
