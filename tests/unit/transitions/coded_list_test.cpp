#include "segue/transitions/coded_list.h"

#include <algorithm>
#include <limits>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/base/random.h"

namespace segue::transitions {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TransitionsOf single(float forward, float backward, std::uint32_t count = 1, std::uint32_t neighbour = 7) {
  return {{neighbour}, {forward}, {backward}, {count}};
}

// Weights of every kind of storage, gaps and counts of every length.
TransitionsOf any_list(Random& random, std::size_t size) {
  const auto any_bits = [&] { return random.below(std::numeric_limits<std::uint32_t>::max()) >> random.below(32); };
  const auto any_weight = [&]() -> float {
    const auto units = static_cast<float>(any_bits());
    switch (random.below(4)) {
      case 0:
        return 0;
      case 1:
        return 1.0F / static_cast<float>(1 + random.below(20));
      case 2:
        return units / static_cast<float>(kWeightUnits);
      default:
        return units * random.uniform_float();
    }
  };
  std::set<std::uint32_t> neighbours;
  while (neighbours.size() < size) neighbours.insert(any_bits());
  TransitionsOf list;
  for (const std::uint32_t neighbour : neighbours) {
    list.neighbours.push_back(neighbour);
    list.forward.push_back(any_weight());
    list.backward.push_back(any_weight());
    list.counts.push_back(any_bits());
  }
  return list;
}

TEST(CodedList, gives_back_every_bit_of_any_list) {
  Random random(1);
  for (std::size_t size = 0; size < 300; ++size) {
    const TransitionsOf list = any_list(random, size);
    const std::vector<std::uint8_t> bytes = encode(list);
    const CodedList coded(bytes);
    EXPECT_TRUE(coded.is_sound());
    EXPECT_EQ(coded.size(), size);
    EXPECT_EQ(coded.decode(), list) << size;
  }
}

TEST(CodedList, finds_what_decoding_lists) {
  Random random(2);
  const TransitionsOf list = any_list(random, 200);
  const std::vector<std::uint8_t> bytes = encode(list);
  const CodedList coded(bytes);
  for (std::size_t i = 0; i < list.neighbours.size(); ++i) {
    const Transition wanted{list.neighbours[i], list.forward[i], list.backward[i], list.counts[i]};
    EXPECT_EQ(coded.find(list.neighbours[i]), wanted);
    const std::uint32_t other = list.neighbours[i] + 1;
    EXPECT_EQ(coded.find(other).has_value(), std::ranges::binary_search(list.neighbours, other));
  }
  EXPECT_EQ(CodedList({}).find(0), std::nullopt);
}

TEST(CodedList, takes_few_bytes) {
  const std::size_t fixed = 3;  // number of transitions, control byte, a gap of one byte
  EXPECT_THAT(encode({}), SizeIs(0));
  EXPECT_THAT(encode(single(0.5F, 0)), SizeIs(fixed + 1));            // one pair
  EXPECT_THAT(encode(single(0.1F, 1.0F / 7, 2)), SizeIs(fixed + 3));  // two
  EXPECT_THAT(encode(single(1.0F + 0.5F + 1.0F / 3, 0, 3)), SizeIs(fixed + 2));
  EXPECT_THAT(encode(single(26, 0, 26)), SizeIs(fixed + 3));     // up to 65,535 parts of 2,520
  EXPECT_THAT(encode(single(27, 0, 300)), SizeIs(fixed + 6));    // more
  EXPECT_THAT(encode(single(1, 1, 70'000)), SizeIs(fixed + 6));  // a count of more than two bytes
  EXPECT_THAT(encode(single(1, 0, 1, 300)), SizeIs(fixed + 2));
  EXPECT_THAT(encode(single(1, 0, 1, 70'000)), SizeIs(fixed + 3));
  EXPECT_THAT(encode(single(1, 0, 1, 20'000'000)), SizeIs(fixed + 4));
}

TEST(CodedList, bytes_by_hand) {
  // Gaps of 1 and 2 bytes; 0.1 is the second simplest weight, 5 is no simple one.
  EXPECT_THAT(
      encode({{3, 1003}, {0.1F, 0}, {0, 5}, {1, 6}}),
      ElementsAre(2, 0b00'00'01'00, 0b01'10'00'01, 3, 1, 1000 & 0xFF, 1000 >> 8, 12'600 & 0xFF, 12'600 >> 8, 6));
}

TEST(CodedList, simple_weights_are_sums_of_few_pairs) {
  std::set<std::uint32_t> wanted = {0};
  std::set<std::uint32_t> sums = {0};
  for (int pairs = 1; pairs <= 3; ++pairs) {
    std::set<std::uint32_t> longer;
    for (const std::uint32_t sum : sums) {
      for (std::uint32_t distance = 1; distance <= 10; ++distance) longer.insert(sum + kWeightUnits / distance);
    }
    sums = longer;
    wanted.insert(sums.begin(), sums.end());
  }
  const std::set<std::uint32_t> found(simple_weights().begin(), simple_weights().end());
  EXPECT_EQ(found.size(), simple_weights().size());
  EXPECT_TRUE(std::ranges::includes(found, wanted));
  EXPECT_EQ(simple_weights()[0], 0);
  EXPECT_EQ(simple_weights()[1], 252);
  EXPECT_EQ(simple_weights()[10], 2520);
}

TEST(CodedList, notices_cut_and_longer_lists) {
  Random random(3);
  for (const std::size_t size : {1, 2, 10, 200}) {
    std::vector<std::uint8_t> bytes = encode(any_list(random, size));
    for (std::size_t left = 1; left < bytes.size(); ++left) {
      const std::vector<std::uint8_t> cut(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(left));
      EXPECT_FALSE(CodedList(cut).is_sound()) << left << " of " << bytes.size();
      (void)CodedList(cut).decode();
      (void)CodedList(cut).find(1);
    }
    bytes.push_back(0);
    EXPECT_FALSE(CodedList(bytes).is_sound());
  }
  const std::vector<std::uint8_t> endless(10, 0xFF);
  EXPECT_FALSE(CodedList(endless).is_sound());
}

TEST(CodedList, notices_neighbours_that_do_not_ascend) {
  std::vector<std::uint8_t> bytes = encode({{3, 5}, {1, 1}, {0, 0}, {1, 1}});
  ASSERT_TRUE(CodedList(bytes).is_sound());
  bytes[5] = 0;  // the second gap
  EXPECT_FALSE(CodedList(bytes).is_sound());
}

// Any byte may change and every access stays inside; the address sanitizer watches.
TEST(CodedList, reads_only_its_bytes_whatever_they_are) {
  Random random(4);
  for (int round = 0; round < 2000; ++round) {
    std::vector<std::uint8_t> bytes = encode(any_list(random, random.below(40)));
    for (std::uint32_t changes = random.below(4); changes > 0 && !bytes.empty(); --changes) {
      bytes[random.below(static_cast<std::uint32_t>(bytes.size()))] = static_cast<std::uint8_t>(random.below(256));
    }
    bytes.shrink_to_fit();
    EXPECT_LE(CodedList(bytes).decode().neighbours.size(), bytes.size());
  }
}

// A server reads zeros where a file was truncated under its map, without checking the list again.
TEST(CodedList, with_a_tail_of_zeros_has_no_larger_neighbours) {
  Random random(5);
  const TransitionsOf list = any_list(random, 100);
  const std::vector<std::uint8_t> bytes = encode(list);
  for (std::size_t lost = 0; lost <= bytes.size(); ++lost) {
    std::vector<std::uint8_t> zeros = bytes;
    std::fill(zeros.end() - static_cast<std::ptrdiff_t>(lost), zeros.end(), std::uint8_t{0});
    for (const std::uint32_t neighbour : CodedList(zeros).decode().neighbours) {
      ASSERT_LE(neighbour, list.neighbours.back()) << lost;
    }
  }
}

}  // namespace
}  // namespace segue::transitions
