// Events in every kind of store.
#include "segue/store/events.h"

#include <thread>

#include <gtest/gtest.h>

#include "segue/store/store.h"

#include "tests/support/listens.h"
#include "tests/support/memory_store.h"
#include "tests/support/postgres_server.h"
#include "tests/support/scratch.h"

namespace segue::store {
namespace {

StoredEvent event_on(const std::string& list, std::uint32_t position, ListEvent event, std::string user = "ann") {
  return {.list = list,
          .made_at = 100,
          .position = position,
          .song = "song " + std::to_string(position),
          .event = event,
          .played_ms = {},
          .happened_at = 120,
          .user = std::move(user)};
}

std::vector<StoredEvent> events_since(ListenStore& store, std::int64_t from) {
  std::vector<StoredEvent> found;
  store.for_each_event(from, [&](const StoredEvent& one) {
    found.push_back(one);
    return true;
  });
  return found;
}

class EventStoreTest : public ::testing::TestWithParam<std::string> {
 protected:
  EventStoreTest()
      : place_(GetParam() == "sqlite"   ? (folder_ / "listens.sqlite").string()
               : GetParam() == "memory" ? ""
                                        : testing::PostgresServer::shared().make_database()) {}
  std::unique_ptr<ListenStore> open() const {
    if (place_.empty()) return std::make_unique<testing::MemoryStore>();
    return open_store(place_);
  }
  const std::string& place() const { return place_; }

 private:
  testing::Scratch folder_;
  std::string place_;
};

INSTANTIATE_TEST_SUITE_P(Kinds, EventStoreTest, ::testing::Values("sqlite", "postgresql", "memory"),
                         [](const auto& kind) { return kind.param; });

TEST_P(EventStoreTest, keeps_an_event_as_reported) {
  StoredEvent play = event_on("list-1", 3, ListEvent::play, "O'Brien\" فيروز");
  play.song = "%_\\'; DROP TABLE events;--";
  play.played_ms = 0;
  const StoredEvent click = event_on("list-1", 3, ListEvent::click, "");
  const std::unique_ptr<ListenStore> store = open();
  EXPECT_EQ(store->add_events(std::vector{play, click}).added, 2U);
  if (place().empty()) {
    EXPECT_EQ(events_since(*store, 0), (std::vector{click, play}));
    return;
  }
  EXPECT_EQ(events_since(*open(), 0), (std::vector{click, play}));
}

TEST_P(EventStoreTest, counts_the_same_event_once) {
  const std::unique_ptr<ListenStore> store = open();
  const StoredEvent click = event_on("a", 1, ListEvent::click);
  StoredEvent later = click;
  later.happened_at = 999;
  AddedListens counts = store->add_events(std::vector{click, later, event_on("a", 2, ListEvent::click)});
  EXPECT_EQ(counts.added, 2U);
  EXPECT_EQ(counts.known, 1U);
  StoredEvent other_song = click;
  other_song.song = "another";
  counts = store->add_events(
      std::vector{later, event_on("b", 1, ListEvent::click), other_song, event_on("a", 1, ListEvent::save)});
  EXPECT_EQ(counts.added, 3U);
  EXPECT_EQ(counts.known, 1U);
  EXPECT_EQ(store->add_events({}).added, 0U);
  EXPECT_EQ(events_since(*store, 0)[1].happened_at, 120);  // as first reported
}

TEST_P(EventStoreTest, reads_and_drops_by_when_the_list_was_made) {
  const std::unique_ptr<ListenStore> store = open();
  std::vector<StoredEvent> events;
  for (std::uint32_t i = 1; i <= 5; ++i) {
    events.push_back(event_on("list " + std::to_string(9 - i), i, ListEvent::impression));
    events.back().made_at = i;
  }
  store->add_events(events);
  ASSERT_EQ(events_since(*store, 3).size(), 3U);
  EXPECT_EQ(events_since(*store, 3).front().list, "list 4");  // by list, not by time
  EXPECT_EQ(store->drop_events(3), 2U);
  EXPECT_EQ(store->drop_events(3), 0U);
  EXPECT_EQ(events_since(*store, 0).size(), 3U);
  int seen = 0;
  store->for_each_event(0, [&](const StoredEvent&) { return ++seen < 2; });
  EXPECT_EQ(seen, 2);
}

TEST_P(EventStoreTest, forgets_the_events_of_a_user_and_no_others) {
  const std::unique_ptr<ListenStore> store = open();
  store->add_events(std::vector{event_on("a", 1, ListEvent::click), event_on("b", 1, ListEvent::click, "bob"),
                                event_on("c", 1, ListEvent::click, "")});
  EXPECT_EQ(store->forget("ann").events, 1U);
  EXPECT_EQ(store->forget("ann").events, 0U);
  ASSERT_EQ(events_since(*store, 0).size(), 2U);
  EXPECT_EQ(events_since(*store, 0).front().user, "bob");
}

TEST_P(EventStoreTest, are_neither_listens_nor_skips) {
  const std::unique_ptr<ListenStore> store = open();
  store->add_events(std::vector{event_on("a", 1, ListEvent::play), event_on("a", 2, ListEvent::skip)});
  EXPECT_EQ(store->facts().listens, 0U);
  EXPECT_TRUE(store->skips_of("ann", 9).empty());
  EXPECT_TRUE(store->users("", 9).empty());
}

// More than one statement of PostgreSQL.
TEST_P(EventStoreTest, adds_many_at_once_beside_listens) {
  const std::unique_ptr<ListenStore> store = open();
  std::vector<StoredEvent> events;
  for (std::uint32_t i = 1; i <= 12'000; ++i) events.push_back(event_on("a", i, ListEvent::impression));
  std::jthread other([&] { store->add(std::vector{testing::listen("ann", 1, "a")}); });
  EXPECT_EQ(store->add_events(events).added, events.size());
  other.join();
  EXPECT_EQ(store->add_events(events).known, events.size());
  EXPECT_EQ(store->listen_count("ann"), 1U);
}

}  // namespace
}  // namespace segue::store
