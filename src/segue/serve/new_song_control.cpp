#include "segue/serve/new_song_control.h"

#include <algorithm>

#include <fmt/format.h>

#include "segue/base/digest.h"
#include "segue/base/error.h"
#include "segue/base/json.h"
#include "segue/base/unix_time.h"
#include "segue/base/words.h"

namespace segue::serve {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kSubject = "a new song in the store";

using Queues = std::vector<std::vector<std::string>>;

void add_queues(pipeline::NewSongs& songs, const Queues& queues) {
  for (const std::vector<std::string>& queue : queues) {
    std::vector<data::SongRow> rows;
    for (const std::string& song : queue) {
      if (const auto row = songs.find(song)) rows.push_back(*row);
    }
    songs.add_queue(rows);
  }
}

// `heard`: sessions that were stored.
void gather(pipeline::NewSongs& songs, const std::map<std::string, SentSong>& sent, const Queues& heard) {
  for (const auto& [id, one] : sent) songs.add(one.song);
  for (const auto& [id, one] : sent) add_queues(songs, one.queues);
  add_queues(songs, heard);
}

std::vector<std::string> stored_texts(const json::object& document, std::string_view name) {
  std::vector<std::string> texts;
  const json::value* const found = document.if_contains(name);
  if (found == nullptr) return texts;
  if (!found->is_array()) fail(ErrorCode::bad_input, "{}: {}: expected a list", kSubject, name);
  for (const json::value& text : found->get_array()) texts.emplace_back(std::string_view(text.as_string()));
  return texts;
}

std::string stored_text(const json::object& document, std::string_view name) {
  return document.contains(name) ? string_at(document, name, kSubject) : "";
}

}  // namespace

json::object json_of(const SentSong& sent) {
  json::array queues;
  for (const std::vector<std::string>& queue : sent.queues) queues.push_back(json::array(queue.begin(), queue.end()));
  return {{"title", sent.song.title},
          {"artist", sent.song.artist},
          {"album", sent.song.album},
          {"tags", json::array(sent.song.tags.begin(), sent.song.tags.end())},
          {"queues", std::move(queues)}};
}

SentSong sent_song_of(std::string id, const json::object& document) {
  SentSong sent;
  sent.song.id = std::move(id);
  sent.song.title = stored_text(document, "title");
  sent.song.artist = stored_text(document, "artist");
  sent.song.album = stored_text(document, "album");
  sent.song.tags = stored_texts(document, "tags");
  if (const json::value* const queues = document.if_contains("queues")) {
    if (!queues->is_array()) fail(ErrorCode::bad_input, "{}: queues: expected a list", kSubject);
    for (const json::value& queue : queues->get_array()) {
      std::vector<std::string>& ids = sent.queues.emplace_back();
      if (!queue.is_array()) fail(ErrorCode::bad_input, "{}: queues: expected lists of ids", kSubject);
      for (const json::value& song : queue.get_array()) ids.emplace_back(std::string_view(song.as_string()));
    }
  }
  return sent;
}

NewSongControl::NewSongControl(ModelSet& models, store::ListenStore& store, fs::path cache, const NewSongPace& pace)
    : models_(models), store_(store), cache_(std::move(cache)), pace_(pace) {
  poll();
  models_.extend_with([this](const std::string& name, const fs::path& folder) { return extended(name, folder); });
}

NewSongControl::~NewSongControl() {
  models_.extend_with({});
}

// REQUIRES: changing_ is held. Does nothing for what is known already.
void NewSongControl::apply(const store::StoredSongChange& stored) {
  Stored change{.sent = {}, .removed = stored.content.empty(), .version = stored.version};
  if (!change.removed) {
    change.sent = sent_song_of(stored.song_id, parse_json(stored.content, kSubject).as_object());
  }
  const std::scoped_lock lock(mutex_);
  Stored& known = songs_[stored.song_id];
  if (known.version >= stored.version) return;
  const bool was_in_force = known.version > 0 && !known.removed;
  facts_.songs += change.removed ? 0 : 1;
  facts_.songs -= was_in_force ? 1 : 0;
  known = std::move(change);
  version_ = std::max(version_, stored.version);
}

void NewSongControl::put(const SentSong& sent) {
  const std::scoped_lock one(changing_);
  if (!song(sent.song.id) && facts().songs >= pipeline::kMostNewSongs) {
    fail(ErrorCode::wrong_use, "song {}: expected at most {} new songs, found one more; training takes them in",
         sent.song.id, with_commas(pipeline::kMostNewSongs));
  }
  apply(store_.set_new_song(sent.song.id, json::serialize(json_of(sent)), unix_now()));
}

