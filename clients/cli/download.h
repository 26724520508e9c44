// Downloads by HTTP for `sceau certificates`, which fetches the issuers that certificates name. The agent itself never
// uses the network. libcurl takes its proxy from the environment, as other programs do.
#pragma once

#include "base/bytes.h"

#include <chrono>
#include <functional>
#include <string>

namespace sceau::cli {

struct DownloadLimits {
    std::size_t size = std::size_t{1} << 20; // bytes
    std::chrono::seconds time{30};           // for the whole download, with redirections
};

/// Fetches by http and https with at most three redirections, which stay within these two schemes. Fails with `io` if
/// nothing comes, if it is too large or too late, or if `gives_up`, which is called several times a second, returns
/// true.
base::Result<base::Bytes> download(const std::string& url, const std::function<bool()>& gives_up,
                                   const DownloadLimits& limits = {});

} // namespace sceau::cli
