// signing measures what it costs to sign a large mail that the agent is shown, compared with OpenSSL, which signs the
// same mail with a key in a file: the time of whole processes, in turn, and the private memory of all our processes
// together. It produces the figures of docs/measurements.md. scripts/bench runs it. It exits with 1 if a required
// figure is missed.
#include "tests/bench/table.h"
#include "tests/e2e/desk.h"
#include "tests/support/run.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <fstream>
#include <thread>

using namespace sceau::test;
namespace fs = std::filesystem;

namespace {

constexpr std::size_t kRuns = 7;
constexpr std::size_t kMegabyte = 1'000'000;
constexpr double kRequiredRatio = 2.0;
constexpr double kMemoryTolerance = 1.1;

/// Writes a mail of about that size: a short text and a base64 attachment.
void write_mail(const fs::path& path, std::size_t size)
{
    std::ofstream mail(path, std::ios::binary);
    mail << "From: alice@example.org\r\nTo: bob@example.org\r\nSubject: Large\r\nMIME-Version: 1.0\r\n"
            "Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n--b\r\n"
            "Content-Type: application/octet-stream\r\nContent-Transfer-Encoding: base64\r\n\r\n";
    const std::string line = std::string(76, 'A') + "\r\n";
    for (std::size_t written = 0; written < size; written += line.size())
        mail << line;
    mail << "--b--\r\n";
}

double median(std::vector<double> values)
{
    std::ranges::sort(values);
    return values[values.size() / 2];
}

/// Returns the milliseconds from start to end.
double time_of(const Arguments& command, const Environment& environment)
{
    const auto begin = std::chrono::steady_clock::now();
    const Ended ended = Program(command, environment).wait();
    const std::chrono::duration<double, std::milli> taken = std::chrono::steady_clock::now() - begin;
    if (ended.status != 0)
        throw std::runtime_error(command[0] + " does not sign: " + ended.err);
    return taken.count();
}

/// Bytes that no other process has, of one process; 0 if it has ended.
std::size_t private_memory(const fs::path& process)
{
    std::ifstream rollup(process / "smaps_rollup");
    std::size_t kilobytes = 0;
    for (std::string line; std::getline(rollup, line);)
        if (line.starts_with("Private_"))
            kilobytes += std::stoul(line.substr(line.find(':') + 1));
    return kilobytes * 1024;
}

std::size_t private_memory_of_ours(const fs::path& programs)
{
    std::size_t total = 0;
    for (const auto& process : fs::directory_iterator("/proc")) {
        std::error_code gone;
        const fs::path executable = fs::read_symlink(process.path() / "exe", gone);
        if (!gone && executable.native().starts_with(programs.native()) &&
            executable.filename().native().starts_with("sceau"))
            total += private_memory(process.path());
    }
    return total;
}

/// The most that all our processes had together while the command ran.
std::size_t peak_memory(const Arguments& command, const Environment& environment)
{
    const fs::path programs = fs::path(command[0]).parent_path().parent_path();
    std::atomic<bool> done = false;
    std::size_t peak = 0;
    std::thread watch([&] {
        while (!done)
            peak = std::max(peak, private_memory_of_ours(programs));
    });
    const double taken = time_of(command, environment);
    static_cast<void>(taken);
    done = true;
    watch.join();
    return peak;
}

std::string megabytes(std::size_t bytes)
{
    return fmt::format("{:.1f} MB", static_cast<double>(bytes) / kMegabyte);
}

} // namespace

int main()
{
    Desk desk;
    const fs::path folder = desk.folder.path();
    for (const std::size_t size : {std::size_t{25}, std::size_t{100}})
        write_mail(folder / fmt::format("{}.eml", size), size * kMegabyte);
    run({"openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", (folder / "key.pem").string(), "-out",
         (folder / "cert.pem").string(), "-subj", "/CN=alice/emailAddress=alice@example.org"});
    const auto sceau = [&](std::size_t size) {
        desk.person.will_answer({"pin 123456"});
        return desk.command(
            {"sign", "-o", (folder / "ours.eml").string(), (folder / fmt::format("{}.eml", size)).string()});
    };
    const Arguments openssl = {"/usr/bin/openssl",
                               "cms",
                               "-sign",
                               "-in",
                               (folder / "25.eml").string(),
                               "-signer",
                               (folder / "cert.pem").string(),
                               "-inkey",
                               (folder / "key.pem").string(),
                               "-out",
                               (folder / "openssl.eml").string()};
    std::vector<double> ours;
    std::vector<double> theirs;
    for (std::size_t each = 0; each < kRuns; ++each) {
        ours.push_back(time_of(sceau(25), desk.environment));
        theirs.push_back(time_of(openssl, {}));
    }
    const double ratio = median(ours) / median(theirs);
    fmt::print("signing 25 MB, {} runs each in turn: {:.0f} ms with sceau sign, {:.0f} ms with openssl cms -sign\n",
               kRuns, median(ours), median(theirs));
    bool reached = print("ratio of the medians", fmt::format("{:.2f}", ratio), fmt::format("<= {:.1f}", kRequiredRatio),
                         ratio <= kRequiredRatio);
    const std::size_t small = peak_memory(sceau(25), desk.environment);
    const std::size_t large = peak_memory(sceau(100), desk.environment);
    const auto bound = static_cast<std::size_t>(kMemoryTolerance * static_cast<double>(small));
    fmt::print("private memory of all our processes together, at its peak\n");
    print("25 MB", megabytes(small), "", true);
    reached &= print("100 MB", megabytes(large), "<= " + megabytes(bound), large <= bound);
    return reached ? 0 : 1;
}
