// Songs that came after training, added to a model without training it again.
//
// Each gets a vector from the plays it has: the steps of training for it alone, all other songs frozen
// (train/new_vectors.h), from the mean of its album, its artist or its tags (name_means.h), which also stands for a
// song without plays; from that of the songs around it if no name is known. Its transitions are counted in both
// directions, and it lies on the map among its neighbours. The rows of new songs come after all others, which stay as
// they are; the search graph stays too, and new rows are compared one by one.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "segue/base/progress.h"
#include "segue/data/dataset/catalogue.h"
#include "segue/model/model.h"
#include "segue/pipeline/name_means.h"
#include "segue/train/new_vectors.h"
#include "segue/transitions/transitions.h"

namespace segue::pipeline {

// Each search compares all of a model's new songs.
inline constexpr std::uint32_t kMostNewSongs = 10'000;
// Of one song; what more would say of it, training can learn.
inline constexpr std::uint32_t kMostPlaysPlaced = 1'000;

// What a song was placed from.
struct PlacedSong {
  std::string id;
  data::SongRow row = 0;
  std::uint64_t plays = 0;  // of the song
  std::uint64_t near = 0;   // plays of trained songs within the window of training
  NamesKnown names{};

  bool has_vector() const { return near > 0 || names.album + names.artist + names.tags > 0; }
};

// New songs and their plays. Views a model; not thread safe.
class NewSongs {
 public:
  explicit NewSongs(const model::Model& model);

  // The row of the song: its own if training or an earlier model placed it, in which case nothing is added; that of a
  // new song of this id, whose texts and plays are replaced; or a row after all others. Plays are counted by
  // add_queue() if there are more. Throws wrong_use beyond kMostNewSongs.
  data::SongRow add(const data::SongRecord& song);
  // Of a song of the model, or one that was added.
  std::optional<data::SongRow> find(std::string_view id) const;
  // A session or playlist of rows as add() and find() give them: plays of the new ones among them.
  void add_queue(std::span<const data::SongRow> songs);

  std::size_t size() const { return songs_.size(); }
  // What each would be placed from.
  std::vector<PlacedSong> evidence() const;

 private:
  friend class NewSongsPlacer;

  struct Entry {
    data::SongRow row = 0;
    std::uint64_t plays = 0;
    std::vector<train::NearPlay> near;
    std::map<data::SongRow, transitions::Transition> transitions;
  };

  Entry* entry_of(data::SongRow row);
  PlacedSong evidence(std::size_t i, const NamesKnown& names) const;

  const model::Model& model_;
  train::TrainOptions options_;  // that the model was trained with
  std::vector<data::SongRecord> songs_;
  std::vector<Entry> entries_;  // of each
  std::unordered_map<data::SongRow, std::size_t> by_row_;
  std::unordered_map<std::string, data::SongRow> added_;  // those that the model does not have
};

// Writes the model with the new songs: a new version of `folder`, where the model is, or of the same in `target`.
// Returns what each was placed from. Throws as model::extend_model() does, bad_input if there is no new song, and
// interrupted.
std::vector<PlacedSong> place_new_songs(const std::filesystem::path& folder, const model::Model& model,
                                        const NewSongs& songs, std::uint32_t threads, Progress& progress,
                                        const std::stop_token& stop, const std::filesystem::path& target = {});

}  // namespace segue::pipeline
