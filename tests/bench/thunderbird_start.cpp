// thunderbird-start measures how long Thunderbird takes to start with Sceau's module, compared with OpenSC's and the
// same card inserted. scripts/bench runs it. It exits with 1 if Sceau's is slower.
#include "tests/thunderbird/thunderbird.h"

#include <fmt/format.h>

#include <algorithm>

using namespace sceau::test;

namespace {

constexpr int kStarts = 5;
constexpr double kRequiredRatio = 1.0;
constexpr std::chrono::milliseconds kLatency{30}; // of a card

std::filesystem::path ours()
{
    return ModuleDesk::module_path();
}

struct Start {
    double seconds;
    std::size_t apdus;
};

Start start_with(const OnCard& desk, const std::filesystem::path& module)
{
    desk.desk.card.clear_log();
    const Thunderbird thunderbird(desk, "Alice", module);
    return {.seconds = thunderbird.start_seconds(), .apdus = count_apdus(desk.desk.card.log())};
}

Start median(std::vector<Start> starts)
{
    std::ranges::sort(starts, {}, &Start::seconds);
    return starts[starts.size() / 2];
}

void print(const std::string& module, const std::vector<Start>& starts)
{
    fmt::print("  {:<24}", module);
    for (const Start& start : starts)
        fmt::print("{:>7.3f}", start.seconds);
    const Start middle = median(starts);
    fmt::print("   median {:.3f} s, {} APDUs\n", middle.seconds, middle.apdus);
}

/// Measures five starts of each, in turn. Returns the ratio of the medians, ours to theirs.
double compare(const OnCard& desk, std::chrono::milliseconds latency)
{
    desk.desk.card.set_latency(latency);
    std::vector<Start> with_ours;
    std::vector<Start> with_theirs;
    for (int start = 0; start < kStarts; ++start) {
        with_ours.push_back(start_with(desk, ours()));
        with_theirs.push_back(start_with(desk, kOpenscModule));
    }
    const double ratio = median(with_ours).seconds / median(with_theirs).seconds;
    fmt::print("Thunderbird's start, seconds until its main window can be used, {} ms an APDU\n", latency.count());
    print("sceau-pkcs11.so", with_ours);
    print("opensc-pkcs11.so", with_theirs);
    fmt::print("  ratio of the medians {:.3f}\n", ratio);
    return ratio;
}

} // namespace

int main()
{
    const OnCard desk;
    for (const auto& [name, value] : desk.desk.pcscd.environment()) // for OpenSC's module; the agent has the same
        desk.environment[name] = value;
    for (const auto& module : {ours(), std::filesystem::path(kOpenscModule)})
        start_with(desk, module); // the first start creates the profile
    compare(desk, std::chrono::milliseconds(0));
    const double ratio = compare(desk, kLatency);
    fmt::print("  required <= {:.1f}{}\n", kRequiredRatio, ratio <= kRequiredRatio ? "" : "   MISSED");
    return ratio <= kRequiredRatio ? 0 : 1;
}
