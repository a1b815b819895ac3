// New songs that arrive while serving (PUT /v1/songs/{id}).
//
// A song is in the store before it is acknowledged, and other processes on the same store find it when they poll. A
// moment later update() places all new songs in each model that lacks them (pipeline/new_songs.h): it writes a version
// of the model to the cache and swaps it in as any other model. Later versions place them by the listens that are
// stored, too. What is in the store decides: that folder can be deleted at any time, and a model whose training knew a
// song serves its own.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/json_fwd.h"
#include "segue/data/dataset/catalogue.h"
#include "segue/pipeline/new_songs.h"
#include "segue/serve/models.h"
#include "segue/serve/new_song_plays.h"
#include "segue/store/store.h"

namespace segue::serve {

// A song as it was sent.
struct SentSong {
  data::SongRecord song;
  std::vector<std::vector<std::string>> queues;  // sessions or playlists that play it: ids
};

json::object json_of(const SentSong& sent);  // without its id
// Throws bad_input for a document that json_of() does not write.
SentSong sent_song_of(std::string id, const json::object& document);

struct NewSongFacts {
  std::size_t songs = 0;    // in force
  std::uint64_t plays = 0;  // of them, among the listens stored
  std::uint64_t versions_made = 0;
  double seconds = 0;   // that the last version of a model took
  std::string problem;  // why the last one could not be made; "" if it was
};

// How long to wait between two versions of a model: `least`, or as many times as long as the last one took, before one
// with more songs and before one with more plays. So versions for songs take half of a processor at most, those for
// plays a sixth.
struct NewSongPace {
  std::chrono::milliseconds least{500};
  int after_songs = 1;
  int after_plays = 5;
};

// Thread safe.
class NewSongControl {
 public:
  // Reads the songs in the store; the models get them by the first update(). Versions of models are written to `cache`.
  // `models` and `store` outlive it. Throws as the store does.
  NewSongControl(ModelSet& models, store::ListenStore& store, std::filesystem::path cache,
                 const NewSongPace& pace = {});
  ~NewSongControl();
  NewSongControl(const NewSongControl&) = delete;
  NewSongControl& operator=(const NewSongControl&) = delete;

  // In the store once it returns, in the models after update(). Throws wrong_use if there are too many, and as the
  // store does; then nothing has changed.
  void put(const SentSong& sent);
  // Whether it was there.
  bool remove(const std::string& id);
  std::optional<SentSong> song(std::string_view id) const;
  // What the song would be placed from in this model.
  static pipeline::PlacedSong placed_from(const model::Model& model, const SentSong& sent);

  // Takes in what other processes have changed. Throws as the store does.
  void poll();
  // A listen to one of the new songs of a model was stored.
  void heard(std::string_view song_id, const store::StoredListen& listen) { plays_.heard(song_id, listen); }
  // Swaps in versions with the songs and plays of `now` (seconds since 1970), of the models that lack them. Returns
  // their names. Errors of placing are in facts(); throws as the store does.
  std::vector<std::string> update(std::int64_t now);
  NewSongFacts facts() const;

 private:
  struct Stored {
    SentSong sent;
    bool removed = false;
    std::int64_t version = 0;
  };

  // What a version of a model was made of.
  struct Built {
    std::int64_t songs = -1;  // the newest change
    std::uint64_t plays = 0;  // NewSongPlays::version()
  };

  void apply(const store::StoredSongChange& stored);
  std::vector<std::string> behind();
  std::map<std::string, SentSong> in_force() const;
  std::filesystem::path extended(const std::string& name, const std::filesystem::path& folder);

  ModelSet& models_;
  store::ListenStore& store_;
  const std::filesystem::path cache_;
  const NewSongPace pace_;

  std::mutex changing_;      // one change at a time; taken before mutex_
  std::int64_t polled_ = 0;  // guarded by changing_
  std::mutex updating_;      // one update at a time
  NewSongPlays plays_;

  mutable std::mutex mutex_;  // guards what follows; never held for long
  std::map<std::string, Stored> songs_;
  std::int64_t version_ = 0;            // of the newest change
  std::map<std::string, Built> built_;  // by the name of the model
  std::chrono::steady_clock::time_point next_{};
  std::chrono::steady_clock::time_point next_for_plays_{};
  NewSongFacts facts_;
};

}  // namespace segue::serve
