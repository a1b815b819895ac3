#include "segue/evaluate/tunable.h"

#include <algorithm>

namespace segue::evaluate {

std::unique_ptr<Ranker> TunableMethod::make_tuned_ranker(std::uint32_t song_count, SparseScorer scorer) const {
  return make_sparse_ranker(song_count, [this, scorer = std::move(scorer)](const Query& query, SparseScores& scores) {
    scorer(query, scores);
    const auto factor = static_cast<float>(values(query.task).front());
    if (factor == 1) return;
    const auto just_heard = query.heard.last(std::min(query.heard.size(), kHeardUsed));
    for (auto song = just_heard.begin(); song != just_heard.end(); ++song) {
      if (std::find(just_heard.begin(), song, *song) == song) scores.scale(*song, factor);
    }
  });
}

}  // namespace segue::evaluate
