#include <algorithm>

#include "tests/unit/serve/listenbrainz/lists_fixture.h"

namespace segue::serve {
namespace {

using testing::token_of;

class CreatedFor : public testing::ListsFixture {
 protected:
  struct Made {
    std::string id;
    std::string kind;
    std::string title;
  };
  std::vector<Made> made(std::string_view query = "") const {
    const json::value reply =
        document(fmt::format("/1/user/ann/playlists/createdfor{}", query), "ListenBrainzPlaylists");
    std::vector<Made> list;
    for (const json::value& one : reply.at("playlists").as_array()) {
      const json::value& playlist = one.at("playlist");
      EXPECT_TRUE(playlist.at("track").as_array().empty());
      const json::value& extension = playlist.at("extension").at("https://musicbrainz.org/doc/jspf#playlist");
      EXPECT_EQ(extension.at("created_for"), json::value("ann"));
      const std::string identifier(playlist.at("identifier").as_string());
      EXPECT_TRUE(identifier.starts_with("https://listenbrainz.org/playlist/"));
      list.push_back(
          {identifier.substr(identifier.rfind('/') + 1),
           std::string(extension.at("additional_metadata").at("algorithm_metadata").at("source_patch").as_string()),
           std::string(playlist.at("title").as_string())});
    }
    return list;
  }
  std::string id_of(std::string_view kind) const {
    for (const Made& one : made()) {
      if (one.kind == kind) return one.id;
    }
    return "";
  }
  std::vector<std::uint32_t> songs(const std::string& id) const {
    return songs_in(document("/1/playlist/" + id, "ListenBrainzPlaylistDocument"));
  }
};

SEGUE_ON_EACH_STORE(CreatedFor);

TEST_P(CreatedFor, are_jams_of_songs_known_and_an_exploration_of_others) {
  listen_to_genre("ann", 2, 120);
  const std::vector<Made> all = made();
  ASSERT_EQ(all.size(), 3U);
  EXPECT_EQ(all[0].title, "Daily Jams for ann, 2023-11-14 Tue");
  EXPECT_EQ(all[1].title, "Weekly Exploration for ann, week of 2023-11-13 Mon");
  EXPECT_EQ(all[2].title, "Weekly Jams for ann, week of 2023-11-13 Mon");
  const auto is_known = [](std::uint32_t song) { return song % 4 == 2 && song / 4 < 120; };
  for (const Made& one : all) {
    const std::vector<std::uint32_t> list = songs(one.id);
    EXPECT_GT(list.size(), 20U) << one.kind;
    EXPECT_LE(list.size(), 50U);
    std::set<std::uint32_t> distinct;
    testing::expect_new(list, distinct);
    EXPECT_TRUE(std::ranges::all_of(list, [&](std::uint32_t song) {
      return is_known(song) == (one.kind != "weekly-exploration");
    })) << one.kind;
  }
  EXPECT_NE(songs(all[0].id), songs(all[2].id));
}

TEST_P(CreatedFor, stay_the_same_for_their_week_whatever_happens) {
  listen_to_genre("ann", 2, 120);
  const std::string id = id_of("weekly-exploration");
  const std::string before = get("/1/playlist/" + id).body;
  const std::vector<std::uint32_t> first = songs(id);
  for (const std::uint32_t song : first) listen("ann", now_ + song, song);
  start();
  now_ += 5 * kDay;  // Sunday
  EXPECT_EQ(id_of("weekly-exploration"), id);
  EXPECT_EQ(get("/1/playlist/" + id).body, before);
  EXPECT_EQ(made().size(), 3U);  // with daily jams of today

  now_ += kDay;
  const std::string next = id_of("weekly-exploration");
  EXPECT_NE(next, id);
  EXPECT_EQ(get("/1/playlist/" + id).body, before);  // of last week
  std::set<std::uint32_t> both;
  testing::expect_new(first, both);
  testing::expect_new(songs(next), both);
  now_ += 7 * kDay;
  EXPECT_NE(id_of("weekly-exploration"), "");
  EXPECT_EQ(error("/1/playlist/" + id, 404), "Cannot find playlist: " + id);
}

TEST_P(CreatedFor, are_none_without_listens_and_gone_with_the_user) {
  EXPECT_TRUE(made().empty());
  listen_to_genre("ann", 1, 60);
  const std::string id = id_of("weekly-jams");
  EXPECT_EQ(get("/1/playlist/" + id).status, 200);
  store_->forget("ann");
  EXPECT_TRUE(made().empty());
  EXPECT_EQ(get("/1/playlist/" + id).status, 404);
}

TEST_P(CreatedFor, leave_out_what_the_user_hates) {
  listen_to_genre("ann", 2, 120);
  store::Feedback hated;
  hated.user = "ann";
  hated.score = -1;
  for (std::uint32_t song = 3; song < kSongs; song += 4) {
    if (song % 10 == 0) continue;
    hated.recording_mbid = mbid(song);
    store_->set_feedback(hated);
  }
  for (const std::uint32_t song : songs(id_of("weekly-exploration"))) EXPECT_TRUE(song % 4 != 3 || song % 10 == 0);
}

TEST_P(CreatedFor, come_in_pages_and_to_their_user_only) {
  listen_to_genre("ann", 2, 60);
  const std::vector<Made> all = made();
  ASSERT_EQ(all.size(), 3U);
  const std::vector<Made> page = made("?count=1&offset=1");
  ASSERT_EQ(page.size(), 1U);
  EXPECT_EQ(page[0].id, all[1].id);
  EXPECT_TRUE(made("?offset=9").empty());
  EXPECT_EQ(error("/1/user/ann/playlists/createdfor?count=x", 400), "Invalid count argument: x");
  (void)error("/1/user/ann/playlists/createdfor", 403, token_of("bob"));
  EXPECT_EQ(error("/1/playlist/" + all[0].id, 404, token_of("bob")), "Cannot find playlist: " + all[0].id);
  EXPECT_EQ(get("/1/playlist/" + all[0].id, token_of("")).status, 200);  // of a service
  EXPECT_EQ(error("/1/playlist/jams", 400), "Provided playlist ID is invalid: expected a UUID, found jams");
}

}  // namespace
}  // namespace segue::serve
