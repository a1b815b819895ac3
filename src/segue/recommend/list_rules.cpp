#include "segue/recommend/list_rules.h"

#include "segue/base/error.h"

namespace segue::recommend {

ListRules::ListRules(const data::Catalogue& songs, std::uint32_t artist_cap, std::uint32_t artist_gap,
                     bool fold_versions)
    : songs_(songs), artist_cap_(artist_cap), artist_gap_(artist_gap), fold_versions_(fold_versions) {}

void ListRules::ban(std::uint32_t row) {
  rows_.insert(row);
  if (fold_versions_) recordings_.insert(songs_.keys(row).recording);
}

void ListRules::heard(std::uint32_t row) {
  OfArtist& artist = artists_[songs_.keys(row).artist];
  artist.last = position_++;
  artist.was_heard = true;
}

Verdict ListRules::judge(std::uint32_t row) {
  if (rows_.contains(row)) return Verdict::never;
  const data::SongKeys song = songs_.keys(row);
  if (fold_versions_ && recordings_.contains(song.recording)) return Verdict::never;
  const auto found = artists_.find(song.artist);
  if (found == artists_.end()) return Verdict::allowed;
  const OfArtist& artist = found->second;
  if (artist_cap_ > 0 && artist.songs >= artist_cap_) return Verdict::never;
  return artist.was_heard && position_ - artist.last <= artist_gap_ ? Verdict::wait : Verdict::allowed;
}

void ListRules::take(std::uint32_t row) {
  SEGUE_ASSERT(judge(row) == Verdict::allowed);
  ban(row);
  ++artists_[songs_.keys(row).artist].songs;
  heard(row);
}

}  // namespace segue::recommend
