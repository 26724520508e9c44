#include "preview/message.h"

#include "base/channel.h"
#include "base/codec.h"

#include <algorithm>

namespace sceau::preview {

using base::Place;
using base::Result;
using nlohmann::ordered_json;

namespace {

constexpr std::size_t kMostNesting = 8;

/// Goes ahead of a summary.
struct SummarySize {
    unsigned size = 0; // of its JSON, in bytes

    static constexpr std::string_view kName = "summary";
    static constexpr auto fields()
    {
        return std::tuple{Field{"size", &SummarySize::size, base::Bounds{1, kSummaryLimit}}};
    }
};

using Head = std::variant<ContentHash, SummarySize>;

std::string write(const ordered_json& object)
{
    return object.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::unexpected<base::Error> not_examined(const std::string& why)
{
    return std::unexpected(base::evidence_mismatch("the content could not be examined: " + why));
}

template <class T>
Result<T> parse(std::string_view text)
{
    if (const auto is_object = base::check_object(text, kMostNesting); !is_object)
        return not_examined(is_object.error().message);
    auto value = base::decode_as(std::type_identity<T>{}, nlohmann::json::parse(text, nullptr, false),
                                 Place{.path = "", .unknown = base::Unknown::refuse, .longest_text = kNameLimit});
    if (!value)
        return not_examined(value.error().message);
    return value;
}

} // namespace

std::string packet_of(const ContentHash& hash)
{
    return write(base::encode(Head(hash)));
}

Result<std::vector<std::string>> packets_of(const Summary& summary)
{
    const std::string text = write(base::encode(summary));
    if (text.size() > kSummaryLimit)
        return std::unexpected(base::internal("a summary over the limit"));
    std::vector<std::string> packets{write(base::encode(Head(SummarySize{static_cast<unsigned>(text.size())})))};
    for (std::size_t at = 0; at < text.size(); at += base::kPacketLimit)
        packets.push_back(text.substr(at, base::kPacketLimit));
    return packets;
}

Result<std::optional<ReportReader::Part>> ReportReader::take(std::string_view packet)
{
    if (stage_ == Stage::pieces)
        return take_piece(packet);
    if (stage_ == Stage::complete)
        return not_examined("a report after the summary");
    TRY_ASSIGN(Head head, parse<Head>(packet));
    if (auto* hash = std::get_if<ContentHash>(&head)) {
        if (stage_ != Stage::hash)
            return not_examined("a second hash of the content");
        stage_ = Stage::size;
        return std::move(*hash);
    }
    if (stage_ != Stage::size)
        return not_examined("a summary before the content's hash");
    size_ = std::get<SummarySize>(head).size;
    stage_ = Stage::pieces;
    return std::nullopt;
}

Result<std::optional<ReportReader::Part>> ReportReader::take_piece(std::string_view packet)
{
    if (packet.size() != std::min(size_ - summary_.size(), base::kPacketLimit))
        return not_examined("a piece of the summary has another size than was said");
    summary_ += packet;
    if (summary_.size() < size_)
        return std::nullopt;
    stage_ = Stage::complete;
    TRY_ASSIGN(Summary summary, parse<Summary>(summary_));
    summary_ = {};
    return summary;
}

} // namespace sceau::preview
