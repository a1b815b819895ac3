// Listens that arrive while serving, feedback on songs, what listeners did with lists, playlists made for users,
// changes to the catalogue, new songs, and the tokens that requests carry.
//
// Two implementations pass the same tests: SQLite (a file, one process) and PostgreSQL (shared by many). Thread safe;
// every call may wait for the disk or the network. Changes are durable when a call returns: concurrent adds share one
// commit (group commit). Throws unavailable while the database cannot be reached (nothing was changed, or it is
// unknown: adding the same listens again is safe), no_space, io_failed, corrupt; bad_input for texts that break the
// rules of StoredListen, if the database checks them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/store/events.h"

namespace segue::store {

// One listen as it was submitted. Texts are valid UTF-8 without NUL. The model's song is looked up when the listen is
// read (by song_id, by recording_mbid, or by artist and title), so a later model may know songs that this one does not.
struct StoredListen {
  std::string user;
  std::int64_t listened_at = 0;  // seconds since 1970, UTC
  std::string artist;
  std::string title;
  std::string release;
  std::string song_id;           // an id of the catalogue, "" if the client does not know one
  std::string recording_mbid;    // likewise
  std::string track_metadata;    // the JSON object the client sent, kept whole; "" if there was none
  std::string msid;              // identifies artist + title + release: see msid_of()
  std::int64_t inserted_at = 0;  // seconds since 1970, set by the store
};

// A UUID derived from the folded artist, title and release (and song_id if there is no title): the same song under the
// same names has the same one, in every process.
std::string msid_of(const StoredListen& listen);
// A UUID of the first half of a SHA-256 in hexadecimal digits.
std::string uuid_of_digest(std::string digest);

// Of listens, skips or events.
struct AddedListens {
  std::size_t added = 0;
  std::size_t known = 0;  // already stored: same user, listened_at and msid; of an event see StoredEvent
};

// Listens with min_ts < listened_at < max_ts, as in the ListenBrainz protocol: the newest `count`, or with min_ts alone
// the oldest `count` of that range; newest first either way.
struct ListenRange {
  std::optional<std::int64_t> min_ts;
  std::optional<std::int64_t> max_ts;
  std::size_t count = 25;
};

// A listen to one of several songs.
struct SongTime {
  std::size_t song = 0;  // its place among them
  std::int64_t listened_at = 0;
  bool operator==(const SongTime&) const = default;
};

// How often a user played a song.
struct SongCount {
  StoredListen newest;  // of the listens counted, without release, track_metadata and inserted_at
  std::uint64_t listens = 0;
};

// A playlist that was made for a user and stays as it was made. Texts as in StoredListen.
struct StoredPlaylist {
  std::string id;            // a UUID
  std::string user;          // whom it is for
  std::string kind;          // "weekly-jams"
  std::int64_t begin = 0;    // of the time it is for: seconds since 1970, UTC
  std::int64_t created = 0;  // likewise
  std::string content;       // as the service writes it
  bool operator==(const StoredPlaylist&) const = default;
};

struct Feedback {
  std::string user;
  std::string msid;
  std::string recording_mbid;
  std::string song_id;
  std::string artist;  // of a listen of this user with this msid, if there is one: filled in on reading
  std::string title;   // likewise
  int score = 0;       // 1 loved, -1 hated
  std::int64_t created = 0;
};

// The newest change to what is kept of a song: of what a catalogue says of it, or of a song that training did not know.
struct StoredSongChange {
  std::string song_id{};
  std::string content{};     // as the service writes it; "" once the change was withdrawn
  std::int64_t version = 0;  // grows with every change to any song
  std::int64_t changed = 0;  // seconds since 1970, UTC
  bool operator==(const StoredSongChange&) const = default;
};

struct StoredToken {
  std::string id;    // public, short: identifies it in lists and logs
  std::string hash;  // SHA-256 of the secret; the secret is never stored
  std::string user;  // "" for a service
  std::string name;  // what its owner calls it
  bool read = false;
  bool submit = false;
  bool admin = false;
  std::int64_t created = 0;

  // A token without any of these permissions is a scraper's: all it may do is read the service's metrics.
  bool for_metrics() const { return !read && !submit && !admin; }
};

struct StoreFacts {
  std::string kind;  // "sqlite", "postgresql"
  std::uint64_t listens = 0;
  std::uint64_t users = 0;
};

struct Forgotten {
  std::uint64_t listens = 0;  // and skips
  std::uint64_t feedback = 0;
  std::uint64_t tokens = 0;
  std::uint64_t events = 0;
};

class ListenStore {
 public:
  virtual ~ListenStore() = default;

