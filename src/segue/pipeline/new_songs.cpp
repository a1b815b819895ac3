#include "segue/pipeline/new_songs.h"

#include <algorithm>

#include "segue/base/error.h"
#include "segue/base/words.h"

namespace segue::pipeline {

NewSongs::NewSongs(const model::Model& model) : model_(model), options_(model::train_options_of(model)) {}

data::SongRow NewSongs::add(const data::SongRecord& song) {
  const data::SongRow first_new = model_.songs().size() - model_.new_songs();
  std::optional<data::SongRow> row = find(song.id);
  if (row && *row < first_new) return *row;
  if (row && by_row_.contains(*row)) {
    songs_[by_row_.at(*row)] = song;
    return *row;
  }
  if (!row) {
    const auto count = static_cast<std::uint32_t>(model_.new_songs() + added_.size());
    if (count >= kMostNewSongs) {
      fail(ErrorCode::wrong_use,
           "song {}: expected at most {} new songs in a model, found one more; training takes them in", song.id,
           with_commas(kMostNewSongs));
    }
    row = static_cast<data::SongRow>(model_.songs().size() + added_.size());
    added_.emplace(song.id, *row);
  }
  by_row_.emplace(*row, songs_.size());
  songs_.push_back(song);
  entries_.push_back({.row = *row, .near = {}, .transitions = {}});
  return *row;
}

std::optional<data::SongRow> NewSongs::find(std::string_view id) const {
  if (const auto known = model_.songs().find(id)) return known;
  const auto added = added_.find(std::string(id));
  return added == added_.end() ? std::nullopt : std::optional(added->second);
}

NewSongs::Entry* NewSongs::entry_of(data::SongRow row) {
  const auto found = by_row_.find(row);
  return found == by_row_.end() ? nullptr : &entries_[found->second];
}

void NewSongs::add_queue(std::span<const data::SongRow> songs) {
  const std::size_t window = std::max<std::size_t>(model_.transition_window(), options_.window);
  for (std::size_t at = 0; at < songs.size(); ++at) {
    Entry* const entry = entry_of(songs[at]);
    if (entry == nullptr || ++entry->plays > kMostPlaysPlaced) continue;
    const auto meet = [&](std::size_t other, std::size_t distance, bool after) {
      const data::SongRow row = songs[other];
      if (row == songs[at]) return;
      if (row < model_.trained_songs()) entry->near.push_back({row, static_cast<std::uint32_t>(distance)});
      if (distance > model_.transition_window()) return;
      transitions::Transition& transition = entry->transitions[row];
      transition.neighbour = row;
      (after ? transition.forward : transition.backward) += 1 / static_cast<float>(distance);
      ++transition.count;
    };
    for (std::size_t distance = 1; distance <= window; ++distance) {
      if (distance <= at) meet(at - distance, distance, false);
      if (at + distance < songs.size()) meet(at + distance, distance, true);
    }
  }
}

PlacedSong NewSongs::evidence(std::size_t i, const NamesKnown& names) const {
  const Entry& entry = entries_[i];
  const auto near =
      std::ranges::count_if(entry.near, [&](const train::NearPlay& play) { return play.distance <= options_.window; });
  return {.id = songs_[i].id,
          .row = entry.row,
          .plays = std::max(entry.plays, songs_[i].plays),
          .near = static_cast<std::uint64_t>(near),
          .names = names};
}

std::vector<PlacedSong> NewSongs::evidence() const {
  const NameMeans means(model_, songs_);
  std::vector<PlacedSong> all;
  for (std::size_t i = 0; i < songs_.size(); ++i) all.push_back(evidence(i, means.known(i)));
  return all;
}

}  // namespace segue::pipeline
