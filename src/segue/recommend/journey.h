// A journey: a path of songs from one song to another that is smooth (every step is close) and steady (progress even).
//
// Progress of a song x between songs a and b (unit vectors) is its place on the line from a to b,
//   p(x) = 1/2 + x . (b - a) / (2 (1 - a . b)),      p(a) = 0, p(b) = 1,
// so that a larger p means closer to b relative to a. For n steps there are n - 1 layers; layer i has the songs nearest
// to the point at i/n of the arc from a to b. The journey is the path through the layers, from a to b, on which p rises
// at every step and the sum over steps of
//   (d / d0)^4 + 1/4 (n dp - 1)^2,      d = 1 - cosine, dp = rise of p, d0 = a usual d between neighbouring layers
// is smallest: a shortest path by dynamic programming over all pairs of songs of neighbouring layers. The fourth power
// stands for the longest step, which listeners notice most; the second term keeps progress even. `auto` takes the
// fewest steps (4 to 24; fewer if the catalogue has no such path) that more steps do not improve by a tenth in (longest
// d) x (1 + coefficient of variation of d).
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/options.h"
#include "segue/index/row_set.h"
#include "segue/model/model.h"

namespace segue::recommend {

struct JourneyOptions {
  std::string steps = "auto";
  std::uint32_t artist_gap = 2;
  bool fold_versions = true;
  std::uint32_t threads = 0;
};

}  // namespace segue::recommend

namespace segue {

template <>
struct OptionsOf<recommend::JourneyOptions> {
  static constexpr std::string_view section = "journey";
  static constexpr std::array rows = {
      option<&recommend::JourneyOptions::steps>(
          "steps", "Steps from the first song to the last: a number, or auto for as many as keep every step short"),
      option<&recommend::JourneyOptions::artist_gap>(
          "artist_gap", "At least this many songs by others between two songs of one artist", between(0, 1000)),
      option<&recommend::JourneyOptions::fold_versions>(
          "fold_versions",
          "Only one version of a recording that exists live, remastered, remixed or under several ids"),
      option<&recommend::JourneyOptions::threads>("threads", "Threads to use, 0 for all cores", between(0, 1024)),
  };
};
SEGUE_CHECK_OPTIONS(recommend::JourneyOptions);

}  // namespace segue

namespace segue::recommend {

inline constexpr std::uint32_t kMostSteps = 100;
inline constexpr std::uint32_t kFewestAutoSteps = 4;
inline constexpr std::uint32_t kMostAutoSteps = 24;

struct JourneySong {
  data::SongRow song = 0;
  float similarity = 1;  // cosine to the song before it; 1 for the first
  float progress = 0;    // p
};

// From `from` to `to`, both included: steps + 1 songs, no song twice, no second version of one, p rising at every step.
// Throws wrong_use for steps that are neither auto nor 1 to kMostSteps and for from = to, bad_input if an end has no
// vector or both vectors are the same, not_found if the catalogue has no path of that many steps. REQUIRES:
// rows of the model. `keeps` may be nullptr: between the ends, only songs of this set. One pass over the vectors;
// thread safe.
std::vector<JourneySong> find_journey(const model::Model& model, data::SongRow from, data::SongRow to,
                                      const JourneyOptions& options, const index::RowSet* keeps = nullptr);

}  // namespace segue::recommend
