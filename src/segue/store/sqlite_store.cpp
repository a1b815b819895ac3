#include "segue/store/sqlite_store.h"

#include <algorithm>
#include <chrono>
#include <limits>

#include <sys/statvfs.h>

#include "segue/base/error.h"
#include "segue/base/unix_time.h"
#include "segue/store/stored_rows.h"

namespace segue::store {

namespace {

constexpr std::int64_t kApplicationId = 0x53454755;  // "SEGU", at byte 68 of the file
constexpr std::int64_t kSqliteSchemaVersion = 1;
constexpr std::string_view kFirstTables = "feedback, imports, listens, tokens";

constexpr const char* kSqliteSchema = R"sql(
CREATE TABLE listens (
  user TEXT NOT NULL, listened_at INTEGER NOT NULL, msid TEXT NOT NULL,
  artist TEXT NOT NULL, title TEXT NOT NULL, release TEXT NOT NULL,
  song_id TEXT NOT NULL, recording_mbid TEXT NOT NULL, track_metadata TEXT NOT NULL, inserted_at INTEGER NOT NULL,
  PRIMARY KEY (user, listened_at, msid)) WITHOUT ROWID;
CREATE TABLE imports (
  user TEXT NOT NULL, service TEXT NOT NULL, listened_at INTEGER NOT NULL, PRIMARY KEY (user, service)) WITHOUT ROWID;
CREATE TABLE feedback (
  user TEXT NOT NULL, msid TEXT NOT NULL, recording_mbid TEXT NOT NULL, song_id TEXT NOT NULL,
  score INTEGER NOT NULL, created INTEGER NOT NULL,
  PRIMARY KEY (user, msid, recording_mbid, song_id)) WITHOUT ROWID;
CREATE TABLE tokens (
  id TEXT PRIMARY KEY, hash TEXT NOT NULL UNIQUE, user TEXT NOT NULL, name TEXT NOT NULL,
  may_read INTEGER NOT NULL, may_submit INTEGER NOT NULL, may_admin INTEGER NOT NULL, created INTEGER NOT NULL)
  WITHOUT ROWID;
)sql";

// Leads from song to song of a user. Stores of older versions get it when they are opened.
constexpr const char* kSqliteSongIndex =
    "CREATE INDEX IF NOT EXISTS listens_by_song ON listens (user, msid, song_id, recording_mbid, listened_at, artist, "
    "title)";

// Leads to the newest. Likewise.
constexpr const char* kSqliteInsertionIndex =
    "CREATE INDEX IF NOT EXISTS listens_by_insertion ON listens (inserted_at)";

// Likewise.
constexpr const char* kSqlitePlaylists = R"sql(
CREATE TABLE IF NOT EXISTS playlists (
  id TEXT NOT NULL UNIQUE, user TEXT NOT NULL, kind TEXT NOT NULL, begins INTEGER NOT NULL, created INTEGER NOT NULL,
  content TEXT NOT NULL, PRIMARY KEY (user, kind, begins)) WITHOUT ROWID)sql";

// Likewise.
constexpr const char* kSqliteSkips = R"sql(
CREATE TABLE IF NOT EXISTS skips (
  user TEXT NOT NULL, skipped_at INTEGER NOT NULL, msid TEXT NOT NULL,
  artist TEXT NOT NULL, title TEXT NOT NULL, release TEXT NOT NULL,
  song_id TEXT NOT NULL, recording_mbid TEXT NOT NULL, PRIMARY KEY (user, skipped_at, msid)) WITHOUT ROWID)sql";

// Likewise.
constexpr std::string_view kCatalogueTable = "catalogue_changes";
constexpr std::string_view kNewSongsTable = "new_songs";
constexpr std::string_view kSqliteSongChanges =
    "CREATE TABLE IF NOT EXISTS {} (song_id TEXT PRIMARY KEY, content TEXT NOT NULL, version INTEGER NOT NULL UNIQUE, "
    "changed INTEGER NOT NULL) WITHOUT ROWID";

