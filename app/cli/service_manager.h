// Tells the service manager how far the server is: systemd's Type=notify, and whatever else speaks sd_notify(3).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace segue::cli {

// Sends states as single datagrams. Thread safe.
class ServiceManager {
 public:
  // `socket`: the value of NOTIFY_SOCKET, a path or "@" and an abstract name; "" if there is no service manager.
  explicit ServiceManager(std::string socket) : socket_(std::move(socket)) {}

  // Each returns why it was not sent, if so: a server without its manager goes on serving.
  std::optional<std::string> ready(std::string_view status) const;
  std::optional<std::string> reloading() const;  // ends with ready()
  std::optional<std::string> stopping() const;

 private:
  std::optional<std::string> send(std::string_view state) const;

  const std::string socket_;
};

}  // namespace segue::cli
