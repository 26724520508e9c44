// A program that reports to the agent's handle what a preview that has been taken over, or is broken, may report. What
// it does is the part of its name after the last "-": it is started through links.
#include "base/channel.h"
#include "preview/message.h"

#include <signal.h>
#include <unistd.h>

#include <string>

using namespace sceau;
using namespace sceau::preview;

namespace {

void crash()
{
    ::signal(SIGSEGV, SIG_DFL); // a sanitizer's handler would end the process in its own way
    ::raise(SIGSEGV);
}

void send(const std::string& packet)
{
    if (!base::send_packet(base::kChannelFd, packet, base::Wait::yes))
        ::_exit(3);
}

void send_hash(std::size_t size = 32)
{
    send(packet_of(ContentHash{base::Bytes(size, 7)}));
}

void send_summary()
{
    const auto packets = packets_of(Summary{});
    for (const std::string& packet : *packets)
        send(packet);
}

} // namespace

int main(int, char** argv)
{
    const std::string path = argv[0];
    const std::string what = path.substr(path.rfind('-') + 1);
    if (what == "honest") {
        send_hash();
        send_summary();
    } else if (what == "twohashes") {
        send_hash();
        send_hash();
        send_summary();
    } else if (what == "latehash") {
        send_hash();
        send_summary();
        send_hash();
    } else if (what == "nohash") {
        send_summary();
    } else if (what == "otherhash") {
        send_hash(48);
    } else if (what == "twosummaries") {
        send_hash();
        send_summary();
        send_summary();
    } else if (what == "garbage") {
        send_hash();
        send("garbage");
    } else if (what == "toolarge") {
        send_hash();
        send(R"({"summary":{"size":)" + std::to_string(kSummaryLimit + 1) + "}}");
    } else if (what == "longpiece") {
        send_hash();
        send(R"({"summary":{"size":10}})");
        send(std::string(11, 'x'));
    } else if (what == "nosummary") {
        send_hash();
    } else if (what == "half") {
        send_hash();
        send(R"({"summary":{"size":70000}})");
        send(std::string(base::kPacketLimit, ' '));
    } else if (what == "status") {
        send_hash();
        send_summary();
        return 1;
    } else if (what == "crash") {
        send_hash();
        crash();
    } else if (what == "crashlate") {
        send_hash();
        send_summary();
        crash();
    } else if (what == "hang") {
        send_hash();
        for (;;)
            ::pause();
    }
    return 0;
}
