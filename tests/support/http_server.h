// A web server on the loopback for tests: it answers each path with what the test wrote for it, byte for byte.
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

    /// "http://127.0.0.1:PORT/path"
    std::string url(const std::string& path) const;

    /// What it answers to that path from now on; where nothing is set, "404 Not Found".
    void serve(const std::string& path, base::BytesView body);
    void redirect(const std::string& path, const std::string& url);
    /// It takes the request and never answers.
    void keep_silent(const std::string& path);

    /// The paths that were asked for, in their order.
    std::vector<std::string> asked() const;

  private:
    void run();
    void answer(base::UniqueFd client);

    base::UniqueFd listener_;
    base::UniqueFd stop_; // an eventfd
    int port_ = 0;
    mutable std::mutex mutex_;
    std::map<std::string, std::string> answers_; // empty: silence
    std::vector<std::string> asked_;
    std::vector<base::UniqueFd> silent_;
    std::thread thread_;
};

} // namespace sceau::test
