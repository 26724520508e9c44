// preview-cost measures what it costs to read a mail before it is shown: the time for 25 MB, compared with
// `openssl dgst -sha256` of the same file in turn, the private memory at its peak, and the processor's time for an
// ordinary mail. It produces the figures of docs/measurements.md. scripts/bench runs it. It exits with 1 if a required
// figure is missed.
#include "base/bytes.h"
#include "preview/preview.h"
#include "tests/bench/table.h"
#include "tests/support/sealed_content.h"
#include "tests/support/temporary_folder.h"

#include <poll.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <functional>
#include <random>

using namespace sceau;
using namespace sceau::test;

namespace {

constexpr std::size_t kRuns = 21;
constexpr std::size_t kAttachment = 18'500'000; // bytes, which are 25 MB in base64
constexpr double kRequiredRatio = 2.0;
constexpr std::size_t kRequiredMemory = 24;   // MiB
constexpr double kRequiredProcessorTime = 10; // milliseconds
constexpr std::chrono::milliseconds kPatience{60'000};

const std::string kHeader = "From: Alice Example <alice@example.org>\r\nTo: bob@example.net\r\nSubject: Contract\r\n"
                            "Date: Mon, 30 Nov 2026 10:00:00 +0100\r\n";

std::string ordinary_mail()
{
    std::string mail = kHeader + "Content-Type: text/plain; charset=utf-8; hp=\"clear\"\r\n\r\n";
    for (int i = 0; i < 40; ++i)
        mail += "A line of an ordinary mail, as people write them.\r\n";
    return mail;
}

std::string large_mail()
{
    std::mt19937 random(25);
    base::Bytes attachment(kAttachment);
    std::ranges::generate(attachment, [&] { return static_cast<std::uint8_t>(random()); });
    std::string mail = kHeader + "Content-Type: multipart/mixed; boundary=part; hp=\"clear\"\r\n\r\n--part\r\n"
                                 "Content-Type: text/plain\r\n\r\nThe contract is attached.\r\n--part\r\n"
                                 "Content-Type: application/pdf; name=contract.pdf\r\n"
                                 "Content-Transfer-Encoding: base64\r\n\r\n";
    const std::string base64 = base::to_base64(attachment);
    for (std::size_t at = 0; at < base64.size(); at += 76)
        mail.append(base64, at, 76).append("\r\n");
    return mail + "--part--\r\n";
}

double milliseconds_of(const std::function<void()>& action)
{
    const auto begin = std::chrono::steady_clock::now();
    action();
    return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begin).count();
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

void run_openssl(const std::string& file)
{
    std::vector<std::string> command = {"/usr/bin/openssl", "dgst", "-sha256", file};
    std::vector<char*> arguments;
    for (std::string& text : command)
        arguments.push_back(text.data());
    arguments.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    pid_t child = -1;
    int status = -1;
    if (::posix_spawn(&child, arguments[0], &actions, nullptr, arguments.data(), nullptr) == 0)
        ::waitpid(child, &status, 0);
    ::posix_spawn_file_actions_destroy(&actions);
    if (status != 0)
        throw std::runtime_error("openssl does not hash");
}

void preview_of(int content)
{
    const auto seen = preview::see(content, base::Hash::sha256, kPatience);
    if (!seen || seen->summary.refusal || seen->summary.texts.empty())
        throw std::runtime_error("no preview: " + (seen ? "refused" : seen.error().message));
}

/// Returns the anonymous memory of a process in KiB, or 0 once it has ended.
std::size_t private_memory(pid_t pid)
{
    std::ifstream status("/proc/" + std::to_string(pid) + "/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("RssAnon:"))
            return std::stoul(line.substr(8));
    return 0;
}

/// Looks again and again while the process works, so that the peak is seen.
std::size_t peak_memory(int content)
{
    auto preview = preview::Preview::start(content, base::Hash::sha256);
    std::size_t peak = 0;
    for (bool ended = !preview; !ended;) {
        peak = std::max(peak, private_memory(preview->pid()));
        pollfd event{.fd = preview->events(), .events = POLLIN, .revents = 0};
        if (::poll(&event, 1, 0) == 0)
            continue;
        const auto report = preview->receive();
        ended = !report || (*report && std::holds_alternative<preview::Ended>(**report));
    }
    return peak;
}

double processor_time_of_children()
{
    rusage usage{};
    ::getrusage(RUSAGE_CHILDREN, &usage);
    const auto milliseconds = [](const timeval& time) {
        return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
    };
    return milliseconds(usage.ru_utime) + milliseconds(usage.ru_stime);
}

} // namespace

int main()
{
    const TemporaryFolder folder;
    const std::string mail = large_mail();
    const std::string file = folder.path() / "mail";
    std::ofstream(file, std::ios::binary) << mail;
    const base::UniqueFd large = sealed_content(mail);
    const base::UniqueFd ordinary = sealed_content(ordinary_mail());
    std::vector<double> hashed;
    std::vector<double> previewed;
    std::vector<double> processor;
    std::size_t peak = 0;
    for (std::size_t run = 0; run < kRuns; ++run) {
        hashed.push_back(milliseconds_of([&] { run_openssl(file); }));
        previewed.push_back(milliseconds_of([&] { preview_of(large.value()); }));
        const double before = processor_time_of_children();
        preview_of(ordinary.value());
        processor.push_back(processor_time_of_children() - before);
        peak = std::max(peak, peak_memory(large.value()));
    }
    const double ratio = median(previewed) / median(hashed);
    fmt::print("preview of {:.1f} MB, {} runs each: {:.1f} ms; openssl dgst -sha256: {:.1f} ms\n",
               static_cast<double>(mail.size()) / 1e6, kRuns, median(previewed), median(hashed));
    bool reached = print("ratio of the medians", fmt::format("{:.2f}", ratio), fmt::format("<= {:.1f}", kRequiredRatio),
                         ratio <= kRequiredRatio);
    reached &= print("private memory at its peak, MiB", fmt::format("{:.1f}", static_cast<double>(peak) / 1024),
                     fmt::format("<= {}", kRequiredMemory), peak <= kRequiredMemory * 1024);
    reached &= print("processor's time for an ordinary mail, ms", fmt::format("{:.1f}", median(processor)),
                     fmt::format("<= {:.0f}", kRequiredProcessorTime), median(processor) <= kRequiredProcessorTime);
    return reached ? 0 : 1;
}
