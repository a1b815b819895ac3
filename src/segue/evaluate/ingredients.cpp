#include "segue/evaluate/ingredients.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/math/kernels/kernels.h"
#include "segue/transitions/song_placer.h"

namespace segue::evaluate {

namespace {

data::SongKeys keys_of(const TrainingSet& training, data::SongRow song) {
  return training.keys.empty() ? data::SongKeys{song, song} : training.keys[song];
}

}  // namespace

Ingredients::Ingredients(const TrainingSet& training, const train::TrainOptions& options, Progress& progress,
                         std::stop_token stop, const Knowledge* knowledge)
    : training_(training), options_(options), progress_(progress), stop_(std::move(stop)), knowledge_(knowledge) {}

std::size_t Ingredients::threads() const {
  return thread_count(options_.threads);
}

void Ingredients::check_stop(std::string_view fitting) const {
  if (stop_.stop_requested()) fail(ErrorCode::interrupted, "stopped while fitting {}", fitting);
}

transitions::Transitions Ingredients::count_pairs(std::uint32_t window) const {
  return transitions::count_transitions(training_.queues, training_.song_count(),
                                        {.window = window, .kept = kPairsKept, .threads = options_.threads}, progress_,
                                        stop_);
}

const transitions::Transitions& Ingredients::transitions() {
  if (!transitions_) {
    transitions_ = transitions::count_transitions(training_.queues, training_.song_count(),
                                                  {.threads = options_.threads}, progress_, stop_);
  }
  return *transitions_;
}

const transitions::Transitions& Ingredients::pairs() {
  if (!pairs_) pairs_ = count_pairs(kPairWindow);
  return *pairs_;
}

const train::TrainedVectors& Ingredients::vectors() {
  if (!vectors_) {
    vectors_ = train::train_vectors(training_.queues, training_.plays, options_, progress_, stop_);
    vectors_->vectors.widen_all();
    vectors_->context.widen_all();
    place_rare_songs();
  }
  return *vectors_;
}

// Appends the vectors of songs that are not trained.
void Ingredients::place_rare_songs() {
  trained_songs_ = vectors_->vectors.rows();
  if (trained_songs_ == training_.song_count()) return;
  const transitions::Transitions& transitions = this->transitions();
  for (train::TrainedMatrix* matrix : {&vectors_->vectors, &vectors_->context}) {
    const math::MatrixView<const float> trained = std::as_const(*matrix).view();
    const transitions::SongPlacer placer({.trained = static_cast<std::uint32_t>(trained.rows),
                                          .songs = training_.song_count(),
                                          .dim = trained.columns,
                                          .vector = [&](data::SongRow song, float*) { return trained.row(song); },
                                          .transitions = [&](data::SongRow song) { return transitions.of(song); },
                                          .keys = [&](data::SongRow song) { return keys_of(training_, song); },
                                          .plays = [&](data::SongRow song) { return training_.plays[song]; }});
    math::Matrix all(training_.song_count(), trained.columns);
    parallel_for(all.rows(), 1024, threads(), [&](std::size_t begin, std::size_t end) {
      for (std::size_t song = begin; song < end; ++song) {
        if (song < trained.rows) {
          std::ranges::copy(trained[song], all.view().row(song));
        } else {
          placer.place(static_cast<data::SongRow>(song), all.view()[song]);
        }
      }
    });
    *matrix = std::move(all);
  }
}

const std::vector<float>& Ingredients::inverse_norms() {
  const math::MatrixView<const float> vectors = std::as_const(this->vectors().vectors).view();
  if (!inverse_norms_.empty()) return inverse_norms_;
  for (std::size_t song = 0; song < vectors.rows; ++song) {
    const float norm = std::sqrt(math::best_kernels().squared_norm(vectors.row(song), vectors.columns));
    inverse_norms_.push_back(norm > 0 ? 1 / norm : 0);
  }
  return inverse_norms_;
}

const data::LogPlays& Ingredients::log_plays() {
  if (!log_plays_) {
    log_plays_.emplace(training_.song_count(), [this](std::uint32_t song) { return training_.plays[song]; });
  }
  return *log_plays_;
}

const math::Matrix& Ingredients::unit_vectors() {
  if (unit_vectors_) return *unit_vectors_;
  const math::MatrixView<const float> vectors = std::as_const(this->vectors().vectors).view();
  math::Matrix unit(vectors.rows, vectors.columns);
  for (std::size_t song = 0; song < vectors.rows; ++song) {
    math::best_kernels().axpy(inverse_norms()[song], vectors.row(song), unit.view().row(song), vectors.columns);
  }
  return unit_vectors_.emplace(std::move(unit));
}

const math::PackedRows& Ingredients::packed_unit_vectors() {
  if (packed_unit_vectors_) return *packed_unit_vectors_;
  const math::MatrixView<const float> unit = unit_vectors().view();
  math::PackedRows packed(trained_songs_, unit.columns);
  for (std::size_t song = 0; song < trained_songs_; ++song) packed.set_row(song, unit.row(song));
  return packed_unit_vectors_.emplace(std::move(packed));
}

recommend::BlendSources Ingredients::blend_sources() {
  const TrainingSet& training = training_;
  const transitions::Transitions& transitions = this->transitions();
  const train::TrainedVectors& trained = vectors();
  return {.vectors = trained.vectors.view(),
          .inverse_norms = inverse_norms(),
          .context = trained.context.view(),
          .log_plays = &log_plays(),
          .transitions = [&transitions](std::span<const data::SongRow> songs) { return transitions.of(songs); },
          .keys =
              [&training](std::span<const data::SongRow> songs) {
                std::vector<data::SongKeys> keys;
                keys.reserve(songs.size());
                for (const data::SongRow song : songs) {
                  keys.push_back(keys_of(training, song));
                }
                return keys;
              },
          .trend = knowledge_ != nullptr ? knowledge_->trend() : nullptr,
          .returns = knowledge_ != nullptr ? &knowledge_->returns() : nullptr};
}

const std::vector<std::uint32_t>& Ingredients::recency() {
  if (!recency_.empty()) return recency_;
  std::vector<std::uint32_t> order(training_.queues.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, {}, [&](std::uint32_t queue) {
    return training_.starts[queue].value_or(std::numeric_limits<std::int64_t>::min());
  });
  recency_.resize(order.size());
  for (std::uint32_t place = 0; place < order.size(); ++place) recency_[order[place]] = place;
  return recency_;
}

const QueuesOfSongs& Ingredients::queues_of_songs() {
  if (queues_of_songs_) return *queues_of_songs_;
  const std::vector<std::uint32_t>& places = recency();
  std::vector<std::uint32_t> order(places.size());
  for (std::uint32_t queue = 0; queue < places.size(); ++queue) order[places[queue]] = queue;
  const std::uint32_t songs = training_.song_count();
  // Two passes over the queues: one to count, one to fill. `last` finds a song's first play in a queue.
  std::vector<std::uint32_t> last(songs, kUnknownSong);
  QueuesOfSongs lists;
  lists.offsets.assign(songs + std::size_t{1}, 0);
  const auto for_each = [&](const auto& body) {
    std::ranges::fill(last, kUnknownSong);
    for (const std::uint32_t queue : order) {
      for (const std::uint32_t song : training_.queues.songs(queue)) {
        if (std::exchange(last[song], queue) != queue) body(song, queue);
      }
    }
  };
  for_each([&](std::uint32_t song, std::uint32_t) { ++lists.offsets[song + 1]; });
  std::partial_sum(lists.offsets.begin(), lists.offsets.end(), lists.offsets.begin());
  lists.queues.resize(lists.offsets.back());
  std::vector<std::uint64_t> next(lists.offsets.begin(), lists.offsets.end() - 1);
  for_each([&](std::uint32_t song, std::uint32_t queue) { lists.queues[next[song]++] = queue; });
  return queues_of_songs_.emplace(std::move(lists));
}

}  // namespace segue::evaluate
