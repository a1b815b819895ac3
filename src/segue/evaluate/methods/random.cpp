// Songs drawn at random: the score of chance alone.
#include "segue/base/random.h"

#include <algorithm>

#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/methods.h"

namespace segue::evaluate {

namespace {

// Each query has its own stream of random numbers, so that no answer depends on the order of threads.
class RandomRanker final : public Ranker {
 public:
  RandomRanker(std::uint32_t song_count, std::uint64_t seed) : song_count_(song_count), seed_(seed) {}

  void rank(std::span<const Query> queries, std::size_t k, std::span<std::vector<math::ScoredRow>> lists) override {
    for (std::size_t i = 0; i < queries.size(); ++i) {
      Random random(seed_, queries[i].number);
      std::vector<std::uint32_t> taken(queries[i].masked.begin(), queries[i].masked.end());
      const std::size_t wanted = std::min<std::size_t>(k, song_count_ - taken.size());
      lists[i].clear();
      while (lists[i].size() < wanted) {
        const std::uint32_t song = random.below(song_count_);
        const auto place = std::ranges::lower_bound(taken, song);
        if (place != taken.end() && *place == song) continue;
        taken.insert(place, song);
        lists[i].push_back({song, -static_cast<float>(lists[i].size())});
      }
    }
  }

 private:
  std::uint32_t song_count_;
  std::uint64_t seed_;
};

class RandomSongs final : public Method {
 public:
  std::string_view name() const override { return "random"; }
  std::string_view summary() const override { return "Songs drawn at random"; }
  bool fit(Ingredients& ingredients) override {
    song_count_ = ingredients.training().song_count();
    seed_ = ingredients.options().seed;
    return true;
  }
  std::unique_ptr<Ranker> ranker() const override { return std::make_unique<RandomRanker>(song_count_, seed_); }

 private:
  std::uint32_t song_count_ = 0;
  std::uint64_t seed_ = 0;
};

}  // namespace

std::unique_ptr<Method> make_random(const MethodOptions&) {
  return std::make_unique<RandomSongs>();
}

}  // namespace segue::evaluate