constexpr std::string_view kSqliteSkipColumns =
    "user, skipped_at, artist, title, release, song_id, recording_mbid, '', msid, 0";

// Likewise.
constexpr const char* kSqliteEvents = R"sql(
CREATE TABLE IF NOT EXISTS events (
  list TEXT NOT NULL, position INTEGER NOT NULL, event TEXT NOT NULL, song TEXT NOT NULL, played_ms INTEGER NOT NULL,
  happened_at INTEGER NOT NULL, made_at INTEGER NOT NULL, user TEXT NOT NULL,
  PRIMARY KEY (list, position, event, song)) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS events_by_time ON events (made_at);
CREATE INDEX IF NOT EXISTS events_by_user ON events (user) WHERE user <> '')sql";

constexpr std::string_view kSqliteListenColumns =
    "user, listened_at, artist, title, release, song_id, recording_mbid, track_metadata, msid, inserted_at";

constexpr std::uint64_t kRoomForWrites = 1 << 20;
constexpr std::chrono::milliseconds kWaitForReaders{1000};
constexpr std::chrono::milliseconds kNoWait{0};

std::int64_t sqlite_limit(std::size_t count) {
  return static_cast<std::int64_t>(std::min<std::size_t>(count, std::numeric_limits<std::int64_t>::max()));
}

// Whether there is a Segue store; false if the file is empty. Throws corrupt for anything else, unsupported for a store
// written by a newer Segue. Only reads.
bool holds_store(SqliteConnection& connection) {
  const auto number = [&](std::string_view sql) {
    SqliteStatement row(connection, sql);
    row.step();
    return row.number(0);
  };
  const std::int64_t application = number("PRAGMA application_id");
  const std::int64_t version = number("PRAGMA user_version");
  if (application == kApplicationId && version > kSqliteSchemaVersion) {
    fail(ErrorCode::unsupported, "{}: version {} of the store is newer than this program reads (up to version {})",
         connection.name(), version, kSqliteSchemaVersion);
  }
  if (application == kApplicationId && version == kSqliteSchemaVersion) return true;
  if (application == 0 && version == 0 && number("SELECT count(*) FROM sqlite_schema") == 0) return false;
  std::string tables;
  SqliteStatement table(connection, "SELECT name FROM sqlite_schema WHERE type = 'table' ORDER BY name");
  while (table.step()) tables += (tables.empty() ? "" : ", ") + table.text(0);
  // The first stores had no application_id.
  if (application == 0 && version == kSqliteSchemaVersion && tables == kFirstTables) return true;
  fail(ErrorCode::corrupt, "{}: expected a listen store, found an SQLite file with the tables: {}", connection.name(),
       tables.empty() ? "none" : tables);
}

// Whether it has what later versions added.
bool is_up_to_date(SqliteConnection& connection) {
  SqliteStatement found(connection,
                        "SELECT count(*) FROM sqlite_schema WHERE name IN ('listens_by_song', 'listens_by_insertion', "
                        "'playlists', 'skips', 'events', 'catalogue_changes', 'new_songs')");
  found.step();
  return found.number(0) == 7;
}

void open_schema(SqliteConnection& connection) {
  connection.checkpoint_on_close(false);  // a file that is not a store stays as it is
  const bool made = holds_store(connection);
  connection.checkpoint_on_close(true);
  // secure_delete: what is deleted is overwritten with zeros.
  connection.run(
      "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA wal_autocheckpoint = 4000;"
      "PRAGMA secure_delete = ON;");
  if (made && is_up_to_date(connection)) return;
  SqliteTransaction transaction(connection);
  if (!holds_store(connection)) connection.run(kSqliteSchema);
  connection.run(kSqliteSongIndex);
  connection.run(kSqliteInsertionIndex);
  connection.run(kSqlitePlaylists);
  connection.run(kSqliteSkips);
  connection.run(kSqliteEvents);
  for (const std::string_view table : {kCatalogueTable, kNewSongsTable}) {
    connection.run(fmt::format(kSqliteSongChanges, table));
  }
  // The first stores are not known by their tables any more.
  connection.run(
      fmt::format("PRAGMA application_id = {}; PRAGMA user_version = {}", kApplicationId, kSqliteSchemaVersion));
  transaction.commit();
}

}  // namespace

