#include "segue/store/postgres_store.h"

#include <algorithm>
#include <limits>
#include <tuple>

#include "segue/base/error.h"
#include "segue/base/unix_time.h"
#include "segue/store/postgres_events.h"
#include "segue/store/stored_rows.h"

namespace segue::store {

namespace {

constexpr std::int64_t kSchemaVersion = 1;
constexpr std::size_t kMostIdle = 16;               // connections kept for later calls
constexpr std::size_t kRowsOfStatement = 5000;      // in one INSERT
constexpr std::size_t kBytesOfStatement = 8 << 20;  // of its texts, roughly

// "user" in a statement typed by hand would be PostgreSQL's own user.
constexpr std::array kSchema = {
    R"sql(CREATE TABLE segue.listens (
      user_name text COLLATE "C" NOT NULL, listened_at bigint NOT NULL, msid text COLLATE "C" NOT NULL,
      artist text NOT NULL, title text NOT NULL, release text NOT NULL, song_id text NOT NULL,
      recording_mbid text NOT NULL, track_metadata text NOT NULL, inserted_at bigint NOT NULL,
      PRIMARY KEY (user_name, listened_at, msid)))sql",
    R"sql(CREATE TABLE segue.imports (
      user_name text COLLATE "C" NOT NULL, service text COLLATE "C" NOT NULL, listened_at bigint NOT NULL,
      PRIMARY KEY (user_name, service)))sql",
    R"sql(CREATE TABLE segue.feedback (
      user_name text COLLATE "C" NOT NULL, msid text COLLATE "C" NOT NULL, recording_mbid text COLLATE "C" NOT NULL,
      song_id text COLLATE "C" NOT NULL, score bigint NOT NULL, created bigint NOT NULL,
      PRIMARY KEY (user_name, msid, recording_mbid, song_id)))sql",
    R"sql(CREATE TABLE segue.tokens (
      id text COLLATE "C" PRIMARY KEY, hash text COLLATE "C" NOT NULL UNIQUE, user_name text COLLATE "C" NOT NULL,
      name text NOT NULL, may_read boolean NOT NULL, may_submit boolean NOT NULL, may_admin boolean NOT NULL,
      created bigint NOT NULL))sql",   "CREATE TABLE segue.schema_version (version bigint NOT NULL)",
};

// Stores of older versions get it when they are opened.
constexpr const char* kPlaylists = R"sql(CREATE TABLE IF NOT EXISTS segue.playlists (
  id text COLLATE "C" NOT NULL UNIQUE, user_name text COLLATE "C" NOT NULL, kind text COLLATE "C" NOT NULL,
  begins bigint NOT NULL, created bigint NOT NULL, content text NOT NULL, PRIMARY KEY (user_name, kind, begins)))sql";

// Likewise.
constexpr const char* kSkips = R"sql(CREATE TABLE IF NOT EXISTS segue.skips (
  user_name text COLLATE "C" NOT NULL, skipped_at bigint NOT NULL, msid text COLLATE "C" NOT NULL,
  artist text NOT NULL, title text NOT NULL, release text NOT NULL, song_id text NOT NULL,
  recording_mbid text NOT NULL, PRIMARY KEY (user_name, skipped_at, msid)))sql";

// Likewise.
constexpr std::string_view kCatalogueChangesTable = "segue.catalogue_changes";
constexpr std::string_view kNewSongsOfStore = "segue.new_songs";
constexpr std::string_view kSongChanges =
    "CREATE TABLE IF NOT EXISTS {} (song_id text COLLATE \"C\" PRIMARY KEY, content text NOT NULL, version bigint NOT "
    "NULL UNIQUE, changed bigint NOT NULL)";

constexpr std::string_view kChangeColumns = "song_id, content, version, changed";

constexpr std::string_view kSkipColumns =
    "user_name, skipped_at, artist, title, release, song_id, recording_mbid, '', msid, 0::bigint";

// Leads from song to song of a user. Stores of older versions get it when they are opened. An index row has at most
// 2704 bytes, and a song's id has no limit here: hence its digest.
constexpr std::string_view kSongDigest = "md5(song_id || ' ' || recording_mbid)::uuid";

constexpr std::string_view kListenColumns =
    "user_name, listened_at, artist, title, release, song_id, recording_mbid, track_metadata, msid, inserted_at";

constexpr std::string_view kPlaylistColumns = "id, user_name, kind, begins, created, content";

constexpr std::string_view kTokenColumns = "id, hash, user_name, name, may_read, may_submit, may_admin, created";

