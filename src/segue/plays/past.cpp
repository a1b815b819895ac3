#include "segue/plays/past.h"

#include <algorithm>

namespace segue::plays {

namespace {

std::uint64_t key_of(data::SongRow song, std::size_t place) {
  return std::uint64_t{song} << 32U | place;
}

}  // namespace

Past::Past(std::vector<data::SongRow> songs) : songs_(std::move(songs)), repeats_(songs_.size() + 1) {
  keys_.reserve(songs_.size());
  for (std::size_t place = 0; place < songs_.size(); ++place) keys_.push_back(key_of(songs_[place], place));
  std::ranges::sort(keys_);
  for (std::size_t i = 1; i < keys_.size(); ++i) {
    const bool again = keys_[i] >> 32U == keys_[i - 1] >> 32U;
    if (again) repeats_[static_cast<std::uint32_t>(keys_[i]) + std::size_t{1}] = 1;
  }
  for (std::size_t place = 0; place < songs_.size(); ++place) repeats_[place + 1] += repeats_[place];
}

Past::Plays Past::of(data::SongRow song, std::size_t end) const {
  const auto first = std::ranges::lower_bound(keys_, key_of(song, 0));
  const auto last = std::lower_bound(first, keys_.end(), key_of(song, end));
  return Plays(std::span(first, last));
}

}  // namespace segue::plays
