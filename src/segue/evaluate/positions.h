// Every place of the held-out queues where the next song is asked for.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "segue/data/dataset/dataset.h"
#include "segue/evaluate/method.h"
#include "segue/evaluate/split.h"

namespace segue::evaluate {

// Two questions that are told apart, because the best answer to one is the worst to the other:
//   discovery  the next song was not among the songs just heard, and those are masked: what is new?
//   repeat     the next song was among them, nothing is masked: what is played again?
// With --split last-song there is one question, `any`: every position, nothing masked.
enum class Mode : std::uint8_t { discovery, repeat, any };
inline constexpr std::array<std::string_view, 3> kModeNames = {"discovery", "repeat", "any"};
inline constexpr std::array<Mode, 3> kAllModes = {Mode::discovery, Mode::repeat, Mode::any};

struct Position {
  std::uint32_t held_out = 0;           // its queue, of Split::held_out
  std::uint32_t at = 0;                 // its place in the queue
  std::uint32_t target = kUnknownSong;  // the song of the catalogue that came next
  std::uint32_t relevant = 0;           // different songs from here to the end of the queue that are not masked
  Mode mode = Mode::any;
};

// In the order of the held-out queues. `heard`: a song counts as heard when it is among so many songs before; 0: all.
std::vector<Position> list_positions(const data::Dataset& dataset, const Split& split, std::uint32_t heard);

// The queries of some positions. Not thread safe: one for each thread.
class QueryBatch {
 public:
  QueryBatch(const data::Dataset& dataset, const Split& split, std::uint32_t heard);
  // The queries of positions first ... first + count - 1; the spans live until the next call.
  std::span<const Query> make(std::span<const Position> positions, std::size_t first, std::size_t count);

 private:
  struct Range {
    std::size_t heard_begin, heard_end, masked_begin, masked_end;
  };
  Range append(const Position& position);

  const data::Dataset& dataset_;
  const Split& split_;
  const std::uint32_t heard_;
  std::vector<std::uint32_t> songs_;
  std::vector<Range> ranges_;
  std::vector<Query> queries_;
};

// A query has so many of the songs heard last.
inline constexpr std::size_t kHeardKept = 50;

}  // namespace segue::evaluate