// The sum of LIMIT and OFFSET must fit a bigint too.
std::int64_t limit_of(std::size_t count) {
  return static_cast<std::int64_t>(std::min<std::size_t>(count, std::numeric_limits<std::int64_t>::max() / 2));
}

std::uint64_t count_of(const PostgresRows& rows, int column = 0) {
  return static_cast<std::uint64_t>(rows.number(0, column));
}

// Whether there is a Segue store; false if the schema is missing or empty. Throws corrupt if the schema belongs to
// something else, unsupported for a store written by a newer Segue. Only reads.
bool holds_store(PostgresConnection& connection) {
  const PostgresRows found = connection.run(
      "SELECT to_regclass('segue.schema_version') IS NOT NULL,"
      " EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace('segue'))");
  if (found.number(0, 1) == 0) return false;
  if (found.number(0, 0) == 0) {
    fail(ErrorCode::corrupt, "{}: expected a listen store in the schema segue, found other tables", connection.name());
  }
  const PostgresRows version = connection.run("SELECT max(version) FROM segue.schema_version");
  if (version.null(0, 0)) fail(ErrorCode::corrupt, "{}: segue.schema_version is empty", connection.name());
  if (version.number(0, 0) > kSchemaVersion) {
    fail(ErrorCode::unsupported, "{}: version {} of the store is newer than this program reads (up to version {})",
         connection.name(), version.number(0, 0), kSchemaVersion);
  }
  return true;
}

// Whether it has what later versions added.
bool is_up_to_date(PostgresConnection& connection) {
  return connection
                 .run(
                     "SELECT to_regclass('segue.listens_by_song') IS NOT NULL"
                     " AND to_regclass('segue.listens_by_insertion') IS NOT NULL"
                     " AND to_regclass('segue.playlists') IS NOT NULL"
                     " AND to_regclass('segue.skips') IS NOT NULL"
                     " AND to_regclass('segue.catalogue_changes') IS NOT NULL"
                     " AND to_regclass('segue.new_songs') IS NOT NULL")
                 .number(0, 0) != 0 &&
         has_events(connection);
}

void open_schema(PostgresConnection& connection) {
  if (holds_store(connection) && is_up_to_date(connection)) return;
  PostgresTransaction transaction(connection);
  // One process creates the schema, the others wait. The lock number is "SEGUE" in ASCII.
  connection.run("SELECT pg_advisory_xact_lock(357644588357)");
  if (!holds_store(connection)) {
    if (connection.run("SELECT to_regnamespace('segue') IS NULL").number(0, 0) != 0) {
      connection.run("CREATE SCHEMA segue");
    }
    for (const char* const sql : kSchema) connection.run(sql);
    connection.run("INSERT INTO segue.schema_version VALUES ($1)", PostgresValues().add(kSchemaVersion));
  }
  connection.run(kPlaylists);
  connection.run(kSkips);
  make_events(connection);
  for (const std::string_view table : {kCatalogueChangesTable, kNewSongsOfStore}) {
    connection.run(fmt::format(kSongChanges, table));
  }
  connection.run("SET LOCAL statement_timeout = 0");  // of a large store it takes minutes
  connection.run(fmt::format(
      "CREATE INDEX IF NOT EXISTS listens_by_song ON segue.listens (user_name, msid, ({}), listened_at)", kSongDigest));
  connection.run("CREATE INDEX IF NOT EXISTS listens_by_insertion ON segue.listens (inserted_at)");
  transaction.commit();
}

// Removes the deleted rows from the tables. PostgreSQL would do so only once a fifth of a table is deleted.
void vacuum(PostgresConnection& connection) {
  try {
    connection.run(
        "VACUUM segue.listens, segue.skips, segue.imports, segue.feedback, segue.playlists, segue.tokens, "
        "segue.events");
  } catch (const Error&) {  // the rows are deleted; PostgreSQL's own vacuum removes them later
  }
}

// A listen of a group, and the addition it belongs to.
struct Row {
  const StoredListen* listen;
  Addition* addition;
};

using Key = std::tuple<std::string_view, std::int64_t, std::string_view>;
Key key_of(const Row& row) {
  return {row.listen->user, row.listen->listened_at, row.listen->msid};
}

std::size_t bytes_of(const StoredListen& listen) {
  return listen.user.size() + listen.msid.size() + listen.artist.size() + listen.title.size() + listen.release.size() +
         listen.song_id.size() + listen.recording_mbid.size() + listen.track_metadata.size();
}

// The leading rows that fit into one statement.
std::size_t rows_of_statement(std::span<const Row> rows) {
  std::size_t bytes = 0;
  std::size_t count = 0;
  while (count < std::min(rows.size(), kRowsOfStatement) && bytes < kBytesOfStatement) {
    bytes += bytes_of(*rows[count++].listen);
  }
  return count;
}

