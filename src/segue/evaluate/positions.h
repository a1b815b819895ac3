// The positions of the held-out queues at which the next song is predicted.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "segue/data/dataset/dataset.h"
#include "segue/evaluate/knowledge.h"
#include "segue/evaluate/method.h"
#include "segue/evaluate/split.h"

namespace segue::evaluate {

// Tasks, measured separately because the best answer to one may be the worst answer to another:
//   discovery  the next song is not among those just heard, which are masked: predict something new
//   next       every position, nothing masked: predict what is played, new or not
//   repeat     those of `next` at which the next song is among those just heard
// With --split last-song there is one task, `any`: every position, nothing masked.
enum class Mode : std::uint8_t { discovery, repeat, next, any };
inline constexpr std::array<std::string_view, 4> kModeNames = {"discovery", "repeat", "next", "any"};
inline constexpr std::array<Mode, 4> kAllModes = {Mode::discovery, Mode::repeat, Mode::next, Mode::any};

struct Position {
  std::uint32_t held_out = 0;           // its queue, an index of Split::held_out
  std::uint32_t at = 0;                 // its place in the queue
  std::uint32_t target = kUnknownSong;  // the song of the catalogue to predict
  std::uint32_t relevant = 0;           // distinct songs from here to the end of the queue that are not masked
  Mode mode = Mode::any;                // never `repeat`
  bool again = false;                   // the next song was just heard
};

inline bool belongs(const Position& position, Mode mode) {
  return position.mode == mode || (mode == Mode::repeat && position.mode == Mode::next && position.again);
}

inline Task task_of(Mode mode) {
  return mode == Mode::discovery ? Task::discovery : Task::next;
}

// In the order of the held-out queues. A song counts as just heard if it is among the `heard` songs before the
// position; 0: among all of them.
std::vector<Position> list_positions(const data::Dataset& dataset, const Split& split, std::uint32_t heard);

// Makes the queries of positions. Not thread safe: one for each thread.
class QueryBatch {
 public:
  QueryBatch(const data::Dataset& dataset, const Split& split, const Knowledge& knowledge, std::uint32_t heard);
  // The queries of positions first ... first + count - 1; valid until the next call.
  std::span<const Query> make(std::span<const Position> positions, std::size_t first, std::size_t count);

 private:
  struct Range {
    std::size_t heard_begin, heard_end, masked_begin, masked_end;
  };
  Range append(const Position& position);

  const data::Dataset& dataset_;
  const Split& split_;
  const Knowledge& knowledge_;
  const std::uint32_t heard_;
  std::vector<std::uint32_t> songs_;
  std::vector<Range> ranges_;
  std::vector<Query> queries_;
};

// A query has at most this many songs heard.
inline constexpr std::size_t kHeardKept = 50;

}  // namespace segue::evaluate
