#include "segue/ranks/meeting.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <span>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <netdb.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

#include "segue/base/error.h"

namespace segue::ranks {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

constexpr milliseconds kBetweenTries{50};
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 28;  // of a rank, which brings some bytes for each other one
constexpr std::array<char, 12> kGreeting = {'s', 'e', 'g', 'u', 'e', '-', 'r', 'a', 'n', 'k', 's', '1'};

struct Hello {
  std::array<char, 12> greeting = kGreeting;
  std::uint32_t rank = 0;
  std::uint32_t ranks = 0;
};

int milliseconds_until(Clock::time_point deadline) {
  const auto left = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 1'000'000'000));
}

// Waits until the socket can be read (or written); false at the deadline.
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

template <class T>
std::span<char> bytes_of(T& value) {
  return {reinterpret_cast<char*>(&value), sizeof value};
}

void send_message(const FileHandle& socket, std::span<const char> bytes, Clock::time_point deadline, std::size_t to) {
  std::uint64_t size = bytes.size();
  if (!send_all(socket, bytes_of(size), deadline) || !send_all(socket, bytes, deadline)) {
    fail(ErrorCode::unavailable, "rank {}: it ended before training began", to);
  }
}

std::vector<char> receive_message(const FileHandle& socket, Clock::time_point deadline, std::size_t from) {
  std::uint64_t size = 0;
  std::vector<char> bytes;
  const bool has_size = receive_all(socket, bytes_of(size), deadline) && size <= kMostBytes;
  if (has_size) bytes.resize(size);
  if (!has_size || !receive_all(socket, bytes, deadline)) {
    fail(ErrorCode::unavailable, "rank {}: it ended before training began", from);
  }
  return bytes;
}

// "10.0.0.7"; an IPv4 address within IPv6 as such.
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

// At every address of the machine.
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

// One try; an invalid handle, and the reason in `why`, if it did not succeed.
FileHandle connect_to(const Launch& launch, Clock::time_point deadline, std::string& why) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int failed = ::getaddrinfo(launch.address.c_str(), std::to_string(launch.port).c_str(), &hints, &found);
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

}  // namespace

Meeting::Meeting(const Launch& launch, milliseconds timeout) : deadline_(Clock::now() + timeout), rank_(launch.rank) {
  if (rank_ == 0) {
    await_others(launch);
  } else {
    go_to(launch);
  }
}

void Meeting::await_others(const Launch& launch) {
  const FileHandle listener = listen_at(launch.port);
  others_.resize(launch.ranks - 1);
  std::size_t missing = others_.size();
  while (missing > 0) {
    if (!await_socket(listener, POLLIN, deadline_)) {
      std::vector<std::size_t> absent;
      for (std::size_t i = 0; i < others_.size(); ++i) {
        if (!others_[i]) absent.push_back(i + 1);
      }
      fail(ErrorCode::unavailable, "--rank-timeout: of {} ranks {} did not come to {} port {}", launch.ranks,
           fmt::join(absent, ", "), launch.address, launch.port);
    }
    FileHandle guest(::accept4(listener.get(), nullptr, nullptr, SOCK_CLOEXEC));
    if (!guest) continue;
    Hello hello;
    // Whoever says nothing, or something else, is no rank.
    const auto patience = std::min(deadline_, Clock::now() + std::chrono::seconds(5));
    if (!receive_all(guest, bytes_of(hello), patience) || hello.greeting != kGreeting) continue;
    if (hello.ranks != launch.ranks || hello.rank == 0 || hello.rank >= launch.ranks) {
      fail(ErrorCode::wrong_use, "rank {} of {}: expected a rank from 1 to {} of {}", hello.rank, hello.ranks,
           launch.ranks - 1, launch.ranks);
    }
    FileHandle& place = others_[hello.rank - 1];
    if (place) fail(ErrorCode::wrong_use, "RANK {}: two processes have it", hello.rank);
    place = std::move(guest);
    --missing;
  }
  address_ = own_address(others_.front());
}

void Meeting::go_to(const Launch& launch) {
  std::string why;
  while (true) {
    FileHandle socket = connect_to(launch, deadline_, why);
    if (socket) {
      Hello hello{.rank = static_cast<std::uint32_t>(launch.rank), .ranks = static_cast<std::uint32_t>(launch.ranks)};
      if (send_all(socket, bytes_of(hello), deadline_)) {
        address_ = own_address(socket);
        others_.push_back(std::move(socket));
        return;
      }
      why = "rank 0 has ended";
    }
    if (Clock::now() + kBetweenTries >= deadline_) {
      fail(ErrorCode::unavailable, "--rank-timeout: rank {} found no rank 0 at {} port {}: {}", launch.rank,
           launch.address, launch.port, why);
    }
    std::this_thread::sleep_for(kBetweenTries);  // it may not have started yet
  }
}

std::vector<std::vector<char>> Meeting::share(const std::vector<char>& mine) {
  std::vector<std::vector<char>> all;
  if (rank_ > 0) {
    send_message(others_.front(), mine, deadline_, 0);
    std::uint64_t count = 0;
    if (!receive_all(others_.front(), bytes_of(count), deadline_) || count > kMostBytes) {
      fail(ErrorCode::unavailable, "rank 0: it ended before training began");
    }
    while (all.size() < count) all.push_back(receive_message(others_.front(), deadline_, 0));
    return all;
  }
  all.push_back(mine);
  for (std::size_t i = 0; i < others_.size(); ++i) all.push_back(receive_message(others_[i], deadline_, i + 1));
  for (std::size_t i = 0; i < others_.size(); ++i) {
    std::uint64_t count = all.size();
    if (!send_all(others_[i], bytes_of(count), deadline_)) {
      fail(ErrorCode::unavailable, "rank {}: it ended before training began", i + 1);
    }
    for (const std::vector<char>& bytes : all) send_message(others_[i], bytes, deadline_, i + 1);
  }
  return all;
}

}  // namespace segue::ranks
