#include "segue/store/sqlite_store.h"

#include <csignal>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "segue/base/file.h"
#include "segue/base/manifest.h"

#include "tests/support/expect_error.h"
#include "tests/support/listens.h"
#include "tests/support/scratch.h"

namespace segue::store {
namespace {

using testing::listen;

class SqliteStoreTest : public ::testing::Test {
 protected:
  std::filesystem::path file() const { return folder_.path() / "listens.sqlite"; }
  testing::Scratch folder_;
};

TEST_F(SqliteStoreTest, file_is_readable_by_its_owner_only) {
  const SqliteStore store(file());
  struct stat status {};
  ASSERT_EQ(::stat(file().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(SqliteStoreTest, refuses_other_files_and_newer_stores) {
  EXPECT_ERROR(SqliteStore{folder_.path() / "no" / "store"}, ErrorCode::not_found, "store");
  { const SqliteStore made(file()); }
  SqliteConnection(file(), SqliteConnection::Mode::create).run("PRAGMA user_version = 99");
  EXPECT_ERROR(SqliteStore{file()}, ErrorCode::unsupported, "version 99 of the store is newer");
  const std::filesystem::path text = folder_.path() / "text";
  write_text_atomically(text, std::string(8192, 'x'));
  EXPECT_ERROR(SqliteStore{text}, ErrorCode::corrupt, "not a database");
}

TEST_F(SqliteStoreTest, is_unavailable_while_its_file_is_not_where_it_was) {
  SqliteStore store(file());
  const std::vector<StoredListen> listens = {listen("ann", 100, "a", "b")};
  EXPECT_EQ(store.add(listens).added, 1U);
  const std::filesystem::path moved = folder_.path() / "moved.sqlite";
  std::filesystem::rename(file(), moved);
  const auto expect_unavailable = [&](std::string_view found) {
    const std::string message = fmt::format("expected the file that was opened, found {}", found);
    EXPECT_ERROR((void)store.add(listens), ErrorCode::unavailable, message);
    EXPECT_ERROR((void)store.listens_of("ann", {}), ErrorCode::unavailable, message);
    EXPECT_ERROR((void)store.token_by_hash("x"), ErrorCode::unavailable, message);
    EXPECT_ERROR((void)store.forget("ann"), ErrorCode::unavailable, message);
    EXPECT_ERROR(store.check(), ErrorCode::unavailable, message);
  };
  expect_unavailable("none");
  write_text_atomically(file(), "");
  expect_unavailable("another one");
  std::filesystem::rename(moved, file());
  EXPECT_NO_THROW(store.check());
  EXPECT_EQ(store.listen_count("ann"), 1U);
}

TEST_F(SqliteStoreTest, is_refused_in_a_folder_that_is_replaced_as_a_whole) {
  write_manifest(folder_.path(), {"segue-model", 1}, {});
  EXPECT_ERROR((void)open_store(file().string()), ErrorCode::wrong_use,
               "expected a store outside of datasets and models");
  std::filesystem::create_directory(folder_.path() / "stores");
  EXPECT_ERROR((void)open_store((folder_.path() / "stores/listens.sqlite").string()), ErrorCode::wrong_use,
               "found it in");
  EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(SqliteStoreTest, writes_nothing_to_other_files) {
  const auto refused = [&](const std::string& sql, std::string_view found) {
    std::filesystem::remove(file());
    SqliteConnection(file(), SqliteConnection::Mode::create).run(sql);
    const std::string before = read_text(file());
    EXPECT_ERROR(SqliteStore{file()}, ErrorCode::corrupt, found);
    EXPECT_EQ(read_text(file()), before) << sql;
  };
  refused("CREATE TABLE songs (id)", "expected a listen store, found an SQLite file with the tables: songs");
  refused("CREATE TABLE songs (id); PRAGMA user_version = 1", "songs");
  refused("CREATE TABLE listens (id)", "listens");
  refused("PRAGMA application_id = 7", "none");
  refused("PRAGMA user_version = 99", "none");
}

TEST_F(SqliteStoreTest, leaves_the_log_of_other_databases_alone) {
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

TEST_F(SqliteStoreTest, opens_early_stores_without_an_application_id_again_and_again) {
  { SqliteStore(file()).add(std::vector{listen("ann", 1, "a")}); }
  SqliteConnection(file(), SqliteConnection::Mode::create)
      .run(
          "DROP TABLE playlists; DROP TABLE skips; DROP TABLE events; DROP TABLE catalogue_changes; DROP TABLE "
          "new_songs; PRAGMA "
          "application_id = 0");
  for (int i = 0; i < 2; ++i) {
    SqliteStore store(file());
    EXPECT_EQ(store.listen_count("ann"), 1U);
    store.keep_playlist({"p", "ann", "daily-jams", 1, 2, "[]"}, 0);
    EXPECT_EQ(store.playlists_of("ann").size(), 1U);
    store.add_skips(std::vector{listen("ann", 2, "b")});
    EXPECT_EQ(store.skips_of("ann", 9).size(), 1U);
    EXPECT_EQ(store.drop_events(0), 0U);
    (void)store.set_catalogue_change("a", "{}", 1);
    EXPECT_EQ(store.catalogue_changes(0).size(), 1U);
    EXPECT_TRUE(store.new_songs(0).empty());
  }
}

TEST_F(SqliteStoreTest, makes_the_index_that_older_stores_do_not_have) {
  const auto indices = [this] {
    SqliteConnection connection(file(), SqliteConnection::Mode::read);
    SqliteStatement row(connection, "SELECT count(*) FROM sqlite_schema WHERE name = 'listens_by_song'");
    row.step();
    return row.number(0);
  };
  { SqliteStore(file()).add(std::vector{listen("ann", 1, "a"), listen("ann", 2, "a"), listen("ann", 3, "b")}); }
  SqliteConnection(file(), SqliteConnection::Mode::create).run("DROP INDEX listens_by_song");
  ASSERT_EQ(indices(), 0);
  SqliteStore store(file());
  EXPECT_EQ(indices(), 1);
  int songs = 0;
  store.for_each_song("ann", [&](const StoredListen&) { return ++songs > 0; });
  EXPECT_EQ(songs, 2);
}

TEST_F(SqliteStoreTest, a_failed_write_adds_all_or_nothing) {
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
  EXPECT_ERROR(store.add(many), ErrorCode::no_space, "listens.sqlite");
  rlimit none = before;
  none.rlim_cur = 1;
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &none), 0);
  EXPECT_ERROR(store.check(), ErrorCode::no_space, "listens.sqlite");  // a probe knows while there is no room
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  store.check();
  std::signal(SIGXFSZ, handler);

  EXPECT_EQ(store.listen_count("ann"), 1U);
  EXPECT_EQ(store.add(many).added, many.size());
}

// The files of the store in which a text occurs: the database, its log, the log's index, a journal.
std::vector<std::string> files_with(const std::filesystem::path& folder, std::string_view text) {
  std::vector<std::string> found;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    if (read_text(entry.path()).find(text) != std::string::npos) found.push_back(entry.path().filename().string());
  }
  return found;
}

// Ann's listens lie between those of others, on hundreds of pages that were split and refilled.
void fill_for_ann(SqliteStore& store) {
  for (std::int64_t round = 0; round < 20; ++round) {
    std::vector<StoredListen> many;
    for (std::int64_t i = 0; i < 200; ++i) {
      const std::string user = i % 3 == 0 ? "ann" : i % 3 == 1 ? "amy" : "bob";
      StoredListen one = listen(user, 1 + round + 20 * i, user == "ann" ? "Secret Song" : "Other Song");
      one.track_metadata = std::string(static_cast<std::size_t>(i) * 7, 'x') + (user == "ann" ? "Secret Data" : "");
      many.push_back(std::move(one));
    }
    store.add(many);
  }
  store.set_latest_import("ann", "Secret Service", 5);
  Feedback opinion;
  opinion.user = "ann";
  opinion.msid = "Secret Opinion";
  opinion.score = 1;
  store.set_feedback(opinion);
  store.add_events(std::vector<StoredEvent>{{.list = "l", .song = "Secret Event", .played_ms = {}, .user = "ann"}});
}

TEST_F(SqliteStoreTest, forgotten_users_leave_every_file) {
  SqliteStore store(file());
  fill_for_ann(store);
  ASSERT_FALSE(files_with(folder_.path(), "Secret").empty());
  EXPECT_GT(store.forget("ann").listens, 1000U);
  EXPECT_THAT(files_with(folder_.path(), "Secret"), ::testing::IsEmpty());
  EXPECT_THAT(files_with(folder_.path(), "ann"), ::testing::IsEmpty());
  EXPECT_THAT(files_with(folder_.path(), "Other Song"), ::testing::Not(::testing::IsEmpty()));
}

TEST_F(SqliteStoreTest, removed_listens_leave_every_file) {
  SqliteStore store(file());
  StoredListen one = listen("bob", 7, "Secret Song");
  one.msid = "m";
  store.add(std::vector{one});
  EXPECT_TRUE(store.remove("bob", 7, "m"));
  EXPECT_THAT(files_with(folder_.path(), "Secret"), ::testing::IsEmpty());
}

// A reader of the old state keeps the log; the next write after it has gone cuts it off.
TEST_F(SqliteStoreTest, a_reader_only_delays_that_deleted_listens_leave_the_disk) {
  SqliteStore store(file());
  fill_for_ann(store);
  store.for_each_listen([&](const StoredListen&) {
    EXPECT_GT(store.forget("ann").listens, 1000U);
    return false;
  });
  store.add(std::vector{listen("bob", 9, "Other Song")});
  EXPECT_THAT(files_with(folder_.path(), "Secret"), ::testing::IsEmpty());
}

TEST(SqliteConnection, reports_a_full_disk_and_changes_nothing) {
  const testing::Scratch folder;
  SqliteConnection connection(folder.path() / "full.sqlite", SqliteConnection::Mode::create);
  connection.run("CREATE TABLE texts (text TEXT NOT NULL); PRAGMA max_page_count = 8");
  const auto fill = [&] {
    SqliteTransaction transaction(connection);
    connection.run("INSERT INTO texts VALUES ('first'), (hex(zeroblob(100000)))");
    transaction.commit();
  };
  EXPECT_ERROR(fill(), ErrorCode::no_space, "full");
  SqliteStatement rows(connection, "SELECT count(*) FROM texts");
  ASSERT_TRUE(rows.step());
  EXPECT_EQ(rows.number(0), 0);
}

}  // namespace
}  // namespace segue::store