bool NewSongControl::remove(const std::string& id) {
  const std::scoped_lock one(changing_);
  const bool was_there = song(id).has_value();
  const store::StoredSongChange stored = store_.set_new_song(id, "", unix_now());
  if (stored.version > 0) apply(stored);
  return was_there;
}

std::optional<SentSong> NewSongControl::song(std::string_view id) const {
  const std::scoped_lock lock(mutex_);
  const auto found = songs_.find(std::string(id));
  if (found == songs_.end() || found->second.removed) return std::nullopt;
  return found->second.sent;
}

void NewSongControl::poll() {
  const std::scoped_lock one(changing_);
  for (const store::StoredSongChange& stored : store_.new_songs(polled_)) {
    apply(stored);
    polled_ = stored.version;
  }
}

std::map<std::string, SentSong> NewSongControl::in_force() const {
  std::map<std::string, SentSong> songs;
  const std::scoped_lock lock(mutex_);
  for (const auto& [id, stored] : songs_) {
    if (!stored.removed) songs.emplace(id, stored.sent);
  }
  return songs;
}

pipeline::PlacedSong NewSongControl::placed_from(const model::Model& model, const SentSong& sent) {
  pipeline::NewSongs songs(model);
  gather(songs, {{sent.song.id, sent}}, {});
  if (songs.size() > 0) return songs.evidence().front();
  pipeline::PlacedSong known;
  known.id = sent.song.id;
  return known;
}

// The folder to serve instead of `folder`: with the new songs that its model lacks, or itself if there are none.
fs::path NewSongControl::extended(const std::string& name, const fs::path& folder) {
  Built built{.plays = plays_.version()};
  {
    const std::scoped_lock lock(mutex_);
    built.songs = version_;
  }
  const std::map<std::string, SentSong> sent = in_force();
  const auto begin = std::chrono::steady_clock::now();
  fs::path opened = folder;
  std::string problem;
  try {
    const model::Model model(folder);
    pipeline::NewSongs songs(model);
    gather(songs, sent, plays_.to_place());
    if (songs.size() > 0) {
      const fs::path target = cache_ / ("placed-" + sha256_of(name).substr(0, 12));
      NoProgress progress;
      pipeline::place_new_songs(folder, model, songs, 0, progress, {}, target);
      opened = target;
    }
  } catch (const Error& error) {
    problem = error.what();
    opened = folder;
  }
  const std::scoped_lock lock(mutex_);
  built_[name] = built;
  facts_.problem = problem;
  if (opened == folder) return opened;
  ++facts_.versions_made;
  facts_.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  return opened;
}

// The names of the models that lack songs, or plays that are worth a version.
std::vector<std::string> NewSongControl::behind() {
  const auto now = std::chrono::steady_clock::now();
  const std::uint64_t plays = plays_.version();
  std::vector<std::string> names;
  const std::scoped_lock lock(mutex_);
  if (now < next_) return {};
  for (const ModelSource& source : models_.sources()) {
    const Built& built = built_[source.name];
    const bool lacks_songs = built.songs < version_ && version_ > 0;
    if (lacks_songs || (built.plays < plays && now >= next_for_plays_)) names.push_back(source.name);
  }
  return names;
}

std::vector<std::string> NewSongControl::update(std::int64_t now) {
  const std::scoped_lock one(updating_);
  const std::vector<ModelPointer> models = models_.all();
  plays_.settle(
      store_,
      [&](const store::StoredListen& listen) -> std::optional<std::string> {
        for (const ModelPointer& served : models) {
          if (const auto row = served->matcher.find(listen)) return std::string(served->model.songs().id(*row));
        }
        return std::nullopt;
      },
      now);
  const std::vector<std::string> names = behind();
  if (names.empty()) return {};
  const auto begin = std::chrono::steady_clock::now();
  std::vector<std::string> updated;
  for (const std::string& name : names) {
    if (models_.refresh(name)) updated.push_back(name);
  }
  const auto end = std::chrono::steady_clock::now();
  const std::scoped_lock lock(mutex_);
  const auto rest = [&](int times) {
    return end + std::max<std::chrono::steady_clock::duration>(pace_.least, times * (end - begin));
  };
  next_ = rest(pace_.after_songs);
  next_for_plays_ = rest(pace_.after_plays);
  return updated;
}

NewSongFacts NewSongControl::facts() const {
  const std::uint64_t plays = plays_.plays();
  const std::scoped_lock lock(mutex_);
  NewSongFacts facts = facts_;
  facts.plays = plays;
  return facts;
}

}  // namespace segue::serve
