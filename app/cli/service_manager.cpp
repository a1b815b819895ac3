#include "app/cli/service_manager.h"

#include <cerrno>
#include <cstddef>
#include <cstring>
#include <ctime>

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "segue/base/file.h"

namespace segue::cli {

namespace {

// systemd drops a RELOADING=1 without the time at which the reload began (Type=notify-reload).
std::int64_t monotonic_microseconds() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  return std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
}

}  // namespace

std::optional<std::string> ServiceManager::ready(std::string_view status) const {
  return send(fmt::format("READY=1\nSTATUS={}", status));
}

std::optional<std::string> ServiceManager::reloading() const {
  return send(fmt::format("RELOADING=1\nMONOTONIC_USEC={}\nSTATUS=reloading models", monotonic_microseconds()));
}

std::optional<std::string> ServiceManager::stopping() const {
  return send("STOPPING=1\nSTATUS=finishing requests");
}

std::optional<std::string> ServiceManager::send(std::string_view state) const {
  if (socket_.empty()) return std::nullopt;
  const auto failed = [this](std::string_view reason) { return fmt::format("NOTIFY_SOCKET {}: {}", socket_, reason); };
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_.front() != '/' && socket_.front() != '@') return failed("expected a path or @ and an abstract name");
  if (socket_.size() >= sizeof address.sun_path) {
    return failed(fmt::format("expected at most {} characters, found {}", sizeof address.sun_path - 1, socket_.size()));
  }
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  if (socket_.front() == '@') address.sun_path[0] = '\0';
  // The length says where an abstract name ends: it may contain zeros.
  const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + socket_.size());
  const FileHandle handle(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  if (!handle) return failed(std::strerror(errno));
  const timeval patience{.tv_sec = 2, .tv_usec = 0};  // a manager that reads nothing must not hold up the server
  ::setsockopt(handle.get(), SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof patience);
  const auto* const to = reinterpret_cast<const sockaddr*>(&address);
  const ssize_t sent = ::sendto(handle.get(), state.data(), state.size(), MSG_NOSIGNAL, to, length);
  if (sent != static_cast<ssize_t>(state.size())) return failed(std::strerror(errno));
  return std::nullopt;
}

}  // namespace segue::cli
