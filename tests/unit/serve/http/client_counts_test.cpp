#include "segue/serve/http/client_counts.h"

#include <deque>

#include <gtest/gtest.h>

namespace segue::serve {
namespace {

std::string network(const char* address) {
  return network_of(boost::asio::ip::make_address(address));
}

TEST(NetworkOf, takes_64_bits_of_ipv6) {
  EXPECT_EQ(network("203.0.113.7"), "203.0.113.7");
  EXPECT_EQ(network("::ffff:203.0.113.7"), "203.0.113.7");
  EXPECT_EQ(network("::1"), "::1");
  EXPECT_EQ(network("2001:db8:1:2:3:4:5:6"), network("2001:db8:1:2:ffff::1"));
  EXPECT_NE(network("2001:db8:1:2::1"), network("2001:db8:1:3::1"));
}

TEST(ClientCounts, keeps_room_for_probes_and_refusals) {
  ClientCounts counts(2, 0);
  const ClientCounts::Place first = counts.enter("a");
  {
    const ClientCounts::Place second = counts.enter("a");
    EXPECT_EQ(second.room(), Room::full);
    std::deque<ClientCounts::Place> probing;
    for (std::uint32_t i = 0; i < ClientCounts::kProbing; ++i) {
      probing.push_back(counts.enter("b"));
      EXPECT_EQ(probing.back().room(), Room::probes);
    }
    EXPECT_FALSE(counts.enter("b"));
    EXPECT_FALSE(counts.wait_until_empty(std::chrono::milliseconds(0)));
  }
  EXPECT_EQ(counts.enter("c").room(), Room::full);
}

TEST(ClientCounts, one_address_does_not_take_the_room_of_others) {
  ClientCounts counts(10, 2);
  std::deque<ClientCounts::Place> mine;
  for (int i = 0; i < 2; ++i) EXPECT_EQ(mine.emplace_back(counts.enter("a")).room(), Room::full);
  for (std::uint32_t i = 0; i < ClientCounts::kRefusing; ++i) {
    EXPECT_EQ(mine.emplace_back(counts.enter("a")).room(), Room::refusal);
  }
  EXPECT_FALSE(counts.enter("a"));
  EXPECT_EQ(counts.enter("b").room(), Room::full);
  mine.clear();
  EXPECT_EQ(counts.enter("a").room(), Room::full);
  EXPECT_TRUE(counts.wait_until_empty(std::chrono::milliseconds(0)));
}

}  // namespace
}  // namespace segue::serve
