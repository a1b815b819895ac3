#include "segue/serve/http/client_counts.h"

#include <utility>

#include <boost/asio/ip/network_v6.hpp>

namespace segue::serve {

namespace ip = boost::asio::ip;

std::string network_of(const ip::address& address) {
  constexpr unsigned short kNetworkBits = 64;
  if (address.is_v4()) return address.to_string();
  const ip::address_v6 v6 = address.to_v6();
  if (v6.is_v4_mapped()) return ip::make_address_v4(ip::v4_mapped, v6).to_string();
  if (v6.is_loopback()) return v6.to_string();
  return ip::make_network_v6(v6, kNetworkBits).canonical().to_string();
}

ClientCounts::Place::Place(Place&& other) noexcept
    : counts_(std::exchange(other.counts_, nullptr)), network_(std::move(other.network_)), room_(other.room_) {}

ClientCounts::Place::~Place() {
  if (counts_ != nullptr) counts_->leave(*this);
}

ClientCounts::Place ClientCounts::enter(std::string_view network) {
  Place place;
  const std::scoped_lock lock(mutex_);
  place.network_ = network;
  const auto found = of_address_.find(place.network_);
  const std::uint32_t of_address = found == of_address_.end() ? 0 : found->second;
  if (most_of_address_ != 0 && of_address >= most_of_address_) {
    if (refusing_ == kRefusing) return place;
    place.room_ = Room::refusal;
    ++refusing_;
  } else if (full_ >= most_) {
    if (probing_ == kProbing) return place;
    place.room_ = Room::probes;
    ++probing_;
  } else {
    ++of_address_[place.network_];
    ++full_;
  }
  place.counts_ = this;
  return place;
}

void ClientCounts::leave(const Place& place) {
  const std::scoped_lock lock(mutex_);
  if (place.room_ == Room::refusal) --refusing_;
  if (place.room_ == Room::probes) --probing_;
  if (place.room_ == Room::full) {
    --full_;
    const auto found = of_address_.find(place.network_);
    if (--found->second == 0) of_address_.erase(found);
  }
  if (all() == 0) empty_.notify_all();
}

bool ClientCounts::wait_until_empty(std::chrono::milliseconds patience) {
  std::unique_lock lock(mutex_);
  return empty_.wait_for(lock, patience, [this] { return all() == 0; });
}

}  // namespace segue::serve