// Inserts the rows, sorted by key and without repeats, and counts the new ones for each addition.
void insert(PostgresConnection& connection, std::span<const Row> rows, std::int64_t now) {
  const auto texts = [rows](std::string StoredListen::*member) {
    PostgresArray array(PostgresArray::Of::text, rows.size());
    for (const Row& row : rows) array.append(row.listen->*member);
    return array;
  };
  PostgresArray times(PostgresArray::Of::bigint, rows.size());
  for (const Row& row : rows) times.append(row.listen->listened_at);
  PostgresValues values;
  values.add(texts(&StoredListen::user)).add(std::move(times)).add(texts(&StoredListen::artist));
  values.add(texts(&StoredListen::title)).add(texts(&StoredListen::release)).add(texts(&StoredListen::song_id));
  values.add(texts(&StoredListen::recording_mbid)).add(texts(&StoredListen::track_metadata));
  values.add(texts(&StoredListen::msid)).add(now);
  const PostgresRows added =
      connection.run(fmt::format("INSERT INTO segue.listens ({}) SELECT *, $10 FROM unnest($1, $2, $3, $4, $5, $6, $7, "
                                 "$8, $9) ON CONFLICT DO NOTHING RETURNING user_name, listened_at, msid",
                                 kListenColumns),
                     values);
  for (std::size_t i = 0; i < added.size(); ++i) {
    const Key key(added.text(i, 0), added.number(i, 1), added.text(i, 2));
    const auto found = std::ranges::lower_bound(rows, key, {}, key_of);
    SEGUE_ASSERT(found != rows.end() && key_of(*found) == key);
    ++found->addition->added.added;
  }
}

}  // namespace

