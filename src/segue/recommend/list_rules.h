// Which songs may come next in a list: no song twice, no second version of a recording, artists capped and spaced.
#pragma once

#include <cstdint>
#include <span>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "segue/data/dataset/catalogue.h"
#include "segue/recommend/rerank_options.h"

namespace segue::recommend {

enum class Verdict {
  allowed,
  wait,   // its artist was heard too recently
  never,  // in this list: banned, some version of it is there already, or its artist has reached the cap
};

// A growing list. Views the catalogue. Not thread safe.
class ListRules {
 public:
  ListRules(const data::Catalogue& songs, std::uint32_t artist_cap, std::uint32_t artist_gap, bool fold_versions);

  // Songs that are never allowed, nor, if versions are folded, other versions of them.
  void ban(std::span<const data::SongRow> songs);
  // A song heard before the list began: its artist has to wait as if the song were in the list.
  void heard(data::SongRow song);

  Verdict judge(data::SongRow song);
  // For callers that have read many keys at once. REQUIRES: `keys` are those of the song.
  Verdict judge(data::SongRow song, const data::SongKeys& keys);
  std::uint32_t artist_gap() const { return artist_gap_; }
  void set_artist_gap(std::uint32_t gap) { artist_gap_ = gap; }
  // Appends the song. REQUIRES: judge(song) is allowed.
  void take(data::SongRow song);

 private:
  const data::Catalogue& songs_;
  std::uint32_t artist_cap_;
  std::uint32_t artist_gap_;
  bool fold_versions_;
  std::uint64_t position_ = 0;  // of the next song, counting those heard before
  struct OfArtist {
    std::uint32_t songs = 0;  // in the list
    std::uint64_t last = 0;   // position of the newest
    bool was_heard = false;
  };
  OfArtist& appended(const data::SongKeys& keys);

  boost::unordered_flat_set<data::SongRow> banned_;  // taken or banned
  boost::unordered_flat_set<std::uint64_t> recordings_;
  boost::unordered_flat_map<std::uint64_t, OfArtist> artists_;
};

}  // namespace segue::recommend
