// Tests that every kind of store passes.
#include "segue/store/store.h"

#include <algorithm>
#include <limits>
#include <map>
#include <new>
#include <thread>

#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include "segue/store/postgres.h"

#include "tests/support/expect_error.h"
#include "tests/support/listens.h"
#include "tests/support/memory_store.h"
#include "tests/support/postgres_server.h"
#include "tests/support/scratch.h"

namespace segue::store {
namespace {

using testing::listen;
using testing::msids;
using testing::times;

class StoreTest : public ::testing::TestWithParam<std::string> {
 protected:
  StoreTest()
      : place_(GetParam() == "sqlite" ? (folder_ / "listens.sqlite").string()
                                      : testing::PostgresServer::shared().make_database()) {}
  // This test's store; empty the first time.
  std::unique_ptr<ListenStore> open() const { return open_store(place_); }

 private:
  testing::Scratch folder_;
  std::string place_;
};

INSTANTIATE_TEST_SUITE_P(Kinds, StoreTest, ::testing::Values("sqlite", "postgresql"),
                         [](const auto& kind) { return kind.param; });

TEST(OpenStore, refuses_names_that_are_no_file_of_this_name) {
  for (const std::string name : {"", ":memory:", "file:listens.sqlite", "file::memory:?cache=shared"}) {
    EXPECT_ERROR((void)open_store(name), ErrorCode::wrong_use, "--store: expected the path of an SQLite file");
  }
  EXPECT_ERROR((void)open_store(":memory:"), ErrorCode::wrong_use, "for a file of this name, write ./:memory:");
  for (const std::string url : {"mysql://ann:secret@db/x", "PostgreSQL://ann:secret@db/x", "postgres//ann:secret@db/x",
                                "postgresql:/ann//secret", "host=db user=ann password=secret"}) {
    EXPECT_ERROR((void)open_store(url), ErrorCode::wrong_use, "postgresql://USER@HOST/DATABASE");
  }
}

TEST(OpenStore, messages_contain_no_password) {
  for (const std::string url :
       {"mysql://ann:secret@db/x", "postgres//ann:secret@db/x", "host=db user=ann password=secret"}) {
    try {
      (void)open_store(url);
      ADD_FAILURE() << url;
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos) << error.what();
    }
  }
}

TEST(OpenStore, opens_a_file_called_memory) {
  const testing::Scratch folder;
  { (void)open_store((folder / ":memory:").string())->add(std::vector{listen("ann", 1, "a")}); }
  EXPECT_EQ(open_store((folder / ":memory:").string())->listen_count("ann"), 1U);
}

TEST_P(StoreTest, keeps_a_listen_as_submitted) {
  StoredListen sent = listen("ann", 100, "O'Brien; DROP TABLE listens;--", "\"Fairuz\" فيروز");
  sent.release = "%_\\";
  sent.song_id = "spotify:track:1";
  sent.recording_mbid = "m";
  sent.track_metadata = R"({"artist_name":"x","additional_info":{"unknown":[1,{"a":null}]}})";
  {
    const std::unique_ptr<ListenStore> store = open();
    EXPECT_EQ(store->add(std::span(&sent, 1)).added, 1U);
  }
  const std::unique_ptr<ListenStore> again = open();
  const std::vector<StoredListen> found = again->listens_of("ann", {});
  ASSERT_EQ(found.size(), 1U);
  EXPECT_EQ(found[0].title, sent.title);
  EXPECT_EQ(found[0].artist, sent.artist);
  EXPECT_EQ(found[0].release, sent.release);
  EXPECT_EQ(found[0].song_id, sent.song_id);
  EXPECT_EQ(found[0].track_metadata, sent.track_metadata);
  EXPECT_EQ(found[0].msid, sent.msid);
  EXPECT_GT(found[0].inserted_at, 1'600'000'000);
}

TEST_P(StoreTest, counts_known_listens_without_adding_them_again) {
  const std::unique_ptr<ListenStore> store = open();
  const std::vector<StoredListen> sent = {listen("ann", 1, "a"), listen("ann", 1, "b"), listen("ann", 1, "A")};
  const AddedListens first = store->add(sent);  // "a" and "A" are one song
  EXPECT_EQ(first.added, 2U);
  EXPECT_EQ(first.known, 1U);
  const AddedListens second = store->add(sent);
  EXPECT_EQ(second.added, 0U);
  EXPECT_EQ(second.known, 3U);
  EXPECT_EQ(store->listen_count("ann"), 2U);
}

TEST_P(StoreTest, finds_listens_by_when_they_were_inserted) {
  const std::unique_ptr<ListenStore> store = open();
  StoredListen first = listen("ann", 100, "a");
  first.song_id = "spotify:track:1";
  store->add(std::vector{first, listen("bob", 50, "b")});
  const std::int64_t at = store->listens_of("ann", {}).front().inserted_at;
  const auto inserted = [&](std::int64_t from, std::int64_t to) {
    std::vector<std::string> found;
    store->for_each_inserted(from, to, [&](const StoredListen& one) {
      EXPECT_GE(one.inserted_at, from);
      EXPECT_LT(one.inserted_at, to);
      found.push_back(one.user + " " + one.title + " " + one.song_id);
      return true;
    });
    std::ranges::sort(found);
    return found;
  };
  EXPECT_EQ(inserted(at, at + 60), (std::vector<std::string>{"ann a spotify:track:1", "bob b "}));
  EXPECT_EQ(inserted(at + 60, at + 120), std::vector<std::string>{});
  EXPECT_EQ(inserted(0, at), std::vector<std::string>{});
  std::size_t seen = 0;
  store->for_each_inserted(0, at + 60, [&](const StoredListen&) { return ++seen < 1; });
  EXPECT_EQ(seen, 1U);
}

TEST_P(StoreTest, pages_as_listenbrainz_does) {
  const std::unique_ptr<ListenStore> store = open();
  std::vector<StoredListen> sent;
  for (std::int64_t at = 1; at <= 9; ++at) sent.push_back(listen("ann", at, "t" + std::to_string(at)));
  sent.push_back(listen("bob", 5, "other"));
  store->add(sent);
  using Times = std::vector<std::int64_t>;
  const auto page = [&](std::optional<std::int64_t> min_ts, std::optional<std::int64_t> max_ts, std::size_t count) {
    return times(store->listens_of("ann", {.min_ts = min_ts, .max_ts = max_ts, .count = count}));
  };
  EXPECT_EQ(page({}, {}, 3), (Times{9, 8, 7}));
  EXPECT_EQ(page({}, 7, 3), (Times{6, 5, 4}));
  EXPECT_EQ(page(2, {}, 3), (Times{5, 4, 3}));  // the oldest after it, newest first
  EXPECT_EQ(page(2, 5, 25), (Times{4, 3}));
  EXPECT_EQ(page(9, {}, 3), (Times{}));
  EXPECT_EQ(page({}, {}, 0), (Times{}));
}

TEST_P(StoreTest, listens_of_one_second_have_a_fixed_order) {
  const std::unique_ptr<ListenStore> store = open();
  testing::MemoryStore twin;
  std::vector<StoredListen> sent;
  for (int i = 0; i < 6; ++i) sent.push_back(listen("ann", 5, "t" + std::to_string(i)));
  store->add(sent);
  twin.add(sent);
  const ListenRange newest{.min_ts = {}, .max_ts = {}, .count = 25};
  const ListenRange oldest{.min_ts = 0, .max_ts = {}, .count = 25};
  EXPECT_EQ(msids(store->listens_of("ann", newest)), msids(twin.listens_of("ann", newest)));
  EXPECT_EQ(msids(store->listens_of("ann", oldest)), msids(store->listens_of("ann", newest)));
}

// The newest listen of each song by its title and id, and what newest_of() says of all songs but the first `skipped`.
struct SongsOfUser {
  std::map<std::string, std::int64_t> songs;
  std::vector<std::pair<std::string, std::int64_t>> newest;
  bool operator==(const SongsOfUser&) const = default;
};

SongsOfUser songs_of(ListenStore& store, std::string_view user, std::size_t count, std::string_view skipped = "") {
  const auto name_of = [](const StoredListen& one) { return one.title + "/" + one.song_id + "/" + one.recording_mbid; };
  SongsOfUser found;
  std::vector<StoredListen> songs;
  store.for_each_song(user, [&](const StoredListen& song) {
    EXPECT_EQ(song.user, user);
    EXPECT_EQ(song.track_metadata, "");
    EXPECT_TRUE(found.songs.emplace(name_of(song), song.listened_at).second) << name_of(song);
    if (song.title != skipped) songs.push_back(song);
    return true;
  });
  for (const SongTime& one : store.newest_of(user, songs, count)) {
    found.newest.emplace_back(name_of(songs.at(one.song)), one.listened_at);
  }
  return found;
}

TEST_P(StoreTest, finds_every_song_of_a_user_and_their_newest_listens) {
  const std::unique_ptr<ListenStore> store = open();
  testing::MemoryStore twin;
  std::vector<StoredListen> sent;
  for (std::int64_t at = 0; at < 200; ++at) {
    sent.push_back(listen("ann", at, "t" + std::to_string(at * at % 23)));
    if (at % 3 == 0) sent.back().song_id = at % 2 == 0 ? "a" : std::string(3000, 'b');
    if (at % 7 == 0) sent.back().recording_mbid = "m";
    sent.push_back(listen("bob", at, "other"));
  }
  for (const std::string title : {"x", "y", "z"}) sent.push_back(listen("ann", 300, title));  // one second
  sent.push_back(listen("ann", 400, "unknown"));
  store->add(sent);
  twin.add(sent);
  for (const std::size_t count : {0U, 1U, 2U, 3U, 10U, 150U, 1000U}) {
    EXPECT_EQ(songs_of(*store, "ann", count), songs_of(twin, "ann", count)) << count;
    const SongsOfUser known = songs_of(*store, "ann", count, "unknown");
    EXPECT_EQ(known, songs_of(twin, "ann", count, "unknown")) << count;
    EXPECT_EQ(known.newest.size(), std::min<std::size_t>(count, 203)) << count;
  }
  EXPECT_EQ(songs_of(*store, "nobody", 10), SongsOfUser());
  EXPECT_EQ(songs_of(*store, "bob", 2).songs.size(), 1U);
  EXPECT_TRUE(store->remove("ann", 400, sent.back().msid));
  EXPECT_EQ(songs_of(*store, "ann", 1).newest.at(0).second, 300);
  int calls = 0;
  store->for_each_song("ann", [&](const StoredListen&) { return ++calls < 2; });
  EXPECT_EQ(calls, 2);
  EXPECT_THROW(store->for_each_song("ann", [](const StoredListen&) -> bool { throw std::bad_alloc(); }),
               std::bad_alloc);
  store->check();
}

TEST_P(StoreTest, counts_the_listens_of_each_song_between_two_times) {
  const std::unique_ptr<ListenStore> store = open();
  testing::MemoryStore twin;
  std::vector<StoredListen> sent;
  for (std::int64_t at = 0; at < 60; ++at) {
    sent.push_back(listen(at % 7 == 0 ? "bob" : "ann", at, std::string(1, static_cast<char>('a' + at % 5))));
    if (at % 3 == 0) sent.back().song_id = "id";
    if (at % 4 == 0) sent.back().artist = "NINA";  // the same msid
  }
  store->add(sent);
  twin.add(sent);
  using Range = std::pair<std::int64_t, std::int64_t>;
  const auto counts = [](ListenStore& of, Range range) {
    std::map<std::string, std::uint64_t> found;
    of.for_each_count("ann", range.first, range.second, [&](const SongCount& one) {
      const StoredListen& newest = one.newest;
      EXPECT_EQ(newest.user, "ann");
      EXPECT_EQ(newest.track_metadata, "");
      found[newest.title + '|' + newest.artist + '|' + newest.song_id + '|' + std::to_string(newest.listened_at)] =
          one.listens;
      return true;
    });
    return found;
  };
  const std::int64_t most = std::numeric_limits<std::int64_t>::max();
  for (const Range& range : {Range(0, most), Range(10, 31), Range(31, 32), Range(60, 90)}) {
    EXPECT_EQ(counts(*store, range), counts(twin, range)) << range.first;
  }
  EXPECT_EQ(counts(*store, {0, 4}),
            (std::map<std::string, std::uint64_t>{{"b|Nina||1", 1}, {"c|Nina||2", 1}, {"d|Nina|id|3", 1}}));
  std::size_t seen = 0;
  store->for_each_count("ann", 0, most, [&](const SongCount&) { return ++seen < 2; });
  EXPECT_EQ(seen, 2U);
}

TEST_P(StoreTest, keeps_the_first_playlist_of_a_time) {
  const StoredPlaylist first{"p1", "ann", "weekly-jams", 700, 705, "[\"é\"]"};
  {
    const std::unique_ptr<ListenStore> store = open();
    EXPECT_EQ(store->keep_playlist(first, 0), first);
  }
  const std::unique_ptr<ListenStore> store = open();
  testing::MemoryStore twin;
  for (ListenStore* const one : {store.get(), static_cast<ListenStore*>(&twin)}) {
    EXPECT_EQ(one->keep_playlist(first, 0), first);
    const StoredPlaylist again{"p2", "ann", "weekly-jams", 700, 709, "[]"};
    EXPECT_EQ(one->keep_playlist(again, 0), first);
    EXPECT_EQ(one->playlist("p1"), first);
    EXPECT_EQ(one->playlist("p2"), std::nullopt);
    const StoredPlaylist daily{"p3", "ann", "daily-jams", 700, 706, "[]"};
    const StoredPlaylist of_bob{"p4", "bob", "weekly-jams", 700, 706, "[]"};
    const StoredPlaylist next{"p5", "ann", "weekly-jams", 1400, 1406, "[]"};
    for (const StoredPlaylist& other : {daily, of_bob, next}) EXPECT_EQ(one->keep_playlist(other, 700), other);
    EXPECT_EQ(one->playlists_of("ann"), (std::vector{next, daily, first}));
    const StoredPlaylist last{"p6", "ann", "weekly-jams", 2100, 2106, "[]"};
    one->keep_playlist(last, 1400);  // the first is too old by now
    EXPECT_EQ(one->playlists_of("ann"), (std::vector{last, next, daily}));
    EXPECT_EQ(one->playlists_of("bob"), std::vector{of_bob});
    one->forget("ann");
    EXPECT_TRUE(one->playlists_of("ann").empty());
    EXPECT_EQ(one->playlist("p5"), std::nullopt);
    EXPECT_EQ(one->playlists_of("bob"), std::vector{of_bob});
  }
}

TEST_P(StoreTest, keeps_skips_apart_from_listens) {
  StoredListen skip = listen("ann", 7, "O'Brien\"", "فيروز");
  skip.release = "%_\\";
  skip.song_id = "spotify:track:1";
  skip.recording_mbid = "m";
  { open()->add(std::vector{listen("ann", 7, "a")}); }
  {
    const std::unique_ptr<ListenStore> store = open();
    const std::vector sent = {skip, listen("ann", 9, "b"), skip, listen("bob", 8, "a")};
    AddedListens added = store->add_skips(sent);
    EXPECT_EQ(added.added, 3U);
    EXPECT_EQ(added.known, 1U);
    added = store->add_skips(sent);
    EXPECT_EQ(added.added, 0U);
    EXPECT_EQ(added.known, 4U);
    EXPECT_EQ(store->add_skips({}).added, 0U);
  }
  const std::unique_ptr<ListenStore> store = open();
  const std::vector<StoredListen> skips = store->skips_of("ann", 9);
  ASSERT_EQ(times(skips), (std::vector<std::int64_t>{9, 7}));
  EXPECT_EQ(times(store->skips_of("ann", 1)), std::vector<std::int64_t>{9});
  const auto texts = [](const StoredListen& one) {
    return std::vector{one.user, one.artist, one.title, one.release, one.song_id, one.recording_mbid, one.msid};
  };
  EXPECT_EQ(texts(skips.back()), texts(skip));
  std::vector<std::string> every;
  store->for_each_skip([&](const StoredListen& one) {
    every.push_back(one.user + " " + one.title);
    return every.size() < 2;
  });
  EXPECT_EQ(every, (std::vector<std::string>{"ann " + skip.title, "ann b"}));
  EXPECT_EQ(times(store->listens_of("ann", {})), std::vector<std::int64_t>{7});
  EXPECT_EQ(store->facts().listens, 1U);
  EXPECT_EQ(store->users("", 9), std::vector<std::string>{"ann"});
  EXPECT_EQ(store->forget("ann").listens, 3U);
  EXPECT_TRUE(store->skips_of("ann", 9).empty());
  EXPECT_EQ(times(store->skips_of("bob", 9)), std::vector<std::int64_t>{8});
}

TEST_P(StoreTest, removes_what_is_older_in_batches) {
  const std::unique_ptr<ListenStore> store = open();
  std::vector<StoredListen> listens;
  for (const char* const user : {"ann", "bob", "cat"}) {
    for (int i = 0; i < 10; ++i) listens.push_back(listen(user, 100 + i, "a"));
  }
  store->add(listens);
  store->add_skips(std::vector<StoredListen>{listen("dan", 90, "a"), listen("dan", 104, "a")});
  EXPECT_EQ(store->remove_older(100, 8), 1U);  // the skip of a user without listens
  EXPECT_EQ(store->remove_older(100, 8), 0U);
  std::uint64_t removed = 0;
  int batches = 0;
  for (std::uint64_t batch = 1; batch > 0; removed += batch, ++batches) {
    batch = store->remove_older(104, 5);
    EXPECT_LE(batch, 5U);
  }
  EXPECT_EQ(removed, 12U);
  EXPECT_EQ(batches, 4);
  for (const char* const user : {"ann", "bob", "cat"}) {
    EXPECT_EQ(times(store->listens_of(user, {.min_ts = std::nullopt, .max_ts = std::nullopt, .count = 99})),
              (std::vector<std::int64_t>{109, 108, 107, 106, 105, 104}));
  }
  EXPECT_EQ(times(store->skips_of("dan", 9)), std::vector<std::int64_t>{104});
}

TEST_P(StoreTest, forgets_only_the_user) {
  const std::unique_ptr<ListenStore> store = open();
  const std::vector<StoredListen> sent = {listen("ann", 1, "a"), listen("bob", 1, "b")};
  store->add(sent);
  store->set_feedback({.user = "ann",
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
  store->add_token(token);
  store->set_latest_import("ann", "lastfm", 77);
  EXPECT_EQ(store->latest_import("ann", "lastfm"), 77);
  const std::vector<Feedback> hated = store->feedback_of("ann", -1, 10, 0);
  ASSERT_EQ(hated.size(), 1U);
  EXPECT_EQ(hated[0].title, "a");  // of the listen with this msid

  const Forgotten forgotten = store->forget("ann");
  EXPECT_EQ(forgotten.listens, 1U);
  EXPECT_EQ(forgotten.feedback, 1U);
  EXPECT_EQ(forgotten.tokens, 1U);
  EXPECT_EQ(store->listen_count("ann"), 0U);
  EXPECT_EQ(store->latest_import("ann", "lastfm"), 0);
  EXPECT_FALSE(store->token_by_hash("h"));
  EXPECT_EQ(store->users("", 10), std::vector<std::string>{"bob"});
}

TEST_P(StoreTest, adds_from_many_threads_at_once) {
  const std::unique_ptr<ListenStore> store = open();
  constexpr std::int64_t kThreads = 8;
  constexpr std::int64_t kEach = 40;
  std::vector<std::jthread> threads;
  for (std::int64_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&store, thread] {
      for (std::int64_t i = 0; i < kEach; ++i) {
        // Every other listen is sent by two threads.
        const std::int64_t at = i % 2 == 0 ? i : thread * 1000 + i;
        store->add(std::vector{listen("ann", at, "t"), listen("u" + std::to_string(thread), i, "t")});
        (void)store->listen_count("ann");
      }
    });
  }
  threads.clear();
  EXPECT_EQ(store->listen_count("ann"), static_cast<std::uint64_t>(kEach / 2 + kThreads * kEach / 2));
  EXPECT_EQ(store->facts().listens, static_cast<std::uint64_t>(kEach / 2 + kThreads * kEach / 2 + kThreads * kEach));
  EXPECT_EQ(store->facts().users, static_cast<std::uint64_t>(kThreads + 1));
}

// Texts that a careless statement, pattern or collation would mistake for something else.
const std::vector<std::string>& nasty_texts() {
  static const std::vector<std::string> kTexts = {"",
                                                  "'; DROP TABLE listens; --",
                                                  "\"; DELETE FROM segue.tokens; --",
                                                  "$1",
                                                  "?",
                                                  "{a,\"b\",NULL}",
                                                  "NULL",
                                                  "\\",
                                                  "\\x41",
                                                  "%",
                                                  "_",
                                                  "a%",
                                                  "\n\t",
                                                  "E'\\''",
                                                  "Z",
                                                  "a",
                                                  "B",
                                                  "b",
                                                  "é",
                                                  "e\u0301",
                                                  "ß",
                                                  "ｚ",
                                                  "\U0001F3B5",
                                                  std::string(3000, '\'')};
  return kTexts;
}

TEST_P(StoreTest, keeps_every_text_in_every_column) {
  const std::unique_ptr<ListenStore> store = open();
  for (const std::string& text : nasty_texts()) {
    // Key columns are limited in length.
    const std::string key = text.substr(0, 500);
    StoredListen one;
    one.user = one.msid = key;
    one.artist = one.title = one.release = one.song_id = one.recording_mbid = one.track_metadata = text;
    one.listened_at = -5;
    EXPECT_EQ(store->add(std::span(&one, 1)).added, 1U) << text;
    const std::vector<StoredListen> found = store->listens_of(key, {});
    ASSERT_EQ(found.size(), 1U) << text;
    for (const auto member :
         {&StoredListen::user, &StoredListen::artist, &StoredListen::title, &StoredListen::release,
          &StoredListen::song_id, &StoredListen::recording_mbid, &StoredListen::track_metadata, &StoredListen::msid}) {
      EXPECT_EQ(found[0].*member, one.*member);
    }
    EXPECT_EQ(found[0].listened_at, -5);

    Feedback feedback;
    feedback.user = feedback.msid = feedback.recording_mbid = feedback.song_id = key;
    feedback.score = 1;
    store->set_feedback(feedback);
    feedback.score = -1;
    store->set_feedback(feedback);
    const std::vector<Feedback> hated = store->feedback_of(key, {}, 10, 0);
    ASSERT_EQ(hated.size(), 1U) << text;
    EXPECT_EQ(hated[0].song_id, key);
    EXPECT_EQ(hated[0].title, key.empty() ? "" : text);
    EXPECT_EQ(hated[0].score, -1);
    store->set_latest_import(key, key, 1);
    store->set_latest_import(key, key, 9);
    EXPECT_EQ(store->latest_import(key, key), 9);

    StoredToken token;
    token.id = token.hash = token.user = key;
    token.name = text;
    token.submit = true;
    store->add_token(token);
    const std::optional<StoredToken> kept = store->token_by_hash(key);
    ASSERT_TRUE(kept) << text;
    EXPECT_EQ(kept->name, text);
    EXPECT_FALSE(kept->read);
    EXPECT_TRUE(kept->submit);
    EXPECT_FALSE(kept->admin);
    EXPECT_EQ(store->users(key, 1), std::vector{key});
  }
  EXPECT_EQ(store->facts().kind, GetParam());
  EXPECT_EQ(store->facts().listens, nasty_texts().size());
  EXPECT_EQ(store->facts().users, nasty_texts().size());
  EXPECT_EQ(store->tokens().size(), nasty_texts().size());
  for (const std::string& text : nasty_texts()) {
    const std::string key = text.substr(0, 500);
    EXPECT_TRUE(store->remove(key, -5, key));
    EXPECT_FALSE(store->remove(key, -5, key));
    EXPECT_TRUE(store->remove_token(key));
    EXPECT_FALSE(store->remove_token(key));
    EXPECT_EQ(store->forget(key).feedback, 1U);
  }
  EXPECT_EQ(store->facts().listens, 0U);
}

TEST_P(StoreTest, orders_texts_by_their_bytes) {
  const std::unique_ptr<ListenStore> store = open();
  testing::MemoryStore twin;
  for (const std::string& text : nasty_texts()) {
    for (const std::string title : {"a", "B", "é"}) {
      StoredListen one = listen(text.substr(0, 500), 1, title);
      one.msid = title;
      store->add(std::span(&one, 1));
      twin.add(std::span(&one, 1));
    }
  }
  const auto all = [](ListenStore& of) {
    std::vector<std::string> names;
    of.for_each_listen([&](const StoredListen& one) {
      names.push_back(one.user + "/" + one.msid);
      return true;
    });
    return names;
  };
  EXPECT_EQ(all(*store), all(twin));
  for (const std::string prefix : {"", "a", "%", "_", "z", "é"}) {
    for (const std::size_t most : {0U, 1U, 5U, 100U}) EXPECT_EQ(store->users(prefix, most), twin.users(prefix, most));
  }
}

TEST_P(StoreTest, streams_every_listen_and_stops_on_request) {
  const std::unique_ptr<ListenStore> store = open();
  constexpr std::int64_t kListens = 12'000;  // more than one statement inserts or one fetch returns
  std::vector<StoredListen> sent;
  for (std::int64_t at = kListens; at > 0; --at) sent.push_back(listen("ann", at, "t"));
  sent.push_back(sent.front());
  const AddedListens added = store->add(sent);
  EXPECT_EQ(added.added, static_cast<std::size_t>(kListens));
  EXPECT_EQ(added.known, 1U);
  std::int64_t last = 0;
  store->for_each_listen([&](const StoredListen& one) {
    EXPECT_EQ(one.listened_at, ++last);
    if (last == 1) {  // calls from within the callback
      EXPECT_EQ(store->listen_count("ann"), static_cast<std::uint64_t>(kListens));
    }
    return true;
  });
  EXPECT_EQ(last, kListens);
  const auto stop = [&](const StoredListen&) { return --last > kListens / 2; };
  store->for_each_listen(stop);
  EXPECT_EQ(last, kListens / 2);
  EXPECT_THROW(store->for_each_listen([](const StoredListen&) -> bool { throw std::bad_alloc(); }), std::bad_alloc);
  store->check();
}

TEST_P(StoreTest, pages_feedback_newest_first) {
  const std::unique_ptr<ListenStore> store = open();
  for (int i = 0; i < 6; ++i) {
    Feedback feedback;
    feedback.user = "ann";
    feedback.song_id = std::to_string(i);
    feedback.score = i % 2 == 0 ? 1 : -1;
    feedback.created = i;
    store->set_feedback(feedback);
  }
  const auto page = [&](std::optional<int> score, std::size_t count, std::size_t offset) {
    std::string ids;
    for (const Feedback& one : store->feedback_of("ann", score, count, offset)) ids += one.song_id;
    return ids;
  };
  EXPECT_EQ(page({}, 100, 0), "543210");
  EXPECT_EQ(page(1, 2, 1), "20");
  EXPECT_EQ(page(-1, std::numeric_limits<std::size_t>::max(), 0), "531");
  EXPECT_EQ(page({}, 5, 6), "");
  Feedback taken_back;
  taken_back.user = "ann";
  taken_back.song_id = "3";
  store->set_feedback(taken_back);
  EXPECT_EQ(page(-1, 100, 0), "51");
}

TEST_P(StoreTest, refuses_a_duplicate_token) {
  const std::unique_ptr<ListenStore> store = open();
  StoredToken token;
  token.id = "id";
  token.hash = "hash";
  store->add_token(token);
  EXPECT_ERROR(store->add_token(token), ErrorCode::io_failed, "");
  token.id = "other";
  EXPECT_ERROR(store->add_token(token), ErrorCode::io_failed, "");
  EXPECT_EQ(store->tokens().size(), 1U);
}

// After any sequence of calls it answers like the plain store in memory.
void agrees_with_its_twin(ListenStore& store) {
  testing::MemoryStore twin;
  const auto user = [] { return *rc::gen::element<std::string>("ann", "bob", "a'b", "%"); };
  const auto title = [] { return *rc::gen::element<std::string>("x", "X", "y", "\"", "é"); };
  const int steps = *rc::gen::inRange(1, 25);
  for (int step = 0; step < steps; ++step) {
    const std::string who = user();
    const std::int64_t at = *rc::gen::inRange<std::int64_t>(0, 12);
    switch (*rc::gen::inRange(0, 5)) {
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
      case 3: {
        const std::vector sent = {listen(who, at, title()), listen(user(), at, title())};
        const AddedListens a = store.add_skips(sent);
        const AddedListens b = twin.add_skips(sent);
        RC_ASSERT(a.added == b.added && a.known == b.known);
        break;
      }
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
    RC_ASSERT(msids(store.skips_of(who, 3)) == msids(twin.skips_of(who, 3)));
    RC_ASSERT(songs_of(store, who, 3) == songs_of(twin, who, 3));
    RC_ASSERT(store.users("a", 10) == twin.users("a", 10));
  }
}

RC_GTEST_PROP(StoreProperty, sqlite_agrees_with_the_store_in_memory, ()) {
  const testing::Scratch folder;
  agrees_with_its_twin(*open_store(folder / "listens.sqlite"));
}

RC_GTEST_PROP(StoreProperty, postgresql_agrees_with_the_store_in_memory, ()) {
  static const std::string kDatabase = testing::PostgresServer::shared().make_database();
  PostgresConnection(postgres_place(kDatabase)).run("DROP SCHEMA IF EXISTS segue CASCADE");
  agrees_with_its_twin(*open_store(kDatabase));
}

TEST_P(StoreTest, keeps_the_newest_change_to_each_song_of_the_catalogue) {
  const std::unique_ptr<ListenStore> store = open();
  EXPECT_TRUE(store->catalogue_changes(0).empty());
  const StoredSongChange a = store->set_catalogue_change("a", R"({"blocked":true})", 100);
  const StoredSongChange b = store->set_catalogue_change("b'; DROP--", R"({"explicit":true})", 101);
  EXPECT_EQ(a, (StoredSongChange{"a", R"({"blocked":true})", a.version, 100}));
  EXPECT_GT(b.version, a.version);
  EXPECT_EQ(store->catalogue_changes(0), (std::vector{a, b}));
  const StoredSongChange again = store->set_catalogue_change("a", R"({"blocked":false})", 102);
  EXPECT_GT(again.version, b.version);
  EXPECT_EQ(store->catalogue_changes(a.version), (std::vector{b, again}));
  EXPECT_EQ(open()->catalogue_changes(b.version), (std::vector{again}));
}

TEST_P(StoreTest, a_withdrawn_change_is_one_that_others_have_to_see) {
  const std::unique_ptr<ListenStore> store = open();
  EXPECT_EQ(store->set_catalogue_change("a", "", 100).version, 0);
  EXPECT_TRUE(store->catalogue_changes(0).empty());
  const StoredSongChange a = store->set_catalogue_change("a", "{}", 101);
  const StoredSongChange gone = store->set_catalogue_change("a", "", 102);
  EXPECT_EQ(gone.content, "");
  EXPECT_EQ(store->catalogue_changes(a.version), (std::vector{gone}));
}

TEST_P(StoreTest, keeps_new_songs_apart_from_changes_to_the_catalogue) {
  const std::unique_ptr<ListenStore> store = open();
  const StoredSongChange a = store->set_new_song("a", R"({"title":"A"})", 100);
  EXPECT_EQ(store->set_new_song("b", "", 100).version, 0);
  const StoredSongChange changed = store->set_catalogue_change("a", R"({"blocked":true})", 101);
  EXPECT_EQ(store->new_songs(0), (std::vector{a}));
  EXPECT_EQ(store->catalogue_changes(0), (std::vector{changed}));
  const StoredSongChange gone = store->set_new_song("a", "", 102);
  EXPECT_EQ(open()->new_songs(a.version), (std::vector{gone}));
  EXPECT_EQ(store->catalogue_changes(0), (std::vector{changed}));
}

// A poll must never see a version before all below it are visible.
TEST_P(StoreTest, changes_by_many_become_visible_in_the_order_of_their_versions) {
  constexpr int kWriters = 4;
  constexpr int kChanges = 25;
  const std::unique_ptr<ListenStore> store = open();
  std::atomic<int> left = kWriters;
  std::vector<std::jthread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([&, writer] {
      for (int i = 0; i < kChanges; ++i) {
        (void)store->set_catalogue_change(std::to_string(writer * kChanges + i), "{}", 1);
      }
      --left;
    });
  }
  std::int64_t polled = 0;
  std::size_t seen = 0;
  for (bool is_over = false; !is_over;) {
    is_over = left == 0;  // then one more look sees everything
    for (const StoredSongChange& change : store->catalogue_changes(polled)) {
      EXPECT_EQ(change.version, polled + 1);
      polled = change.version;
      ++seen;
    }
  }
  EXPECT_EQ(seen, static_cast<std::size_t>(kWriters * kChanges));
}

}  // namespace
}  // namespace segue::store
