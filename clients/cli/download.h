// What a URL gives, by HTTP: for `sceau certificates`, which fetches what certificates say of their issuers. The agent
// never goes on the network. libcurl takes its proxy from the environment, as all programs do.
#pragma once

#include "base/bytes.h"

#include <chrono>
#include <functional>
#include <string>

namespace sceau::cli {

struct DownloadLimits {
    std::size_t size = std::size_t{1} << 20; // bytes
    std::chrono::seconds time{30};           // for all of it, redirections too
};

/// http and https, three redirections at most, between these two alone. `io` where nothing comes, too much or not in
/// time; where `gives_up` says so, which is asked several times a second.
base::Result<base::Bytes> download(const std::string& url, const std::function<bool()>& gives_up,
                                   const DownloadLimits& limits = {});

} // namespace sceau::cli
