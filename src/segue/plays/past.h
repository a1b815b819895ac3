// Everything one listener played, in order, with an index by song.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "segue/data/dataset/song_row.h"

namespace segue::plays {

// Immutable, thread safe. Places are numbered from 0, the oldest play.
class Past {
 public:
  Past() = default;
  // `songs`: the oldest first. `artists`: a number for the artist of each play. REQUIRES: fewer than 2^32, as many of
  // either.
  Past(std::vector<data::SongRow> songs, std::span<const std::uint64_t> artists);

  std::size_t size() const { return songs_.size(); }
  std::span<const data::SongRow> songs() const { return songs_; }
  // The number of plays among the first `end` of songs played before.
  std::uint32_t repeats(std::size_t end) const { return repeats_[end]; }

  // The plays of one song, oldest first.
  class Plays {
   public:
    explicit Plays(std::span<const std::uint64_t> keys) : keys_(keys) {}
    std::size_t size() const { return keys_.size(); }
    bool empty() const { return keys_.empty(); }
    std::uint32_t place(std::size_t i) const { return static_cast<std::uint32_t>(keys_[i]); }
    std::uint32_t last() const { return place(size() - 1); }

   private:
    std::span<const std::uint64_t> keys_;
  };
  // Those among the first `end` plays.
  Plays of(data::SongRow song, std::size_t end) const;
  // How many of the first `end` plays are by this artist.
  std::size_t plays_by(std::uint64_t artist, std::size_t end) const;

 private:
  std::vector<data::SongRow> songs_;
  std::vector<std::uint64_t> keys_;     // song << 32 | place, ascending
  std::vector<std::uint32_t> repeats_;  // size() + 1
  std::vector<std::uint64_t> artists_;  // a hash of the artist << 32 | place, ascending
};

// A listener's past as it was at one moment. Views the past.
struct PastUntil {
  const Past* past = nullptr;  // nullptr: nothing is known
  std::size_t end = 0;         // only the first `end` plays had happened

  explicit operator bool() const { return past != nullptr && end > 0; }
  std::span<const data::SongRow> songs() const { return past->songs().first(end); }
  Past::Plays of(data::SongRow song) const { return past->of(song, end); }
  std::size_t plays_by(std::uint64_t artist) const { return past->plays_by(artist, end); }
};

}  // namespace segue::plays
