// What holds for every recommendation, whatever was played and asked for.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "segue/recommend/recommender.h"

#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue {
namespace {

constexpr std::uint32_t kSongs = 60;

const Model& model() {
  static const testing::Scratch folder;
  static const Model made = [] {
    testing::write_small_model(folder / "model", testing::small_model(kSongs, 13));
    return Model(folder / "model");
  }();
  return made;
}

struct Request {
  std::vector<std::uint32_t> played;
  RecommendOptions options;
};

Request some_request() {
  Request request;
  request.played = *rc::gen::nonEmpty(rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange(0U, kSongs)));
  request.options.k = *rc::gen::inRange(1U, kSongs + 10);
  request.options.half_life = *rc::gen::element(0.0, 0.5, 1.0, 10.0);
  request.options.explain = *rc::gen::arbitrary<bool>();
  request.options.threads = *rc::gen::inRange(0U, 4U);
  return request;
}

RC_GTEST_PROP(Recommendations, AreUnplayedDistinctSortedAndAsManyAsAskedFor, ()) {
  const Request request = some_request();
  const std::set<std::uint32_t> played(request.played.begin(), request.played.end());
  const auto found = Recommender(model()).recommend(request.played, request.options);
  RC_ASSERT(found.size() == std::min<std::size_t>(request.options.k, kSongs - played.size()));
  std::set<std::uint32_t> seen;
  for (std::size_t i = 0; i < found.size(); ++i) {
    RC_ASSERT(!played.contains(found[i].song));
    RC_ASSERT(seen.insert(found[i].song).second);
    // In brackets of its own: RC_ASSERT takes an expression apart, and its || would look at found[-1].
    RC_ASSERT((i == 0 || is_better({found[i - 1].song, found[i - 1].score}, {found[i].song, found[i].score})));
    RC_ASSERT(found[i].score <= 1.0001F && found[i].score >= -1.0001F);
    RC_ASSERT(found[i].explanation.has_value() == request.options.explain);
    if (found[i].explanation) RC_ASSERT(played.contains(found[i].explanation->seed));
  }
}

RC_GTEST_PROP(Recommendations, OfFewerSongsAreTheFirstOfMore, ()) {
  Request request = some_request();
  const auto more = Recommender(model()).recommend(request.played, request.options);
  request.options.k = *rc::gen::inRange(1U, request.options.k + 1);
  const auto fewer = Recommender(model()).recommend(request.played, request.options);
  RC_ASSERT(fewer.size() <= more.size());
  for (std::size_t i = 0; i < fewer.size(); ++i) RC_ASSERT(fewer[i].song == more[i].song);
}

RC_GTEST_PROP(Recommendations, WithoutAHalfLifeDoNotDependOnTheOrderOfPlays, ()) {
  Request request = some_request();
  request.options.half_life = 0;
  const auto one = Recommender(model()).recommend(request.played, request.options);
  std::ranges::reverse(request.played);
  const auto other = Recommender(model()).recommend(request.played, request.options);
  RC_ASSERT(one.size() == other.size());
  // Sums in another order differ in their last bits, and so may the order of songs that are equally good.
  for (std::size_t i = 0; i < one.size(); ++i) RC_ASSERT(std::abs(one[i].score - other[i].score) < 1e-5F);
}

}  // namespace
}  // namespace segue
