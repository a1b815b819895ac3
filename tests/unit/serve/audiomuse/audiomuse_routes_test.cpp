#include <algorithm>
#include <map>

#include "segue/recommend/cosine.h"

#include "tests/unit/serve/audiomuse/audiomuse_fixture.h"

namespace segue::serve {
namespace {

using testing::token_of;

class AudioMuseRoutes : public testing::AudioMuseFixture {};

TEST_F(AudioMuseRoutes, list_what_to_play_after_a_song) {
  const json::array found = list(get("/api/similar_tracks?item_id=s2&n=4"));
  ASSERT_EQ(found.size(), 4U);
  std::set<std::string> ids;
  for (const json::value& item : found) {
    const std::string id(item.at("item_id").as_string());
    EXPECT_NE(id, "s2");
    EXPECT_TRUE(ids.insert(id).second) << id;
    const data::Song song = model().songs().song(number_of(id));
    EXPECT_EQ(item.at("title"), json::value(song.title));
    EXPECT_EQ(item.at("author"), json::value(song.artist));
    EXPECT_EQ(item.at("album_artist"), json::value(song.artist));
    EXPECT_EQ(item.at("album"), json::value(song.album));
    EXPECT_NEAR(item.at("distance").to_number<double>(), 1 - recommend::song_cosine(model(), 2, number_of(id)), 1e-4);
  }
}

TEST_F(AudioMuseRoutes, find_a_song_by_its_id_or_its_last_part_or_by_names) {
  const std::vector<std::string> wanted = similar("item_id=s2&n=3");
  for (const std::string_view query :
       {"item_id=nd:s2&n=3", "item_id=nd%3As2&n=3", "artist=bj%C3%B6rk&title=JOGA&n=3"}) {
    start();
    EXPECT_EQ(similar(query), wanted) << query;
  }
}

TEST_F(AudioMuseRoutes, give_ids_that_they_take_back) {
  for (const std::string& id : similar("item_id=s2&n=20&eliminate_duplicates=false")) {
    EXPECT_EQ(get("/api/max_distance?item_id=" + id).status, 200) << id;
  }
}

TEST_F(AudioMuseRoutes, name_what_is_wrong) {
  EXPECT_EQ(error(get("/api/similar_tracks?n=3"), 400), "item_id: expected the id of a song, found none");
  EXPECT_EQ(error(get("/api/similar_tracks?title=x"), 400), "item_id: expected the id of a song, found none");
  EXPECT_EQ(error(get("/api/similar_tracks?item_id=none"), 404), "item_id none: the model has no song with this id");
  EXPECT_EQ(error(get("/api/similar_tracks?title=x&artist=y"), 404), "the model has no song x by y");
  for (const std::string_view n : {"0", "-1", "1000000000", "99999999999999999999", "ten", "", "1.5"}) {
    for (const std::string_view path :
         {"similar_tracks?item_id=s2", "similar_artists?artist=bj%C3%B6rk", "sonic_fingerprint/generate?"}) {
      const std::string message = error(get(fmt::format("/api/{}&n={}", path, n)), 400);
      EXPECT_EQ(message, fmt::format("n: expected a whole number from 1 to 1000, found \"{}\"", n)) << path;
    }
  }
  EXPECT_EQ(error(get("/api/similar_tracks?item_id=s2&eliminate_duplicates=x"), 400),
            "eliminate_duplicates: expected true or false, found \"x\"");
}

TEST_F(AudioMuseRoutes, cap_artists_unless_told_otherwise) {
  const auto most_of_artist = [&](std::string_view query) {
    std::map<std::string, std::size_t> counts;
    for (const json::value& item : list(get(query))) ++counts[std::string(item.at("author").as_string())];
    return std::ranges::max_element(counts, {}, [](const auto& entry) { return entry.second; })->second;
  };
  EXPECT_EQ(most_of_artist("/api/similar_tracks?item_id=s2&n=20"), 3U);
  start();
  EXPECT_GT(most_of_artist("/api/similar_tracks?item_id=s2&n=20&eliminate_duplicates=false"), 3U);
}

// The song asked about is the same; what came before it is not.
TEST_F(AudioMuseRoutes, continue_what_the_user_just_heard) {
  const auto of_genre = [&](const std::vector<std::string>& ids, std::uint32_t genre) {
    return std::ranges::count_if(ids, [&](const std::string& id) { return number_of(id) % 4 == genre; });
  };
  for (std::uint32_t i = 0; i < 3; ++i) listen("ann", now_ - 600 + i * 180, 2 + 4 * i);
  const std::string query = "item_id=s0&n=4&eliminate_duplicates=false";
  const std::vector<std::string> nobody = similar(query, token_of("bob"));
  const std::vector<std::string> ann = similar(query);
  EXPECT_GT(of_genre(ann, 2), of_genre(nobody, 2));
  // Long after the session, only the song asked about counts.
  start();
  now_ += 3 * 3600;
  EXPECT_EQ(of_genre(similar(query), 2), of_genre(nobody, 2));
}

TEST_F(AudioMuseRoutes, take_the_song_that_plays_once_when_it_was_submitted_already) {
  listen("ann", now_ - 300, 6);
  listen("ann", now_ - 60, 2);
  const std::vector<std::string> submitted = similar("item_id=s2&n=4");
  listen("bob", now_ - 300, 6);
  EXPECT_EQ(similar("item_id=s2&n=4", token_of("bob")), submitted);
}

TEST_F(AudioMuseRoutes, repeat_nothing_that_was_heard_lately) {
  for (std::uint32_t i = 0; i < 10; ++i) listen("ann", now_ - 86'400 + i, 2 * i);
  for (const std::string& id : similar("item_id=s1&n=10&eliminate_duplicates=false")) {
    EXPECT_TRUE(number_of(id) % 2 == 1 || number_of(id) >= 20) << id;
  }
}

TEST_F(AudioMuseRoutes, do_not_give_songs_that_were_skipped_lately) {
  const std::vector<std::string> first = similar("item_id=s2&n=3");
  skip("ann", now_ - 60, number_of(first[0]));
  skip("ann", now_ - 40, number_of(first[2]));
  start();
  const std::vector<std::string> then = similar("item_id=s2&n=10");
  EXPECT_EQ(std::ranges::count(then, first[0]) + std::ranges::count(then, first[2]), 0);
  EXPECT_EQ(std::ranges::count(then, first[1]), 1);
  EXPECT_EQ(similar("item_id=s2&n=3", token_of("bob")), first);
}

TEST_F(AudioMuseRoutes, never_give_a_hated_song) {
  const std::string first = similar("item_id=s2&n=1").front();
  hate("ann", number_of(first));
  start();
  for (int call = 0; call < 30; ++call) EXPECT_NE(similar("item_id=s2&n=1").front(), first);
}

// All that is not barred for being given lately is hated.
TEST_F(AudioMuseRoutes, give_songs_again_before_they_give_none) {
  for (std::uint32_t i = 0; i < 14; ++i) hate("ann", i);
  for (int call = 0; call < 40; ++call) {
    const std::vector<std::string> next = similar("n=1&item_id=s20&eliminate_duplicates=false");
    ASSERT_EQ(next.size(), 1U) << call;
    EXPECT_GE(number_of(next.front()), 14U);
  }
}

TEST_F(AudioMuseRoutes, give_songs_of_longest_ago_again_when_there_are_no_others) {
  std::map<std::string, int> last;
  std::set<std::string> all;
  std::string playing = "s0";
  for (int call = 0; call < 100; ++call) {
    const std::vector<std::string> next = similar("n=1&eliminate_duplicates=false&item_id=" + playing);
    ASSERT_EQ(next.size(), 1U) << call;
    playing = next.front();
    all.insert(playing);
    if (last.contains(playing)) {  // half of the catalogue
      EXPECT_GE(call - last[playing], 12) << playing;
    }
    last[playing] = call;
  }
  EXPECT_GE(all.size(), 13U);
  // More than there is.
  EXPECT_FALSE(similar("n=1000&item_id=s1").empty());
  EXPECT_FALSE(similar("n=1000&item_id=s1").empty());
}

TEST_F(AudioMuseRoutes, remember_each_listener_and_each_token_by_itself) {
  const std::vector<std::string> first = similar("item_id=s2&n=3");
  EXPECT_EQ(similar("item_id=s2&n=3", token_of("bob")), first);
  Identity service = token_of("");
  service.token_id = "one";
  EXPECT_EQ(similar("item_id=s2&n=3", service), first);
  EXPECT_NE(similar("item_id=s2&n=3", service), first);
  service.token_id = "two";
  EXPECT_EQ(similar("item_id=s2&n=3", service), first);
  EXPECT_NE(similar("item_id=s2&n=3"), first);
}

TEST_F(AudioMuseRoutes, find_the_farthest_song) {
  const json::value found = document(get("/api/max_distance?item_id=s2"), "AudioMuseFarthest");
  float least = 1;
  for (std::uint32_t row = 0; row < songs_; ++row) least = std::min(least, recommend::song_cosine(model(), 2, row));
  EXPECT_NEAR(found.at("max_distance").to_number<double>(), 1 - least, 1e-4);
  const std::uint32_t farthest = number_of(found.at("farthest_item_id").as_string());
  EXPECT_NEAR(recommend::song_cosine(model(), 2, farthest), least, 1e-5);
  EXPECT_EQ(error(get("/api/max_distance"), 400), "item_id: expected the id of a song, found none");
  EXPECT_EQ(error(get("/api/max_distance?item_id=x"), 404), "item_id x: the model has no song with this id");
}

TEST_F(AudioMuseRoutes, find_a_path) {
  for (const std::string_view steps :
       {"max_steps=5", "max_steps=2", "max_steps=1000", "path_fix_size=false", "max_steps=4&path_fix_size=true"}) {
    const json::value found =
        document(get(fmt::format("/api/find_path?start_song_id=s2&end_song_id=s0&{}", steps)), "AudioMusePath");
    const std::vector<std::string> ids = ids_of(found.at("path").as_array());
    ASSERT_GE(ids.size(), 2U) << steps;
    EXPECT_EQ(ids.front(), "s2");
    EXPECT_EQ(ids.back(), "s0");
    EXPECT_EQ(std::set(ids.begin(), ids.end()).size(), ids.size());
    double sum = 0;
    for (const json::value& song : found.at("path").as_array()) sum += song.at("distance").to_number<double>();
    EXPECT_NEAR(found.at("total_distance").to_number<double>(), sum, 1e-4);
    EXPECT_EQ(found.at_pointer("/path/0/distance").to_number<double>(), 0);
    if (steps == "max_steps=5") {
      EXPECT_LE(ids.size(), 5U);
    }
    if (steps == "max_steps=2") {
      EXPECT_EQ(ids.size(), 2U);
    }
    if (steps.ends_with("true")) {
      EXPECT_EQ(ids.size(), 4U);
    }
  }
}

TEST_F(AudioMuseRoutes, say_why_there_is_no_path) {
  EXPECT_EQ(error(get("/api/find_path?start_song_id=s2"), 400), "end_song_id: expected the id of a song, found none");
  EXPECT_EQ(error(get("/api/find_path?end_song_id=s2"), 400), "start_song_id: expected the id of a song, found none");
  EXPECT_EQ(error(get("/api/find_path?start_song_id=s2&end_song_id=x"), 404),
            "end_song_id x: the model has no song with this id");
  EXPECT_EQ(error(get("/api/find_path?start_song_id=s2&end_song_id=nd:s2"), 400),
            "end_song_id: expected another song than start_song_id");
  EXPECT_EQ(error(get("/api/find_path?start_song_id=s2&end_song_id=s0&max_steps=1"), 400),
            "max_steps: expected a whole number from 2 to 1000, found \"1\"");
  EXPECT_EQ(error(get("/api/find_path?start_song_id=s2&end_song_id=s0&max_steps=500&path_fix_size=true"), 400),
            "max_steps: with path_fix_size, expected at most 101, found 500");
  EXPECT_EQ(error(get("/api/find_path?start_song_id=s2&end_song_id=s0&max_steps=90&path_fix_size=true"), 404),
            "no path of 90 songs leads from the one song to the other");
}

TEST_F(AudioMuseRoutes, find_similar_artists) {
  const json::array found = list(get("/api/similar_artists?artist=bjork&n=2"), "AudioMuseArtist");
  ASSERT_EQ(found.size(), 2U);
  for (const json::value& artist : found) {
    EXPECT_NE(artist.at("artist"), json::value("Björk"));
    EXPECT_TRUE(artist.at("artist_id").is_null());
    EXPECT_FALSE(artist.as_object().contains("component_matches"));
  }
  EXPECT_LE(found[0].at("divergence").to_number<double>(), found[1].at("divergence").to_number<double>());
  EXPECT_EQ(list(get("/api/similar_artists?artist_id=Bj%C3%B6rk"), "AudioMuseArtist").size(), 3U);
  EXPECT_EQ(error(get("/api/similar_artists"), 400), "artist: expected the name or id of an artist, found none");
  EXPECT_EQ(error(get("/api/similar_artists?artist=Bj%C3%B6rx"), 404),
            "artist Björx: the model has no artist of this name (did you mean Björk?)");
  EXPECT_EQ(get("/api/similar_artists?artist=Bill").status, 404);  // a part of a name is no name
}

// What Navidrome's artist radio plays: songs of both artists, in lists of three.
TEST_F(AudioMuseRoutes, list_songs_of_similar_artists) {
  const json::array found =
      list(get("/api/similar_artists?artist=Bj%C3%B6rk&n=3&include_component_matches=true"), "AudioMuseArtist");
  ASSERT_EQ(found.size(), 3U);
  for (const json::value& artist : found) {
    std::set<std::string> own;
    std::set<std::string> others;
    for (const json::value& match : artist.at("component_matches").as_array()) {
      for (const json::value& song : match.at("artist1_representative_songs").as_array()) {
        own.emplace(song.at("item_id").as_string());
        EXPECT_EQ(number_of(song.at("item_id").as_string()) % 4, 2U);
      }
      EXPECT_LE(match.at("artist2_representative_songs").as_array().size(), 3U);
      for (const json::value& song : match.at("artist2_representative_songs").as_array()) {
        others.emplace(song.at("item_id").as_string());
        EXPECT_EQ(model().songs().song(number_of(song.at("item_id").as_string())).artist,
                  std::string_view(artist.at("artist").as_string()));
      }
    }
    EXPECT_EQ(own.size(), 6U);
    EXPECT_GE(others.size(), 5U);
  }
}

TEST_F(AudioMuseRoutes, search_tracks) {
  const auto found = [&](std::string_view query) {
    return ids_of(list(get(fmt::format("/api/search_tracks?{}", query)), "AudioMuseTrack"));
  };
  EXPECT_EQ(found("artist=bjork").size(), 6U);
  EXPECT_EQ(found("artist=bjork&title=joga+2"), (std::vector<std::string>{"s6"}));
  EXPECT_EQ(found("title=joga").front(), "s2");
  EXPECT_EQ(found("search_query=bjork&artist=nobody").size(), 6U);
  const std::vector<std::string> all = found("search_query=bjork");
  EXPECT_EQ(found("search_query=bjork&start=2&end=4"), std::vector<std::string>(all.begin() + 2, all.begin() + 4));
  for (const std::string_view none :
       {"", "title=", "search_query=nobody", "artist=bjork&start=9", "artist=bjork&start=3&end=2"}) {
    EXPECT_TRUE(found(none).empty()) << none;
  }
  EXPECT_EQ(get("/api/search_tracks?artist=bjork&start=-1").status, 400);
  EXPECT_EQ(get("/api/search_tracks?artist=bjork&end=1000000000").status, 400);
}

TEST_F(AudioMuseRoutes, make_playlists_of_the_regions_of_the_map) {
  const json::value bare = document(get("/api/playlists"), "AudioMusePlaylists");
  EXPECT_EQ(bare.at_pointer("/servers/0/playlists"), json::value(json::object()));
  add_map();
  const json::value found = document(get("/api/playlists"), "AudioMusePlaylists");
  const json::array& songs = found.at_pointer("/servers/0/playlists/Electronic").as_array();
  ASSERT_EQ(songs.size(), 16U);
  EXPECT_EQ(songs.front(), (json::value{{"item_id", "s1"}, {"title", "إنت عمري"}, {"author", "أم كلثوم"}}));
}

TEST_F(AudioMuseRoutes, mix_songs_and_artists) {
  const auto mixed = [&](json::array items) {
    start();
    const json::value found = document(
        post("/api/alchemy", {{"items", std::move(items)}, {"n", 6}, {"temperature", 1.5}}), "AudioMuseAlchemy");
    EXPECT_TRUE(found.at("filtered_out").as_array().empty());
    return ids_of(found.at("results").as_array());
  };
  const json::object added{{"id", "s2"}, {"op", "ADD"}, {"type", "song"}};
  const std::vector<std::string> plain = mixed({added});
  ASSERT_EQ(plain.size(), 6U);
  EXPECT_EQ(std::ranges::count(plain, "s2"), 0);
  const std::vector<std::string> two = mixed({added, {{"id", "s0"}, {"op", "add"}}});
  EXPECT_NE(two, plain);
  EXPECT_EQ(mixed({added, {{"id", "unknown"}, {"op", "ADD"}}}), plain);
  const std::vector<std::string> less = mixed({added, {{"id", plain.front()}, {"op", "SUBTRACT"}}});
  EXPECT_EQ(std::ranges::count(less, plain.front()), 0);
  for (const std::string& id : mixed({{{"id", "Björk"}, {"op", "ADD"}, {"type", "artist"}}})) {
    EXPECT_EQ(get("/api/max_distance?item_id=" + id).status, 200);
  }
}

TEST_F(AudioMuseRoutes, say_why_nothing_is_mixed) {
  const auto refused = [&](const json::value& body, int status) { return error(post("/api/alchemy", body), status); };
  EXPECT_EQ(refused(json::object(), 400), "items: expected a list of objects");
  EXPECT_EQ(refused({{"items", json::array()}}, 400), "items: expected at least one with op ADD, found none");
  EXPECT_EQ(refused({{"items", {{{"id", "s2"}, {"op", "SUBTRACT"}}}}}, 400),
            "items: expected at least one with op ADD, found none");
  EXPECT_EQ(refused({{"items", {{{"id", "x"}, {"op", "ADD"}}}}}, 404),
            "items: the model has none of the songs added, such as x");
  EXPECT_EQ(refused({{"items", {{{"id", "Bill"}, {"op", "ADD"}, {"type", "artist"}}}}}, 404),
            "items: the model has none of the songs added, such as Bill");
  EXPECT_EQ(refused({{"items", {{{"id", "s2"}, {"op", "MULTIPLY"}}}}}, 400),
            "items.op: expected ADD or SUBTRACT, found \"MULTIPLY\"");
  EXPECT_EQ(refused({{"items", {{{"id", "s2"}, {"op", "ADD"}, {"type", "mood"}}}}}, 400),
            "items.type: expected song or artist, found mood");
  EXPECT_EQ(refused({{"items", {{{"op", "ADD"}}}}}, 400), "items.id: expected the id of a song or artist, found none");
  EXPECT_EQ(refused({{"items", {1}}}, 400), "items: expected objects with id and op");
  EXPECT_EQ(refused({{"items", {{{"id", "s2"}, {"op", "ADD"}}}}, {"n", 1'000'000'000}}, 400),
            "n: expected a whole number from 1 to 1000, found \"1000000000\"");
  EXPECT_EQ(refused({{"items", {{{"id", "s2"}, {"op", "ADD"}}}}, {"n", "many"}}, 400),
            "n: expected a whole number from 1 to 1000, found \"many\"");
  EXPECT_EQ(get("/api/alchemy").status, 404);
}

TEST_F(AudioMuseRoutes, list_songs_for_a_user) {
  EXPECT_TRUE(list(get("/api/sonic_fingerprint/generate")).empty());
  for (std::uint32_t i = 0; i < 4; ++i) listen("ann", now_ - 90'000 + i, 2 + 4 * i);
  const std::vector<std::string> own = ids_of(list(get("/api/sonic_fingerprint/generate?n=4")));
  ASSERT_EQ(own.size(), 4U);
  for (const std::string& id : own) EXPECT_FALSE(number_of(id) % 4 == 2 && number_of(id) <= 14) << id;
  start();
  EXPECT_EQ(ids_of(list(get("/api/sonic_fingerprint/generate?n=4&jellyfin_user_identifier=ann", token_of("")))), own);
  start();
  EXPECT_EQ(ids_of(list(get("/api/sonic_fingerprint/generate?n=4&navidrome_user=ann", token_of("ann")))), own);
  EXPECT_EQ(error(get("/api/sonic_fingerprint/generate?navidrome_user=ann", token_of("bob")), 403),
            "user ann: expected a token of this user or of a service, found one of another user");
  EXPECT_EQ(error(get("/api/sonic_fingerprint/generate", token_of("")), 400),
            "jellyfin_user_identifier: expected a user, or a token of one; found neither");
}

TEST_F(AudioMuseRoutes, tell_clients_that_they_are_there) {
  EXPECT_EQ(get("/api/health", {}).body, R"({"status":"ok"})");
  EXPECT_EQ(get("/api/active_tasks").body, "{}");
  EXPECT_EQ(get("/api/active_tasks", {}).status, 403);
}

class LongAutoplay : public testing::AudioMuseFixture {
 protected:
  LongAutoplay() : AudioMuseFixture(1200) {}

  // How many of 200 songs are repeats. `next` gives the songs to play after one.
  template <class Next>
  static std::size_t repeats(const Next& next) {
    std::set<std::string> given = {"s7"};
    std::string playing = "s7";
    std::size_t repeats = 0;
    for (int song = 0; song < 200; ++song) {
      const std::vector<std::string> songs = next(playing);
      EXPECT_FALSE(songs.empty()) << song;
      for (const std::string& id : songs) repeats += given.insert(id).second ? 0 : 1;
      playing = songs.front();
    }
    return repeats;
  }
};

TEST_F(LongAutoplay, never_repeats_a_song) {
  EXPECT_EQ(repeats([&](const std::string& playing) { return similar("n=2&item_id=" + playing); }), 0U);
}

TEST_F(LongAutoplay, never_repeats_a_song_of_alchemy) {
  EXPECT_EQ(
      repeats([&](const std::string& playing) {
        const json::value body{{"items", {{{"id", playing}, {"op", "ADD"}}}}, {"n", 2}};
        return ids_of(document(post("/api/alchemy", body, token_of("")), "AudioMuseAlchemy").at("results").as_array());
      }),
      0U);
}

TEST_F(LongAutoplay, never_repeats_a_song_for_a_user) {
  for (std::uint32_t i = 0; i < 50; ++i) listen("ann", now_ - 7200 + 180 * i, 8 + 4 * i);
  EXPECT_EQ(repeats([&](const std::string&) { return ids_of(list(get("/api/sonic_fingerprint/generate?n=2"))); }), 0U);
}

}  // namespace
}  // namespace segue::serve
