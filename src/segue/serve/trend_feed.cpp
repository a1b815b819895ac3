#include "segue/serve/trend_feed.h"

#include <algorithm>

#include "segue/base/random.h"
#include "segue/base/text_hash.h"

namespace segue::serve {

namespace {

constexpr std::int64_t kMicros = 1'000'000;
constexpr std::int64_t kSecondsOfDay = 86'400;
constexpr std::int64_t kNews = 2 * kSecondsOfDay;
// A listen that another process is just inserting, whose clock may be behind, is seen by the next poll.
constexpr std::int64_t kOverlap = 90;

}  // namespace

void TrendFeed::poll(std::int64_t now) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(progress_, [](const Progress& one) { return one.model.expired(); });
  for (const ModelPointer& served : models_.all()) {
    if (served->trend == nullptr) continue;
    auto mine = std::ranges::find(progress_, served, [](const Progress& one) { return one.model.lock(); });
    if (mine == progress_.end()) {
      const std::int64_t until = served->model.trend_until().value() / kMicros;
      mine = progress_.insert(mine, {.model = served, .next = until, .counted = {}});
    }
    count(*served, *mine, now);
  }
}

void TrendFeed::count(const ServedModel& served, Progress& progress, std::int64_t now) {
  const std::uint64_t before = served.trend->counted();
  // A day at a time, so that no more than the hashes of a few days are held, however old the model is.
  for (std::int64_t from = progress.next - kOverlap; from <= now; from += kSecondsOfDay) {
    const std::int64_t to = std::min(now + 1, from + kSecondsOfDay);
    count_inserted(served, progress, {from, to}, now);
    progress.next = to;
    // News that arrives from now on is at most so old.
    const std::int64_t oldest = (to - kOverlap - kNews) / kSecondsOfDay;
    progress.counted.erase(progress.counted.begin(), progress.counted.lower_bound(oldest));
  }
  if (served.trend->counted() != before) served.trend->refresh_leaders();
}

void TrendFeed::count_inserted(const ServedModel& served, Progress& progress, Seconds inserted, std::int64_t now) {
  store_.for_each_inserted(inserted.from, inserted.to, [&](const store::StoredListen& listen) {
    if (listen.inserted_at - listen.listened_at > kNews) return true;
    const std::optional<data::SongRow> song = served.matcher.find(listen);
    if (!song) return true;
    const std::uint64_t who = mix64(hash_text(listen.user) ^ mix64(*song));
    if (!progress.counted[listen.listened_at / kSecondsOfDay].insert(who).second) return true;
    served.trend->count(*song, listen.listened_at * kMicros, now * kMicros);
    return true;
  });
}

}  // namespace segue::serve
