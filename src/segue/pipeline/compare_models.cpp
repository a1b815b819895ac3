#include "segue/pipeline/compare_models.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "segue/base/error.h"
#include "segue/base/json.h"
#include "segue/base/random.h"
#include "segue/data/dataset/dataset.h"
#include "segue/index/row_set.h"
#include "segue/layout/placement.h"
#include "segue/pipeline/make_lists.h"

namespace segue::pipeline {

namespace {

constexpr std::size_t kComparedHistory = 10;
constexpr std::size_t kComparedAtOnce = 256;

// The same listener as both models know them.
struct History {
  ListenerHistory old_one;
  ListenerHistory new_one;
};

class Comparison {
 public:
  Comparison(const model::Model& old_model, const model::Model& new_model, const CompareOptions& options,
             Progress& progress, const std::stop_token& stop)
      : old_(old_model),
        new_(new_model),
        options_(options),
        progress_(progress),
        stop_(stop),
        random_(options.seed),
        old_rows_(old_rows_of(new_model.songs(), old_model.songs())),
        old_both_(old_model.songs().size()),
        new_both_(new_model.songs().size()) {}

  ModelComparison run() {
    ModelComparison result{.songs_old = old_.songs().size(), .songs_new = new_.songs().size()};
    for (std::uint32_t row = 0; row < old_rows_.size(); ++row) {
      if (old_rows_[row] == kNotBefore) continue;
      ++result.songs_both;
      if (row >= new_.trained_songs() || old_rows_[row] >= old_.trained_songs()) continue;
      new_both_.insert(row);
      old_both_.insert(old_rows_[row]);
    }
    if (new_both_.count() == 0) {
      fail(ErrorCode::bad_input, "expected two models that share trained songs, found none among {} and {}",
           result.songs_old, result.songs_new);
    }
    measure_drift(result);
    progress_.begin("compare", 2 * std::uint64_t{options_.sample}, "lists");
    result.neighbours = neighbours_kept();
    result.lists = lists_kept();
    progress_.end();
    measure_map(result);
    return result;
  }

 private:
  void measure_drift(ModelComparison& result) const {
    const math::MatrixView<const float> now = model::trained_rows(new_, new_.vectors());
    const math::MatrixView<const float> then = model::trained_rows(old_, old_.vectors());
    if (now.columns != then.columns) return;
    const std::vector<RowCosine> cosines = cosines_with(now, then, old_rows_);
    for (const RowCosine& one : cosines) {
      result.songs.push_back({std::string(new_.songs().id(one.row)), one.cosine});
    }
    std::ranges::stable_sort(result.songs, {}, &SongDrift::cosine);
    result.drift = drift_of(cosines);
    const math::Rotation rotation = rotation_onto(now, then, old_rows_);
    result.turned_drift = drift_of(cosines_with(now, then, old_rows_, &rotation));
  }

  Kept neighbours_kept() {
    std::vector<History> songs;
    new_both_.for_each(0, new_both_.rows(), [&](std::uint32_t row) { songs.push_back(history_of({row})); });
    keep_sample(songs, options_.sample, random_);
    const recommend::SimilarOptions how{.k = options_.k, .threads = options_.threads};
    return kept(songs, [&](std::span<const ListenerHistory> old_ones, std::span<const ListenerHistory> new_ones) {
      return std::pair(similar_lists(old_, old_ones, how, &old_both_), similar_lists(new_, new_ones, how, &new_both_));
    });
  }

  Kept lists_kept() {
    std::vector<History> histories;
    if (options_.dataset.empty()) {
      new_both_.for_each(0, new_both_.rows(), [&](std::uint32_t row) { histories.push_back(history_of({row})); });
      keep_sample(histories, options_.sample, random_);
    } else {
      histories = histories_of_queues();
    }
    const RecommendToAll wanted{.options = {.k = options_.k, .threads = options_.threads}, .list = {}};
    const recommend::Recommender old_recommender(old_);
    const recommend::Recommender new_recommender(new_);
    return kept(histories, [&](std::span<const ListenerHistory> old_ones, std::span<const ListenerHistory> new_ones) {
      return std::pair(recommend_lists(old_recommender, old_, old_ones, wanted),
                       recommend_lists(new_recommender, new_, new_ones, wanted));
    });
  }

  // The newest songs of queues that both models know a song of.
  std::vector<History> histories_of_queues() {
    const data::Dataset dataset = data::open_dataset(options_.dataset);
    std::vector<std::size_t> queues(dataset.queues.size());
    for (std::size_t queue = 0; queue < queues.size(); ++queue) queues[queue] = queue;
    keep_sample(queues, queues.size(), random_);
    std::vector<History> histories;
    for (const std::size_t queue : queues) {
      if (histories.size() == options_.sample) break;
      const auto songs = dataset.queues.songs(queue);
      History history;
      for (const data::SongRow song : songs.last(std::min(kComparedHistory, songs.size()))) {
        if (const auto row = old_.songs().find(dataset.songs.id(song))) history.old_one.songs.push_back(*row);
        if (const auto row = new_.songs().find(dataset.songs.id(song))) history.new_one.songs.push_back(*row);
      }
      if (!history.old_one.songs.empty() && !history.new_one.songs.empty()) histories.push_back(std::move(history));
    }
    return histories;
  }

