#include "segue/recommend/history.h"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <optional>
#include <unordered_map>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/base/words.h"
#include "segue/search/song_matcher.h"

namespace segue::recommend {

namespace {

std::vector<std::size_t> queues_of(const data::Queues& queues, std::string_view user) {
  std::vector<std::size_t> found;
  for (std::size_t queue = 0; queue < queues.size(); ++queue) {
    if (queues.user(queue) == user) found.push_back(queue);
  }
  std::ranges::stable_sort(found, {}, [&](std::size_t queue) { return queues.start(queue); });
  return found;
}

std::optional<data::SongRow> matched(const search::SongMatcher& matcher, const data::Song& song) {
  store::StoredListen listen;
  listen.artist = song.artist;
  listen.title = song.title;
  listen.song_id = song.id;
  return matcher.find(listen);
}

// Finds the songs of a dataset in a model. Names are compared only if some id is unknown: it takes the names of all
// songs of the model.
class SongFinder {
 public:
  SongFinder(const data::Catalogue& dataset_songs, const data::Catalogue& model_songs)
      : dataset_songs_(dataset_songs), model_songs_(model_songs) {}

  std::optional<data::SongRow> operator()(data::SongRow song) {
    const auto [found, is_new] = known_.try_emplace(song);
    if (is_new) found->second = find(dataset_songs_.song(song));
    return found->second;
  }

 private:
  std::optional<data::SongRow> find(const data::Song& song) {
    if (const auto row = model_songs_.find(song.id)) return row;
    if (song.title.empty()) return std::nullopt;
    if (!matcher_) matcher_.emplace(model_songs_);
    return matched(*matcher_, song);
  }

  const data::Catalogue& dataset_songs_;
  const data::Catalogue& model_songs_;
  std::unordered_map<data::SongRow, std::optional<data::SongRow>> known_;
  std::optional<search::SongMatcher> matcher_;
};

[[noreturn]] void fail_unknown(const data::Queues& queues, std::string_view user) {
  std::vector<std::string_view> users;
  for (std::size_t queue = 0; queue < queues.size(); ++queue) {
    if (users.empty() || users.back() != queues.user(queue)) users.push_back(queues.user(queue));
  }
  fail(ErrorCode::not_found, "user {}: not in the dataset{}", user, did_you_mean(user, users));
}

constexpr std::size_t kSongsFoundAtOnce = 4096;

}  // namespace

RowsInModel::RowsInModel(const data::Catalogue& dataset_songs, const data::Catalogue& model_songs, std::size_t threads)
    : rows_(dataset_songs.size(), kNone) {
  const std::size_t workers = thread_count(threads);
  std::atomic<bool> has_unknown = false;
  static_cast<void>(model_songs.find(""));  // hashes the ids
  parallel_for(rows_.size(), kSongsFoundAtOnce, workers, [&](std::size_t begin, std::size_t end) {
    for (std::size_t song = begin; song < end; ++song) {
      const data::Song names = dataset_songs.song(static_cast<data::SongRow>(song));
      rows_[song] = model_songs.find(names.id).value_or(kNone);
      if (rows_[song] == kNone && !names.title.empty()) has_unknown = true;
    }
  });
  if (!has_unknown) return;
  const search::SongMatcher matcher(model_songs, threads);
  parallel_for(rows_.size(), kSongsFoundAtOnce, workers, [&](std::size_t begin, std::size_t end) {
    for (std::size_t song = begin; song < end; ++song) {
      if (rows_[song] != kNone) continue;
      const data::Song names = dataset_songs.song(static_cast<data::SongRow>(song));
      if (!names.title.empty()) rows_[song] = matched(matcher, names).value_or(kNone);
    }
  });
}

History history_of(const data::Dataset& dataset, const data::Catalogue& model_songs, std::string_view user) {
  const std::vector<std::size_t> queues = queues_of(dataset.queues, user);
  if (queues.empty()) fail_unknown(dataset.queues, user);
  History history;
  SongFinder find(dataset.songs, model_songs);
  for (const std::size_t queue : queues) {
    for (const data::SongRow song : dataset.queues.songs(queue)) {
      if (const auto row = find(song)) {
        history.songs.push_back(*row);
      } else {
        ++history.unknown_plays;
      }
    }
  }
  return history;
}

}  // namespace segue::recommend