// Takes an idle read connection or opens one, and gives it back.
class SqliteStore::Reader {
 public:
  explicit Reader(SqliteStore& store) : store_(store) {
    store_.writer_.check_not_moved();
    {
      const std::scoped_lock lock(store_.readers_mutex_);
      if (!store_.readers_.empty()) {
        connection_ = std::move(store_.readers_.back());
        store_.readers_.pop_back();
      }
    }
    if (connection_ == nullptr) {
      connection_ = std::make_unique<SqliteConnection>(store_.file_, SqliteConnection::Mode::read);
    }
  }
  ~Reader() {
    const std::scoped_lock lock(store_.readers_mutex_);
    store_.readers_.push_back(std::move(connection_));
  }
  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  SqliteConnection& operator*() const { return *connection_; }

 private:
  SqliteStore& store_;
  std::unique_ptr<SqliteConnection> connection_;
};

SqliteStore::SqliteStore(const std::filesystem::path& file)
    : file_(file),
      writer_(file, SqliteConnection::Mode::create),
      additions_([this](std::span<Addition* const> additions) { commit_together(additions); }) {
  open_schema(writer_);
  insert_ = std::make_unique<SqliteStatement>(
      writer_,
      fmt::format("INSERT OR IGNORE INTO listens ({}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", kSqliteListenColumns));
  insert_event_ =
      std::make_unique<SqliteStatement>(writer_, "INSERT OR IGNORE INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
}

SqliteStore::~SqliteStore() = default;

template <class Work>
auto SqliteStore::write(const Work& work) {
  const std::scoped_lock lock(writing_);
  try {
    writer_.check_not_moved();
    SqliteTransaction transaction(writer_);
    auto result = work();
    transaction.commit();
    writer_.check_not_moved();  // acknowledge nothing that lies in a file without a name
    is_full_ = false;
    if (log_holds_deleted_) erase_log();
    return result;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::no_space) is_full_ = true;
    throw;
  }
}

template <class Work>
auto SqliteStore::write_and_erase(const Work& work) {
  return write([&] {
    log_holds_deleted_ = true;
    erasing_again_ = false;
    return work();
  });
}

// The write-ahead log still holds the pages as they were. A reader may keep it from being cut off: then the next write
// tries again, and so does closing the store.
void SqliteStore::erase_log() {
  try {
    log_holds_deleted_ = !writer_.truncate_log(erasing_again_ ? kNoWait : kWaitForReaders);
    erasing_again_ = log_holds_deleted_;
  } catch (const Error&) {  // what was deleted is deleted; its traces go later
  }
}

void SqliteStore::commit_together(std::span<Addition* const> additions) {
  const std::int64_t now = unix_now();
  write([&] {
    for (Addition* const addition : additions) {
      addition->added = {};
      for (const StoredListen& listen : addition->listens) {
        insert_->reset()
            .bind(listen.user)
            .bind(listen.listened_at)
            .bind(listen.artist)
            .bind(listen.title)
            .bind(listen.release)
            .bind(listen.song_id)
            .bind(listen.recording_mbid)
            .bind(listen.track_metadata)
            .bind(listen.msid)
            .bind(now);
        insert_->run();
        ++(writer_.changes() > 0 ? addition->added.added : addition->added.known);
      }
      for (const StoredEvent& event : addition->events) {
        insert_event_->reset().bind(event.list).bind(std::int64_t{event.position}).bind(name_of(event.event));
        insert_event_->bind(event.song).bind(event.played_ms.value_or(-1)).bind(event.happened_at).bind(event.made_at);
        insert_event_->bind(event.user).run();
        ++(writer_.changes() > 0 ? addition->added.added : addition->added.known);
      }
    }
    return true;
  });
}

