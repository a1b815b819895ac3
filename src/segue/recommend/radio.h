// A radio: an endless continuation of seed songs.
//
// The next song is the candidate with the largest
//
//     T / 2 + V / 2 + C + 2 (1 - drift) S     (then popularity, diversity and surprise as in rerank.h)
//
//   T  how often it was played after the five newest songs: the root of its forward transition weight, on the scale of
//      the strongest follower of each
//   V  its probability near them according to the model: the logistic of their vectors times its context vector
//   C  its cosine to their mean, which keeps steps short
//   S  its largest cosine to a centre of the seeds, which pulls the radio back however far it has gone. Each of up to
//      three seeds is a centre, with the songs played around it; more are clustered (interests.h). A centre gains 0.1
//      for every song that it is behind its share, so that the radio alternates between centres
//
// where in T, V and C the newest song counts most and each older one 0.7 of the one after it. Only candidates are
// scored, so that a song takes well under a millisecond: the followers of the newest songs and of the seeds, and songs
// near the centres of the seeds and near the newest songs.
#pragma once

#include <array>
#include <cstdint>
#include <deque>
#include <optional>
#include <span>
#include <string_view>
#include <unordered_set>
#include <vector>

#include "segue/base/options.h"
#include "segue/index/row_set.h"
#include "segue/model/model.h"
#include "segue/recommend/list_rules.h"
#include "segue/recommend/near.h"
#include "segue/recommend/rerank_options.h"
#include "segue/recommend/seeds.h"

namespace segue::recommend {

struct RadioOptions {
  std::uint32_t length = 50;
  double drift = 0.2;
};

}  // namespace segue::recommend

namespace segue {

template <>
struct OptionsOf<recommend::RadioOptions> {
  static constexpr std::string_view section = "radio";
  static constexpr std::array rows = {
      option<&recommend::RadioOptions::length>("length", "Songs to play", between(1, 1'000'000)),
      option<&recommend::RadioOptions::drift>(
          "drift", "0: stays with the seeds; 1: follows the songs and is never pulled back", between(0, 1)),
  };
};
SEGUE_CHECK_OPTIONS(recommend::RadioOptions);

}  // namespace segue

namespace segue::recommend {

// RerankOptions for a radio: any number of songs by an artist, at least five others between two of them, and some
// surprise.
RerankOptions radio_list_options();

struct RadioSong {
  data::SongRow song = 0;
  float score = 0;            // the sum above
  float similarity = 0;       // cosine to the song before it, the newest seed for the first
  float seed_similarity = 0;  // largest cosine to a centre of the seeds; 1 for a seed
};

// Views a model that outlives it. Not thread safe; many radios may play from one model at once. The same seeds, options
// and index give the same songs, however the calls are spread.
class Radio {
 public:
  // `seeds` in order, the newest last. Throws bad_input if no seed has a vector.
  Radio(const model::Model& model, FindNear find_near, std::span<const data::SongRow> seeds,
        const RadioOptions& options, const RerankOptions& list_options);
  // Seeds count by their weights, in no order. Each is a centre whose share is its weight, if there are at most eight;
  // songs of more are clustered. The songs of a group were not heard: the radio plays them too, and for them S is 1.
  Radio(const model::Model& model, FindNear find_near, std::span<const Seed> seeds, const RadioOptions& options,
        const RerankOptions& list_options);

  // The next song: one with a vector, never a song already played nor another version of it (fold_versions), and none
  // of the seeds (mode discover). Artists are artist_gap songs apart as long as any song of the catalogue allows that;
  // after that the gap is halved. nullopt if no song is left.
  std::optional<RadioSong> next();

  // Products of vectors so far, about: for callers that limit the work of a request.
  std::uint64_t work() const { return work_; }

  // From now on plays songs of this set only, which has to outlive the radio. `find_near` should know it too.
  void keep_only(const index::RowSet& rows) { keeps_ = &rows; }

  // Never plays these songs; may be called at any time.
  void exclude(std::span<const data::SongRow> rows);

  // Resumes a radio of these seeds that has already played `rows`, in this order: continues after the last of them and
  // plays none of them again. REQUIRES: rows of the model.
  void resume_after(std::span<const data::SongRow> rows);

 private:
  struct Recent;
  struct Scored {
    RadioSong song;
    std::size_t centre = 0;  // the one it serves
    float value = 0;
  };
  struct Centre {
    std::vector<float> vector;  // unit
    float share = 0;            // of the songs; the shares of all centres add up to 1
    float owed = 0;             // songs it is behind its share
  };
  bool may_play(data::SongRow row) const { return keeps_ == nullptr || keeps_->contains(row); }
  struct Start {
    std::vector<Centre> centres;
    std::vector<data::SongRow> songs;    // distinct, the newest or heaviest last
    std::vector<data::SongRow> heard;    // those of them that were heard
    std::vector<data::SongRow> to_play;  // those of groups
  };
  static Start start_of(const model::Model& model, std::span<const data::SongRow> seeds);
  static Start start_of(const model::Model& model, std::span<const Seed> seeds);
  static std::vector<Centre> clustered(const model::Model& model, std::span<const WeightedSong> songs);

  Radio(const model::Model& model, FindNear find_near, Start start, const RadioOptions& options,
        const RerankOptions& list_options);

  Recent recent() const;
  std::vector<data::SongRow> candidates(const Recent& recent);
  Scored score(const Recent& recent, data::SongRow row) const;
  std::vector<float> centre_cosines(data::SongRow row) const;
  void was_played(data::SongRow row, std::size_t centre);
  std::optional<Scored> best_of(const Recent& recent, std::span<const data::SongRow> rows);
  std::optional<Scored> anywhere(const Recent& recent);
  void look_around(std::span<const float> place);

  const model::Model& model_;
  FindNear find_near_;
  RadioOptions options_;
  RerankOptions list_options_;
  ListRules rules_;
  const index::RowSet* keeps_ = nullptr;
  std::vector<Centre> centres_;                      // of the seeds
  std::deque<data::SongRow> newest_;                 // at first the seeds
  std::unordered_set<data::SongRow> gone_;           // never allowed again
  std::unordered_set<data::SongRow> around_seeds_;   // permanent candidates
  std::unordered_set<data::SongRow> seeds_to_play_;  // songs of groups
  std::vector<data::SongRow> around_here_;           // near the newest songs of the last search
  std::vector<float> here_;
  std::uint64_t played_ = 0;
  std::uint64_t work_ = 0;
  std::uint64_t looked_at_ = 0;  // played_ at the last search
};

}  // namespace segue::recommend
