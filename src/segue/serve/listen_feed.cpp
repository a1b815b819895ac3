#include "segue/serve/listen_feed.h"

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
// Listens to the new songs of a model whose dataset does not say when it ends.
constexpr std::int64_t kLookBack = 30 * kSecondsOfDay;

bool have_same_songs(const ServedModel& one, const ServedModel& other) {
  if (one.source_digest != other.source_digest) return false;
  const data::Catalogue& songs = one.model.songs();
  if (songs.size() != other.model.songs().size() || one.model.new_songs() != other.model.new_songs()) return false;
  for (data::SongRow row = songs.size() - one.model.new_songs(); row < songs.size(); ++row) {
    if (songs.id(row) != other.model.songs().id(row)) return false;
  }
  return true;
}

}  // namespace

void ListenFeed::poll(std::int64_t now) {
  const std::scoped_lock lock(mutex_);
  std::erase_if(progress_, [](const Progress& one) { return one.model.expired(); });
  for (const ModelPointer& served : models_.all()) {
    const bool has_new_songs = heard_ != nullptr && served->model.new_songs() > 0;
    if (served->trend == nullptr && !has_new_songs) continue;
    auto mine = std::ranges::find(progress_, served, [](const Progress& one) { return one.model.lock(); });
    if (mine == progress_.end()) mine = progress_.insert(mine, begin(served, now));
    count(*served, *mine, now);
  }
}

// After a version with the same songs, nothing has to be read again.
ListenFeed::Progress ListenFeed::begin(const ModelPointer& served, std::int64_t now) const {
  for (const Progress& one : progress_) {
    const ModelPointer other = one.model.lock();
    if (other == nullptr || !have_same_songs(*served, *other)) continue;
    if (served->trend != nullptr) served->trend->continue_from(*other->trend);
    return {.model = served, .next = one.next, .counted = one.counted};
  }
  const auto trend_until = served->model.trend_until();
  return {.model = served, .next = trend_until ? *trend_until / kMicros : now - kLookBack, .counted = {}};
}

void ListenFeed::count(const ServedModel& served, Progress& progress, std::int64_t now) {
  const std::uint64_t before = served.trend == nullptr ? 0 : served.trend->counted();
  // A day at a time, so that no more than the hashes of a few days are held, however old the model is.
  for (std::int64_t from = progress.next - kOverlap; from <= now; from += kSecondsOfDay) {
    const std::int64_t to = std::min(now + 1, from + kSecondsOfDay);
    count_inserted(served, progress, {from, to}, now);
    progress.next = to;
    // News that arrives from now on is at most so old.
    const std::int64_t oldest = (to - kOverlap - kNews) / kSecondsOfDay;
    progress.counted.erase(progress.counted.begin(), progress.counted.lower_bound(oldest));
  }
  if (served.trend != nullptr && served.trend->counted() != before) served.trend->refresh_leaders();
}

void ListenFeed::count_inserted(const ServedModel& served, Progress& progress, Seconds inserted, std::int64_t now) {
  const bool wants_new_songs = heard_ != nullptr && served.model.new_songs() > 0;
  const data::SongRow first_new = served.model.songs().size() - served.model.new_songs();
  store_.for_each_inserted(inserted.from, inserted.to, [&](const store::StoredListen& listen) {
    const bool is_news = served.trend != nullptr && listen.inserted_at - listen.listened_at <= kNews;
    if (!is_news && !wants_new_songs) return true;
    const std::optional<data::SongRow> song = served.matcher.find(listen);
    if (!song) return true;
    if (wants_new_songs && *song >= first_new) heard_(served, *song, listen);
    if (!is_news) return true;
    const std::uint64_t who = mix64(hash_text(listen.user) ^ mix64(*song));
    if (!progress.counted[listen.listened_at / kSecondsOfDay].insert(who).second) return true;
    served.trend->count(*song, listen.listened_at * kMicros, now * kMicros);
    return true;
  });
}

}  // namespace segue::serve