  // REQUIRES: both models have the songs.
  History history_of(std::vector<data::SongRow> songs) const {
    History history;
    for (const data::SongRow song : songs) history.old_one.songs.push_back(old_rows_[song]);
    history.new_one.songs = std::move(songs);
    return history;
  }

  Kept kept(std::span<const History> histories, const auto& lists_of) const {
    Kept result;
    double shares = 0;
    for (std::size_t begin = 0; begin < histories.size(); begin += kComparedAtOnce) {
      if (stop_.stop_requested()) fail(ErrorCode::interrupted, "stopped while comparing");
      std::vector<ListenerHistory> old_ones;
      std::vector<ListenerHistory> new_ones;
      for (std::size_t i = begin; i < std::min(begin + kComparedAtOnce, histories.size()); ++i) {
        old_ones.push_back(histories[i].old_one);
        new_ones.push_back(histories[i].new_one);
      }
      const auto [old_lists, new_lists] = lists_of(old_ones, new_ones);
      for (std::size_t i = 0; i < old_lists.size(); ++i) {
        const std::size_t longest = std::max(old_lists[i].songs.size(), new_lists[i].songs.size());
        if (longest == 0) continue;
        ++result.sampled;
        shares += static_cast<double>(in_both(old_lists[i], new_lists[i])) / static_cast<double>(longest);
      }
      progress_.update(progress_done_ += old_lists.size(), "");
    }
    if (result.sampled > 0) result.share = shares / static_cast<double>(result.sampled);
    return result;
  }

  std::size_t in_both(const MadeList& old_list, const MadeList& new_list) const {
    std::size_t count = 0;
    for (const ListedSong& one : new_list.songs) {
      count +=
          std::ranges::find(old_list.songs, old_rows_[one.song], &ListedSong::song) == old_list.songs.end() ? 0 : 1;
    }
    return count;
  }

  void measure_map(ModelComparison& result) const {
    if (old_.map() == nullptr || new_.map() == nullptr) return;
    const layout::Layout& then = old_.map()->layout;
    const layout::Layout& now = new_.map()->layout;
    double moved = 0;
    double squares = 0;
    std::size_t songs = 0;
    for (std::size_t row = 0; row < now.size(); ++row) {
      if (old_rows_[row] >= then.size()) continue;
      const layout::Point& old_point = then[old_rows_[row]];
      moved += std::hypot(now[row].x - old_point.x, now[row].y - old_point.y);
      ++songs;
    }
    layout::Point mean{};
    for (const layout::Point& point : then) {
      mean.x += point.x / static_cast<float>(then.size());
      mean.y += point.y / static_cast<float>(then.size());
    }
    for (const layout::Point& point : then) {
      squares += (point.x - mean.x) * (point.x - mean.x) + (point.y - mean.y) * (point.y - mean.y);
    }
    const double radius = std::sqrt(squares / static_cast<double>(then.size()));
    if (songs == 0 || !(radius > 0)) return;
    result.map_moved = moved / static_cast<double>(songs) / radius;
    result.map_moved_aligned = layout::align_to(now, then, std::span(old_rows_).first(now.size())).mean_displacement;
  }

  const model::Model& old_;
  const model::Model& new_;
  const CompareOptions& options_;
  Progress& progress_;
  const std::stop_token& stop_;
  Random random_;
  mutable std::uint64_t progress_done_ = 0;
  std::vector<std::uint32_t> old_rows_;  // of each song of the new model
  index::RowSet old_both_;               // trained in both, as rows of the old model
  index::RowSet new_both_;               // and of the new one
};

}  // namespace

ModelComparison compare_models(const model::Model& old_model, const model::Model& new_model,
                               const CompareOptions& options, Progress& progress, const std::stop_token& stop) {
  return Comparison(old_model, new_model, options, progress, stop).run();
}

json::object to_json(const ModelComparison& comparison) {
  json::object document{{"songs_old", comparison.songs_old},
                        {"songs_new", comparison.songs_new},
                        {"songs_both", comparison.songs_both},
                        {"neighbours_kept", comparison.neighbours.share},
                        {"neighbours_sampled", comparison.neighbours.sampled},
                        {"lists_kept", comparison.lists.share},
                        {"lists_sampled", comparison.lists.sampled}};
  if (comparison.drift.songs > 0) {
    document["cosine"] = to_json(comparison.drift);
    document["cosine_after_turning"] = to_json(comparison.turned_drift);
  }
  if (comparison.map_moved) document["map_moved"] = *comparison.map_moved;
  if (comparison.map_moved_aligned) document["map_moved_after_turning"] = *comparison.map_moved_aligned;
  return document;
}

}  // namespace segue::pipeline
