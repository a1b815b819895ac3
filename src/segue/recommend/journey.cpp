#include "segue/recommend/journey.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <mutex>
#include <optional>
#include <unordered_map>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/math/top_k.h"
#include "segue/recommend/cosine.h"

namespace segue::recommend {

namespace {

constexpr std::size_t kBins = 32;    // parts of the arc
constexpr std::size_t kOfBin = 256;  // songs kept in each
constexpr std::size_t kLayerSongs = 48;
constexpr std::size_t kBlock = 256;
constexpr std::size_t kRowsPerPiece = 16384;
constexpr double kSteady = 0.25;
// More steps are worth it only if they make the path less rough than this part of what it was.
constexpr double kWorthIt = 0.9;

// A song in the plane of the two ends.
struct Passed {
  data::SongRow song = 0;
  float to_a = 0;  // cosines
  float to_b = 0;
};

struct Path {
  std::vector<data::SongRow> songs;  // both ends included
  double longest = 0;                // largest 1 - cosine of a step
  double unevenness = 0;             // coefficient of variation of 1 - cosine

  // What more steps should reduce: several short steps and one long one are no gain.
  double roughness() const { return longest * (1 + unevenness); }
};

class Planner {
 public:
  Planner(const model::Model& model, data::SongRow from, data::SongRow to, const JourneyOptions& options,
          const index::RowSet* keeps)
      : model_(model), from_(from), to_(to), options_(options), keeps_(keeps) {
    const float* inverse = model.inverse_norms().data();
    if (from == to) fail(ErrorCode::wrong_use, "expected two songs, found the same one twice");
    if (inverse[from] == 0 || inverse[to] == 0) {
      fail(ErrorCode::bad_input, "expected songs with a vector, found \"{}\" without one",
           model.songs().id(inverse[from] == 0 ? from : to));
    }
    cosine_ = static_cast<double>(song_cosine(model, from, to));
    if (cosine_ > 1 - 1e-6) {
      fail(ErrorCode::bad_input, "expected songs with different vectors, found the same for \"{}\" and \"{}\"",
           model.songs().id(from), model.songs().id(to));
    }
    angle_ = std::acos(std::clamp(cosine_, -1.0, 1.0));
    pass();
  }

  double progress(float to_a, float to_b) const { return 0.5 + static_cast<double>(to_b - to_a) / (2 * (1 - cosine_)); }
  double progress(data::SongRow row) const {
    return progress(song_cosine(model_, from_, row), song_cosine(model_, to_, row));
  }

  // The best path of n steps under the rules, if there is one.
  std::optional<Path> path(std::uint32_t n) {
    std::vector<std::vector<data::SongRow>> layers = layers_of(n);
    const double usual = usual_step(layers);
    while (true) {
      std::optional<Path> found = shortest(layers, usual);
      if (!found) return std::nullopt;
      const std::size_t at = first_fault(*found);
      if (at == 0) return found;
      std::erase(layers[at], found->songs[at]);
    }
  }

 private:
  // One pass over all songs, which keeps those between the ends that are closest to each part of the arc.
  void pass() {
    std::vector<math::TopK> best(kBins, math::TopK(kOfBin));
    std::mutex mutex;
    const math::MatrixView<const float> vectors = model_.vectors();
    const std::vector<float> a = unit(from_);
    const std::vector<float> b = unit(to_);
    parallel_for(model_.trained_songs(), kRowsPerPiece, thread_count(options_.threads),
                 [&](std::size_t begin, std::size_t end) {
                   std::vector<math::TopK> found(kBins, math::TopK(kOfBin));
                   std::array<float, kBlock> to_a;
                   std::array<float, kBlock> to_b;
                   for (std::size_t first = begin; first < end; first += kBlock) {
                     const math::MatrixView<const float> block{vectors.row(first), std::min(kBlock, end - first),
                                                               vectors.columns, vectors.stride};
                     math::best_kernels().dot_rows(a.data(), block, to_a.data());
                     math::best_kernels().dot_rows(b.data(), block, to_b.data());
                     for (std::size_t i = 0; i < block.rows; ++i) {
                       const auto row = static_cast<std::uint32_t>(first + i);
                       const float inverse = model_.inverse_norms()[row];
                       const bool is_kept = keeps_ == nullptr || keeps_->contains(row);
                       if (inverse > 0 && is_kept && row != from_ && row != to_)
                         offer(found, row, to_a[i] * inverse, to_b[i] * inverse);
                     }
                   }
                   const std::lock_guard lock(mutex);
                   for (std::size_t bin = 0; bin < kBins; ++bin) best[bin].merge(found[bin]);
                 });
    for (math::TopK& bin : best) {
      for (const math::ScoredRow& one : bin.take()) {
        passed_.push_back({one.row, song_cosine(model_, from_, one.row), song_cosine(model_, to_, one.row)});
      }
    }
  }

