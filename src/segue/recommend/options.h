// Options for finding songs.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

#include "segue/base/options.h"

namespace segue::recommend {

struct SimilarOptions {
  std::uint32_t k = 10;
  std::uint32_t threads = 0;
};

}  // namespace segue::recommend

namespace segue {

template <>
struct OptionsOf<recommend::SimilarOptions> {
  static constexpr std::string_view section = "similar";
  static constexpr std::array rows = {
      option<&recommend::SimilarOptions::k>("k", "Songs to return", between(1, 1'000'000)),
      option<&recommend::SimilarOptions::threads>("threads", "Threads to use, 0 for all cores", between(0, 1024)),
  };
};
SEGUE_CHECK_OPTIONS(recommend::SimilarOptions);

}  // namespace segue

namespace segue::recommend {

// What recommendations are based on: vectors and transitions together, or one of the two.
enum class RecommendBy { blend, vectors, transitions };

inline constexpr std::array<std::string_view, 3> kRecommendByNames = {"blend", "vectors", "transitions"};
constexpr std::span<const std::string_view> names(RecommendBy) {
  return kRecommendByNames;
}

struct RecommendOptions {
  std::uint32_t k = 10;
  RecommendBy by = RecommendBy::blend;
  double half_life = 0;
  bool explain = false;
  double new_song_share = 0;
  std::uint32_t threads = 0;
};

}  // namespace segue::recommend

namespace segue {

template <>
struct OptionsOf<recommend::RecommendOptions> {
  static constexpr std::string_view section = "recommend";
  static constexpr std::array rows = {
      option<&recommend::RecommendOptions::k>("k", "Songs to recommend", between(1, 1'000'000)),
      option<&recommend::RecommendOptions::by>(
          "by",
          "blend: song vectors and transitions together; vectors: songs near the user "
          "vector; transitions: songs played close to these"),
      option<&recommend::RecommendOptions::half_life>(
          "half_life",
          "A song counts half as much as one played this many songs later; 0: as in the model's blend, or no decay "
          "when recommending by vectors",
          between(0, 1e9)),
      option<&recommend::RecommendOptions::explain>("explain", "Explain each song by the played songs it is based on"),
      option<&recommend::RecommendOptions::new_song_share>(
          "new_song_share",
          "At least this share of the list, rounded down, is for songs that came after training (segue place), those "
          "that fit best, spread over it; 0: they are ranked as all others",
          between(0, 1)),
      option<&recommend::RecommendOptions::threads>("threads", "Threads to use, 0 for all cores", between(0, 1024)),
  };
};
SEGUE_CHECK_OPTIONS(recommend::RecommendOptions);

}  // namespace segue

namespace segue::recommend {

// The user whose history to start from, instead of named songs.
struct UserOptions {
  std::string user;
  std::string dataset;
};

}  // namespace segue::recommend

namespace segue {

template <>
struct OptionsOf<recommend::UserOptions> {
  static constexpr std::string_view section = "recommend";
  static constexpr std::array rows = {
      option<&recommend::UserOptions::user>("user", "Recommend to this user of --dataset, from everything they played"),
      option<&recommend::UserOptions::dataset>("dataset", "The dataset folder with the user's queues"),
  };
};
SEGUE_CHECK_OPTIONS(recommend::UserOptions);

}  // namespace segue
