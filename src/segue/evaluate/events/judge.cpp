#include "segue/evaluate/events/judge.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>

#include <boost/unordered/unordered_flat_map.hpp>

#include "segue/base/error.h"
#include "segue/base/text_hash.h"
#include "segue/index/row_set.h"
#include "segue/model/model.h"
#include "segue/recommend/recommender.h"
#include "segue/search/song_matcher.h"

namespace segue::evaluate {

namespace {

constexpr std::size_t kHistory = 200;  // listens, as the service takes by default

// Of one listener.
struct ScoreSum {
  std::uint64_t lists = 0;
  double sum = 0;
};

struct MeanScore {
  double mean = 0;
  std::optional<Interval> interval;
};

// The mean over lists, with a t-interval by listener (the delta method of rates.h).
MeanScore mean_of(std::span<const ScoreSum> listeners) {
  ScoreSum total;
  for (const ScoreSum& one : listeners) {
    total.lists += one.lists;
    total.sum += one.sum;
  }
  MeanScore found;
  if (total.lists == 0) return found;
  const auto lists = static_cast<double>(total.lists);
  found.mean = total.sum / lists;
  if (listeners.size() < 2) return found;
  double squares = 0;
  for (const ScoreSum& one : listeners) {
    const double residual = one.sum - found.mean * static_cast<double>(one.lists);
    squares += residual * residual;
  }
  const auto count = static_cast<double>(listeners.size());
  const double half = t_of_95(count - 1) * std::sqrt(count / (count - 1) * squares) / lists;
  found.interval = {found.mean - half, found.mean + half};
  return found;
}

// A model that puts songs in order for a listener. Not thread safe.
class Judged {
 public:
  explicit Judged(const std::string& folder)
      : name(folder), model_(folder), recommender_(model_), matcher_(model_.songs()), shown_(model_.songs().size()) {}

  // The places of the songs in its order; unknown ones last, as they were. Nothing if it knows none of the listens.
  std::optional<std::vector<std::size_t>> order(std::span<const SongResponses> songs,
                                                std::span<const store::StoredListen> newest_first) {
    std::vector<data::SongRow> played;
    for (const store::StoredListen& listen : newest_first) {
      const std::optional<data::SongRow> row = matcher_.find(listen);
      if (row && model_.inverse_norms()[*row] > 0) played.push_back(*row);
    }
    if (played.empty()) return std::nullopt;
    std::ranges::reverse(played);
    std::vector<std::optional<data::SongRow>> rows;
    for (const SongResponses& song : songs) {
      rows.push_back(model_.songs().find(song.song));
      if (rows.back()) shown_.insert(*rows.back());
    }
    recommend::RecommendOptions options{.threads = 1};
    options.k = static_cast<std::uint32_t>(songs.size());
    const recommend::Recommendations found = recommender_.recommend({.played = played, .keeps = &shown_}, options);
    std::vector<std::size_t> places;
    for (const recommend::Recommendation& one : found.items) {
      const auto at = std::ranges::find(rows, std::optional(one.song));
      if (at != rows.end()) places.push_back(static_cast<std::size_t>(at - rows.begin()));
    }
    for (std::size_t i = 0; i < rows.size(); ++i) {
      if (rows[i]) shown_.erase(*rows[i]);
      if (std::ranges::find(places, i) == places.end()) places.push_back(i);
    }
    return places;
  }

  const std::string name;

 private:
  model::Model model_;
  recommend::Recommender recommender_;
  search::SongMatcher matcher_;
  index::RowSet shown_;  // empty between calls
};

}  // namespace

double ndcg_of(std::span<const double> gains) {
  const auto dcg = [](std::span<const double> in_order) {
    double sum = 0;
    for (std::size_t i = 0; i < in_order.size(); ++i) sum += in_order[i] / std::log2(static_cast<double>(i) + 2);
    return sum;
  };
  std::vector<double> best(gains.begin(), gains.end());
  std::ranges::sort(best, std::greater());
  const double most = dcg(best);
  return most > 0 ? dcg(gains) / most : 0;
}

std::vector<JudgedModelReply> judge_models(store::ListenStore& store, const JudgeOptions& judge,
                                           const EventReportOptions& options, std::int64_t since) {
  std::vector<std::unique_ptr<Judged>> models;
  for (const std::string& folder : judge.judge) models.push_back(std::make_unique<Judged>(folder));
  boost::unordered_flat_map<std::uint64_t, std::size_t> listeners;  // a hash of the name -> the place in each of:
  std::vector<std::vector<ScoreSum>> scores(models.size() + 1);     // first the order shown
  const auto response = static_cast<std::size_t>(options.decide_by);

  for_each_list(store, since, options.played, [&](const ListResponses& list) {
    std::vector<SongResponses> songs;
    std::ranges::copy_if(list.songs, std::back_inserter(songs), &SongResponses::shown);
    const auto chosen = std::ranges::count_if(songs, [&](const SongResponses& song) { return song.is[response]; });
    if (list.user.empty() || chosen == 0 || static_cast<std::size_t>(chosen) == songs.size()) return;
    const std::vector<store::StoredListen> history =
        store.listens_of(list.user, {.min_ts = {}, .max_ts = list.id.made_at, .count = kHistory});
    std::vector<double> gains;  // as shown
    for (const SongResponses& song : songs) {
      gains.push_back(song.is[response] ? std::pow(song.position, judge.position_bias) : 0);
    }
    std::vector<double> found = {ndcg_of(gains)};
    for (const auto& model : models) {
      const std::optional<std::vector<std::size_t>> order = model->order(songs, history);
      if (!order) return;
      std::vector<double> in_order;
      for (const std::size_t place : *order) in_order.push_back(gains[place]);
      found.push_back(ndcg_of(in_order));
    }
    const std::size_t place = listeners.try_emplace(hash_text(list.user), listeners.size()).first->second;
    for (std::size_t i = 0; i < found.size(); ++i) {
      if (place == scores[i].size()) scores[i].emplace_back();
      scores[i][place].lists += 1;
      scores[i][place].sum += found[i];
    }
  });

  std::vector<JudgedModelReply> replies;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    JudgedModelReply& reply = replies.emplace_back();
    reply.name = i == 0 ? "as shown" : models[i - 1]->name;
    reply.listeners = scores[i].size();
    for (const ScoreSum& one : scores[i]) reply.lists += one.lists;
    const MeanScore mean = mean_of(scores[i]);
    reply.ndcg = mean.mean;
    if (mean.interval) {
      reply.low = mean.interval->low;
      reply.high = mean.interval->high;
    }
    if (i < 2) continue;
    std::vector<ScoreSum> differences = scores[i];
    for (std::size_t one = 0; one < differences.size(); ++one) differences[one].sum -= scores[1][one].sum;
    const MeanScore difference = mean_of(differences);
    reply.difference = difference.mean;
    if (!difference.interval) continue;
    reply.difference_low = difference.interval->low;
    reply.difference_high = difference.interval->high;
  }
  return replies;
}

}  // namespace segue::evaluate
