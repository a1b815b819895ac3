#include "segue/evaluate/two_models.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "segue/base/error.h"
#include "segue/base/json.h"
#include "segue/base/random.h"
#include "segue/data/availability/availability.h"
#include "segue/pipeline/make_lists.h"
#include "segue/recommend/history.h"

namespace segue::evaluate {

namespace {

constexpr std::size_t kMostPlaysBefore = 1000;
constexpr std::size_t kJudgedAtOnce = 256;

struct PlaceInQueue {
  std::size_t queue = 0;
  std::size_t place = 0;
};

bool began_after(const data::Queues& queues, std::size_t queue, std::int64_t after) {
  const std::optional<std::int64_t> start = queues.start(queue);
  return start && *start > after;
}

// Every play but the first of each queue that began after the moment.
std::vector<PlaceInQueue> places_after(const data::Queues& queues, std::int64_t after) {
  std::vector<PlaceInQueue> places;
  for (std::size_t queue = 0; queue < queues.own(); ++queue) {
    if (!began_after(queues, queue, after)) continue;
    for (std::size_t place = 1; place < queues.songs(queue).size(); ++place) places.push_back({queue, place});
  }
  return places;
}

class Plays {
 public:
  explicit Plays(const data::Queues& queues) : queues_(queues) {
    for (std::size_t queue = 0; queue < queues.own(); ++queue) by_user_[queues.user(queue)].push_back(queue);
    for (auto& [user, of_user] : by_user_) {
      std::ranges::stable_sort(of_user, {}, [&](std::size_t queue) { return queues.start(queue); });
    }
  }

  std::uint32_t listener(std::size_t queue) const {
    return static_cast<std::uint32_t>(std::distance(by_user_.begin(), by_user_.find(queues_.user(queue))));
  }

  // Of the listener, the newest last.
  std::vector<data::SongRow> before(const PlaceInQueue& at) const {
    std::vector<data::SongRow> newest_first;
    const auto add = [&](std::span<const data::SongRow> songs) {
      for (std::size_t i = songs.size(); i > 0 && newest_first.size() < kMostPlaysBefore; --i) {
        newest_first.push_back(songs[i - 1]);
      }
    };
    add(queues_.songs(at.queue).first(at.place));
    const std::vector<std::size_t>& of_user = by_user_.at(queues_.user(at.queue));
    for (auto queue = std::ranges::find(of_user, at.queue); queue != of_user.begin();) add(queues_.songs(*--queue));
    std::ranges::reverse(newest_first);
    return newest_first;
  }

 private:
  const data::Queues& queues_;
  std::map<std::string_view, std::vector<std::size_t>> by_user_;  // own queues by start
};

// One model, and the rows that it has the dataset's songs in.
class Judged {
 public:
  Judged(const model::Model& model, const data::Catalogue& songs, const TwoModelsOptions& options)
      : model_(model), recommender_(model), rows_(songs, model.songs(), options.threads) {
    wanted_.options.k = options.k;
    wanted_.options.threads = options.threads;
    wanted_.list.mode = recommend::ListMode::any;
  }

  // Which lists after these histories have the song that was played next; all are rows of the dataset.
  std::vector<bool> hits(std::span<const std::vector<data::SongRow>> histories,
                         std::span<const data::SongRow> played) const {
    std::vector<pipeline::ListenerHistory> known;
    for (const std::vector<data::SongRow>& history : histories) {
      std::vector<data::SongRow>& songs = known.emplace_back().songs;
      for (const data::SongRow song : history) {
        if (const auto row = rows_.of(song)) songs.push_back(*row);
      }
    }
    const std::vector<pipeline::MadeList> lists = pipeline::recommend_lists(recommender_, model_, known, wanted_);
    std::vector<bool> hits;
    for (std::size_t i = 0; i < lists.size(); ++i) {
      const auto row = rows_.of(played[i]);
      hits.push_back(row &&
                     std::ranges::find(lists[i].songs, *row, &pipeline::ListedSong::song) != lists[i].songs.end());
    }
    return hits;
  }

