#include "segue/ranks/sockets.h"

#include <algorithm>
#include <cerrno>
#include <cstring>

#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "segue/base/error.h"

namespace segue::ranks {

using std::chrono::milliseconds;

int milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000'000));
}

bool await_socket(const FileHandle& socket, short events, Clock::time_point deadline) {
  pollfd waiting{.fd = socket.get(), .events = events, .revents = 0};
  int ready = 0;
  do {
    ready = ::poll(&waiting, 1, milliseconds_until(deadline));
  } while (ready < 0 && errno == EINTR);
  return ready > 0;
}

bool send_all(const FileHandle& socket, std::span<const char> bytes, Clock::time_point deadline) {
  while (!bytes.empty()) {
    if (!await_socket(socket, POLLOUT, deadline)) return false;
    const ssize_t sent = ::send(socket.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (sent <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(sent));
  }
  return true;
}

bool receive_all(const FileHandle& socket, std::span<char> bytes, Clock::time_point deadline) {
  while (!bytes.empty()) {
    if (!await_socket(socket, POLLIN, deadline)) return false;
    const ssize_t got = ::recv(socket.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
    if (got <= 0) return false;
    bytes = bytes.subspan(static_cast<std::size_t>(got));
  }
  return true;
}

std::string own_address(const FileHandle& socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  std::array<char, NI_MAXHOST> text{};
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0 ||
      ::getnameinfo(reinterpret_cast<const sockaddr*>(&address), length, text.data(), text.size(), nullptr, 0,
                    NI_NUMERICHOST) != 0) {
    fail_errno("the address of this rank", errno);
  }
  const std::string found = text.data();
  const std::string prefix = "::ffff:";
  return found.starts_with(prefix) ? found.substr(prefix.size()) : found;
}

FileHandle listen_at(std::uint16_t port) {
  int error = 0;
  for (const int family : {AF_INET6, AF_INET}) {
    FileHandle listener(::socket(family, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (!listener) {
      error = errno;
      continue;
    }
    const int yes = 1;
    const int no = 0;
    ::setsockopt(listener.get(), SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (family == AF_INET6) ::setsockopt(listener.get(), IPPROTO_IPV6, IPV6_V6ONLY, &no, sizeof no);
    sockaddr_in6 six{};
    six.sin6_family = AF_INET6;
    six.sin6_port = htons(port);
    sockaddr_in four{};
    four.sin_family = AF_INET;
    four.sin_port = htons(port);
    const auto* address =
        family == AF_INET6 ? reinterpret_cast<const sockaddr*>(&six) : reinterpret_cast<const sockaddr*>(&four);
    const auto length = static_cast<socklen_t>(family == AF_INET6 ? sizeof six : sizeof four);
    if (::bind(listener.get(), address, length) == 0 && ::listen(listener.get(), SOMAXCONN) == 0) return listener;
    error = errno;
  }
  fail(ErrorCode::unavailable, "MASTER_PORT {}: rank 0 cannot listen there: {}", port, std::strerror(error));
}

FileHandle connect_to(const std::string& address, std::uint16_t port, Clock::time_point deadline, std::string& why) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failed = ::getaddrinfo(address.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (failed != 0) {
    why = ::gai_strerror(failed);
    return {};
  }
  for (const addrinfo* each = found; each != nullptr; each = each->ai_next) {
    FileHandle socket(::socket(each->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    if (!socket) continue;
    int error = ::connect(socket.get(), each->ai_addr, each->ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS) {
      socklen_t length = sizeof error;
      if (!await_socket(socket, POLLOUT, deadline)) {
        error = ETIMEDOUT;
      } else {
        ::getsockopt(socket.get(), SOL_SOCKET, SO_ERROR, &error, &length);
      }
    }
    if (error == 0) {
      ::freeaddrinfo(found);
      return socket;
    }
    why = std::strerror(error);
  }
  ::freeaddrinfo(found);
  return {};
}

std::uint16_t port_of(const FileHandle& socket) {
  sockaddr_storage address{};
  socklen_t length = sizeof address;
  if (::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    fail_errno("the port of this rank", errno);
  }
  return ntohs(address.ss_family == AF_INET6 ? reinterpret_cast<const sockaddr_in6*>(&address)->sin6_port
                                             : reinterpret_cast<const sockaddr_in*>(&address)->sin_port);
}

FileHandle take_guest(const FileHandle& listener, Hello& hello, Clock::time_point deadline) {
  FileHandle guest(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
  const auto patience = std::min(deadline, Clock::now() + std::chrono::seconds(5));
  if (!guest || !receive_all(guest, bytes_of(hello), patience) || hello.greeting != Hello{}.greeting) return {};
  return guest;
}

}  // namespace segue::ranks
