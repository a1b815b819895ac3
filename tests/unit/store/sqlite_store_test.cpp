#include "segue/store/sqlite_store.h"

#include <csignal>

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

TEST_F(SqliteStoreTest, opens_early_stores_without_an_application_id) {
  { SqliteStore(file()).add(std::vector{listen("ann", 1, "a")}); }
  SqliteConnection(file(), SqliteConnection::Mode::create).run("PRAGMA application_id = 0");
  EXPECT_EQ(SqliteStore(file()).listen_count("ann"), 1U);
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
  EXPECT_ERROR(store.add(many), ErrorCode::io_failed, "listens.sqlite");
  ASSERT_EQ(setrlimit(RLIMIT_FSIZE, &before), 0);
  std::signal(SIGXFSZ, handler);

  EXPECT_EQ(store.listen_count("ann"), 1U);
  EXPECT_EQ(store.add(many).added, many.size());
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
