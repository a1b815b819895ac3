#include "segue/recommend/interests.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <unordered_map>
#include <unordered_set>

#include "segue/base/error.h"
#include "segue/recommend/cosine.h"
#include "segue/recommend/k_medoids.h"
#include "segue/recommend/user_vector.h"

namespace segue::recommend {

namespace {

constexpr std::size_t kMostClustered = 1000;
constexpr std::uint32_t kMostAuto = 8;
constexpr std::size_t kFewestForAuto = 4;
constexpr double kLeastSilhouette = 0.25;

// Distinct songs with a vector, the heaviest first, ties by row.
std::vector<math::ScoredRow> heaviest_first(const model::Model& model, std::span<const WeightedSong> played) {
  std::unordered_map<data::SongRow, double> weights;
  for (const WeightedSong& one : played) {
    if (model.inverse_norms()[one.song] == 0) continue;
    weights[one.song] += one.weight;
  }
  std::vector<math::ScoredRow> songs;
  for (const auto& [row, weight] : weights) {
    // A song whose weight has faded to 0 still belongs to some interest.
    songs.push_back({row, std::max(static_cast<float>(weight), 1e-30F)});
  }
  std::ranges::sort(songs, math::is_better);
  return songs;
}

math::Matrix distances_of(const model::Model& model, std::span<const math::ScoredRow> songs) {
  math::Matrix distances(songs.size(), songs.size());
  const math::MatrixView<float> view = distances.view();
  for (std::size_t i = 0; i < songs.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      const float distance = std::max(0.0F, 1 - song_cosine(model, songs[i].row, songs[j].row));
      view.row(i)[j] = view.row(j)[i] = distance;
    }
  }
  return distances;
}

Clustering cluster(math::MatrixView<const float> distances, std::span<const float> weights, std::uint32_t wanted) {
  const auto points = static_cast<std::uint32_t>(weights.size());
  if (wanted != kAutoInterests) return k_medoids(distances, weights, std::min(wanted, points));
  Clustering best = k_medoids(distances, weights, 1);
  if (points < kFewestForAuto) return best;
  double best_silhouette = kLeastSilhouette;
  for (std::uint32_t k = 2; k <= std::min(kMostAuto, points / 2); ++k) {
    Clustering next = k_medoids(distances, weights, k);
    const double silhouette = mean_silhouette(distances, weights, next);
    if (silhouette <= best_silhouette) continue;
    best_silhouette = silhouette;
    best = std::move(next);
  }
  return best;
}

std::uint32_t nearest_medoid(const model::Model& model, std::span<const Interest> interests, data::SongRow row) {
  math::TopK nearest(1);
  for (std::uint32_t i = 0; i < interests.size(); ++i) {
    nearest.offer({i, song_cosine(model, interests[i].medoid, row)});
  }
  return nearest.take().front().row;
}

}  // namespace

std::uint32_t interests_wanted(const InterestOptions& options) {
  const std::string& text = options.interests;
  if (text == "auto") return kAutoInterests;
  std::uint32_t wanted = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), wanted);
  if (error != std::errc() || end != text.data() + text.size() || wanted < 1 || wanted > kMostInterests) {
    fail(ErrorCode::wrong_use, "--interests: expected auto or a whole number from 1 to {}, found \"{}\"",
         kMostInterests, text);
  }
  return wanted;
}

std::vector<Interest> find_interests(const model::Model& model, std::span<const data::SongRow> played, double half_life,
                                     std::uint32_t wanted) {
  std::vector<WeightedSong> weighted;
  for (std::size_t i = 0; i < played.size(); ++i) {
    weighted.push_back({played[i], recency_weight(played.size() - 1 - i, half_life)});
  }
  return find_interests(model, weighted, wanted);
}

std::vector<Interest> find_interests(const model::Model& model, std::span<const WeightedSong> played,
                                     std::uint32_t wanted) {
  const std::vector<math::ScoredRow> songs = heaviest_first(model, played);
  if (songs.empty()) {
    fail(ErrorCode::bad_input, "expected songs with a vector, found none among {}", played.size());
  }
  const std::span<const math::ScoredRow> clustered(songs.data(), std::min(songs.size(), kMostClustered));
  std::vector<float> weights;
  for (const math::ScoredRow& song : clustered) weights.push_back(song.score);
  const math::Matrix distances = distances_of(model, clustered);
  const Clustering clustering = cluster(distances.view(), weights, wanted);

  std::vector<Interest> interests(clustering.medoids.size());
  for (std::size_t i = 0; i < interests.size(); ++i) interests[i].medoid = clustered[clustering.medoids[i]].row;
  std::unordered_map<data::SongRow, std::uint32_t> interest_of;
  double total = 0;
  std::vector<double> sums(interests.size(), 0.0);
  for (std::size_t i = 0; i < songs.size(); ++i) {
    const std::uint32_t own =
        i < clustered.size() ? clustering.clusters[i] : nearest_medoid(model, interests, songs[i].row);
    interests[own].songs.push_back(songs[i].row);
    interest_of[songs[i].row] = own;
    sums[own] += static_cast<double>(songs[i].score);
    total += static_cast<double>(songs[i].score);
  }
  for (std::size_t i = 0; i < interests.size(); ++i) interests[i].weight = static_cast<float>(sums[i] / total);
  for (const WeightedSong& one : played) {
    const auto own = interest_of.find(one.song);
    if (own != interest_of.end()) interests[own->second].plays.push_back(one.song);
  }
  std::ranges::stable_sort(interests, std::greater(), &Interest::weight);
  return interests;
}

std::vector<MergedSong> merge_interests(std::span<const std::vector<math::ScoredRow>> lists,
                                        std::span<const float> weights, std::size_t k) {
  SEGUE_ASSERT(lists.size() == weights.size());
  std::vector<MergedSong> merged;
  std::unordered_set<data::SongRow> taken;
  std::vector<std::size_t> next(lists.size(), 0);
  std::vector<double> owed(lists.size(), 0.0);
  while (merged.size() < k) {
    double total = 0;
    std::size_t turn = lists.size();
    for (std::size_t i = 0; i < lists.size(); ++i) {
      while (next[i] < lists[i].size() && taken.contains(lists[i][next[i]].row)) ++next[i];
      if (next[i] == lists[i].size()) continue;
      owed[i] += static_cast<double>(weights[i]);
      total += static_cast<double>(weights[i]);
      if (turn == lists.size() || owed[i] > owed[turn]) turn = i;
    }
    if (turn == lists.size()) break;
    owed[turn] -= total;
    const math::ScoredRow& song = lists[turn][next[turn]];
    taken.insert(song.row);
    merged.push_back({.song = song.row, .score = song.score, .interest = static_cast<std::uint32_t>(turn)});
  }
  return merged;
}

std::vector<math::ScoredRow> pool_by_place(std::span<const MergedSong> merged) {
  std::vector<math::ScoredRow> pool;
  for (std::size_t i = 0; i < merged.size(); ++i) {
    pool.push_back({merged[i].song, 1 - static_cast<float>(i) / static_cast<float>(merged.size())});
  }
  return pool;
}

}  // namespace segue::recommend