AddedListens SqliteStore::add(std::span<const StoredListen> listens) {
  return additions_.add(listens);
}

std::vector<StoredListen> SqliteStore::listens_of(std::string_view user, const ListenRange& range) {
  const Reader reader(*this);
  const bool oldest = range.min_ts && !range.max_ts;
  SqliteStatement rows(*reader,
                       fmt::format("SELECT {0} FROM listens WHERE user = ? AND listened_at > ? AND listened_at "
                                   "< ? ORDER BY listened_at {1}, msid {1} LIMIT ?",
                                   kSqliteListenColumns, oldest ? "ASC" : "DESC"));
  rows.bind(user)
      .bind(range.min_ts.value_or(std::numeric_limits<std::int64_t>::min()))
      .bind(range.max_ts.value_or(std::numeric_limits<std::int64_t>::max()))
      .bind(sqlite_limit(range.count));
  std::vector<StoredListen> listens;
  while (rows.step()) listens.push_back(listen_of(rows));
  if (oldest) std::ranges::reverse(listens);
  return listens;
}

std::uint64_t SqliteStore::listen_count(std::string_view user) {
  const Reader reader(*this);
  SqliteStatement row(*reader, "SELECT count(*) FROM listens WHERE user = ?");
  row.bind(user).step();
  return static_cast<std::uint64_t>(row.number(0));
}

// Skips from song to song along the index, which has all that is read here.
void SqliteStore::for_each_song(std::string_view user, const std::function<bool(const StoredListen&)>& each) {
  static constexpr std::string_view kNewestOfSong =
      "SELECT user, listened_at, artist, title, '', song_id, recording_mbid, '', msid, 0 FROM listens WHERE user = ?{} "
      "ORDER BY msid DESC, song_id DESC, recording_mbid DESC, listened_at DESC LIMIT 1";
  const Reader reader(*this);
  const SqliteTransaction snapshot(*reader, "BEGIN");
  SqliteStatement first(*reader, fmt::format(kNewestOfSong, ""));
  SqliteStatement next(*reader, fmt::format(kNewestOfSong, " AND (msid, song_id, recording_mbid) < (?, ?, ?)"));
  StoredListen song;
  SqliteStatement* statement = &first.bind(user);
  while (statement->step()) {
    song = listen_of(*statement);
    statement->reset();
    if (!each(song)) return;
    statement = &next.reset().bind(user).bind(song.msid).bind(song.song_id).bind(song.recording_mbid);
  }
}

std::vector<SongTime> SqliteStore::newest_of(std::string_view user, std::span<const StoredListen> songs,
                                             std::size_t count) {
  std::vector<SongTime> times;
  if (count == 0 || songs.empty()) return times;
  const std::int64_t oldest = oldest_needed(songs, count);
  const Reader reader(*this);
  const SqliteTransaction snapshot(*reader, "BEGIN");
  SqliteStatement rows(*reader,
                       "SELECT listened_at FROM listens WHERE user = ? AND msid = ? AND song_id = ? AND "
                       "recording_mbid = ? AND listened_at >= ? ORDER BY listened_at DESC LIMIT ?");
  for (std::size_t i = 0; i < songs.size(); ++i) {
    if (songs[i].listened_at < oldest) continue;
    rows.reset().bind(user).bind(songs[i].msid).bind(songs[i].song_id).bind(songs[i].recording_mbid);
    rows.bind(oldest).bind(sqlite_limit(count));
    while (rows.step()) times.push_back({i, rows.number(0)});
  }
  keep_newest(times, songs, count);
  return times;
}

void SqliteStore::for_each_count(std::string_view user, std::int64_t from, std::int64_t to,
                                 const std::function<bool(const SongCount&)>& each) {
  const Reader reader(*this);
  // The other columns are those of the row with the maximum (SQLite, "bare columns in an aggregate query").
  SqliteStatement rows(*reader,
                       "SELECT user, max(listened_at), artist, title, '', song_id, recording_mbid, '', msid, 0, "
                       "count(*) FROM listens WHERE user = ? AND listened_at >= ? AND listened_at < ? "
                       "GROUP BY msid, song_id, recording_mbid");
  rows.bind(user).bind(from).bind(to);
  while (rows.step() && each(song_count_of(rows))) {
  }
}

