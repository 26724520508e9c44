#include "tests/support/http_server.h"

#include <arpa/inet.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <stdexcept>

namespace sceau::test {

namespace {

std::string request_from(int client)
{
    std::string request;
    std::array<char, 4096> part{};
    while (request.find("\r\n\r\n") == std::string::npos) {
        const ssize_t count = ::recv(client, part.data(), part.size(), 0);
        if (count <= 0)
            break;
        request.append(part.data(), static_cast<std::size_t>(count));
    }
    return request;
}

/// Returns "/path" from "GET /path HTTP/1.1".
std::string path_in(const std::string& request)
{
    const std::size_t begin = request.find(' ');
    const std::size_t end = begin == std::string::npos ? begin : request.find(' ', begin + 1);
    return end == std::string::npos ? "" : request.substr(begin + 1, end - begin - 1);
}

} // namespace

HttpServer::HttpServer() : listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)), stop_(::eventfd(0, EFD_CLOEXEC))
{
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* any = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.value(), any, size) != 0 || ::listen(listener_.value(), 16) != 0 ||
        ::getsockname(listener_.value(), any, &size) != 0)
        throw std::runtime_error("no web server on the loopback");
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { run(); });
}

HttpServer::~HttpServer()
{
    ::eventfd_write(stop_.value(), 1);
    thread_.join();
}

std::string HttpServer::url(const std::string& path) const
{
    return "http://127.0.0.1:" + std::to_string(port_) + path;
}

void HttpServer::serve(const std::string& path, base::BytesView body)
{
    const std::lock_guard lock(mutex_);
    answers_[path] = "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Type: application/pkix-cert\r\n\r\n" +
                     std::string(base::as_text(body));
}

void HttpServer::redirect(const std::string& path, const std::string& url)
{
    const std::lock_guard lock(mutex_);
    answers_[path] = "HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 0\r\nLocation: " + url + "\r\n\r\n";
}

void HttpServer::keep_silent(const std::string& path)
{
    const std::lock_guard lock(mutex_);
    answers_[path] = "";
}

std::vector<std::string> HttpServer::asked() const
{
    const std::lock_guard lock(mutex_);
    return asked_;
}

void HttpServer::run()
{
    for (;;) {
        std::array<pollfd, 2> watched{{{.fd = listener_.value(), .events = POLLIN, .revents = 0},
                                       {.fd = stop_.value(), .events = POLLIN, .revents = 0}}};
        ::poll(watched.data(), watched.size(), -1);
        if (watched[1].revents != 0)
            return;
        answer(base::UniqueFd(::accept4(listener_.value(), nullptr, nullptr, SOCK_CLOEXEC)));
    }
}

void HttpServer::answer(base::UniqueFd client)
{
    const std::string path = path_in(request_from(client.value()));
    const std::lock_guard lock(mutex_);
    asked_.push_back(path);
    const auto found = answers_.find(path);
    const std::string answer = found != answers_.end()
                                   ? found->second
                                   : "HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
    if (answer.empty()) {
        silent_.push_back(std::move(client));
        return;
    }
    for (std::size_t sent = 0; sent < answer.size();) {
        const ssize_t count = ::send(client.value(), answer.data() + sent, answer.size() - sent, MSG_NOSIGNAL);
        if (count <= 0)
            return;
        sent += static_cast<std::size_t>(count);
    }
}

} // namespace sceau::test