// Takes an idle connection or opens one, and gives it back.
class PostgresStore::Session {
 public:
  // Throws unavailable if there is no connection to be had: one worked when the store was opened, so one may later.
  explicit Session(PostgresStore& store) : store_(store) {
    while (connection_ == nullptr && take_idle()) {
      if (!connection_->usable()) connection_.reset();
    }
    if (connection_ != nullptr) return;
    try {
      connection_ = std::make_unique<PostgresConnection>(store.place_);
    } catch (const Error& error) {
      throw Error(ErrorCode::unavailable, error.what());
    }
  }
  ~Session() {
    const bool lost = connection_->lost();
    std::vector<std::unique_ptr<PostgresConnection>> ended;  // outlives the lock: closing takes time
    const std::scoped_lock lock(store_.idle_mutex_);
    if (lost) {
      ended.swap(store_.idle_);  // lost too, even if the network has not reported it
    } else if (connection_->usable() && store_.idle_.size() < kMostIdle) {
      store_.idle_.push_back(std::move(connection_));  // no allocation: the memory is reserved
    }
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  PostgresConnection& operator*() const { return *connection_; }
  PostgresConnection* operator->() const { return connection_.get(); }

 private:
  bool take_idle() {
    const std::scoped_lock lock(store_.idle_mutex_);
    if (store_.idle_.empty()) return false;
    connection_ = std::move(store_.idle_.back());
    store_.idle_.pop_back();
    return true;
  }

  PostgresStore& store_;
  std::unique_ptr<PostgresConnection> connection_;
};

PostgresStore::PostgresStore(const std::string& url)
    : place_(postgres_place(url)),
      additions_([this](std::span<Addition* const> additions) { commit_together(additions); }) {
  auto connection = std::make_unique<PostgresConnection>(place_);
  open_schema(*connection);
  idle_.reserve(kMostIdle);
  idle_.push_back(std::move(connection));
}

PostgresStore::~PostgresStore() = default;

PostgresRows PostgresStore::run(const std::string& sql, const PostgresValues& values) {
  const Session session(*this);
  return session->run(sql, values);
}

void PostgresStore::commit_together(std::span<Addition* const> additions) {
  std::vector<Row> rows;
  bool has_events = false;
  for (Addition* const addition : additions) {
    addition->added = {};
    has_events |= !addition->events.empty();
    for (const StoredListen& listen : addition->listens) rows.push_back({.listen = &listen, .addition = addition});
  }
  // The same order in every process, so that two that add the same listens cannot deadlock. The first of repeated
  // listens stays.
  std::ranges::stable_sort(rows, {}, key_of);
  const auto repeats = [](const Row& a, const Row& b) { return key_of(a) == key_of(b); };
  rows.erase(std::unique(rows.begin(), rows.end(), repeats), rows.end());

  const std::int64_t now = unix_now();
  const Session session(*this);
  std::size_t count = rows_of_statement(rows);
  if (count == rows.size() && !has_events) {
    insert(*session, rows, now);  // its own transaction
  } else {
    PostgresTransaction transaction(*session);
    for (std::span<const Row> rest = rows; !rest.empty(); rest = rest.subspan(count)) {
      count = rows_of_statement(rest);
      insert(*session, rest.first(count), now);
    }
    if (has_events) insert_events(*session, additions);
    transaction.commit();
  }
  for (Addition* const addition : additions) {
    addition->added.known = addition->listens.size() + addition->events.size() - addition->added.added;
  }
}

AddedListens PostgresStore::add_together(const std::function<AddedListens()>& add) {
  try {
    const AddedListens added = add();
    is_full_ = false;
    return added;
  } catch (const Error& error) {
    if (error.code() == ErrorCode::no_space) is_full_ = true;
    throw;
  }
}

AddedListens PostgresStore::add(std::span<const StoredListen> listens) {
  return add_together([&] { return additions_.add(listens); });
}

AddedListens PostgresStore::add_events(std::span<const StoredEvent> events) {
  return add_together([&] { return additions_.add(events); });
}

std::vector<StoredListen> PostgresStore::listens_of(std::string_view user, const ListenRange& range) {
  const bool oldest = range.min_ts && !range.max_ts;
  PostgresValues values;
  values.add(user);
  values.add(range.min_ts.value_or(std::numeric_limits<std::int64_t>::min()));
  values.add(range.max_ts.value_or(std::numeric_limits<std::int64_t>::max()));
  values.add(limit_of(range.count));
  const PostgresRows rows =
      run(fmt::format("SELECT {0} FROM segue.listens WHERE user_name = $1 AND listened_at > $2 AND listened_at < $3"
                      " ORDER BY listened_at {1}, msid {1} LIMIT $4",
                      kListenColumns, oldest ? "ASC" : "DESC"),
          values);
  std::vector<StoredListen> listens;
  for (std::size_t row = 0; row < rows.size(); ++row) listens.push_back(listen_of(rows[row]));
  if (oldest) std::ranges::reverse(listens);
  return listens;
}

std::uint64_t PostgresStore::listen_count(std::string_view user) {
  return count_of(run("SELECT count(*) FROM segue.listens WHERE user_name = $1", PostgresValues().add(user)));
}

// Skips from song to song along the index.
void PostgresStore::for_each_song(std::string_view user, const std::function<bool(const StoredListen&)>& each) {
  const PostgresRows rows = run(fmt::format(
                                    R"sql(WITH RECURSIVE songs AS (
            (SELECT msid, {0} AS digest, listened_at FROM segue.listens WHERE user_name = $1
             ORDER BY msid DESC, {0} DESC, listened_at DESC LIMIT 1)
            UNION ALL
            SELECT next.* FROM songs CROSS JOIN LATERAL (
              SELECT msid, {0} AS digest, listened_at FROM segue.listens
              WHERE user_name = $1 AND (msid, {0}) < (songs.msid, songs.digest)
              ORDER BY msid DESC, {0} DESC, listened_at DESC LIMIT 1) AS next)
          SELECT user_name, listened_at, artist, title, '', song_id, recording_mbid, '', msid, 0::bigint
          FROM songs JOIN segue.listens USING (msid, listened_at) WHERE user_name = $1)sql",
                                    kSongDigest),
                                PostgresValues().add(user));
  for (std::size_t row = 0; row < rows.size(); ++row) {
    if (!each(listen_of(rows[row]))) return;
  }
}

std::vector<SongTime> PostgresStore::newest_of(std::string_view user, std::span<const StoredListen> songs,
                                               std::size_t count) {
  std::vector<SongTime> times;
  if (count == 0 || songs.empty()) return times;
  const std::int64_t oldest = oldest_needed(songs, count);
  std::vector<std::size_t> recent;
  for (std::size_t i = 0; i < songs.size(); ++i) {
    if (songs[i].listened_at >= oldest) recent.push_back(i);
  }
  const auto texts = [&](std::string StoredListen::*member) {
    PostgresArray array(PostgresArray::Of::text, recent.size());
    for (const std::size_t i : recent) array.append(songs[i].*member);
    return array;
  };
  PostgresArray places(PostgresArray::Of::bigint, recent.size());
  for (const std::size_t i : recent) places.append(static_cast<std::int64_t>(i));
  PostgresValues values;
  values.add(user).add(std::move(places)).add(texts(&StoredListen::msid)).add(texts(&StoredListen::song_id));
  values.add(texts(&StoredListen::recording_mbid)).add(oldest).add(limit_of(count));
  const PostgresRows rows = run(fmt::format(
                                    R"sql(SELECT place, listened_at FROM
            (SELECT place, msid AS wanted, {0} AS digest FROM unnest($2, $3, $4, $5)
             AS sent (place, msid, song_id, recording_mbid)) AS songs
          CROSS JOIN LATERAL (
            SELECT listened_at FROM segue.listens WHERE user_name = $1 AND msid = wanted AND {0} = songs.digest
            AND listened_at >= $6 ORDER BY listened_at DESC LIMIT $7) AS newest)sql",
                                    kSongDigest),
                                values);
  for (std::size_t row = 0; row < rows.size(); ++row) {
    times.push_back({static_cast<std::size_t>(rows.number(row, 0)), rows.number(row, 1)});
  }
  keep_newest(times, songs, count);
  return times;
}

