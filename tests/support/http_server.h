// A web server on the loopback for tests. It answers each path with exactly the bytes that the test set for it.
#pragma once

#include "base/bytes.h"
#include "base/unique_fd.h"

#include <map>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace sceau::test {

class HttpServer {
  public:
    HttpServer();
    ~HttpServer();
    HttpServer(const HttpServer&) = delete;
    HttpServer& operator=(const HttpServer&) = delete;

    /// Returns "http://127.0.0.1:PORT/path".
    std::string url(const std::string& path) const;

    /// Sets the answer for a path. Any other path gets "404 Not Found".
    void serve(const std::string& path, base::BytesView body);
    void redirect(const std::string& path, const std::string& url);
    /// Takes requests for this path and never answers.
    void keep_silent(const std::string& path);

    /// The paths that were requested, in order.
    std::vector<std::string> asked() const;

  private:
    void run();
    void answer(base::UniqueFd client);

    base::UniqueFd listener_;
    base::UniqueFd stop_; // an eventfd
    int port_ = 0;
    mutable std::mutex mutex_;
    std::map<std::string, std::string> answers_; // an empty answer means silence
    std::vector<std::string> asked_;
    std::vector<base::UniqueFd> silent_;
    std::thread thread_;
};

} // namespace sceau::test
