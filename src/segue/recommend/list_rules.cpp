#include "segue/recommend/list_rules.h"

#include "segue/base/error.h"

namespace segue::recommend {

ListRules::ListRules(const data::Catalogue& songs, std::uint32_t artist_cap, std::uint32_t artist_gap,
                     bool fold_versions)
    : songs_(songs), artist_cap_(artist_cap), artist_gap_(artist_gap), fold_versions_(fold_versions) {}

void ListRules::ban(std::span<const data::SongRow> songs) {
  banned_.insert(songs.begin(), songs.end());
  if (!fold_versions_) return;
  for (const data::SongKeys& keys : songs_.keys(songs)) recordings_.insert(keys.recording);
}

void ListRules::heard(data::SongRow song) {
  appended(songs_.keys(song));
}

ListRules::OfArtist& ListRules::appended(const data::SongKeys& keys) {
  OfArtist& artist = artists_[keys.artist];
  artist.last = position_++;
  artist.was_heard = true;
  return artist;
}

Verdict ListRules::judge(data::SongRow song) {
  return banned_.contains(song) ? Verdict::never : judge(song, songs_.keys(song));
}

Verdict ListRules::judge(data::SongRow song, const data::SongKeys& keys) {
  if (banned_.contains(song)) return Verdict::never;
  if (fold_versions_ && recordings_.contains(keys.recording)) return Verdict::never;
  const auto found = artists_.find(keys.artist);
  if (found == artists_.end()) return Verdict::allowed;
  const OfArtist& artist = found->second;
  if (artist_cap_ > 0 && artist.songs >= artist_cap_) return Verdict::never;
  return artist.was_heard && position_ - artist.last <= artist_gap_ ? Verdict::wait : Verdict::allowed;
}

void ListRules::take(data::SongRow song) {
  const data::SongKeys keys = songs_.keys(song);
  SEGUE_ASSERT(judge(song, keys) == Verdict::allowed);
  banned_.insert(song);
  if (fold_versions_) recordings_.insert(keys.recording);
  ++appended(keys).songs;
}

}  // namespace segue::recommend
