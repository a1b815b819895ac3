// How many clients are connected, in all and from each address, and which of them may stay.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include <boost/asio/ip/address.hpp>

namespace segue::serve {

// A client's address for limits: a network of 2^64 IPv6 addresses, which one client may own, counts as one.
std::string network_of(const boost::asio::ip::address& address);

// What a new connection may do.
enum class Room {
  full,    // everything
  probes,  // health probes only: there are too many clients, and an operator has to see that the server lives
  refusal  // be told to come back later
};

// Thread safe.
class ClientCounts {
 public:
  // Connections beyond the limit that are answered at the same time; more are closed without a word.
  static constexpr std::uint32_t kProbing = 64;
  static constexpr std::uint32_t kRefusing = 16;

  // `most_of_address`: 0 is no limit.
  ClientCounts(std::uint32_t most, std::uint32_t most_of_address) : most_(most), most_of_address_(most_of_address) {}

  // A place for one connection, given back when it ends. Movable.
  class Place {
   public:
    Place() = default;
    Place(Place&& other) noexcept;
    Place& operator=(Place&&) = delete;
    ~Place();

    explicit operator bool() const { return counts_ != nullptr; }
    Room room() const { return room_; }

   private:
    friend class ClientCounts;
    ClientCounts* counts_ = nullptr;
    std::string network_;  // only with Room::full
    Room room_ = Room::full;
  };

  // No place if there is none left even to refuse.
  Place enter(std::string_view network);
  // Whether everybody has left within `patience`.
  bool wait_until_empty(std::chrono::milliseconds patience);

 private:
  void leave(const Place& place);
  std::uint64_t all() const { return full_ + probing_ + refusing_; }

  const std::uint32_t most_;
  const std::uint32_t most_of_address_;
  std::mutex mutex_;  // guards the members below
  std::condition_variable empty_;
  std::uint32_t full_ = 0;
  std::uint32_t probing_ = 0;
  std::uint32_t refusing_ = 0;
  std::unordered_map<std::string, std::uint32_t> of_address_;
};

}  // namespace segue::serve
