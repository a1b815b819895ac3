// Listens that arrive while serving, what users think of songs, and the tokens they come with.
//
// Two implementations with the same tests: SQLite (a file, one process) and PostgreSQL (shared by many). Every call may
// wait for the disk or the network; calls from many threads are welcome. What a call has changed is durable when it
// returns: concurrent adds share one commit (group commit). Throws unavailable while a database is away (nothing was
// changed, or it cannot be known: adding the same listens again is safe), no_space, io_failed, corrupt; bad_input for
// texts that are not what StoredListen asks for, where the database looks.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segue::store {

// One listen as it came in. Texts are valid UTF-8 without NUL. Which song of a model it is, is found when it is read:
// by song_id, by recording_mbid, or by artist and title; so a later model may know what this one does not.
struct StoredListen {
  std::string user;
  std::int64_t listened_at = 0;  // seconds since 1970, UTC
  std::string artist;
  std::string title;
  std::string release;
  std::string song_id;           // an id of the catalogue, "" where the client does not know one
  std::string recording_mbid;    // "" likewise
  std::string track_metadata;    // the JSON object the client sent, kept whole; "" where there was none
  std::string msid;              // names artist + title + release: see msid_of()
  std::int64_t inserted_at = 0;  // seconds since 1970, set by the store
};

// A UUID made of the folded artist, title and release (and song_id where there is no title): the same song by the same
// words has the same one, in every process.
std::string msid_of(const StoredListen& listen);

struct AddedListens {
  std::size_t added = 0;
  std::size_t known = 0;  // there already: same user, listened_at and msid
};

// Listens with min_ts < listened_at < max_ts, as the ListenBrainz protocol counts; the newest first, or with min_ts
// alone the `count` oldest ones of that range, still printed newest first.
struct ListenRange {
  std::optional<std::int64_t> min_ts;
  std::optional<std::int64_t> max_ts;
  std::size_t count = 25;
};

struct Feedback {
  std::string user;
  std::string msid;
  std::string recording_mbid;
  std::string song_id;
  std::string artist;  // of a listen of this user with this msid, where there is one: filled in when it is read
  std::string title;   // likewise
  int score = 0;       // 1 loved, -1 hated
  std::int64_t created = 0;
};

struct StoredToken {
  std::string id;    // public, short: names it in lists and logs
  std::string hash;  // SHA-256 of the secret; the secret is never stored
  std::string user;  // "" for a service
  std::string name;  // what its owner calls it
  bool read = false;
  bool submit = false;
  bool admin = false;
  std::int64_t created = 0;
};

struct StoreFacts {
  std::string kind;  // "sqlite", "postgresql"
  std::uint64_t listens = 0;
  std::uint64_t users = 0;
};

struct Forgotten {
  std::uint64_t listens = 0;
  std::uint64_t feedback = 0;
  std::uint64_t tokens = 0;
};

class ListenStore {
 public:
  virtual ~ListenStore() = default;

  // All or none. Those already known are counted, not added again; so are repeats within `listens`.
  virtual AddedListens add(std::span<const StoredListen> listens) = 0;
  virtual std::vector<StoredListen> listens_of(std::string_view user, const ListenRange& range) = 0;
  virtual std::uint64_t listen_count(std::string_view user) = 0;
  // Whether there was one.
  virtual bool remove(std::string_view user, std::int64_t listened_at, std::string_view msid) = 0;
  virtual std::vector<std::string> users(std::string_view prefix, std::size_t most) = 0;

  // The newest listened_at that a client says it has imported, by user and service.
  virtual std::int64_t latest_import(std::string_view user, std::string_view service) = 0;
  virtual void set_latest_import(std::string_view user, std::string_view service, std::int64_t listened_at) = 0;

  // score 0 takes it back.
  virtual void set_feedback(const Feedback& feedback) = 0;
  // The newest first. `score`: only those.
  virtual std::vector<Feedback> feedback_of(std::string_view user, std::optional<int> score, std::size_t count,
                                            std::size_t offset) = 0;

  virtual void add_token(const StoredToken& token) = 0;
  virtual std::optional<StoredToken> token_by_hash(std::string_view hash) = 0;
  virtual std::vector<StoredToken> tokens() = 0;
  virtual bool remove_token(std::string_view id) = 0;

  // Everything known of a user, tokens too.
  virtual Forgotten forget(std::string_view user) = 0;
  // Every listen by user and time. Stops early when `each` returns false.
  virtual void for_each_listen(const std::function<bool(const StoredListen&)>& each) = 0;

  // Counts every listen: slow where there are many.
  virtual StoreFacts facts() = 0;
  // Additions that wait for their commit now. Never waits.
  virtual std::uint64_t queued() = 0;
  // Throws what a call would throw now.
  virtual void check() = 0;
};

// "postgresql://user@host/db" or "postgres://...": PostgreSQL. Anything else is the path of an SQLite file.
bool is_postgres_url(std::string_view where);

enum class WhereNone { make, refuse };  // what to do where there is no such file

// Throws wrong_use, not_found, unavailable, corrupt, unsupported (written by a newer Segue).
std::unique_ptr<ListenStore> open_store(const std::string& where, WhereNone where_none = WhereNone::make);

}  // namespace segue::store
