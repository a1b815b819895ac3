#include "segue/recommend/history.h"

#include <algorithm>
#include <cstddef>

#include "segue/base/error.h"
#include "segue/base/words.h"

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

[[noreturn]] void fail_unknown(const data::Queues& queues, std::string_view user) {
  std::vector<std::string_view> users;
  for (std::size_t queue = 0; queue < queues.size(); ++queue) {
    if (users.empty() || users.back() != queues.user(queue)) users.push_back(queues.user(queue));
  }
  fail(ErrorCode::not_found, "user {}: not in the dataset{}", user, did_you_mean(user, users));
}

}  // namespace

History history_of(const data::Dataset& dataset, const data::Catalogue& model_songs, std::string_view user) {
  const std::vector<std::size_t> queues = queues_of(dataset.queues, user);
  if (queues.empty()) fail_unknown(dataset.queues, user);
  History history;
  for (const std::size_t queue : queues) {
    for (const data::SongRow song : dataset.queues.songs(queue)) {
      if (const auto row = model_songs.find(dataset.songs.id(song))) {
        history.songs.push_back(*row);
      } else {
        ++history.unknown_plays;
      }
    }
  }
  return history;
}

}  // namespace segue::recommend
