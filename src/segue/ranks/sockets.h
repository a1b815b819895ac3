// TCP sockets of ranks: calls that end at a deadline.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>

#include "segue/base/file.h"

namespace segue::ranks {

using Clock = std::chrono::steady_clock;

// What a rank says first on a connection.
struct Hello {
  std::array<char, 12> greeting = {'s', 'e', 'g', 'u', 'e', '-', 'r', 'a', 'n', 'k', 's', '1'};
  std::uint32_t rank = 0;
  std::uint32_t ranks = 0;
};

template <class T>
std::span<char> bytes_of(T& value) {
  return {reinterpret_cast<char*>(&value), sizeof value};
}

// From now; 0 if it has passed.
int milliseconds_until(Clock::time_point deadline);

// Waits until the socket can be read (POLLIN) or written (POLLOUT); false at the deadline.
bool await_socket(const FileHandle& socket, short events, Clock::time_point deadline);

// False at the deadline, or if the other side has ended.
bool send_all(const FileHandle& socket, std::span<const char> bytes, Clock::time_point deadline);
bool receive_all(const FileHandle& socket, std::span<char> bytes, Clock::time_point deadline);

// "10.0.0.7"; an IPv4 address within IPv6 as such.
std::string own_address(const FileHandle& socket);
std::uint16_t port_of(const FileHandle& socket);

// At every address of the machine; port 0 is any free one. Throws unavailable.
FileHandle listen_at(std::uint16_t port);

// Takes the next connection at the listener, and what was said first on it. An invalid handle if that is no Hello, or
// does not come within seconds: whoever says nothing, or something else, is no rank.
FileHandle take_guest(const FileHandle& listener, Hello& hello, Clock::time_point deadline);

// One try; an invalid handle, and the reason in `why`, if it did not succeed.
FileHandle connect_to(const std::string& address, std::uint16_t port, Clock::time_point deadline, std::string& why);

}  // namespace segue::ranks
