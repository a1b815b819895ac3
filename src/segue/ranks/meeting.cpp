#include "segue/ranks/meeting.h"

#include <algorithm>
#include <thread>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <poll.h>
#include <sys/socket.h>

#include "segue/base/error.h"
#include "segue/ranks/sockets.h"

namespace segue::ranks {

namespace {

using std::chrono::milliseconds;

constexpr milliseconds kBetweenTries{50};
constexpr std::uint64_t kMostBytes = std::uint64_t{1} << 28;  // of a rank, which brings some bytes for each other one
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
    Hello hello;
    FileHandle guest = take_guest(listener, hello, deadline_);
    if (!guest) continue;
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
    FileHandle socket = connect_to(launch.address, launch.port, deadline_, why);
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
