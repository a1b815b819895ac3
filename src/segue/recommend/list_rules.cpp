#include "segue/recommend/list_rules.h"

#include <algorithm>
#include <cmath>
#include <utility>

#include "segue/base/error.h"

namespace segue::recommend {

namespace {

// A list follows the artists of so many of the newest songs.
constexpr std::size_t kNewestOfList = 10;

std::uint32_t or_by_history(std::int32_t option, std::uint32_t by_history) {
  return option == kByHistory ? by_history : static_cast<std::uint32_t>(option);
}

}  // namespace

ListRules::ListRules(KeysOf keys_of, const RerankOptions& options)
    : keys_of_(std::move(keys_of)),
      cap_by_history_(options.artist_cap == kByHistory),
      gap_by_history_(options.artist_gap == kByHistory),
      artist_cap_(or_by_history(options.artist_cap, kArtistCap)),
      artist_gap_(or_by_history(options.artist_gap, kArtistGap)),
      fold_versions_(options.fold_versions) {}

void ListRules::follow(std::span<const data::SongRow> played) {
  const std::vector<data::SongKeys> newest = keys_of_(played.last(std::min(played.size(), kNewestOfList)));
  for (std::size_t i = 0; i < newest.size(); ++i) {
    OfArtist& artist = artists_[newest[i].artist];
    const bool follows_itself = i > 0 && newest[i - 1].artist == newest[i].artist;
    if (gap_by_history_ && follows_itself) artist.follows_itself = true;
    if (!cap_by_history_) continue;
    const bool is_last_run = follows_itself && i + 1 == newest.size();
    artist.share = is_last_run ? 1 : artist.share + 1 / static_cast<float>(newest.size());
  }
}

void ListRules::ban(std::span<const data::SongRow> songs) {
  banned_.insert(songs.begin(), songs.end());
  if (!fold_versions_) return;
  for (const data::SongKeys& keys : keys_of_(songs)) recordings_.insert(keys.recording);
}

data::SongKeys ListRules::keys_of(data::SongRow song) const {
  return keys_of_(std::span(&song, 1)).front();
}

void ListRules::heard(data::SongRow song) {
  appended(keys_of(song));
}

void ListRules::go_on_after(std::span<const data::SongRow> songs) {
  const std::vector<data::SongKeys> keys = keys_of_(songs);
  for (std::size_t i = 0; i < songs.size(); ++i) take(songs[i], keys[i]);
}

ListRules::OfArtist& ListRules::appended(const data::SongKeys& keys) {
  OfArtist& artist = artists_[keys.artist];
  artist.last = position_++;
  artist.was_heard = true;
  return artist;
}

Verdict ListRules::judge(data::SongRow song) {
  return banned_.contains(song) ? Verdict::never : judge(song, keys_of(song));
}

Verdict ListRules::judge(data::SongRow song, const data::SongKeys& keys) {
  if (banned_.contains(song)) return Verdict::never;
  if (fold_versions_ && recordings_.contains(keys.recording)) return Verdict::never;
  const auto found = artists_.find(keys.artist);
  if (found == artists_.end()) return Verdict::allowed;
  return judge(found->second);
}

Verdict ListRules::judge(const OfArtist& artist) const {
  if (artist_cap_ > 0 && artist.songs >= artist_cap_) {
    if (artist.share == 0) return Verdict::never;
    const float by_share = std::ceil(artist.share * static_cast<float>(taken_ + 1));
    if (static_cast<float>(artist.songs) >= by_share) return Verdict::wait;
  }
  const std::uint64_t gap = artist.follows_itself ? 0 : artist_gap_;
  return artist.was_heard && position_ - artist.last <= gap ? Verdict::wait : Verdict::allowed;
}

void ListRules::take(data::SongRow song) {
  const data::SongKeys keys = keys_of(song);
  SEGUE_ASSERT(judge(song, keys) == Verdict::allowed);
  take(song, keys);
}

void ListRules::take(data::SongRow song, const data::SongKeys& keys) {
  banned_.insert(song);
  if (fold_versions_) recordings_.insert(keys.recording);
  ++taken_;
  ++appended(keys).songs;
}

std::vector<std::size_t> ListRules::fill(std::span<const data::SongRow> songs, std::span<const data::SongKeys> keys,
                                         std::size_t count) {
  std::vector<std::size_t> taken;
  std::vector<std::size_t> waiting;  // in order, all before `next`
  std::size_t next = 0;
  const auto take_at = [&](std::size_t place) {
    take(songs[place], keys[place]);
    taken.push_back(place);
  };
  const auto take_waiting = [&] {
    for (auto place = waiting.begin(); place != waiting.end();) {
      const Verdict verdict = judge(songs[*place], keys[*place]);
      if (verdict == Verdict::allowed) take_at(*place);
      place = verdict == Verdict::wait ? place + 1 : waiting.erase(place);
      if (verdict == Verdict::allowed) return true;
    }
    return false;
  };
  const auto take_next = [&] {
    for (; next < songs.size(); ++next) {
      const Verdict verdict = judge(songs[next], keys[next]);
      if (verdict == Verdict::wait) waiting.push_back(next);
      if (verdict != Verdict::allowed) continue;
      take_at(next++);
      return true;
    }
    return false;
  };
  while (taken.size() < count && (take_waiting() || take_next())) {
  }
  return taken;
}

}  // namespace segue::recommend