  // All or none. Listens already stored are counted, not added again; so are repeats within `listens`.
  virtual AddedListens add(std::span<const StoredListen> listens) = 0;
  virtual std::vector<StoredListen> listens_of(std::string_view user, const ListenRange& range) = 0;
  virtual std::uint64_t listen_count(std::string_view user) = 0;
  // Every song that the user ever played, in no particular order: the newest listen of each (msid, song_id,
  // recording_mbid), without release, track_metadata and inserted_at. Takes time by songs, not by listens. Stops early
  // when `each` returns false.
  virtual void for_each_song(std::string_view user, const std::function<bool(const StoredListen&)>& each) = 0;
  // The user's newest `count` listens to these songs, newest first. `songs`: some of those of for_each_song().
  virtual std::vector<SongTime> newest_of(std::string_view user, std::span<const StoredListen> songs,
                                          std::size_t count) = 0;
  // Every song as for_each_song() has it, with the number of its listens in the seconds from ... to - 1; those without
  // any are left out. In no particular order. Stops early when `each` returns false.
  virtual void for_each_count(std::string_view user, std::int64_t from, std::int64_t to,
                              const std::function<bool(const SongCount&)>& each) = 0;
  // Plays that were skipped. They are no listens: nothing else here returns or counts them, except forget(). As add().
  virtual AddedListens add_skips(std::span<const StoredListen> skips) = 0;
  // The user's newest `count` skips, newest first, without track_metadata and inserted_at.
  virtual std::vector<StoredListen> skips_of(std::string_view user, std::size_t count) = 0;
  // Likewise those of every user, ordered by user and time. Stops early when `each` returns false.
  virtual void for_each_skip(const std::function<bool(const StoredListen&)>& each) = 0;
  // As add(), and committed together with listens.
  virtual AddedListens add_events(std::span<const StoredEvent> events) = 0;
  // Events of lists made at `from` or later, ordered by list, position, event and song. Stops early when `each` returns
  // false.
  virtual void for_each_event(std::int64_t from, const std::function<bool(const StoredEvent&)>& each) = 0;
  // Removes the events of lists made before this time, and returns how many.
  virtual std::uint64_t drop_events(std::int64_t made_before) = 0;
  // Whether there was one to remove.
  virtual bool remove(std::string_view user, std::int64_t listened_at, std::string_view msid) = 0;
  // Removes listens and skips of before `before` (seconds since 1970), at most `most` of each, and returns how many it
  // removed: 0 when there are none left. A batch holds up additions about as long as an addition of as many listens.
  // What is removed leaves the disk as in remove().
  virtual std::uint64_t remove_older(std::int64_t before, std::size_t most) = 0;
  virtual std::vector<std::string> users(std::string_view prefix, std::size_t most) = 0;

  // The newest listened_at that a client has reported as imported, by user and service.
  virtual std::int64_t latest_import(std::string_view user, std::string_view service) = 0;
  virtual void set_latest_import(std::string_view user, std::string_view service, std::int64_t listened_at) = 0;

  // A score of 0 withdraws it.
  virtual void set_feedback(const Feedback& feedback) = 0;
  // Newest first; only those with `score`, if it is given.
  virtual std::vector<Feedback> feedback_of(std::string_view user, std::optional<int> score, std::size_t count,
                                            std::size_t offset) = 0;

  // Keeps the playlist, unless one of this user, kind and begin is kept already, and returns the one that is. Removes
  // those of this user and kind that begin before `oldest`.
  virtual StoredPlaylist keep_playlist(const StoredPlaylist& playlist, std::int64_t oldest) = 0;
  // The newest begin first, ties by kind.
  virtual std::vector<StoredPlaylist> playlists_of(std::string_view user) = 0;
  virtual std::optional<StoredPlaylist> playlist(std::string_view id) = 0;

  // Replaces the change to this song, under a version above all others. Content "" withdraws it: nothing happens where
  // there is none. Returns what is kept then, without a version if that is nothing.
  virtual StoredSongChange set_catalogue_change(std::string_view song_id, std::string_view content,
                                                std::int64_t changed) = 0;
  // The newest change to each song, withdrawn ones included, of those with a version above `after`, by version. A
  // change that is not in it yet will have a version above all that are.
  virtual std::vector<StoredSongChange> catalogue_changes(std::int64_t after) = 0;

  // The same of songs that training did not know, under versions of their own: set_catalogue_change() and
  // catalogue_changes() say how.
  virtual StoredSongChange set_new_song(std::string_view song_id, std::string_view content, std::int64_t changed) = 0;
  virtual std::vector<StoredSongChange> new_songs(std::int64_t after) = 0;

  virtual void add_token(const StoredToken& token) = 0;
  virtual std::optional<StoredToken> token_by_hash(std::string_view hash) = 0;
  virtual std::vector<StoredToken> tokens() = 0;
  virtual bool remove_token(std::string_view id) = 0;

  // Removes everything known of a user, tokens included. An SQLite store overwrites it in its files; a PostgreSQL store
  // vacuums the tables (docs/operations.md says what may remain).
  virtual Forgotten forget(std::string_view user) = 0;
  // Every listen, ordered by user and time. Stops early when `each` returns false.
  virtual void for_each_listen(const std::function<bool(const StoredListen&)>& each) = 0;

  // Listens inserted in the seconds from ... to - 1, in no particular order, without release and track_metadata. One
  // that is just being inserted may be missing, here and then; a minute later it is not. Takes time by these listens,
  // not by all. Stops early when `each` returns false.
  virtual void for_each_inserted(std::int64_t from, std::int64_t to,
                                 const std::function<bool(const StoredListen&)>& each) = 0;

  // Counts every listen: slow on large stores.
  virtual StoreFacts facts() = 0;
  // The number of additions waiting for their commit. Never waits.
  virtual std::uint64_t queued() = 0;
  // Throws what any other call would throw now; no_space if there is no room for additions.
  virtual void check() = 0;
};

// "postgresql://user@host/db" or "postgres://...": PostgreSQL. Anything else is the path of an SQLite file.
bool is_postgres_url(std::string_view where);

enum class IfMissing { create, refuse };  // what to do if the file does not exist

// Throws wrong_use, not_found, unavailable, corrupt, unsupported (written by a newer Segue).
std::unique_ptr<ListenStore> open_store(const std::string& where, IfMissing if_missing = IfMissing::create);

}  // namespace segue::store
