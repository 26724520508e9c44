// Summarises any bytes as a content to be signed. That must not crash, the summary must be within its limits, and its
// text must be fit to be shown.
#include "base/display_text.h"
#include "preview/message.h"
#include "preview/program/summarise.h"

#include <algorithm>
#include <array>
#include <cstdlib>

using namespace sceau;
using namespace sceau::preview;

namespace {

bool are_plain(const auto&... texts)
{
    return (base::is_plain(texts) && ...);
}

bool is_plain(const Summary& summary)
{
    const auto people = {&summary.from, &summary.sender, &summary.reply_to, &summary.to, &summary.cc};
    return std::ranges::all_of(people,
                               [](const auto* list) {
                                   return std::ranges::all_of(
                                       *list, [](const Mailbox& one) { return are_plain(one.name, one.shown); });
                               }) &&
           are_plain(summary.subject.value_or(""), summary.date.value_or(Date{}).text) &&
           std::ranges::all_of(summary.texts,
                               [](const Text& text) {
                                   return std::ranges::all_of(text.lines,
                                                              [](const Line& line) { return are_plain(line.text); });
                               }) &&
           std::ranges::all_of(summary.attachments,
                               [](const Attachment& one) { return are_plain(one.name, one.type); }) &&
           std::ranges::all_of(
               summary.invitations,
               [](const Invitation& one) { return are_plain(one.method, one.summary, one.start, one.organiser); }) &&
           std::ranges::all_of(summary.sums, [](const std::string& one) { return are_plain(one); }) &&
           std::ranges::all_of(summary.accounts, [](const std::string& one) { return are_plain(one); }) &&
           std::ranges::all_of(summary.notes, [](const Note& one) { return are_plain(one.value, one.other); });
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size)
{
    const auto source = mail::Source::of_bytes({data, size});
    const auto summary = program::summarise(*source);
    if (!summary || !is_plain(*summary))
        std::abort();
    const auto packets = packets_of(*summary);
    if (!packets)
        std::abort();
    ReportReader reader;
    static_cast<void>(reader.take(packet_of(ContentHash{base::Bytes(32, 1)})));
    for (const std::string& packet : *packets)
        if (!reader.take(packet))
            std::abort(); // what is reported is within the limits
    if (!reader.is_complete())
        std::abort();
    return 0;
}
