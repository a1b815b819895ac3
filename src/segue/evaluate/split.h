// Splits a dataset into queues to train on and positions to predict.
//
// Three ways to hold out, none of which lets training see a play to be predicted:
//   time       queues in order of start: training, a gap, validation, a gap, test. As in use, the past predicts the
//              future.
//   queues     whole users or playlists. All queues of one user or playlist fall on one side, because snapshots of one
//              playlist repeat each other.
//   last_song  the last song of every queue (Caselles-Dupré, Lesaint, Royo-Letelier 2018, arXiv:1804.04212); training
//              sees the songs before it.
// When measuring on the test part, training sees everything else, including validation. When measuring on validation,
// the test part is not used at all.
//
// Methods rank a catalogue: the songs with at least min_plays plays in training, numbered by those plays. All other
// songs are unknown: skipped in the history, and always missed as the song to predict.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include "segue/data/dataset/dataset.h"
#include "segue/data/dataset/queues.h"
#include "segue/data/text/song_keys.h"
#include "segue/evaluate/options.h"

namespace segue::evaluate {

inline constexpr std::uint32_t kUnknownSong = ~std::uint32_t{0};
inline constexpr std::uint32_t kNobody = ~std::uint32_t{0};

// What methods are fitted on: songs are numbers of the catalogue, and all other songs are dropped from the queues.
struct TrainingSet {
  data::Queues queues;
  std::vector<std::uint64_t> plays;                 // of each song, descending
  std::vector<std::uint32_t> users;                 // of each queue, numbered from 0
  std::vector<std::optional<std::int64_t>> starts;  // of each queue, microseconds since 1970-01-01 UTC
  std::uint32_t user_count = 0;
  std::vector<data::SongKeys> keys;  // of each song: its artist and recording; empty if songs have no names
  bool users_return = false;         // whether a held-out queue is of one of these users

  std::uint32_t song_count() const { return static_cast<std::uint32_t>(plays.size()); }
};

// A queue whose songs at first ... end-1 are to be predicted, each from the songs before it.
struct HeldOutQueue {
  std::size_t queue = 0;         // of the dataset
  std::uint32_t user = kNobody;  // as in TrainingSet::users; kNobody if training has not seen the user
  std::uint32_t unit = 0;        // numbered from 0: queues that depend on each other are one unit
  std::uint32_t first = 0;
  std::uint32_t end = 0;
};

struct Split {
  SplitKind kind = SplitKind::queues;  // never automatic
  TrainingSet training;
  std::vector<std::uint32_t> songs;          // of each row of the dataset: its song of the catalogue or kUnknownSong
  std::vector<std::uint32_t> rows;           // of each song of the catalogue: its row of the dataset
  std::vector<std::size_t> training_queues;  // of the dataset, in the order of training.queues
  std::vector<HeldOutQueue> held_out;        // in the order of the dataset
  std::vector<bool> drawn;                   // of each queue of the dataset, with max_plays; empty: all of them
  std::uint64_t training_plays = 0;          // including songs that are not in the catalogue
  std::uint32_t units = 0;

  std::uint64_t positions() const;
};

// The kind that `automatic` selects: time for sessions, queues for playlists and for queues without times.
SplitKind split_for(const data::Dataset& dataset);

// The same dataset, options and seed give the same split. Throws bad_input if a part would be empty, no song has
// min_plays, or a queue has no start time with --split time.
Split make_split(const data::Dataset& dataset, const SplitOptions& options, std::uint64_t min_plays,
                 std::uint64_t seed);

}  // namespace segue::evaluate
