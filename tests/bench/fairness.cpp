// fairness measures how long a signature takes to reach its PIN dialog while a hostile program of the same person sends
// as many requests as it can, compared with an otherwise idle agent. Both are measured in one run, with the real agent,
// command, SoftHSM, OpenSC and pcscd. The person cancels the requests of the hostile program. scripts/bench runs it. It
// exits with 1 if a required ratio is missed.
#include "tests/bench/table.h"
#include "tests/e2e/crowd_desk.h"
#include "tests/support/typing_hook.h"

#include <algorithm>
#include <atomic>
#include <chrono>

using namespace sceau::test;

namespace {

constexpr int kSignatures = 7;
constexpr double kRequiredRatio = 5;

using Time = std::chrono::steady_clock::time_point;

/// Returns the milliseconds from the command's start until its dialog is open.
double median_of(const CrowdDesk& desk, const std::atomic<Time>& asked)
{
    std::vector<double> milliseconds;
    for (int i = 0; i < kSignatures; ++i) {
        const Time start = std::chrono::steady_clock::now();
        if (const Ended ended = desk.sign(); ended.status != 0)
            throw std::runtime_error("not signed: " + ended.err);
        milliseconds.push_back(std::chrono::duration<double, std::milli>(asked.load() - start).count());
    }
    std::ranges::sort(milliseconds);
    return milliseconds[milliseconds.size() / 2];
}

bool measure(Crowd crowd, int connections)
{
    const CrowdDesk desk;
    std::atomic<Time> asked;
    const TypingHook hook(desk.person, [&] { asked = std::chrono::steady_clock::now(); });
    const double idle = median_of(desk, asked);
    const auto hostile = desk.start(crowd, connections);
    const double beside = median_of(desk, asked);
    return print(fmt::format("{:>3} connections, {:<8}{:>7.0f} ms, idle {:>4.0f} ms; ratio", connections,
                             to_string(crowd), beside, idle),
                 fmt::format("{:.2f}", beside / idle), fmt::format("<= {:.0f}", kRequiredRatio),
                 beside <= kRequiredRatio * idle);
}

} // namespace

int main()
{
    fmt::print("a signature's way to its PIN dialog beside a hostile program, medians of {}\n", kSignatures);
    bool reached = true;
    for (const int connections : {64, 250})
        for (const Crowd crowd : kCrowds)
            reached &= measure(crowd, connections);
    return reached ? 0 : 1;
}
