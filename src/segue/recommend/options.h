// What can be chosen about finding songs.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

#include "segue/base/options.h"

namespace segue {

struct SimilarOptions {
  std::uint32_t k = 10;
  std::uint32_t threads = 0;
};

template <>
struct OptionsOf<SimilarOptions> {
  static constexpr std::string_view section = "similar";
  static constexpr std::array rows = {
      option<&SimilarOptions::k>("k", "Songs to return", between(1, 1'000'000)),
      option<&SimilarOptions::threads>("threads", "Threads to use, 0 for all cores", between(0, 1024)),
  };
};
SEGUE_CHECK_OPTIONS(SimilarOptions);

struct RecommendOptions {
  std::uint32_t k = 10;
  double half_life = 0;
  bool explain = false;
  std::uint32_t threads = 0;
};

template <>
struct OptionsOf<RecommendOptions> {
  static constexpr std::string_view section = "recommend";
  static constexpr std::array rows = {
      option<&RecommendOptions::k>("k", "Songs to recommend", between(1, 1'000'000)),
      option<&RecommendOptions::half_life>(
          "half_life", "A song counts half as much as one played this many songs later; 0 counts all alike",
          between(0, 1e9)),
      option<&RecommendOptions::explain>("explain", "Say for each song which played song it is close to"),
      option<&RecommendOptions::threads>("threads", "Threads to use, 0 for all cores", between(0, 1024)),
  };
};
SEGUE_CHECK_OPTIONS(RecommendOptions);

// Whose history to start from, instead of songs by name.
struct UserOptions {
  std::string user;
  std::string dataset;
};

template <>
struct OptionsOf<UserOptions> {
  static constexpr std::string_view section = "recommend";
  static constexpr std::array rows = {
      option<&UserOptions::user>("user", "Recommend to this user of --dataset, from everything they played"),
      option<&UserOptions::dataset>("dataset", "The dataset folder with the user's queues"),
  };
};
SEGUE_CHECK_OPTIONS(UserOptions);

}  // namespace segue
