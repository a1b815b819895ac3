#include "segue/ranks/connect.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include "segue/base/error.h"
#include "segue/ranks/meeting.h"
#include "segue/ranks/sockets.h"

namespace segue::ranks {

namespace {

using std::chrono::milliseconds;

struct Place {
  std::string address;
  std::uint16_t port = 0;
};

// A connection to every other rank. One call of pass() sends and receives on all of them in turn, as far as each goes
// without waiting, and waits only when none does: no thread of its own, and no message but what was handed over.
class Mesh final : public train::Communicator {
 public:
  Mesh(const Launch& launch, milliseconds timeout) : rank_(launch.rank), timeout_(timeout), others_(launch.ranks) {
    Meeting meeting(launch, timeout);
    const Clock::time_point deadline = Clock::now() + timeout;
    const FileHandle listener = listen_at(0);
    const std::vector<Place> places = share_places(meeting, {meeting.address(), port_of(listener)});
    // Whoever has shared its place listens, so connections to the ranks before this one are taken at once.
    for (std::size_t r = 0; r < rank_; ++r) others_[r] = connect(places[r], r, deadline);
    for (std::size_t left = ranks() - rank_ - 1; left > 0; --left) accept(listener, deadline);
    for (std::size_t r = 0; r < ranks(); ++r) {
      const int yes = 1;
      if (r != rank_) ::setsockopt(others_[r].get(), IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    }
  }

  std::size_t rank() const override { return rank_; }
  std::size_t ranks() const override { return others_.size(); }

  void pass(std::span<const train::BytesView> out, std::span<const std::span<std::byte>> in) override {
    SEGUE_ASSERT(out.size() == ranks() && in.size() == ranks());
    std::vector<Transfer> transfers;
    for (std::size_t r = 0; r < ranks(); ++r) {
      if (r != rank_) transfers.push_back({r, out[r], in[r]});
    }
    std::vector<pollfd> waiting;
    while (true) {
      bool moved = false;
      for (Transfer& transfer : transfers) moved |= advance(transfer);
      std::erase_if(transfers, [](const Transfer& transfer) { return transfer.out.empty() && transfer.in.empty(); });
      if (transfers.empty()) return;
      if (moved) continue;
      waiting.clear();
      for (const Transfer& transfer : transfers) {
        const int events = (transfer.out.empty() ? 0 : POLLOUT) | (transfer.in.empty() ? 0 : POLLIN);
        waiting.push_back({others_[transfer.rank].get(), static_cast<short>(events), 0});
      }
      const int ready = ::poll(waiting.data(), waiting.size(), milliseconds_until(Clock::now() + timeout_));
      if (ready == 0) {
        fail(ErrorCode::unavailable, "rank {}: it has said nothing for {} s", transfers.front().rank,
             std::chrono::duration<double>(timeout_).count());
      }
      if (ready < 0 && errno != EINTR) fail_errno("the connections to other ranks", errno);
    }
  }

 private:
  struct Transfer {
    std::size_t rank = 0;
    train::BytesView out;  // still to be sent
    std::span<std::byte> in;
  };

  // As far as it goes without waiting; whether it went anywhere.
  bool advance(Transfer& transfer) {
    const int socket = others_[transfer.rank].get();
    bool moved = false;
    if (!transfer.in.empty()) {
      const ssize_t got = ::recv(socket, transfer.in.data(), transfer.in.size(), MSG_DONTWAIT);
      moved |= went(transfer.rank, got, "it closed its connection");
      if (got > 0) transfer.in = transfer.in.subspan(static_cast<std::size_t>(got));
    }
    if (!transfer.out.empty()) {
      const ssize_t sent = ::send(socket, transfer.out.data(), transfer.out.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
      moved |= went(transfer.rank, sent, "nothing can be sent");
      if (sent > 0) transfer.out = transfer.out.subspan(static_cast<std::size_t>(sent));
    }
    return moved;
  }

  static bool went(std::size_t rank, ssize_t bytes, const char* if_none) {
    if (bytes > 0) return true;
    if (bytes < 0 && (errno == EAGAIN || errno == EINTR)) return false;
    fail(ErrorCode::unavailable, "rank {}: it has ended ({})", rank, bytes == 0 ? if_none : std::strerror(errno));
  }

  static std::vector<Place> share_places(Meeting& meeting, const Place& mine) {
    const std::string text = fmt::format("{} {}", mine.address, mine.port);
    std::vector<Place> places;
    for (const std::vector<char>& of_rank : meeting.share({text.begin(), text.end()})) {
      const std::string found(of_rank.begin(), of_rank.end());
      const std::size_t space = found.find(' ');
      if (space == std::string::npos) {
        fail(ErrorCode::unavailable, "rank {}: expected an address and a port, found \"{}\"", places.size(), found);
      }
      places.push_back({found.substr(0, space), static_cast<std::uint16_t>(std::stoul(found.substr(space)))});
    }
    return places;
  }

  FileHandle connect(const Place& place, std::size_t to, Clock::time_point deadline) const {
    std::string why;
    FileHandle socket = connect_to(place.address, place.port, deadline, why);
    Hello hello{.rank = static_cast<std::uint32_t>(rank_), .ranks = static_cast<std::uint32_t>(ranks())};
    if (!socket || !send_all(socket, bytes_of(hello), deadline)) {
      fail(ErrorCode::unavailable, "rank {} at {} port {}: rank {} cannot reach it: {}", to, place.address, place.port,
           rank_, socket ? "it has ended" : why);
    }
    return socket;
  }

  void accept(const FileHandle& listener, Clock::time_point deadline) {
    while (await_socket(listener, POLLIN, deadline)) {
      Hello hello;
      FileHandle guest = take_guest(listener, hello, deadline);
      if (!guest) continue;
      if (hello.ranks != ranks() || hello.rank <= rank_ || hello.rank >= ranks() || others_[hello.rank]) continue;
      others_[hello.rank] = std::move(guest);
      return;
    }
    const auto missing = std::ranges::find_if(others_.begin() + static_cast<std::ptrdiff_t>(rank_) + 1, others_.end(),
                                              [](const FileHandle& other) { return !other; });
    fail(ErrorCode::unavailable, "--rank-timeout: rank {} did not connect to rank {}", missing - others_.begin(),
         rank_);
  }

  std::size_t rank_;
  milliseconds timeout_;
  std::vector<FileHandle> others_;  // by rank; none at its own
};

}  // namespace

std::unique_ptr<train::Communicator> connect_ranks(const Launch& launch, milliseconds timeout) {
  return std::make_unique<Mesh>(launch, timeout);
}

}  // namespace segue::ranks
