// Options for turning songs that fit into a list that is good to listen to. Shared by everything that makes lists:
// recommend, radio, the service.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string_view>

#include "segue/base/options.h"

namespace segue::recommend {

// Which songs may be in the list: only those never played, whatever is likely to be played next, or only those played
// before but not lately.
enum class ListMode { discover, any, rediscover };

inline constexpr std::array<std::string_view, 3> kListModeNames = {"discover", "any", "rediscover"};
constexpr std::span<const std::string_view> names(ListMode) {
  return kListModeNames;
}

// What artist_cap and artist_gap are without history, and the value that says so.
inline constexpr std::uint32_t kArtistCap = 3;
inline constexpr std::uint32_t kArtistGap = 1;
inline constexpr std::int32_t kByHistory = -1;

struct RerankOptions {
  ListMode mode = ListMode::discover;
  double diversity = 0;
  double popularity = 0;
  std::int32_t artist_cap = kByHistory;
  std::int32_t artist_gap = kByHistory;
  bool fold_versions = true;
  double freshness = 0;
  double surprise = 0;
  std::uint64_t seed = 1;
};

}  // namespace segue::recommend

namespace segue {

template <>
struct OptionsOf<recommend::RerankOptions> {
  static constexpr std::string_view section = "recommend";
  static constexpr std::array rows = {
      option<&recommend::RerankOptions::mode>(
          "mode",
          "discover: only songs never played; any: what is likely to be played next, heard before or not; rediscover: "
          "songs played before, but not lately"),
      option<&recommend::RerankOptions::diversity>(
          "diversity", "0: the songs that fit best; towards 1: songs unlike each other, even if they fit less",
          between(0, 1)),
      option<&recommend::RerankOptions::popularity>(
          "popularity", "Towards 1: the hits among the songs that fit; towards -1: those rarely played",
          between(-1, 1)),
      option<&recommend::RerankOptions::artist_cap>("artist_cap",
                                                    "At most this many songs of one artist in a list, 0 for any "
                                                    "number; -1: 3, or the artist's share of the songs "
                                                    "just played if that is more",
                                                    between(-1, 1'000'000)),
      option<&recommend::RerankOptions::artist_gap>(
          "artist_gap",
          "At least this many songs by others between two songs of one artist; -1: 1, or none for an artist that was "
          "just played twice in a row",
          between(-1, 1000)),
      option<&recommend::RerankOptions::fold_versions>(
          "fold_versions",
          "Only one version of a recording that exists live, remastered, remixed or under several ids"),
      option<&recommend::RerankOptions::freshness>("freshness",
                                                   "With mode any: a song played this many songs ago has regained half "
                                                   "of its score; 0: songs come back as listeners "
                                                   "have them come back",
                                                   between(0, 1e9)),
      option<&recommend::RerankOptions::surprise>(
          "surprise", "Towards 1: more randomness, so that each seed gives different songs, the best-fitting first",
          between(0, 1)),
      option<&recommend::RerankOptions::seed>("seed",
                                              "Seed of the randomness in surprise; the same seed gives the same songs",
                                              between(0, 9007199254740992.0)),
  };
};
SEGUE_CHECK_OPTIONS(recommend::RerankOptions);

}  // namespace segue