  void offer(std::vector<math::TopK>& bins, data::SongRow row, float to_a, float to_b) const {
    const double p = progress(to_a, to_b);
    if (!(p > 0 && p < 1)) return;
    // Coordinates in the plane of a and b: along a, and across.
    const auto along = static_cast<double>(to_a);
    const double across = (static_cast<double>(to_b) - along * cosine_) / std::sin(angle_);
    const double part = std::atan2(across, along) / angle_ * kBins;
    const auto bin = static_cast<std::size_t>(std::clamp(part, 0.0, static_cast<double>(kBins - 1)));
    bins[bin].offer({row, static_cast<float>(std::hypot(along, across))});
  }

  std::vector<float> unit(data::SongRow row) const {
    const std::span<const float> vector = model_.vectors()[row];
    std::vector<float> scaled(vector.begin(), vector.end());
    math::best_kernels().scale(model_.inverse_norms()[row], scaled.data(), scaled.size());
    return scaled;
  }

  // layers[0] is the first song alone, layers[n] the last.
  std::vector<std::vector<data::SongRow>> layers_of(std::uint32_t n) {
    std::vector<std::vector<data::SongRow>> layers(n + 1);
    layers.front() = {from_};
    layers.back() = {to_};
    for (std::uint32_t i = 1; i < n; ++i) {
      const double t = static_cast<double>(i) / n;
      const auto of_a = static_cast<float>(std::sin((1 - t) * angle_) / std::sin(angle_));
      const auto of_b = static_cast<float>(std::sin(t * angle_) / std::sin(angle_));
      math::TopK nearest(kLayerSongs);
      for (const Passed& one : passed_) nearest.offer({one.song, of_a * one.to_a + of_b * one.to_b});
      for (const math::ScoredRow& one : nearest.take()) {
        if (!is_version_of_an_end(one.row)) layers[i].push_back(one.row);
      }
    }
    return layers;
  }

  double usual_step(const std::vector<std::vector<data::SongRow>>& layers) const {
    double sum = 0;
    for (std::size_t i = 1; i < layers.size(); ++i) {
      if (layers[i].empty() || layers[i - 1].empty()) return 1;
      sum += step(layers[i - 1].front(), layers[i].front());
    }
    return std::max(sum / static_cast<double>(layers.size() - 1), 1e-6);
  }

  double step(data::SongRow a, data::SongRow b) const {
    return std::max(0.0, 1 - static_cast<double>(song_cosine(model_, a, b)));
  }

  struct Node {
    double cost = std::numeric_limits<double>::infinity();
    std::size_t before = 0;  // place in the previous layer
  };

  std::optional<Path> shortest(const std::vector<std::vector<data::SongRow>>& layers, double usual) {
    const auto n = static_cast<double>(layers.size() - 1);
    std::vector<std::vector<Node>> nodes(layers.size());
    nodes[0] = {{.cost = 0}};
    for (std::size_t i = 1; i < layers.size(); ++i) {
      nodes[i].resize(layers[i].size());
      for (std::size_t at = 0; at < layers[i].size(); ++at) {
        for (std::size_t before = 0; before < layers[i - 1].size(); ++before) {
          const data::SongRow a = layers[i - 1][before];
          const data::SongRow b = layers[i][at];
          const double rise = known_progress(b) - known_progress(a);
          if (!(rise > 0) || !(nodes[i - 1][before].cost < nodes[i][at].cost)) continue;
          if (layers.size() > 2 && options_.artist_gap > 0 && keys(a).artist == keys(b).artist) continue;
          const double cost =
              nodes[i - 1][before].cost + std::pow(step(a, b) / usual, 4) + kSteady * (n * rise - 1) * (n * rise - 1);
          if (cost < nodes[i][at].cost) nodes[i][at] = {cost, before};
        }
      }
    }
    if (nodes.back().front().cost == std::numeric_limits<double>::infinity()) return std::nullopt;
    Path path;
    path.songs.resize(layers.size());
    std::size_t at = 0;
    for (std::size_t i = layers.size(); i-- > 0; at = nodes[i][at].before) path.songs[i] = layers[i][at];
    double sum = 0;
    double squares = 0;
    for (std::size_t i = 1; i < path.songs.size(); ++i) {
      const double distance = step(path.songs[i - 1], path.songs[i]);
      path.longest = std::max(path.longest, distance);
      sum += distance;
      squares += distance * distance;
    }
    if (sum > 0) path.unevenness = std::sqrt(std::max(0.0, n * squares / (sum * sum) - 1));
    return path;
  }