void PostgresStore::for_each_count(std::string_view user, std::int64_t from, std::int64_t to,
                                   const std::function<bool(const SongCount&)>& each) {
  const Session session(*this);
  PostgresTransaction transaction(*session, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  session->run(
      "DECLARE song_counts NO SCROLL CURSOR FOR SELECT DISTINCT ON (msid, song_id, recording_mbid) user_name,"
      " listened_at, artist, title, '', song_id, recording_mbid, '', msid, 0::bigint,"
      " count(*) OVER (PARTITION BY msid, song_id, recording_mbid) FROM segue.listens"
      " WHERE user_name = $1 AND listened_at >= $2 AND listened_at < $3"
      " ORDER BY msid, song_id, recording_mbid, listened_at DESC",
      PostgresValues().add(user).add(from).add(to));
  for (;;) {
    const PostgresRows rows = session->run("FETCH 1000 FROM song_counts");
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (!each(song_count_of(rows[row]))) return;
    }
    if (rows.size() == 0) return;
  }
}

AddedListens PostgresStore::add_skips(std::span<const StoredListen> skips) {
  const auto texts = [skips](std::string StoredListen::*member) {
    PostgresArray array(PostgresArray::Of::text, skips.size());
    for (const StoredListen& skip : skips) array.append(skip.*member);
    return array;
  };
  PostgresArray times(PostgresArray::Of::bigint, skips.size());
  for (const StoredListen& skip : skips) times.append(skip.listened_at);
  PostgresValues values;
  values.add(texts(&StoredListen::user)).add(std::move(times)).add(texts(&StoredListen::msid));
  values.add(texts(&StoredListen::artist)).add(texts(&StoredListen::title)).add(texts(&StoredListen::release));
  values.add(texts(&StoredListen::song_id)).add(texts(&StoredListen::recording_mbid));
  // The same order in every process, so that two that add the same skips cannot deadlock.
  const std::size_t added =
      run("INSERT INTO segue.skips SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) AS sent (user_name, "
          "skipped_at, msid) ORDER BY user_name COLLATE \"C\", skipped_at, msid COLLATE \"C\" ON CONFLICT DO NOTHING",
          values)
          .changed();
  return {.added = added, .known = skips.size() - added};
}

std::vector<StoredListen> PostgresStore::skips_of(std::string_view user, std::size_t count) {
  const PostgresRows rows = run(fmt::format("SELECT {} FROM segue.skips WHERE user_name = $1 ORDER BY skipped_at DESC, "
                                            "msid DESC LIMIT $2",
                                            kSkipColumns),
                                PostgresValues().add(user).add(limit_of(count)));
  std::vector<StoredListen> skips;
  for (std::size_t row = 0; row < rows.size(); ++row) skips.push_back(listen_of(rows[row]));
  return skips;
}

void PostgresStore::for_each_skip(const std::function<bool(const StoredListen&)>& each) {
  const Session session(*this);
  PostgresTransaction transaction(*session, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  session->run(fmt::format(
      "DECLARE every_skip NO SCROLL CURSOR FOR SELECT {} FROM segue.skips ORDER BY user_name, skipped_at, msid",
      kSkipColumns));
  for (;;) {
    const PostgresRows rows = session->run("FETCH 1000 FROM every_skip");
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (!each(listen_of(rows[row]))) return;
    }
    if (rows.size() == 0) return;
  }
}

void PostgresStore::for_each_event(std::int64_t from, const std::function<bool(const StoredEvent&)>& each) {
  const Session session(*this);
  read_events(*session, from, each);
}

