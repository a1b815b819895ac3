#include <gtest/gtest.h>

#include "segue/base/error.h"
#include "segue/store/sqlite_store.h"

#include "tests/support/expect_error.h"
#include "tests/support/memory_store.h"
#include "tests/support/scratch.h"

namespace segue {
namespace {

std::vector<StoredListen> at_one_second(int count) {
  std::vector<StoredListen> listens;
  for (int i = 0; i < count; ++i) {
    StoredListen one;
    one.user = "ann";
    one.listened_at = 5;
    one.title = "t" + std::to_string(i);
    one.msid = msid_of(one);
    listens.push_back(one);
  }
  return listens;
}

std::vector<std::string> msids(const std::vector<StoredListen>& listens) {
  std::vector<std::string> msids;
  for (const StoredListen& one : listens) msids.push_back(one.msid);
  return msids;
}

TEST(SqliteStoreOrder, ListensOfOneSecondComeInOneOrderHoweverAskedFor) {
  const testing::Scratch folder;
  SqliteStore store(folder.path() / "listens.sqlite");
  testing::MemoryStore twin;
  store.add(at_one_second(6));
  twin.add(at_one_second(6));
  const ListenRange newest{.min_ts = {}, .max_ts = {}, .count = 25};
  const ListenRange oldest{.min_ts = 0, .max_ts = {}, .count = 25};
  EXPECT_EQ(msids(store.listens_of("ann", newest)), msids(twin.listens_of("ann", newest)));
  EXPECT_EQ(msids(store.listens_of("ann", oldest)), msids(store.listens_of("ann", newest)));
}

TEST(SqliteConnection, SaysThatThereIsNoSpaceAndChangesNothing) {
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
}  // namespace segue