AddedListens SqliteStore::add_skips(std::span<const StoredListen> skips) {
  return write([&] {
    AddedListens counts;
    SqliteStatement set(writer_, "INSERT OR IGNORE INTO skips VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    for (const StoredListen& skip : skips) {
      set.reset().bind(skip.user).bind(skip.listened_at).bind(skip.msid).bind(skip.artist).bind(skip.title);
      set.bind(skip.release).bind(skip.song_id).bind(skip.recording_mbid).run();
      ++(writer_.changes() > 0 ? counts.added : counts.known);
    }
    return counts;
  });
}

std::vector<StoredListen> SqliteStore::skips_of(std::string_view user, std::size_t count) {
  const Reader reader(*this);
  SqliteStatement rows(*reader,
                       fmt::format("SELECT {} FROM skips WHERE user = ? ORDER BY skipped_at DESC, msid DESC LIMIT ?",
                                   kSqliteSkipColumns));
  rows.bind(user).bind(sqlite_limit(count));
  std::vector<StoredListen> skips;
  while (rows.step()) skips.push_back(listen_of(rows));
  return skips;
}

void SqliteStore::for_each_skip(const std::function<bool(const StoredListen&)>& each) {
  const Reader reader(*this);
  SqliteStatement rows(*reader,
                       fmt::format("SELECT {} FROM skips ORDER BY user, skipped_at, msid", kSqliteSkipColumns));
  while (rows.step() && each(listen_of(rows))) {
  }
}

AddedListens SqliteStore::add_events(std::span<const StoredEvent> events) {
  return additions_.add(events);
}

void SqliteStore::for_each_event(std::int64_t from, const std::function<bool(const StoredEvent&)>& each) {
  const Reader reader(*this);
  // Along the primary key: sorting what the index on made_at finds would take memory by events.
  SqliteStatement rows(*reader, "SELECT * FROM events WHERE +made_at >= ? ORDER BY list, position, event, song");
  rows.bind(from);
  while (rows.step() && each(event_of(rows))) {
  }
}

std::uint64_t SqliteStore::drop_events(std::int64_t made_before) {
  return write([&] {
    SqliteStatement gone(writer_, "DELETE FROM events WHERE made_at < ?");
    gone.bind(made_before).run();
    return static_cast<std::uint64_t>(writer_.changes());
  });
}

bool SqliteStore::remove(std::string_view user, std::int64_t listened_at, std::string_view msid) {
  return write_and_erase([&] {
    SqliteStatement gone(writer_, "DELETE FROM listens WHERE user = ? AND listened_at = ? AND msid = ?");
    gone.bind(user).bind(listened_at).bind(msid).run();
    return writer_.changes() > 0;
  });
}

// Readers find what is old, from user to user along the primary key; only its removal holds up additions.
std::uint64_t SqliteStore::remove_older(std::int64_t before, std::size_t most) {
  struct Key {
    std::string user;
    std::int64_t time;
    std::string msid;
  };
  const auto remove = [&](std::string_view table, std::string_view time) -> std::uint64_t {
    std::vector<Key> old;
    {
      const Reader reader(*this);
      SqliteStatement rows(*reader, fmt::format("WITH RECURSIVE names(user) AS (SELECT min(user) FROM {0} UNION ALL "
                                                "SELECT (SELECT min(user) FROM {0} WHERE user > names.user) FROM names "
                                                "WHERE names.user IS NOT NULL) SELECT one.user, one.{1}, one.msid FROM "
                                                "names CROSS JOIN {0} AS one ON one.user = names.user AND one.{1} < ? "
                                                "LIMIT ?",
                                                table, time));
      rows.bind(before).bind(sqlite_limit(most));
      while (rows.step()) old.push_back({rows.text(0), rows.number(1), rows.text(2)});
    }
    if (old.empty()) return 0;
    return write_and_erase([&] {
      SqliteStatement gone(writer_, fmt::format("DELETE FROM {} WHERE user = ? AND {} = ? AND msid = ?", table, time));
      std::uint64_t removed = 0;
      for (const Key& key : old) {
        gone.reset().bind(key.user).bind(key.time).bind(key.msid).run();
        removed += static_cast<std::uint64_t>(writer_.changes());
      }
      return removed;
    });
  };
  const std::uint64_t listens = remove("listens", "listened_at");
  return listens + remove("skips", "skipped_at");
}

