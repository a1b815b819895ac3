// Which mentions are the same song.
#include "segue/data/dataset/song_register.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "segue/data/log/log_reader.h"
#include "segue/data/text/text.h"

namespace segue::data {
namespace {

using Texts = std::vector<std::string>;

// The ids of the songs that the mentions turn out to be, in the order of the mentions.
Texts ids(const std::vector<SongMention>& mentions, const SongRules& rules = {}) {
  SongRegister songs;
  std::vector<std::uint32_t> numbers;
  for (const SongMention& mention : mentions) numbers.push_back(songs.add(mention, {}));
  const ResolvedSongs resolved = songs.resolve(rules);
  Texts found;
  for (const std::uint32_t number : numbers) found.emplace_back(songs.id(resolved.song_of[number]));
  return found;
}

TEST(SongRegister, mentions_by_name_meet_the_id_of_that_name) {
  EXPECT_EQ(ids({{"i1", "Halo", "Beyoncé", ""}, {"", "HALO ", "BEYONCÉ", ""}}), (Texts{"i1", "i1"}));
  EXPECT_EQ(ids({{"", "Halo", "Beyoncé", ""}, {"i1", "Halo", "Beyonce", ""}}), (Texts{"beyoncé — halo", "i1"}));
  EXPECT_EQ(ids({{"i1", "Halo", "B", ""}, {"", "Halo", "B", ""}}, {false, false}), (Texts{"i1", "b — halo"}));
}

TEST(SongRegister, ids_of_one_kind_stay_apart_and_those_of_two_meet) {
  EXPECT_EQ(ids({{"spotify:track:1", "S", "A", ""}, {"spotify:track:2", "S", "A", ""}}),
            (Texts{"spotify:track:1", "spotify:track:2"}));
  const std::string mbid = "08e8f55b-f1a4-46b8-b2d1-fab4c5921650";
  EXPECT_EQ(ids({{mbid, "S", "A", ""}, {"spotify:track:1", "S", "A", ""}, {"spotify:track:1", "S", "A", ""}}),
            (Texts{"spotify:track:1", "spotify:track:1", "spotify:track:1"}));
  // Deezer knows a song by its ISRC, Apple by a number.
  EXPECT_EQ(ids({{"XXA010000001", "S", "A", ""}, {"1000000001", "S", "A", ""}}), (Texts{"1000000001", "1000000001"}));
  EXPECT_EQ(ids({{"XXA010000001", "S", "A", ""}, {"XXA010000002", "S", "A", ""}}),
            (Texts{"XXA010000001", "XXA010000002"}));
  // The one played most stands for the name.
  EXPECT_EQ(ids({{"x:2", "S", "A", ""}, {"x:1", "S", "A", ""}, {"x:2", "S", "A", ""}, {"", "S", "A", ""}}),
            (Texts{"x:2", "x:1", "x:2", "x:2"}));
}

TEST(SongRegister, the_order_of_mentions_changes_nothing) {
  std::vector<SongMention> mentions = {{"x:1", "Song", "A", "L"},  {"x:1", "song", "a", ""}, {"x:1", "Song", "A", ""},
                                       {"y:1", "Song", "A", ""},   {"", "SONG", "A", ""},    {"y:2", "Song", "A", ""},
                                       {"y:2", "Song", "A", "L2"}, {"x:2", "Other", "B", ""}};
  std::ranges::sort(mentions, {}, [](const SongMention& song) { return std::pair(song.id, song.title); });
  const auto described = [](const std::vector<SongMention>& list) {
    SongRegister songs;
    for (const SongMention& mention : list) songs.add(mention, {});
    const ResolvedSongs resolved = songs.resolve({});
    Texts all;
    for (std::uint32_t i = 0; i < songs.size(); ++i) {
      const Song song = songs.song(resolved.song_of[i]);
      all.push_back(std::string(songs.id(i)) + " is " + std::string(song.id) + " " + std::string(song.title) + " " +
                    std::string(song.artist) + " " + std::string(song.album));
    }
    std::ranges::sort(all);
    return all;
  };
  const Texts wanted = described(mentions);
  for (int i = 0; i < 20; ++i) {
    std::ranges::next_permutation(mentions, {}, [](const SongMention& song) { return std::pair(song.id, song.title); });
    std::ranges::rotate(mentions, mentions.begin() + 1 + i % 7);
    EXPECT_EQ(described(mentions), wanted);
  }
}

// Songs by name are counted where they are spelt, those with an album or an id where the song is.
TEST(SongRegister, adds_listens_at_once_as_one_by_one) {
  const std::string long_title(70'000, 't');
  const std::vector<SongMention> mentions = {
      {"x:1", "Song", "A", "L"}, {"", "song", "a", ""},  {"", "Song", "A", ""},     {"", "Song", "A", "L"},
      {"", "Song", "A", "L2"},   {"", "song", "a", ""},  {"", long_title, "A", ""}, {"", " ", "A", ""},
      {"x:2", "", "", ""},       {"x:1", "", "A", "L"},  {"y:1", "Other", "B", ""}, {"", "OTHER", "B", ""},
      {"", "Other", "B", "L"},   {"", "Other", "b", ""}, {"", "Third", "C", "L"}};
  std::vector<Listen> listens;
  for (std::size_t i = 0; i < 200; ++i) listens.emplace_back().song = mentions[i * i % 31 % mentions.size()];
  SongRegister one;
  SongRegister all;
  std::vector<std::uint32_t> numbers;
  for (const Listen& listen : listens) numbers.push_back(one.add(listen.song, {}));
  std::vector<std::uint32_t> numbers_at_once;
  all.add_all(listens, numbers_at_once);
  EXPECT_EQ(numbers_at_once, numbers);
  EXPECT_EQ(one.resolve({}).song_of, all.resolve({}).song_of);
  ASSERT_EQ(one.size(), all.size());
  for (std::uint32_t i = 0; i < one.size(); ++i) {
    EXPECT_EQ(one.id(i), all.id(i));
    EXPECT_EQ(one.song(i).title, all.song(i).title);
    EXPECT_EQ(one.song(i).artist, all.song(i).artist);
    EXPECT_EQ(one.song(i).album, all.song(i).album);
  }
}

TEST(SongRegister, texts_of_a_file_of_songs_override_those_of_names) {
  SongRegister songs;
  songs.add({"", "song", "a", ""}, {});
  songs.describe(songs.find("a — song"), {"a — song", "Song!", "", "Album"}, {});
  songs.resolve({});
  EXPECT_EQ(songs.song(0).title, "Song!");
  EXPECT_EQ(songs.song(0).artist, "a");
  EXPECT_EQ(songs.song(0).album, "Album");
}

TEST(SongRegister, the_order_of_tags_changes_nothing) {
  const std::vector<std::string_view> rock = {"rock", "pop"};
  const std::vector<std::string_view> jazz = {"jazz"};
  const std::vector<std::string_view> none = {""};
  using Tags = std::vector<std::string_view>;
  for (const auto& order : {std::vector{rock, none, jazz}, std::vector{jazz, rock, none}}) {
    SongRegister songs;
    for (const Tags& tags : order) songs.add({"x:1", "Song", "A", ""}, tags);
    EXPECT_EQ(songs.tags(0), Tags{"jazz"});
  }
}

// They were lost with the mention by name.
TEST(SongRegister, album_and_tags_of_a_mention_by_name_are_those_of_the_song_it_meets) {
  const auto song_of = [](bool name_first) {
    const std::vector<std::string_view> rock = {"rock"};
    SongRegister songs;
    const auto add_id = [&] { return songs.add({"x:1", "Song", "A", ""}, {}); };
    const std::uint32_t id = name_first ? 1 : add_id();
    songs.add({"", "SONG", "A", "Album"}, rock);
    if (name_first) add_id();
    songs.add({"y:1", "Other", "A", "Own"}, std::vector<std::string_view>{"pop"});
    songs.add({"", "Other", "A", "Album"}, rock);
    const ResolvedSongs resolved = songs.resolve({});
    EXPECT_EQ(resolved.song_of[name_first ? 0 : 1], id);
    const std::uint32_t other = songs.find("y:1");
    return std::tuple(std::string(songs.song(id).album), songs.tags(id).size(), std::string(songs.song(other).album),
                      std::string(songs.tags(other).at(0)));
  };
  for (const bool name_first : {false, true}) {
    EXPECT_EQ(song_of(name_first), std::tuple("Album", std::size_t{1}, "Own", "pop"));
  }
}

TEST(SongRegister, editions_merge_and_versions_do_not) {
  const SongRules merge{true, true};
  EXPECT_EQ(ids({{"x:1", "Song", "A", ""},
                 {"x:1", "Song", "A", ""},
                 {"x:2", "Song - 2011 Remaster", "A", ""},
                 {"x:3", "Song (Deluxe Edition)", "A", ""},
                 {"x:4", "Song - Live", "A", ""},
                 {"x:5", "Song (Remastered 2009) [Live]", "A", ""},
                 {"x:6", "Song - Remix", "A", ""},
                 {"x:7", "Song", "B", ""}},
                merge),
            (Texts{"x:1", "x:1", "x:1", "x:1", "x:4", "x:5", "x:6", "x:7"}));
}

TEST(SongRegister, names_of_punctuation_are_names) {
  EXPECT_EQ(ids({{"", "???", "!!!", ""}, {"", "🎵", "!!!", ""}}), (Texts{"!!! — ???", "!!! — 🎵"}));
  SongRegister songs;
  EXPECT_EQ(songs.add({"", " ", "A", ""}, {}), SongRegister::kNone);
}

// They were dropped, because their names made an id that was too long.
TEST(SongRegister, names_too_long_for_an_id_are_cut_and_stay_apart) {
  const std::string xs(1200, 'x');
  std::string notes;
  for (int i = 0; i < 700; ++i) notes += "é";
  const std::string a = xs + "a";
  const std::string b = xs + "b";
  const std::string upper = std::string(1200, 'X') + "A";
  const Texts found =
      ids({{"", a, "A", ""}, {"", b, "A", ""}, {"", upper, "a", ""}, {"", notes, "A", ""}, {"", notes, "AB", ""}});
  EXPECT_EQ(found[0], found[2]);
  EXPECT_EQ((std::set<std::string>(found.begin(), found.end()).size()), 4U);
  for (const std::string& id : found) {
    EXPECT_LE(id.size(), kMostIdBytes);
    EXPECT_GE(id.size(), kMostIdBytes - 1);
    EXPECT_EQ(fault_of(id), TextFault::none);
  }
  EXPECT_EQ(ids({{"x:1", a, "A", ""}, {"", a, "A", ""}}), (Texts{"x:1", "x:1"}));
  const std::string fits(kMostIdBytes - std::string_view("a — ").size(), 'x');
  EXPECT_EQ(ids({{"", fits, "A", ""}}), (Texts{"a — " + fits}));
}

}  // namespace
}  // namespace segue::data
