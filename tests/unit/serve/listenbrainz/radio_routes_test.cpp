// explore/lb-radio, lb-radio/artist, similar-recordings and cf/recommendation.
#include <algorithm>

#include "tests/unit/serve/listenbrainz/lists_fixture.h"

namespace segue::serve {
namespace {

using testing::token_of;

constexpr std::size_t kManySongs = 200;

class PromptRadioRoute : public testing::ListsFixture {
 protected:
  json::value ask(std::string_view prompt, std::string_view mode = "easy",
                  const Identity& who = token_of("ann")) const {
    return document(target(prompt, mode), "ListenBrainzRadio", who).at("payload");
  }
  std::string refused(std::string_view prompt, int status) const { return error(target(prompt, "easy"), status); }
  static std::string target(std::string_view prompt, std::string_view mode) {
    std::string encoded;
    for (const char letter : prompt) encoded += fmt::format("%{:02X}", static_cast<unsigned char>(letter));
    return fmt::format("/1/explore/lb-radio?prompt={}&mode={}", encoded, mode);
  }
};

SEGUE_ON_EACH_STORE(PromptRadioRoute);

TEST_P(PromptRadioRoute, gives_each_term_its_share) {
  const json::value payload = ask("artist:(Artist 7):3:nosim tag:(genre 0)::nosim");
  const json::value& playlist = payload.at("jspf").at("playlist");
  EXPECT_EQ(playlist.at("title"), json::value("LB Radio for artist Artist 7, tag genre 0 on easy mode"));
  EXPECT_EQ(payload.at("feedback"),
            json::parse(R"(["Using seed artist Artist 7 only","Using songs tagged genre 0 only"])"));
  const std::vector<std::uint32_t> songs = songs_in(payload.at("jspf"));
  ASSERT_EQ(songs.size(), 50U);
  // All 12 songs of the artist, three for each one of the tag until they end.
  for (std::size_t i = 0; i < 16; ++i) EXPECT_EQ(songs[i] % 50 == 7, i % 4 != 1) << i;
  for (std::size_t i = 16; i < songs.size(); ++i) EXPECT_EQ(songs[i] % 4, 0U);
}

TEST_P(PromptRadioRoute, plays_similar_songs_too_unless_told_not_to) {
  const std::vector<std::uint32_t> songs = songs_in(ask("Artist 7").at("jspf"));
  EXPECT_EQ(songs.size(), 50U);
  const auto own = std::ranges::count_if(songs, [](std::uint32_t song) { return song % 50 == 7; });
  EXPECT_EQ(own, 12);
  EXPECT_EQ(songs.front() % 50, 7U);
}

TEST_P(PromptRadioRoute, joins_tags_with_and_or_with_or) {
  for (const std::uint32_t song : songs_in(ask("tag:(genre 1, third)::nosim").at("jspf"))) {
    EXPECT_TRUE(song % 4 == 1 && song % 3 == 0) << song;
  }
  const std::vector<std::uint32_t> either = songs_in(ask("tag:(genre 1, third):1:or,nosim").at("jspf"));
  EXPECT_TRUE(std::ranges::all_of(either, [](std::uint32_t song) { return song % 4 == 1 || song % 3 == 0; }));
  EXPECT_TRUE(std::ranges::any_of(either, [](std::uint32_t song) { return song % 4 != 1; }));
  EXPECT_EQ(ask("tag:(genre 1, genre 2)").at("feedback"),
            json::parse(R"(["No song has the tags genre 1 and genre 2","No songs were found for this prompt"])"));
}

TEST_P(PromptRadioRoute, begins_with_other_songs_in_each_mode) {
  std::set<std::uint32_t> firsts;
  for (const std::string_view mode : {"easy", "medium", "hard"}) {
    start();
    firsts.insert(songs_in(ask("#third", mode).at("jspf")).front());
  }
  EXPECT_EQ(firsts, (std::set<std::uint32_t>{0, 198, 399}));
}

TEST_P(PromptRadioRoute, knows_what_users_play_and_what_is_recommended_to_them) {
  std::vector<store::StoredListen> listens;
  for (std::uint32_t song = 1; song <= 20; ++song) {
    for (std::uint32_t i = 0; i < song; ++i) listens.push_back(listen_to("ann", now_ - 3600 - song * 100 - i, song));
  }
  store_->add(listens);
  EXPECT_EQ(songs_in(ask("user:ann").at("jspf")).front(), 20U);
  start();
  EXPECT_EQ(songs_in(ask("stats:ann::this_week").at("jspf")).size(), 20U);
  start();
  EXPECT_TRUE(songs_in(ask("stats:(ann)::year").at("jspf")).empty());
  EXPECT_EQ(songs_in(ask("user:").at("jspf")).size(), 20U);
  start();
  for (const std::uint32_t song : songs_in(ask("recs:ann::unlistened").at("jspf"))) EXPECT_GT(song, 20U) << song;
  start();
  for (const std::uint32_t song : songs_in(ask("recs:ann::listened").at("jspf"))) EXPECT_LE(song, 20U);
  EXPECT_NE(refused("user:bob", 403).find("user bob"), std::string::npos);
}

TEST_P(PromptRadioRoute, never_repeats_one_of_200_songs) {
  for (const std::string_view prompt : {"artist:(Artist 7)", "tag:(genre 2):2 artist:(Artist 3)", "recs:ann"}) {
    start();
    listen_to_genre("ann", 1, 30);
    std::set<std::uint32_t> given;
    while (given.size() < kManySongs && !HasFailure()) {
      const std::vector<std::uint32_t> songs = songs_in(ask(prompt, "medium").at("jspf"));
      ASSERT_FALSE(songs.empty()) << prompt << " after " << given.size();
      testing::expect_new(songs, given);
    }
  }
}

TEST_P(PromptRadioRoute, starts_again_when_there_are_no_others) {
  const std::vector<std::uint32_t> first = songs_in(ask("artist:(Artist 7)::nosim").at("jspf"));
  EXPECT_EQ(first.size(), 12U);
  EXPECT_EQ(songs_in(ask("artist:(Artist 7)::nosim").at("jspf")), first);
  EXPECT_EQ(songs_in(ask("artist:(Artist 7)::nosim", "easy", token_of("bob")).at("jspf")), first);
}

TEST_P(PromptRadioRoute, reports_what_it_cannot_do) {
  EXPECT_EQ(refused("artist:(Qqqqqqq)", 404), "prompt: the model has no artist Qqqqqqq");
  EXPECT_EQ(refused("#genre9", 404).substr(0, 48), "prompt: the model has no songs with the tag genr");
  EXPECT_EQ(refused("playlist:(8be1a919-a386-45f3-8cc2-0d9249b02aa4)", 400),
            "prompt: playlist: is not supported: playlists are at ListenBrainz, which Segue does not ask");
  EXPECT_EQ(error("/1/explore/lb-radio?mode=easy", 400), "The prompt parameter cannot be empty.");
  EXPECT_EQ(error("/1/explore/lb-radio?prompt=a", 400), "The mode parameter must be one of 'easy', 'medium', 'hard'.");
  EXPECT_EQ(error("/1/explore/lb-radio?prompt=a&mode=soft", 400),
            "The mode parameter must be one of 'easy', 'medium', 'hard'.");
}

class SimilarRecordings : public testing::ListsFixture {
 protected:
  json::array ask(std::string_view query, const Identity& who = token_of("ann")) const {
    return document(fmt::format("/similar-recordings/json?{}", query), "ListenBrainzSimilar", who).as_array();
  }
};

SEGUE_ON_EACH_STORE(SimilarRecordings);

TEST_P(SimilarRecordings, have_the_shape_that_clients_sort) {
  const json::array found = ask(fmt::format("recording_mbids={}&algorithm=session_based&count=30", mbid(2)));
  ASSERT_EQ(found.size(), 30U);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const std::uint32_t song = song_of(found[i].at("recording_mbid").as_string());
    EXPECT_NE(song % 10, 0U);
    EXPECT_NE(song, 2U);
    EXPECT_EQ(found[i].at("recording_name"), json::value(fmt::format("Title {}", song)));
    EXPECT_EQ(found[i].at("artist_credit_name"), json::value(fmt::format("Artist {}", song % 50)));
    EXPECT_EQ(found[i].at("score"), json::value(found.size() - i));
    EXPECT_EQ(found[i].at("reference_mbid"), json::value(mbid(2)));
  }
}

TEST_P(SimilarRecordings, follow_several_recordings) {
  std::set<std::string> references;
  for (const json::value& one : ask(fmt::format("recording_mbids={},{}&count=50", mbid(2), mbid(3)))) {
    references.emplace(one.at("reference_mbid").as_string());
  }
  EXPECT_EQ(references, (std::set<std::string>{mbid(2), mbid(3)}));
}

TEST_P(SimilarRecordings, are_none_of_an_unknown_one) {
  EXPECT_TRUE(ask(fmt::format("recording_mbids={}", mbid(9999))).empty());
  EXPECT_EQ(error("/similar-recordings/json?recording_mbids=abc", 400),
            "recording_mbids: expected MusicBrainz ids, found abc");
  EXPECT_EQ(error("/similar-recordings/json", 400), "recording_mbids: expected 1 to 100 MusicBrainz ids, found 0");
}

TEST_P(SimilarRecordings, never_repeat_one_of_200_songs) {
  std::set<std::uint32_t> given = {2};
  std::uint32_t last = 2;
  while (given.size() < kManySongs && !HasFailure()) {
    const json::array found = ask(fmt::format("recording_mbids={}&count=10", mbid(last)));
    ASSERT_FALSE(found.empty()) << given.size();
    std::vector<std::uint32_t> songs;
    for (const json::value& one : found) songs.push_back(song_of(one.at("recording_mbid").as_string()));
    testing::expect_new(songs, given);
    last = songs.front();
  }
}

class ArtistRadioRoute : public testing::ListsFixture {
 protected:
  static constexpr std::string_view kArtist = "5441c29d-3602-4898-b1a1-b77fa23b8e50";