std::vector<std::string> SqliteStore::users(std::string_view prefix, std::size_t most) {
  const Reader reader(*this);
  // Skips from user to user along the primary key.
  SqliteStatement next(*reader, "SELECT min(user) FROM listens WHERE user > ?");
  SqliteStatement first(*reader, "SELECT min(user) FROM listens WHERE user >= ?");
  std::vector<std::string> users;
  SqliteStatement* statement = &first;
  std::string from(prefix);
  while (users.size() < most) {
    statement->reset().bind(from).step();
    const bool found = !statement->null(0);
    std::string user = statement->text(0);
    statement->reset();
    if (!found || !user.starts_with(prefix)) break;
    users.push_back(user);
    from = std::move(user);
    statement = &next;
  }
  return users;
}

std::int64_t SqliteStore::latest_import(std::string_view user, std::string_view service) {
  const Reader reader(*this);
  SqliteStatement row(*reader, "SELECT listened_at FROM imports WHERE user = ? AND service = ?");
  return row.bind(user).bind(service).step() ? row.number(0) : 0;
}

void SqliteStore::set_latest_import(std::string_view user, std::string_view service, std::int64_t listened_at) {
  write([&] {
    SqliteStatement set(writer_, "INSERT OR REPLACE INTO imports VALUES (?, ?, ?)");
    set.bind(user).bind(service).bind(listened_at).run();
    return true;
  });
}

void SqliteStore::set_feedback(const Feedback& feedback) {
  write([&] {
    SqliteStatement gone(writer_,
                         "DELETE FROM feedback WHERE user = ? AND msid = ? AND recording_mbid = ? AND song_id = ?");
    gone.bind(feedback.user).bind(feedback.msid).bind(feedback.recording_mbid).bind(feedback.song_id).run();
    if (feedback.score == 0) return true;
    SqliteStatement set(writer_, "INSERT INTO feedback VALUES (?, ?, ?, ?, ?, ?)");
    set.bind(feedback.user).bind(feedback.msid).bind(feedback.recording_mbid).bind(feedback.song_id);
    set.bind(std::int64_t{feedback.score}).bind(feedback.created).run();
    return true;
  });
}

std::vector<Feedback> SqliteStore::feedback_of(std::string_view user, std::optional<int> score, std::size_t count,
                                               std::size_t offset) {
  const Reader reader(*this);
  SqliteStatement rows(*reader,
                       "SELECT user, msid, recording_mbid, song_id, score, created FROM feedback WHERE user = ? AND "
                       "score BETWEEN ? AND ? ORDER BY created DESC, msid, recording_mbid, song_id LIMIT ? OFFSET ?");
  rows.bind(user).bind(std::int64_t{score.value_or(-1)}).bind(std::int64_t{score.value_or(1)});
  rows.bind(sqlite_limit(count)).bind(sqlite_limit(offset));
  SqliteStatement names(*reader, "SELECT artist, title FROM listens WHERE user = ? AND msid = ? LIMIT 1");
  std::vector<Feedback> list;
  while (rows.step()) {
    Feedback feedback = store::feedback_of(rows);
    if (!feedback.msid.empty() && names.reset().bind(user).bind(feedback.msid).step()) {
      feedback.artist = names.text(0);
      feedback.title = names.text(1);
    }
    list.push_back(std::move(feedback));
  }
  return list;
}