std::uint64_t PostgresStore::drop_events(std::int64_t made_before) {
  return run("DELETE FROM segue.events WHERE made_at < $1", PostgresValues().add(made_before)).changed();
}

bool PostgresStore::remove(std::string_view user, std::int64_t listened_at, std::string_view msid) {
  return run("DELETE FROM segue.listens WHERE user_name = $1 AND listened_at = $2 AND msid = $3",
             PostgresValues().add(user).add(listened_at).add(msid))
             .changed() > 0;
}

// From user to user along the primary key.
std::uint64_t PostgresStore::remove_older(std::int64_t before, std::size_t most) {
  const auto remove = [&](std::string_view table, std::string_view time) -> std::uint64_t {
    return run(fmt::format(R"sql(WITH RECURSIVE names AS (
            (SELECT user_name FROM segue.{0} ORDER BY user_name LIMIT 1)
            UNION ALL
            SELECT (SELECT user_name FROM segue.{0} WHERE user_name > names.user_name ORDER BY user_name LIMIT 1)
            FROM names WHERE names.user_name IS NOT NULL),
          old AS MATERIALIZED (
            SELECT one.user_name, one.{1}, one.msid FROM names CROSS JOIN LATERAL (
              SELECT user_name, {1}, msid FROM segue.{0} WHERE user_name = names.user_name AND {1} < $1
              LIMIT $2) AS one LIMIT $2)
          DELETE FROM segue.{0} USING old WHERE segue.{0}.user_name = old.user_name AND segue.{0}.{1} = old.{1}
          AND segue.{0}.msid = old.msid)sql",
                           table, time),
               PostgresValues().add(before).add(limit_of(most)))
        .changed();
  };
  const std::uint64_t listens = remove("listens", "listened_at");
  return listens + remove("skips", "skipped_at");
}

std::vector<std::string> PostgresStore::users(std::string_view prefix, std::size_t most) {
  // Skips from user to user along the primary key.
  const PostgresRows rows = run(
      R"sql(WITH RECURSIVE names AS (
        (SELECT user_name FROM segue.listens WHERE user_name >= $1 ORDER BY user_name LIMIT 1)
        UNION ALL
        SELECT (SELECT user_name FROM segue.listens WHERE user_name > names.user_name ORDER BY user_name LIMIT 1)
        FROM names WHERE starts_with(names.user_name, $1))
      SELECT user_name FROM names WHERE starts_with(user_name, $1) LIMIT $2)sql",
      PostgresValues().add(prefix).add(limit_of(most)));
  std::vector<std::string> users;
  for (std::size_t row = 0; row < rows.size(); ++row) users.emplace_back(rows.text(row, 0));
  return users;
}

std::int64_t PostgresStore::latest_import(std::string_view user, std::string_view service) {
  const PostgresRows rows = run("SELECT listened_at FROM segue.imports WHERE user_name = $1 AND service = $2",
                                PostgresValues().add(user).add(service));
  return rows.size() == 0 ? 0 : rows.number(0, 0);
}

void PostgresStore::set_latest_import(std::string_view user, std::string_view service, std::int64_t listened_at) {
  run("INSERT INTO segue.imports VALUES ($1, $2, $3)"
      " ON CONFLICT (user_name, service) DO UPDATE SET listened_at = excluded.listened_at",
      PostgresValues().add(user).add(service).add(listened_at));
}

void PostgresStore::set_feedback(const Feedback& feedback) {
  PostgresValues values;
  values.add(feedback.user).add(feedback.msid).add(feedback.recording_mbid).add(feedback.song_id);
  if (feedback.score == 0) {
    run("DELETE FROM segue.feedback WHERE user_name = $1 AND msid = $2 AND recording_mbid = $3 AND song_id = $4",
        values);
    return;
  }
  values.add(std::int64_t{feedback.score}).add(feedback.created);
  run("INSERT INTO segue.feedback VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (user_name, msid, recording_mbid, "
      "song_id)"
      " DO UPDATE SET score = excluded.score, created = excluded.created",
      values);
}

