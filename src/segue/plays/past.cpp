#include "segue/plays/past.h"

#include <algorithm>

namespace segue::plays {

namespace {

std::uint64_t key_of(data::SongRow song, std::size_t place) {
  return std::uint64_t{song} << 32U | place;
}

// 32 bits of a hash, in the upper half, are enough to tell the artists of one listener apart.
std::uint64_t half_of(std::uint64_t artist) {
  constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15;
  return (artist * kGolden) & ~std::uint64_t{0xFFFFFFFF};
}

}  // namespace

Past::Past(std::vector<data::SongRow> songs, std::span<const std::uint64_t> artists)
    : songs_(std::move(songs)), repeats_(songs_.size() + 1) {
  keys_.reserve(songs_.size());
  for (std::size_t place = 0; place < songs_.size(); ++place) keys_.push_back(key_of(songs_[place], place));
  std::ranges::sort(keys_);
  for (std::size_t i = 1; i < keys_.size(); ++i) {
    const bool again = keys_[i] >> 32U == keys_[i - 1] >> 32U;
    if (again) repeats_[static_cast<std::uint32_t>(keys_[i]) + std::size_t{1}] = 1;
  }
  for (std::size_t place = 0; place < songs_.size(); ++place) repeats_[place + 1] += repeats_[place];
  artists_.reserve(songs_.size());
  for (std::size_t place = 0; place < songs_.size(); ++place) artists_.push_back(half_of(artists[place]) | place);
  std::ranges::sort(artists_);
}

std::size_t Past::plays_by(std::uint64_t artist, std::size_t end) const {
  const auto first = std::ranges::lower_bound(artists_, half_of(artist));
  return static_cast<std::size_t>(std::lower_bound(first, artists_.end(), half_of(artist) | end) - first);
}

Past::Plays Past::of(data::SongRow song, std::size_t end) const {
  const auto first = std::ranges::lower_bound(keys_, key_of(song, 0));
  const auto last = std::lower_bound(first, keys_.end(), key_of(song, end));
  return Plays(std::span(first, last));
}

}  // namespace segue::plays