StoredPlaylist SqliteStore::keep_playlist(const StoredPlaylist& playlist, std::int64_t oldest) {
  return write([&] {
    SqliteStatement gone(writer_, "DELETE FROM playlists WHERE user = ? AND kind = ? AND begins < ?");
    gone.bind(playlist.user).bind(playlist.kind).bind(oldest).run();
    SqliteStatement set(writer_, "INSERT OR IGNORE INTO playlists VALUES (?, ?, ?, ?, ?, ?)");
    set.bind(playlist.id).bind(playlist.user).bind(playlist.kind).bind(playlist.begin).bind(playlist.created);
    set.bind(playlist.content).run();
    SqliteStatement kept(writer_, "SELECT * FROM playlists WHERE user = ? AND kind = ? AND begins = ?");
    if (!kept.bind(playlist.user).bind(playlist.kind).bind(playlist.begin).step()) return playlist;
    return playlist_of(kept);
  });
}

std::vector<StoredPlaylist> SqliteStore::playlists_of(std::string_view user) {
  const Reader reader(*this);
  SqliteStatement rows(*reader, "SELECT * FROM playlists WHERE user = ? ORDER BY begins DESC, kind");
  rows.bind(user);
  std::vector<StoredPlaylist> playlists;
  while (rows.step()) playlists.push_back(playlist_of(rows));
  return playlists;
}

std::optional<StoredPlaylist> SqliteStore::playlist(std::string_view id) {
  const Reader reader(*this);
  SqliteStatement row(*reader, "SELECT * FROM playlists WHERE id = ?");
  if (!row.bind(id).step()) return std::nullopt;
  return playlist_of(row);
}

StoredSongChange SqliteStore::set_change(std::string_view table, std::string_view song_id, std::string_view content,
                                         std::int64_t changed) {
  return write([&] {
    const std::string of_song = fmt::format("FROM {} WHERE song_id = ?", table);
    SqliteStatement known(writer_, "SELECT 1 " + of_song);
    if (content.empty() && !known.bind(song_id).step()) return StoredSongChange{.song_id = std::string(song_id)};
    SqliteStatement set(
        writer_,
        fmt::format("INSERT OR REPLACE INTO {0} SELECT ?, ?, coalesce(max(version), 0) + 1, ? FROM {0}", table));
    set.bind(song_id).bind(content).bind(changed).run();
    SqliteStatement kept(writer_, "SELECT * " + of_song);
    kept.bind(song_id).step();
    return song_change_of(kept);
  });
}

std::vector<StoredSongChange> SqliteStore::changes(std::string_view table, std::int64_t after) {
  const Reader reader(*this);
  SqliteStatement rows(*reader, fmt::format("SELECT * FROM {} WHERE version > ? ORDER BY version", table));
  rows.bind(after);
  std::vector<StoredSongChange> changes;
  while (rows.step()) changes.push_back(song_change_of(rows));
  return changes;
}

StoredSongChange SqliteStore::set_catalogue_change(std::string_view song_id, std::string_view content,
                                                   std::int64_t changed) {
  return set_change(kCatalogueTable, song_id, content, changed);
}

std::vector<StoredSongChange> SqliteStore::catalogue_changes(std::int64_t after) {
  return changes(kCatalogueTable, after);
}

StoredSongChange SqliteStore::set_new_song(std::string_view song_id, std::string_view content, std::int64_t changed) {
  return set_change(kNewSongsTable, song_id, content, changed);
}

std::vector<StoredSongChange> SqliteStore::new_songs(std::int64_t after) {
  return changes(kNewSongsTable, after);
}

void SqliteStore::add_token(const StoredToken& token) {
  write([&] {
    SqliteStatement set(writer_, "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?, ?)");
    set.bind(token.id).bind(token.hash).bind(token.user).bind(token.name);
    set.bind(std::int64_t{token.read}).bind(std::int64_t{token.submit}).bind(std::int64_t{token.admin});
    set.bind(token.created).run();
    return true;
  });
}