std::vector<Feedback> PostgresStore::feedback_of(std::string_view user, std::optional<int> score, std::size_t count,
                                                 std::size_t offset) {
  PostgresValues values;
  values.add(user).add(std::int64_t{score.value_or(-1)}).add(std::int64_t{score.value_or(1)});
  values.add(limit_of(count)).add(limit_of(offset));
  const PostgresRows rows = run(
      R"sql(WITH page AS (
        SELECT * FROM segue.feedback WHERE user_name = $1 AND score BETWEEN $2 AND $3
        ORDER BY created DESC, msid, recording_mbid, song_id LIMIT $4 OFFSET $5),
      names AS (
        SELECT DISTINCT ON (msid) msid, artist, title FROM segue.listens
        WHERE user_name = $1 AND msid <> '' AND msid IN (SELECT msid FROM page) ORDER BY msid, listened_at)
      SELECT user_name, msid, recording_mbid, song_id, score, created, artist, title FROM page
      LEFT JOIN names USING (msid) ORDER BY created DESC, msid, recording_mbid, song_id)sql",
      values);
  std::vector<Feedback> list;
  for (std::size_t row = 0; row < rows.size(); ++row) {
    Feedback feedback = store::feedback_of(rows[row]);
    feedback.artist = rows.text(row, 6);
    feedback.title = rows.text(row, 7);
    list.push_back(std::move(feedback));
  }
  return list;
}

StoredPlaylist PostgresStore::keep_playlist(const StoredPlaylist& playlist, std::int64_t oldest) {
  const Session session(*this);
  PostgresTransaction transaction(*session);
  session->run("DELETE FROM segue.playlists WHERE user_name = $1 AND kind = $2 AND begins < $3",
               PostgresValues().add(playlist.user).add(playlist.kind).add(oldest));
  PostgresValues values;
  values.add(playlist.id).add(playlist.user).add(playlist.kind).add(playlist.begin).add(playlist.created);
  session->run("INSERT INTO segue.playlists VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING",
               values.add(playlist.content));
  const PostgresRows kept =
      session->run(fmt::format("SELECT {} FROM segue.playlists WHERE user_name = $1 AND kind = $2 AND begins = $3",
                               kPlaylistColumns),
                   PostgresValues().add(playlist.user).add(playlist.kind).add(playlist.begin));
  StoredPlaylist found = kept.size() == 0 ? playlist : playlist_of(kept[0]);
  transaction.commit();
  return found;
}

std::vector<StoredPlaylist> PostgresStore::playlists_of(std::string_view user) {
  const PostgresRows rows = run(
      fmt::format("SELECT {} FROM segue.playlists WHERE user_name = $1 ORDER BY begins DESC, kind", kPlaylistColumns),
      PostgresValues().add(user));
  std::vector<StoredPlaylist> playlists;
  for (std::size_t row = 0; row < rows.size(); ++row) playlists.push_back(playlist_of(rows[row]));
  return playlists;
}

std::optional<StoredPlaylist> PostgresStore::playlist(std::string_view id) {
  const PostgresRows rows =
      run(fmt::format("SELECT {} FROM segue.playlists WHERE id = $1", kPlaylistColumns), PostgresValues().add(id));
  if (rows.size() == 0) return std::nullopt;
  return playlist_of(rows[0]);
}

// One change at a time, so that versions become visible in their order: a poll that saw one misses none below it.
StoredSongChange PostgresStore::set_change(std::string_view table, std::string_view song_id, std::string_view content,
                                           std::int64_t changed) {
  const Session session(*this);
  PostgresTransaction transaction(*session);
  session->run(fmt::format("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", table));
  const PostgresRows known =
      session->run(fmt::format("SELECT 1 FROM {} WHERE song_id = $1", table), PostgresValues().add(song_id));
  if (content.empty() && known.size() == 0) return {.song_id = std::string(song_id)};
  const PostgresRows kept =
      session->run(fmt::format("INSERT INTO {1} ({0})"
                               " SELECT $1::text, $2::text, coalesce(max(version), 0) + 1, $3::bigint FROM {1}"
                               " ON CONFLICT (song_id) DO UPDATE"
                               " SET content = excluded.content, version = excluded.version, changed = excluded.changed"
                               " RETURNING {0}",
                               kChangeColumns, table),
                   PostgresValues().add(song_id).add(content).add(changed));
  StoredSongChange change = song_change_of(kept[0]);
  transaction.commit();
  return change;
}

std::vector<StoredSongChange> PostgresStore::changes(std::string_view table, std::int64_t after) {
  const PostgresRows rows =
      run(fmt::format("SELECT {} FROM {} WHERE version > $1 ORDER BY version", kChangeColumns, table),
          PostgresValues().add(after));
  std::vector<StoredSongChange> changes;
  for (std::size_t row = 0; row < rows.size(); ++row) changes.push_back(song_change_of(rows[row]));
  return changes;
}

StoredSongChange PostgresStore::set_catalogue_change(std::string_view song_id, std::string_view content,
                                                     std::int64_t changed) {
  return set_change(kCatalogueChangesTable, song_id, content, changed);
}

std::vector<StoredSongChange> PostgresStore::catalogue_changes(std::int64_t after) {
  return changes(kCatalogueChangesTable, after);
}