  // The first place between the ends whose song breaks a rule; 0 if none does.
  std::size_t first_fault(const Path& path) {
    const std::size_t n = path.songs.size() - 1;
    for (std::size_t i = 1; i < n; ++i) {
      for (std::size_t j = 0; j <= n; ++j) {
        if (j >= i && j < n) continue;  // the same pair, or checked from the other side
        const data::SongKeys one = keys(path.songs[i]);
        const data::SongKeys other = keys(path.songs[j]);
        const bool close = (j < i ? i - j : j - i) <= options_.artist_gap;
        const bool same = options_.fold_versions && one.recording == other.recording;
        if (same || (close && one.artist == other.artist) || path.songs[i] == path.songs[j]) return i;
      }
    }
    return 0;
  }

  bool is_version_of_an_end(data::SongRow row) {
    const std::uint64_t recording = keys(row).recording;
    return options_.fold_versions && (recording == keys(from_).recording || recording == keys(to_).recording);
  }

  data::SongKeys keys(data::SongRow row) const { return model_.songs().keys(row); }

  double known_progress(data::SongRow row) {
    const auto [at, is_new] = progress_.try_emplace(row);
    if (is_new) at->second = row == from_ ? 0 : row == to_ ? 1 : progress(row);
    return at->second;
  }

  const model::Model& model_;
  data::SongRow from_;
  data::SongRow to_;
  const JourneyOptions& options_;
  const index::RowSet* keeps_;
  double cosine_ = 0;
  double angle_ = 0;
  std::vector<Passed> passed_;
  std::unordered_map<data::SongRow, double> progress_;
};

std::optional<std::uint32_t> steps_wanted(const std::string& text) {
  if (text == "auto") return std::nullopt;
  std::uint32_t steps = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), steps);
  if (error != std::errc() || end != text.data() + text.size() || steps < 1 || steps > kMostSteps) {
    fail(ErrorCode::wrong_use, "expected auto or a whole number of steps from 1 to {}, found \"{}\"", kMostSteps, text);
  }
  return steps;
}

Path path_of(Planner& planner, std::uint32_t steps) {
  if (std::optional<Path> found = planner.path(steps)) return *std::move(found);
  std::uint32_t fewer = steps - 1;
  while (fewer > 1 && !planner.path(fewer)) --fewer;
  fail(ErrorCode::not_found, "expected a path of {} steps between the songs, found none longer than {}", steps, fewer);
}

// The fewest steps after which more do not make the path much smoother.
Path path_of_few_steps(Planner& planner) {
  std::optional<Path> best;
  for (std::uint32_t steps = kFewestAutoSteps; steps <= kMostAutoSteps; ++steps) {
    std::optional<Path> found = planner.path(steps);
    if (!found) continue;
    if (!best || found->roughness() < kWorthIt * best->roughness()) best = std::move(found);
  }
  // Two songs that are close together may have no such path or few songs between them; one step is always possible.
  for (std::uint32_t steps = kFewestAutoSteps - 1; !best; --steps) best = planner.path(steps);
  return *std::move(best);
}

}  // namespace

std::vector<JourneySong> find_journey(const model::Model& model, data::SongRow from, data::SongRow to,
                                      const JourneyOptions& options, const index::RowSet* keeps) {
  const std::optional<std::uint32_t> steps = steps_wanted(options.steps);
  Planner planner(model, from, to, options, keeps);
  const Path path = steps ? path_of(planner, *steps) : path_of_few_steps(planner);
  std::vector<JourneySong> songs;
  for (std::size_t i = 0; i < path.songs.size(); ++i) {
    const data::SongRow song = path.songs[i];
    JourneySong& one = songs.emplace_back();
    one.song = song;
    if (i > 0) one.similarity = song_cosine(model, path.songs[i - 1], song);
    one.progress = i == 0 ? 0 : song == to ? 1 : static_cast<float>(planner.progress(song));
  }
  return songs;
}

}  // namespace segue::recommend