std::optional<StoredToken> SqliteStore::token_by_hash(std::string_view hash) {
  const Reader reader(*this);
  SqliteStatement row(*reader, "SELECT * FROM tokens WHERE hash = ?");
  if (!row.bind(hash).step()) return std::nullopt;
  return token_of(row);
}

std::vector<StoredToken> SqliteStore::tokens() {
  const Reader reader(*this);
  SqliteStatement rows(*reader, "SELECT * FROM tokens ORDER BY created, id");
  std::vector<StoredToken> tokens;
  while (rows.step()) tokens.push_back(token_of(rows));
  return tokens;
}

bool SqliteStore::remove_token(std::string_view id) {
  return write([&] {
    SqliteStatement gone(writer_, "DELETE FROM tokens WHERE id = ?");
    gone.bind(id).run();
    return writer_.changes() > 0;
  });
}

Forgotten SqliteStore::forget(std::string_view user) {
  std::uint64_t playlists = 0;
  const Forgotten forgotten = write([&] {
    const auto removed = [&](std::string_view table) {
      SqliteStatement gone(writer_, fmt::format("DELETE FROM {} WHERE user = ?", table));
      gone.bind(user).run();
      return static_cast<std::uint64_t>(writer_.changes());
    };
    (void)removed("imports");
    playlists = removed("playlists");
    return Forgotten{removed("listens") + removed("skips"), removed("feedback"), removed("tokens"), removed("events")};
  });
  if (forgotten.listens + forgotten.feedback + forgotten.tokens + forgotten.events + playlists > 0) rewrite();
  return forgotten;
}

// Pages that were split keep copies of rows in their unused parts, which secure_delete does not reach. A rewritten file
// has none.
void SqliteStore::rewrite() {
  const std::scoped_lock lock(writing_);
  try {
    writer_.run("VACUUM");
  } catch (const Error&) {  // no room for a second copy: the rows themselves are gone
  }
  erasing_again_ = false;
  erase_log();
}

void SqliteStore::for_each_listen(const std::function<bool(const StoredListen&)>& each) {
  const Reader reader(*this);
  SqliteStatement rows(*reader,
                       fmt::format("SELECT {} FROM listens ORDER BY user, listened_at, msid", kSqliteListenColumns));
  while (rows.step() && each(listen_of(rows))) {
  }
}

void SqliteStore::for_each_inserted(std::int64_t from, std::int64_t to,
                                    const std::function<bool(const StoredListen&)>& each) {
  const Reader reader(*this);
  SqliteStatement rows(*reader,
                       "SELECT user, listened_at, artist, title, '', song_id, recording_mbid, '', msid, inserted_at "
                       "FROM listens WHERE inserted_at >= ? AND inserted_at < ?");
  rows.bind(from).bind(to);
  while (rows.step() && each(listen_of(rows))) {
  }
}

StoreFacts SqliteStore::facts() {
  StoreFacts facts;
  facts.kind = "sqlite";
  const Reader reader(*this);
  SqliteStatement row(*reader, "SELECT count(*), count(DISTINCT user) FROM listens");
  row.step();
  facts.listens = static_cast<std::uint64_t>(row.number(0));
  facts.users = static_cast<std::uint64_t>(row.number(1));
  return facts;
}

void SqliteStore::check() {
  {
    const Reader reader(*this);
    SqliteStatement row(*reader, "SELECT 1 FROM tokens LIMIT 1");
    row.step();
  }
  struct statvfs disk {};
  if (::statvfs(file_.c_str(), &disk) == 0 && disk.f_blocks > 0) {
    const std::uint64_t room = std::uint64_t{disk.f_bavail} * disk.f_frsize;
    if (room < kRoomForWrites) {
      fail(ErrorCode::no_space, "{}: expected at least {} bytes free on its disk, found {}", file_.string(),
           kRoomForWrites, room);
    }
  }
  // Quotas and limits show only in a write.
  if (is_full_) {
    write([&] {
      writer_.run(fmt::format("PRAGMA user_version = {}", kSqliteSchemaVersion));
      return true;
    });
  }
}

}  // namespace segue::store