StoredSongChange PostgresStore::set_new_song(std::string_view song_id, std::string_view content, std::int64_t changed) {
  return set_change(kNewSongsOfStore, song_id, content, changed);
}

std::vector<StoredSongChange> PostgresStore::new_songs(std::int64_t after) {
  return changes(kNewSongsOfStore, after);
}

void PostgresStore::add_token(const StoredToken& token) {
  PostgresValues values;
  values.add(token.id).add(token.hash).add(token.user).add(token.name);
  values.add(token.read).add(token.submit).add(token.admin).add(token.created);
  run(fmt::format("INSERT INTO segue.tokens ({}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)", kTokenColumns), values);
}

std::optional<StoredToken> PostgresStore::token_by_hash(std::string_view hash) {
  const PostgresRows rows =
      run(fmt::format("SELECT {} FROM segue.tokens WHERE hash = $1", kTokenColumns), PostgresValues().add(hash));
  if (rows.size() == 0) return std::nullopt;
  return token_of(rows[0]);
}

std::vector<StoredToken> PostgresStore::tokens() {
  const PostgresRows rows = run(fmt::format("SELECT {} FROM segue.tokens ORDER BY created, id", kTokenColumns));
  std::vector<StoredToken> tokens;
  for (std::size_t row = 0; row < rows.size(); ++row) tokens.push_back(token_of(rows[row]));
  return tokens;
}

bool PostgresStore::remove_token(std::string_view id) {
  return run("DELETE FROM segue.tokens WHERE id = $1", PostgresValues().add(id)).changed() > 0;
}

Forgotten PostgresStore::forget(std::string_view user) {
  const Session session(*this);
  PostgresTransaction transaction(*session);
  const PostgresValues values = PostgresValues().add(user);
  session->run("DELETE FROM segue.imports WHERE user_name = $1", values);
  session->run("DELETE FROM segue.playlists WHERE user_name = $1", values);
  Forgotten forgotten;
  forgotten.listens = session->run("DELETE FROM segue.listens WHERE user_name = $1", values).changed();
  forgotten.listens += session->run("DELETE FROM segue.skips WHERE user_name = $1", values).changed();
  forgotten.feedback = session->run("DELETE FROM segue.feedback WHERE user_name = $1", values).changed();
  forgotten.tokens = session->run("DELETE FROM segue.tokens WHERE user_name = $1", values).changed();
  forgotten.events = session->run("DELETE FROM segue.events WHERE user_name = $1", values).changed();
  transaction.commit();
  vacuum(*session);
  return forgotten;
}

void PostgresStore::for_each_listen(const std::function<bool(const StoredListen&)>& each) {
  const Session session(*this);
  PostgresTransaction transaction(*session, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  session->run(fmt::format(
      "DECLARE every_listen NO SCROLL CURSOR FOR SELECT {} FROM segue.listens ORDER BY user_name, listened_at, msid",
      kListenColumns));
  for (;;) {
    const PostgresRows rows = session->run("FETCH 1000 FROM every_listen");
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (!each(listen_of(rows[row]))) return;
    }
    if (rows.size() == 0) return;
  }
}

void PostgresStore::for_each_inserted(std::int64_t from, std::int64_t to,
                                      const std::function<bool(const StoredListen&)>& each) {
  const Session session(*this);
  PostgresTransaction transaction(*session, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  session->run(
      "DECLARE newest_listens NO SCROLL CURSOR FOR SELECT user_name, listened_at, artist, title, '', song_id,"
      " recording_mbid, '', msid, inserted_at FROM segue.listens WHERE inserted_at >= $1 AND inserted_at < $2",
      PostgresValues().add(from).add(to));
  for (;;) {
    const PostgresRows rows = session->run("FETCH 1000 FROM newest_listens");
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (!each(listen_of(rows[row]))) return;
    }
    if (rows.size() == 0) return;
  }
}

StoreFacts PostgresStore::facts() {
  const PostgresRows rows =
      run("SELECT coalesce(sum(listens), 0)::bigint, count(*)"
          " FROM (SELECT count(*) AS listens FROM segue.listens GROUP BY user_name) AS users");
  StoreFacts facts;
  facts.kind = "postgresql";
  facts.listens = count_of(rows, 0);
  facts.users = count_of(rows, 1);
  return facts;
}

void PostgresStore::check() {
  run("SELECT 1 FROM segue.tokens LIMIT 1");
  // Only a write shows whether there is space again.
  if (is_full_) {
    run("UPDATE segue.schema_version SET version = version");
    is_full_ = false;
  }
}

}  // namespace segue::store
