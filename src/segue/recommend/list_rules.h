// Which songs may come next in a list: no song twice, no second version of a recording, artists capped and spaced.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>

#include "segue/data/dataset/song_row.h"
#include "segue/data/text/song_keys.h"
#include "segue/recommend/rerank_options.h"

namespace segue::recommend {

enum class Verdict {
  allowed,
  wait,   // its artist was heard too recently, or has its share of the list so far
  never,  // in this list: banned, some version of it is there already, or its artist has reached the cap
};

// A growing list. Not thread safe.
class ListRules {
 public:
  using KeysOf = std::function<std::vector<data::SongKeys>(std::span<const data::SongRow>)>;

  // The artist_cap, artist_gap and fold_versions of `options` apply. `keys_of` is kept.
  ListRules(KeysOf keys_of, const RerankOptions& options);

  // The list is for someone who just played these songs, the newest last. Where cap and gap are kByHistory, an artist
  // may have the share of the list, at any length, that it has of the newest of these songs, all of it if the last two
  // are by it, and may follow itself if it did so there: someone who plays an album wants the album.
  void follow(std::span<const data::SongRow> played);

  // Songs that are never allowed, nor, if versions are folded, other versions of them.
  void ban(std::span<const data::SongRow> songs);
  // A song heard before the list began: its artist has to wait as if the song were in the list.
  void heard(data::SongRow song);

  // The list begins with these songs, in order, whatever the rules say of them.
  void go_on_after(std::span<const data::SongRow> songs);

  Verdict judge(data::SongRow song);
  // For callers that have read many keys at once. REQUIRES: `keys` are those of the song.
  Verdict judge(data::SongRow song, const data::SongKeys& keys);
  std::uint32_t artist_gap() const { return artist_gap_; }
  void set_artist_gap(std::uint32_t gap) { artist_gap_ = gap; }
  // Appends the song. REQUIRES: judge(song) is allowed.
  void take(data::SongRow song);
  // Takes the first allowed of `songs`, then the first allowed of the others, and so on, until `count` are taken or
  // none is allowed. Returns their places, in that order. REQUIRES: one of `keys` for each.
  std::vector<std::size_t> fill(std::span<const data::SongRow> songs, std::span<const data::SongKeys> keys,
                                std::size_t count);

 private:
  data::SongKeys keys_of(data::SongRow song) const;

  const KeysOf keys_of_;
  const bool cap_by_history_;
  const bool gap_by_history_;
  const std::uint32_t artist_cap_;
  std::uint32_t artist_gap_;
  const bool fold_versions_;
  std::uint64_t position_ = 0;  // of the next song, counting those heard before
  std::uint32_t taken_ = 0;
  struct OfArtist {
    std::uint32_t songs = 0;  // in the list
    float share = 0;          // of the songs just played
    std::uint64_t last = 0;   // position of the newest
    bool was_heard = false;
    bool follows_itself = false;
  };
  Verdict judge(const OfArtist& artist) const;
  void take(data::SongRow song, const data::SongKeys& keys);
  OfArtist& appended(const data::SongKeys& keys);

  boost::unordered_flat_set<data::SongRow> banned_;  // taken or banned
  boost::unordered_flat_set<std::uint64_t> recordings_;
  boost::unordered_flat_map<std::uint64_t, OfArtist> artists_;
};

}  // namespace segue::recommend
