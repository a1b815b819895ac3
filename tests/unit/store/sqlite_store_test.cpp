#include "segue/store/sqlite_store.h"

#include <algorithm>
#include <csignal>
#include <thread>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "segue/base/file.h"

#include "tests/support/expect_error.h"
#include "tests/support/memory_store.h"
#include "tests/support/scratch.h"

namespace segue {
namespace {

StoredListen listen(std::string user, std::int64_t at, std::string title, std::string artist = "Nina") {
  StoredListen made;
  made.user = std::move(user);
  made.listened_at = at;
  made.artist = std::move(artist);
  made.title = std::move(title);
  made.track_metadata = "{}";
  made.msid = msid_of(made);
  return made;
}

std::vector<std::int64_t> times(const std::vector<StoredListen>& listens) {
  std::vector<std::int64_t> times;
  for (const StoredListen& one : listens) times.push_back(one.listened_at);
  return times;
}

class SqliteStoreTest : public ::testing::Test {
 protected:
  std::filesystem::path file() const { return folder_.path() / "listens.sqlite"; }
  testing::Scratch folder_;
};

TEST_F(SqliteStoreTest, KeepsAListenAsItCame) {
  StoredListen sent = listen("ann", 100, "O'Brien; DROP TABLE listens;--", "\"Fairuz\" فيروز");
  sent.release = "%_\\";
  sent.song_id = "spotify:track:1";
  sent.recording_mbid = "m";
  sent.track_metadata = R"({"artist_name":"x","additional_info":{"unknown":[1,{"a":null}]}})";
  {
    SqliteStore store(file());
    EXPECT_EQ(store.add(std::span(&sent, 1)).added, 1U);
  }
  SqliteStore again(file());
  const std::vector<StoredListen> found = again.listens_of("ann", {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].title, sent.title);
  EXPECT_EQ(found[0].artist, sent.artist);
  EXPECT_EQ(found[0].release, sent.release);
  EXPECT_EQ(found[0].song_id, sent.song_id);
  EXPECT_EQ(found[0].track_metadata, sent.track_metadata);
  EXPECT_EQ(found[0].msid, sent.msid);
  EXPECT_GT(found[0].inserted_at, 1'600'000'000);
}

TEST_F(SqliteStoreTest, CountsWhatItKnowsAndAddsItNotAgain) {
  SqliteStore store(file());
  const std::vector<StoredListen> sent = {listen("ann", 1, "a"), listen("ann", 1, "b"), listen("ann", 1, "A")};
  const AddedListens first = store.add(sent);  // "a" and "A" are one song
  EXPECT_EQ(first.added, 2U);
  EXPECT_EQ(first.known, 1U);
  const AddedListens second = store.add(sent);
  EXPECT_EQ(second.added, 0U);
  EXPECT_EQ(second.known, 3U);
  EXPECT_EQ(store.listen_count("ann"), 2U);
}

TEST_F(SqliteStoreTest, PagesAsListenBrainzDoes) {
  SqliteStore store(file());
  std::vector<StoredListen> sent;
  for (std::int64_t at = 1; at <= 9; ++at) sent.push_back(listen("ann", at, "t" + std::to_string(at)));
  sent.push_back(listen("bob", 5, "other"));
  store.add(sent);
  using Times = std::vector<std::int64_t>;
  const auto page = [&](std::optional<std::int64_t> min_ts, std::optional<std::int64_t> max_ts, std::size_t count) {
    return times(store.listens_of("ann", {.min_ts = min_ts, .max_ts = max_ts, .count = count}));
  };
  EXPECT_EQ(page({}, {}, 3), (Times{9, 8, 7}));
  EXPECT_EQ(page({}, 7, 3), (Times{6, 5, 4}));
  EXPECT_EQ(page(2, {}, 3), (Times{5, 4, 3}));  // the oldest after it, the newest first
  EXPECT_EQ(page(2, 5, 25), (Times{4, 3}));
  EXPECT_EQ(page(9, {}, 3), (Times{}));
  EXPECT_EQ(page({}, {}, 0), (Times{}));
}

TEST_F(SqliteStoreTest, ForgetsAUserAndNobodyElse) {
  SqliteStore store(file());
  const std::vector<StoredListen> sent = {listen("ann", 1, "a"), listen("bob", 1, "b")};
  store.add(sent);
  store.set_feedback({.user = "ann",
                      .msid = sent[0].msid,
                      .recording_mbid = {},
                      .song_id = {},
                      .artist = {},
                      .title = {},
                      .score = -1,
                      .created = 5});
  StoredToken token;
  token.id = "t";
  token.hash = "h";
  token.user = "ann";
  store.add_token(token);
  store.set_latest_import("ann", "lastfm", 77);
  EXPECT_EQ(store.latest_import("ann", "lastfm"), 77);
  const std::vector<Feedback> hated = store.feedback_of("ann", -1, 10, 0);
  ASSERT_EQ(hated.size(), 1U);
  EXPECT_EQ(hated[0].title, "a");  // of the listen with this msid

  const Forgotten forgotten = store.forget("ann");
  EXPECT_EQ(forgotten.listens, 1U);
  EXPECT_EQ(forgotten.feedback, 1U);
  EXPECT_EQ(forgotten.tokens, 1U);
  EXPECT_EQ(store.listen_count("ann"), 0U);
  EXPECT_EQ(store.latest_import("ann", "lastfm"), 0);
  EXPECT_FALSE(store.token_by_hash("h"));
  EXPECT_EQ(store.users("", 10), std::vector<std::string>{"bob"});
}

TEST_F(SqliteStoreTest, IsReadableByItsOwnerAlone) {
  const SqliteStore store(file());
  struct stat status {};
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(SqliteStoreTest, RefusesWhatIsNoStoreOrANewerOne) {
  EXPECT_ERROR(SqliteStore{folder_.path() / "no" / "store"}, ErrorCode::not_found, "store");
  { const SqliteStore made(file()); }
  SqliteConnection(file(), SqliteConnection::Mode::create).run("PRAGMA user_version = 99");
  EXPECT_ERROR(SqliteStore{file()}, ErrorCode::unsupported, "version 99 of the store is newer");
  const std::filesystem::path text = folder_.path() / "text";
  write_text_atomically(text, std::string(8192, 'x'));
  EXPECT_ERROR(SqliteStore{text}, ErrorCode::corrupt, "not a database");
}

TEST_F(SqliteStoreTest, WritesNothingToWhatIsNoStore) {
  const auto refused = [&](const std::string& sql, std::string_view found) {
    std::filesystem::remove(file());
    SqliteConnection(file(), SqliteConnection::Mode::create).run(sql);
    const std::string before = read_text(file());
    EXPECT_ERROR(SqliteStore{file()}, ErrorCode::corrupt, found);
    EXPECT_EQ(read_text(file()), before) << sql;
  };
  refused("CREATE TABLE songs (id)", "expected a store of listens, found an SQLite file with the tables: songs");
  refused("CREATE TABLE songs (id); PRAGMA user_version = 1", "songs");
  refused("CREATE TABLE listens (id)", "listens");
  refused("PRAGMA application_id = 7", "none");
  refused("PRAGMA user_version = 99", "none");
}

TEST_F(SqliteStoreTest, LeavesTheLogOfWhatIsNoStoreAlone) {
  const std::filesystem::path copy = folder_.path() / "copy.sqlite";
  {
    SqliteConnection other(file(), SqliteConnection::Mode::create);
    other.run("PRAGMA journal_mode = WAL; CREATE TABLE songs (id)");
    for (const std::string end : {"", "-wal"}) std::filesystem::copy_file(file().string() + end, copy.string() + end);
  }
  const std::string before = read_text(copy);
  const std::string log = read_text(copy.string() + "-wal");
  EXPECT_ERROR(SqliteStore{copy}, ErrorCode::corrupt, "songs");
  EXPECT_EQ(read_text(copy), before);
  EXPECT_EQ(read_text(copy.string() + "-wal"), log);
}

TEST_F(SqliteStoreTest, OpensTheFirstStoresWhichHadNoApplicationId) {
  { SqliteStore(file()).add(std::vector{listen("ann", 1, "a")}); }
  SqliteConnection(file(), SqliteConnection::Mode::create).run("PRAGMA application_id = 0");
  EXPECT_EQ(SqliteStore(file()).listen_count("ann"), 1U);
}

TEST_F(SqliteStoreTest, AFailedWriteAddsAllOrNothing) {
  SqliteStore store(file());
  store.add(std::vector{listen("ann", 1, "a")});
  std::vector<StoredListen> many;
  for (std::int64_t at = 2; at < 3000; ++at) many.push_back(listen("ann", at, std::string(500, 'x')));

  rlimit before{};
  ASSERT_EQ(getrlimit(RLIMIT_FSIZE, &before), 0);
  auto* const handler = std::signal(SIGXFSZ, SIG_IGN);
  rlimit little = before;
  little.rlim_cur = 256 << 10;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &little), 0);
  EXPECT_ERROR(store.add(many), ErrorCode::io_failed, "listens.sqlite");
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);

