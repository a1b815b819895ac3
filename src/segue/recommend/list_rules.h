// Which songs may come next in a list: no song twice, no second version of a recording, artists capped and spaced.
#pragma once

#include <cstdint>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "segue/data/dataset/catalogue.h"
#include "segue/recommend/rerank_options.h"

namespace segue::recommend {

enum class Verdict {
  allowed,
  wait,   // its artist was heard too short a while ago
  never,  // in this list: banned, there already in some version, or its artist had as many songs as it may
};

// One list that grows. Views the catalogue. Not thread safe.
class ListRules {
 public:
  ListRules(const data::Catalogue& songs, std::uint32_t artist_cap, std::uint32_t artist_gap, bool fold_versions);

  // The song never comes, nor, where versions are folded, another version of it.
  void ban(std::uint32_t row);
  // The artist of a song that was heard before the list began has to wait as if it were in the list.
  void heard(std::uint32_t row);

  Verdict judge(std::uint32_t row);
  std::uint32_t artist_gap() const { return artist_gap_; }
  void set_artist_gap(std::uint32_t gap) { artist_gap_ = gap; }
  // Appends the song. REQUIRES: judge(row) is allowed.
  void take(std::uint32_t row);

 private:
  const data::Catalogue& songs_;
  std::uint32_t artist_cap_;
  std::uint32_t artist_gap_;
  bool fold_versions_;
  std::uint64_t position_ = 0;  // of the next song, counting those heard
  struct OfArtist {
    std::uint32_t songs = 0;  // in the list
    std::uint64_t last = 0;   // position of the newest
    bool was_heard = false;
  };
  boost::unordered_flat_set<std::uint32_t> rows_;  // taken or banned
  boost::unordered_flat_set<std::uint64_t> recordings_;
  boost::unordered_flat_map<std::uint64_t, OfArtist> artists_;
};

}  // namespace segue::recommend
