// A radio: an endless continuation of seed songs.
//
// The next song is the candidate with the largest
//
//     T / 2 + V / 2 + C + 2 (1 - drift) S     (then popularity, diversity and surprise as in rerank.h)
//
//   T  how often it was played after the five newest songs: the root of its forward transition weight, on the scale of
//      the strongest follower of each
//   V  how probable the model holds it in their surroundings: the logistic of their vectors times its context vector
//   C  its cosine to their mean: no step is far
//   S  its largest cosine to a centre of the seeds: however far the songs have gone, they are pulled back. Up to three
//      seeds are centres each, with the songs that are played around them; more are clustered (interests.h). A centre
//      gains 0.1 for every song that it is behind its share, so that the radio goes to and fro between them
//
// where in T, V and C the newest song counts most and each older one 0.7 of the one after it. Candidates are the
// followers of the newest songs and of the seeds, and what lies near the centres of the seeds and near the place where
// the radio is; only they are scored, so that a song takes well under a millisecond.
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
#include "segue/model/model.h"
#include "segue/recommend/list_rules.h"
#include "segue/recommend/near.h"
#include "segue/recommend/rerank_options.h"

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
          "drift", "0: stays with the seeds; 1: goes wherever the songs lead and is never pulled back", between(0, 1)),
  };
};
SEGUE_CHECK_OPTIONS(recommend::RadioOptions);

}  // namespace segue

namespace segue::recommend {

// RerankOptions as a radio wants them: any number of songs of an artist, five others between two of them, a little
// chance.
RerankOptions radio_list_options();

struct RadioSong {
  data::SongRow song = 0;
  float score = 0;            // the sum above
  float similarity = 0;       // cosine to the song before it, the newest seed for the first
  float seed_similarity = 0;  // largest cosine to a centre of the seeds
};

// Views a model that outlives it. Not thread safe; many radios may play from one model at once. The same seeds, options
// and index give the same songs, whenever each is asked for.
class Radio {
 public:
  // `seeds` in order, the newest last. Throws bad_input where no seed has a vector.
  Radio(const model::Model& model, FindNear find_near, std::span<const data::SongRow> seeds,
        const RadioOptions& options, const RerankOptions& list_options);

  // The next song: one with a vector, never one that was there before, nor another version of it (fold_versions); none
  // of the seeds (mode discover). Artists are artist_gap songs apart for as long as the catalogue has any song that
  // keeps it; where it has not, the gap is halved from there on. nullopt when no song is left.
  std::optional<RadioSong> next();

  // Songs never to be played; may be called at any time.
  void exclude(std::span<const data::SongRow> rows);

  // Songs that a radio of these seeds has played already, in their order, whoever remembered them: it goes on from the
  // last of them and plays none of them again. REQUIRES: rows of the model.
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
    float share = 0;            // of the songs; those of all centres add up to 1
    float owed = 0;             // songs that it is behind its share
  };
  static std::vector<Centre> centres_of(const model::Model& model, std::span<const data::SongRow> seeds);

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
  std::vector<data::SongRow> seeds_;                // distinct
  std::vector<Centre> centres_;                     // of the seeds
  std::deque<data::SongRow> newest_;                // seeds at first
  std::unordered_set<data::SongRow> gone_;          // can never come
  std::unordered_set<data::SongRow> around_seeds_;  // candidates that stay
  std::vector<data::SongRow> around_here_;          // near where the radio was when it last looked around
  std::vector<float> here_;
  std::uint64_t played_ = 0;
  std::uint64_t looked_at_ = 0;  // played_ when it last looked around
};

}  // namespace segue::recommend