  json::object ask(std::string_view artist, std::string_view query) const {
    const Reply reply = get(fmt::format("/1/lb-radio/artist/{}?{}", artist, query));
    EXPECT_EQ(reply.status, 200) << reply.body;
    return json::parse(reply.body).as_object();
  }
};

SEGUE_ON_EACH_STORE(ArtistRadioRoute);

TEST_P(ArtistRadioRoute, lists_recordings_of_the_artist_and_of_similar_ones) {
  const json::object found = ask("Artist%207", "mode=easy&max_similar_artists=3&max_recordings_per_artist=4");
  EXPECT_EQ(found.size(), 4U);
  const json::array& own = found.at("Artist 7").as_array();
  ASSERT_EQ(own.size(), 4U);
  EXPECT_EQ(own[0], json::parse(R"({"recording_mbid":"00000000-0000-4000-8000-000000000007","similar_artist_name":)"
                                R"("Artist 7","total_listen_count":5930,"similar_artist_mbid":null})"));
  const json::object others =
      ask("Artist%208", "mode=hard&max_similar_artists=0&max_recordings_per_artist=3&pop_begin=0&pop_end=50");
  EXPECT_EQ(others.size(), 1U);
  EXPECT_EQ(song_of(others.at("Artist 8").at(0).at("recording_mbid").as_string()), 308U);
}

TEST_P(ArtistRadioRoute, knows_ids_of_artists_from_the_listens_of_the_user) {
  const std::string target = fmt::format("/1/lb-radio/artist/{}?mode=easy", kArtist);
  EXPECT_NE(error(target, 404).find("Cannot find artist: 5441c29d"), std::string::npos);
  listen("ann", now_, 7,
         fmt::format(R"({{"artist_name":"Artist 7","track_name":"x","additional_info":{{"artist_mbids":["{}"]}}}})",
                     kArtist));
  const json::object found = ask(kArtist, "mode=easy&max_similar_artists=1");
  EXPECT_EQ(found.at(kArtist).at(0).at("similar_artist_mbid"), json::value(kArtist));
  EXPECT_EQ(found.at(kArtist).at(0).at("similar_artist_name"), json::value("Artist 7"));
  EXPECT_NE(error("/1/lb-radio/artist/Nobody?mode=easy", 404).find("Cannot find artist: Nobody"), std::string::npos);
  EXPECT_NE(error("/1/lb-radio/artist/Artist%207?mode=x", 400).find("mode"), std::string::npos);
  EXPECT_EQ(error("/1/lb-radio/artist/Artist%207?mode=easy&pop_end=101", 400),
            "pop_end should be between the range: 0 to 100");
}

TEST_P(ArtistRadioRoute, never_repeats_one_of_200_songs) {
  std::set<std::uint32_t> given;
  while (given.size() < kManySongs && !HasFailure()) {
    const json::object found = ask("Artist%207", "mode=easy&max_similar_artists=25&max_recordings_per_artist=2");
    ASSERT_FALSE(found.empty());
    std::vector<std::uint32_t> songs;
    for (const auto& artist : found) {
      for (const json::value& one : artist.value().as_array()) {
        songs.push_back(song_of(one.at("recording_mbid").as_string()));
      }
    }
    testing::expect_new(songs, given);
  }
}

class RecommendedRecordingsRoute : public testing::ListsFixture {
 protected:
  std::vector<std::uint32_t> ask(std::string_view query) const {
    std::vector<std::uint32_t> songs;
    const json::value found =
        document(fmt::format("/1/cf/recommendation/user/ann/recording?{}", query), "ListenBrainzRecommendations");
    for (const json::value& one : found.at("payload").at("mbids").as_array()) {
      songs.push_back(song_of(one.at("recording_mbid").as_string()));
    }
    return songs;
  }
};

SEGUE_ON_EACH_STORE(RecommendedRecordingsRoute);

TEST_P(RecommendedRecordingsRoute, never_repeats_one_of_200_songs) {
  listen_to_genre("ann", 1, 30);
  for (const bool has_pages : {false, true}) {
    start();
    std::set<std::uint32_t> given;
    while (given.size() < kManySongs && !HasFailure()) {
      const std::size_t offset = has_pages ? given.size() : 0;
      const std::vector<std::uint32_t> songs = ask(fmt::format("artist_type=raw&count=20&offset={}", offset));
      ASSERT_EQ(songs.size(), 20U);
      testing::expect_new(songs, given);
      listen("ann", now_ + songs[0], songs[0]);  // and it is no longer recommended
    }
  }
}

}  // namespace
}  // namespace segue::serve
