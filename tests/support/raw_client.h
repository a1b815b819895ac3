// A client that sends exactly the given bytes, for tests of a server.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "segue/base/file.h"

namespace segue::testing {

struct RawReply {
  int status = 0;  // 0: the connection ended
  std::string head;
  std::string body;
};

// Waits at most 20 s for each reply.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const timeval limit{.tv_sec = 20, .tv_usec = 0};
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  }

  void send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return;  // the server has closed the connection: the reply says why
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
  }

  // The next reply; `bodiless` if no body follows, as for HEAD.
  RawReply receive(bool bodiless = false) {
    RawReply reply;
    std::size_t end = std::string::npos;
    while ((end = buffer_.find("\r\n\r\n")) == std::string::npos) {
      if (!fill()) return reply;
    }
    reply.head = buffer_.substr(0, end + 2);
    buffer_.erase(0, end + 4);
    reply.status = std::stoi(reply.head.substr(9, 3));
    const std::string length = header(reply, "Content-Length");
    const std::size_t size = bodiless || length.empty() ? 0 : std::stoul(length);
    while (buffer_.size() < size && fill()) {
    }
    reply.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
    return reply;
  }

  RawReply ask(std::string_view bytes, bool bodiless = false) {
    send(bytes);
    return receive(bodiless);
  }

  // Whether the server has closed the connection.
  bool ended() { return buffer_.empty() && !fill(); }

  static std::string header(const RawReply& reply, std::string_view name) {
    const std::string line = "\r\n" + std::string(name) + ": ";
    const std::size_t at = reply.head.find(line);
    if (at == std::string::npos) return "";
    const std::size_t begin = at + line.size();
    return reply.head.substr(begin, reply.head.find("\r\n", begin) - begin);
  }

 private:
  bool fill() {
    char bytes[4096];
    const ssize_t got = ::recv(socket_.get(), bytes, sizeof bytes, 0);
    if (got <= 0) return false;
    buffer_.append(bytes, static_cast<std::size_t>(got));
    return true;
  }

  FileHandle socket_;
  std::string buffer_;
};

}  // namespace segue::testing
