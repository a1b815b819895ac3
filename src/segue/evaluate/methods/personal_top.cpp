// The user's own most played songs. Applies only if held-out queues are of users that training has seen.
#include <algorithm>
#include <unordered_map>

#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/rankers.h"

namespace segue::evaluate {

namespace {

class PersonalTop final : public Method {
 public:
  std::string_view name() const override { return "personal"; }
  std::string_view summary() const override { return "The user's own most played songs"; }

  bool fit(Ingredients& ingredients) override {
    const TrainingSet& training = ingredients.training();
    if (!training.users_return) return false;
    song_count_ = training.song_count();
    std::vector<std::unordered_map<std::uint32_t, std::uint32_t>> plays(training.user_count);
    for (std::size_t queue = 0; queue < training.queues.size(); ++queue) {
      for (const std::uint32_t song : training.queues.songs(queue)) ++plays[training.users[queue]][song];
    }
    for (const auto& of_user : plays) {
      std::vector<math::ScoredRow>& songs = songs_.emplace_back();
      for (const auto& [song, count] : of_user) songs.push_back({song, static_cast<float>(count)});
      std::ranges::sort(songs, math::is_better);
      songs.resize(std::min(songs.size(), kKept));
    }
    return true;
  }

  std::unique_ptr<Ranker> ranker() const override {
    return make_sparse_ranker(song_count_, [this](const Query& query, SparseScores& scores) {
      if (query.user == kNobody) return;
      for (const math::ScoredRow& song : songs_[query.user]) scores.add(song.row, song.score);
    });
  }

 private:
  static constexpr std::size_t kKept = 1000;  // enough for a list after masking

  std::uint32_t song_count_ = 0;
  std::vector<std::vector<math::ScoredRow>> songs_;  // of each user, the most played first
};

}  // namespace

std::unique_ptr<Method> make_personal_top(const MethodOptions&) {
  return std::make_unique<PersonalTop>();
}

}  // namespace segue::evaluate