 private:
  const model::Model& model_;
  recommend::Recommender recommender_;
  recommend::RowsInModel rows_;
  pipeline::RecommendToAll wanted_;
};

}  // namespace

std::uint64_t positions_after(const data::Queues& queues, std::int64_t after, std::uint64_t most) {
  std::uint64_t positions = 0;
  for (std::size_t queue = 0; queue < queues.own() && positions < most; ++queue) {
    if (began_after(queues, queue, after) && !queues.songs(queue).empty()) positions += queues.songs(queue).size() - 1;
  }
  return std::min(positions, most);
}

std::optional<std::int64_t> halfway_after(const data::Queues& queues, std::int64_t after) {
  std::vector<std::pair<std::int64_t, std::size_t>> starts;
  std::size_t plays = 0;
  for (std::size_t queue = 0; queue < queues.own(); ++queue) {
    if (!began_after(queues, queue, after)) continue;
    starts.emplace_back(*queues.start(queue), queues.songs(queue).size());
    plays += queues.songs(queue).size();
  }
  std::ranges::sort(starts);
  std::size_t before = 0;
  for (const auto& [start, songs] : starts) {
    before += songs;
    if (2 * before >= plays) return start;
  }
  return std::nullopt;
}

int TwoModels::verdict() const {
  const auto above = [](const Interval& one, const Interval& other) { return one.low > other.high ? 1 : 0; };
  constexpr Interval kLevel{0, 0};
  if (comparison)
    return above(comparison->difference_interval, kLevel) - above(kLevel, comparison->difference_interval);
  // Without a hit of either there is no ratio, but each has an interval of its own.
  if (!old_rate.interval || !new_rate.interval) return 0;
  return above(*new_rate.interval, *old_rate.interval) - above(*old_rate.interval, *new_rate.interval);
}

json::object to_json(const TwoModels& judged) {
  const int verdict = judged.verdict();
  json::object document{{"positions", judged.positions},
                        {"listeners", judged.listeners},
                        {"hit_rate_old", judged.old_rate.rate},
                        {"hit_rate_new", judged.new_rate.rate},
                        {"verdict", verdict < 0    ? "worse"
                                    : verdict == 0 ? "undecided"
                                                   : "better"}};
  if (judged.comparison) {
    document["difference"] = judged.comparison->difference;
    document["difference_low"] = judged.comparison->difference_interval.low;
    document["difference_high"] = judged.comparison->difference_interval.high;
  }
  return document;
}

TwoModels judge_two_models(const model::Model& old_model, const model::Model& new_model, const data::Dataset& dataset,
                           const TwoModelsOptions& options, Progress& progress, const std::stop_token& stop) {
  std::vector<PlaceInQueue> places = places_after(dataset.queues, options.after);
  if (places.empty()) {
    fail(ErrorCode::bad_input, "expected queues of two songs that began after {}, found none among {}",
         data::utc_text(options.after), dataset.queues.own());
  }
  Random random(options.seed);
  keep_sample(places, options.sample, random);
  const Plays plays(dataset.queues);
  const Judged old_one(old_model, dataset.songs, options);
  const Judged new_one(new_model, dataset.songs, options);

  struct Hits {
    Clusters old_ones;
    Clusters new_ones;
  };
  Hits by_listener;
  Hits by_queue;
  const auto count = [](Clusters& clusters, std::uint32_t cluster, bool hit) {
    ++clusters[cluster].shown;
    clusters[cluster].hits += hit ? 1 : 0;
  };
  progress.begin("judge", places.size(), "positions");
  for (std::size_t begin = 0; begin < places.size(); begin += kJudgedAtOnce) {
    if (stop.stop_requested()) fail(ErrorCode::interrupted, "stopped while judging");
    const std::span<const PlaceInQueue> now =
        std::span(places).subspan(begin, std::min(kJudgedAtOnce, places.size() - begin));
    std::vector<std::vector<data::SongRow>> histories;
    std::vector<data::SongRow> played;
    for (const PlaceInQueue& at : now) {
      histories.push_back(plays.before(at));
      played.push_back(dataset.queues.songs(at.queue)[at.place]);
    }
    const std::vector<bool> old_hits = old_one.hits(histories, played);
    const std::vector<bool> new_hits = new_one.hits(histories, played);
    for (std::size_t i = 0; i < now.size(); ++i) {
      const std::uint32_t listener = plays.listener(now[i].queue);
      const auto queue = static_cast<std::uint32_t>(now[i].queue);
      count(by_listener.old_ones, listener, old_hits[i]);
      count(by_listener.new_ones, listener, new_hits[i]);
      count(by_queue.old_ones, queue, old_hits[i]);
      count(by_queue.new_ones, queue, new_hits[i]);
    }
    progress.update(begin + now.size(), "");
  }
  progress.end();

  const Hits& hits = by_listener.old_ones.size() > 1 ? by_listener : by_queue;
  return {.positions = places.size(),
          .listeners = by_listener.old_ones.size(),
          .old_rate = rate_of(hits.old_ones),
          .new_rate = rate_of(hits.new_ones),
          .comparison = compare_rates(hits.old_ones, hits.new_ones)};
}

}  // namespace segue::evaluate
