// A song's transitions in about six bytes each, without loss.
//
// Nearly every weight is the sum of a few 1/distance: a multiple of 1/2520, which all distances up to ten divide. So
// most of a list are small whole numbers, and each is stored in as many bytes as it needs:
//
//   varint    n, the number of transitions (7 bits a byte, the lowest first, bit 7 set if more follow); absent if 0
//   n bytes   a control byte for each: bits 0-1 the length of its gap (1, 2, 3, 4 bytes), bits 2-3 that of forward,
//             4-5 of backward, 6-7 of its count (0, 1, 2, 4 bytes each)
//   n times   gap, forward, backward, count, little-endian
//
// gap:     rows between this neighbour and the one before, neighbours ascending; for the first, its row
// weight:  0 bytes: 0. 1 byte: a place in the list of the 256 simplest weights (see simple_weights()). 2 bytes: in
//          units of 1/2520. 4 bytes: float32
// count:   0 bytes: 1. Otherwise the number
//
// All control bytes come before all records, so that the length of a record is known long before it is read.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "segue/transitions/transitions.h"

namespace segue::transitions {

// Weights are stored in parts of a play next to the song.
inline constexpr std::uint32_t kWeightUnits = 2520;

// The weights that take one byte, in units: 0, then the sums of one pair of plays at most ten apart, ascending, then
// those of two that are not yet in the list, and so on until there are 256.
const std::array<std::uint16_t, 256>& simple_weights();

// REQUIRES: neighbours ascending, each once; all columns of the same length.
std::vector<std::uint8_t> encode(const TransitionsOf& list);

// A view of an encoded list. Reads nothing outside of its bytes, whatever they are.
class CodedList {
 public:
  explicit CodedList(std::span<const std::uint8_t> bytes);

  std::size_t size() const { return controls_.size(); }
  TransitionsOf decode() const;
  // The entry of `neighbour`.
  std::optional<Transition> find(std::uint32_t neighbour) const;
  // Whether decode() reads every byte once and neighbours ascend.
  bool is_sound() const;

 private:
  std::span<const std::uint8_t> controls_;
  std::span<const std::uint8_t> records_;
  bool has_size_ = true;  // its bytes hold the number of transitions, and as many control bytes
};

}  // namespace segue::transitions
