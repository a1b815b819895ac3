#include "segue/serve/listenbrainz/stats_range.h"

#include "tests/unit/serve/listenbrainz/lists_fixture.h"

namespace segue::serve {
namespace {

using testing::token_of;

class UserStats : public testing::ListsFixture {
 protected:
  json::value recordings(std::string_view query = "") const {
    return document(fmt::format("/1/stats/user/ann/recordings?{}", query), "ListenBrainzRecordingStatsDocument")
        .at("payload");
  }
  json::value artists(std::string_view query = "") const {
    return document(fmt::format("/1/stats/user/ann/artists?{}", query), "ListenBrainzArtistStatsDocument")
        .at("payload");
  }
};

SEGUE_ON_EACH_STORE(UserStats);

TEST_P(UserStats, count_songs_and_artists) {
  for (std::int64_t i = 0; i < 5; ++i) listen("ann", now_ - 100 * i, 3);
  for (std::int64_t i = 0; i < 2; ++i) listen("ann", now_ - 10 - 100 * i, 53);  // the same artist
  for (std::int64_t i = 0; i < 6; ++i) listen("ann", now_ - 20 - 100 * i, 10);  // without a MusicBrainz id
  listen("bob", now_, 7);
  store::StoredListen shouted;
  shouted.user = "ann";
  shouted.listened_at = now_ + 5;
  shouted.artist = "ARTIST 3";
  shouted.title = "Title  3";
  shouted.release = "Another Release";
  shouted.msid = store::msid_of(shouted);
  store_->add(std::span(&shouted, 1));

  const json::value songs = recordings();
  EXPECT_EQ(songs.at("count"), json::value(3));
  EXPECT_EQ(songs.at("total_recording_count"), json::value(3));
  EXPECT_EQ(songs.at("range"), json::value("all_time"));
  EXPECT_EQ(songs.at("user_id"), json::value("ann"));
  const json::array& list = songs.at("recordings").as_array();
  EXPECT_EQ(list[0], json::parse(R"({"artist_name":"ARTIST 3","track_name":"Title  3","recording_mbid":)"
                                 R"("00000000-0000-4000-8000-000000000003","listen_count":6})"));
  EXPECT_EQ(list[1], json::parse(R"({"artist_name":"Artist 10","track_name":"Title 10","listen_count":6})"));
  EXPECT_EQ(list[2].at("listen_count"), json::value(2));
  EXPECT_EQ(artists().at("artists"), json::parse(R"([{"artist_name":"ARTIST 3","listen_count":8},)"
                                                 R"({"artist_name":"Artist 10","listen_count":6}])"));
  EXPECT_EQ(artists("count=1&offset=1").at("artists"),
            json::parse(R"([{"artist_name":"Artist 10","listen_count":6}])"));
  EXPECT_EQ(artists("count=1&offset=1").at("total_artist_count"), json::value(2));
  EXPECT_EQ(recordings("offset=2000000000").at("count"), json::value(0));
}

TEST_P(UserStats, take_names_from_the_model_if_a_listen_has_none) {
  store::StoredListen listen;
  listen.user = "ann";
  listen.listened_at = now_;
  listen.song_id = mbid(9);
  listen.msid = store::msid_of(listen);
  store_->add(std::span(&listen, 1));
  listen.song_id = "unknown";
  listen.msid = store::msid_of(listen);
  store_->add(std::span(&listen, 1));
  EXPECT_EQ(artists().at("artists"), json::parse(R"([{"artist_name":"Artist 9","listen_count":1}])"));
  EXPECT_EQ(recordings().at("recordings").at(0).at("track_name"), json::value("Title 9"));
}

TEST_P(UserStats, are_of_the_range_asked_for_and_204_without_listens) {
  EXPECT_EQ(get("/1/stats/user/ann/artists").status, 204);
  EXPECT_EQ(get("/1/stats/user/ann/artists").body, "");
  const TimeRange week = stats_range("week", now_);
  listen("ann", week.from - 1, 1);
  listen("ann", week.from, 2);
  listen("ann", week.to - 1, 3);
  listen("ann", week.to, 4);
  EXPECT_EQ(recordings("range=week").at("total_recording_count"), json::value(2));
  EXPECT_EQ(recordings("range=week").at("from_ts"), json::value(week.from));
  EXPECT_EQ(recordings("range=week").at("to_ts"), json::value(week.to));
  EXPECT_EQ(recordings("range=this_week").at("total_recording_count"), json::value(1));
  EXPECT_EQ(recordings("range=all_time").at("total_recording_count"), json::value(4));
  EXPECT_EQ(get("/1/stats/user/ann/recordings?range=year").status, 204);
  EXPECT_EQ(error("/1/stats/user/ann/recordings?range=decade", 400), "Invalid range: decade");
  EXPECT_EQ(error("/1/stats/user/ann/recordings?count=-1", 400), "'count' should be a non-negative integer");
  (void)error("/1/stats/user/ann/recordings", 403, token_of("bob"));
}

TEST(StatsRange, is_whole_weeks_months_and_years) {
  const auto at = [](std::chrono::sys_days day) {
    return std::chrono::duration_cast<std::chrono::seconds>(day.time_since_epoch()).count();
  };
  using std::chrono::year;
  struct Case {
    std::string_view name;
    std::chrono::sys_days from;
    std::chrono::sys_days to;
  };
  const std::int64_t monday = at(year(2024) / 1 / 1);
  for (const std::int64_t now : {monday, monday + 86'399, monday + 6 * 86'400}) {
    for (const Case& one : {Case{"this_week", year(2024) / 1 / 1, year(2024) / 1 / 8},
                            Case{"week", year(2023) / 12 / 25, year(2024) / 1 / 1},
                            Case{"this_month", year(2024) / 1 / 1, year(2024) / 2 / 1},
                            Case{"month", year(2023) / 12 / 1, year(2024) / 1 / 1},
                            Case{"quarter", year(2023) / 10 / 1, year(2024) / 1 / 1},
                            Case{"half_yearly", year(2023) / 7 / 1, year(2024) / 1 / 1},
                            Case{"this_year", year(2024) / 1 / 1, year(2025) / 1 / 1},
                            Case{"year", year(2023) / 1 / 1, year(2024) / 1 / 1}}) {
      EXPECT_EQ(stats_range(one.name, now), (TimeRange{at(one.from), at(one.to)})) << one.name << now;
    }
    EXPECT_EQ(stats_range("all_time", now), (TimeRange{0, now + 3600}));
  }
  EXPECT_EQ(stats_range("quarter", at(year(2024) / 2 / 29)), (TimeRange{at(year(2023) / 10 / 1), monday}));
  EXPECT_EQ(stats_range("this_month", at(year(2024) / 2 / 29)),
            (TimeRange{at(year(2024) / 2 / 1), at(year(2024) / 3 / 1)}));
}

}  // namespace
}  // namespace segue::serve