  EXPECT_EQ(store.listen_count("ann"), 1U);
  EXPECT_EQ(store.add(many).added, many.size());
}

TEST_F(SqliteStoreTest, AddsFromManyThreadsAtOnce) {
  SqliteStore store(file());
  constexpr std::int64_t kThreads = 8;
  constexpr std::int64_t kEach = 40;
  std::vector<std::jthread> threads;
  for (std::int64_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&store, thread] {
      for (std::int64_t i = 0; i < kEach; ++i) {
        // Every second one is sent by two threads.
        const std::int64_t at = i % 2 == 0 ? i : thread * 1000 + i;
        store.add(std::vector{listen("ann", at, "t"), listen("u" + std::to_string(thread), i, "t")});
        (void)store.listen_count("ann");
      }
    });
  }
  threads.clear();
  EXPECT_EQ(store.listen_count("ann"), static_cast<std::uint64_t>(kEach / 2 + kThreads * kEach / 2));
  EXPECT_EQ(store.facts().listens, static_cast<std::uint64_t>(kEach / 2 + kThreads * kEach / 2 + kThreads * kEach));
  EXPECT_EQ(store.facts().users, static_cast<std::uint64_t>(kThreads + 1));
}

// Whatever is done to it, it answers as the plain twin in memory does.
RC_GTEST_PROP(SqliteStoreProperty, DoesWhatItsTwinDoes, ()) {
  const testing::Scratch folder;
  SqliteStore store(folder.path() / "listens.sqlite");
  testing::MemoryStore twin;
  const auto user = [] { return *rc::gen::element<std::string>("ann", "bob", "a'b", "%"); };
  const auto title = [] { return *rc::gen::element<std::string>("x", "X", "y", "\"", "é"); };
  const int steps = *rc::gen::inRange(1, 25);
  for (int step = 0; step < steps; ++step) {
    const std::string who = user();
    const std::int64_t at = *rc::gen::inRange<std::int64_t>(0, 12);
    switch (*rc::gen::inRange(0, 4)) {
      case 0: {
        std::vector<StoredListen> sent;
        for (int i = *rc::gen::inRange(1, 5); i > 0; --i) {
          sent.push_back(listen(who, *rc::gen::inRange<std::int64_t>(0, 12), title()));
        }
        const AddedListens a = store.add(sent);
        const AddedListens b = twin.add(sent);
        RC_ASSERT(a.added == b.added && a.known == b.known);
        break;
      }
      case 1:
        RC_ASSERT(store.remove(who, at, listen(who, at, "x").msid) == twin.remove(who, at, listen(who, at, "x").msid));
        break;
      case 2: {
        const Forgotten a = store.forget(who);
        RC_ASSERT(a.listens == twin.forget(who).listens);
        break;
      }
      default: {
        ListenRange range;
        if (*rc::gen::arbitrary<bool>()) range.min_ts = at;
        if (*rc::gen::arbitrary<bool>()) range.max_ts = *rc::gen::inRange<std::int64_t>(0, 14);
        range.count = *rc::gen::inRange<std::size_t>(0, 6);
        RC_ASSERT(times(store.listens_of(who, range)) == times(twin.listens_of(who, range)));
      }
    }
    RC_ASSERT(store.listen_count(who) == twin.listen_count(who));
    RC_ASSERT(store.users("a", 10) == twin.users("a", 10));
  }
}

}  // namespace
}  // namespace segue
