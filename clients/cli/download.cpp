#include "clients/cli/download.h"

#include "ipc/interface.h"

#include <curl/curl.h>

#include <array>
#include <memory>

namespace sceau::cli {

using base::Result;

namespace {

struct Transfer {
    const std::function<bool()>& gives_up;
    std::size_t limit;
    base::Bytes received = {};
    bool is_too_large = false;
};

std::size_t on_data(const char* data, std::size_t size, std::size_t count, void* context)
{
    auto& transfer = *static_cast<Transfer*>(context);
    const std::size_t bytes = size * count;
    transfer.is_too_large = bytes > transfer.limit - transfer.received.size();
    if (transfer.is_too_large)
        return CURL_WRITEFUNC_ERROR;
    transfer.received.insert(transfer.received.end(), data, data + bytes);
    return bytes;
}

int on_progress(void* context, curl_off_t /*to_come*/, curl_off_t /*come*/, curl_off_t /*to_go*/, curl_off_t /*gone*/)
{
    return static_cast<Transfer*>(context)->gives_up() ? 1 : 0;
}

using Curl = std::unique_ptr<CURL, decltype([](CURL* handle) { curl_easy_cleanup(handle); })>;

void set_limits(CURL* curl, const DownloadLimits& limits)
{
    constexpr long kRedirections = 3;
    constexpr long kSecondsToConnect = 10;
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
    curl_easy_setopt(curl, CURLOPT_MAXREDIRS, kRedirections);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kSecondsToConnect);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT, static_cast<long>(limits.time.count()));
    curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
}

} // namespace

Result<base::Bytes> download(const std::string& url, const std::function<bool()>& gives_up,
                             const DownloadLimits& limits)
{
    static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
    const Curl curl(started == CURLE_OK ? curl_easy_init() : nullptr);
    if (!curl)
        return std::unexpected(base::internal("libcurl does not start"));
    Transfer transfer{.gives_up = gives_up, .limit = limits.size};
    std::array<char, CURL_ERROR_SIZE> detail{};
    const std::string agent = "sceau/" + std::string(ipc::version());
    set_limits(curl.get(), limits);
    curl_easy_setopt(curl.get(), CURLOPT_URL, url.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_USERAGENT, agent.c_str());
    curl_easy_setopt(curl.get(), CURLOPT_ERRORBUFFER, detail.data());
    curl_easy_setopt(curl.get(), CURLOPT_WRITEFUNCTION, on_data);
    curl_easy_setopt(curl.get(), CURLOPT_WRITEDATA, &transfer);
    curl_easy_setopt(curl.get(), CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(curl.get(), CURLOPT_XFERINFOFUNCTION, on_progress);
    curl_easy_setopt(curl.get(), CURLOPT_XFERINFODATA, &transfer);
    const CURLcode code = curl_easy_perform(curl.get());
    if (transfer.is_too_large)
        return std::unexpected(base::io("more than " + std::to_string(limits.size) + " bytes came"));
    if (code != CURLE_OK)
        return std::unexpected(base::io(detail[0] != '\0' ? detail.data() : curl_easy_strerror(code)));
    return std::move(transfer.received);
}

} // namespace sceau::cli
