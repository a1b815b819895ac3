// What the ListenBrainz protocol tells of a user's listens, and what it changes of them.
#include "tests/unit/serve/listens_fixture.h"

namespace segue::serve {
namespace {

using testing::document;
using testing::expect_error;
using testing::expect_ok;
using testing::token_of;

class ListensOfUser : public testing::ListensFixture {
 protected:
  // Ten listens, a minute apart; the newest is song9.
  void SetUp() override {
    for (int i = 0; i < 10; ++i) expect_ok(submit(kNow - 600 + i * 60, metadata("a", "song" + std::to_string(i))));
  }
  // "9,8,7": the songs in the order they are told.
  static std::string songs(const Reply& reply) {
    std::string found;
    const json::value whole = document(reply);
    for (const json::value& item : whole.at_pointer("/payload/listens").as_array()) {
      const std::string title(item.at_pointer("/track_metadata/track_name").as_string());
      found += (found.empty() ? "" : ",") + title.substr(4);
    }
    return found;
  }
};

TEST_F(ListensOfUser, has_the_form_of_listenbrainz) {
  const json::object sent{
      {"artist_name", "Björk"}, {"track_name", "Jóga"}, {"additional_info", {{"media_player", "mpd"}, {"x", {1, 2}}}}};
  expect_ok(submit(kNow, sent));
  const json::value found = document(get("/1/user/ann/listens?count=1"));
  const std::string msid = stored().front().msid;
  json::object metadata = sent;
  metadata["additional_info"].as_object()["recording_msid"] = msid;
  const json::value expected = {{"payload",
                                 {{"count", 1},
                                  {"latest_listen_ts", kNow},
                                  {"listens", json::array{{{"inserted_at", kNow},
                                                           {"listened_at", kNow},
                                                           {"recording_msid", msid},
                                                           {"user_name", "ann"},
                                                           {"track_metadata", metadata}}}},
                                  {"oldest_listen_ts", kNow - 600},
                                  {"user_id", "ann"}}}};
  EXPECT_EQ(found, expected);
}

TEST_F(ListensOfUser, is_empty_for_an_unknown_user) {
  EXPECT_EQ(get("/1/user/nobody/listens", token_of("nobody")).body,
            R"({"payload":{"count":0,"latest_listen_ts":0,"listens":[],"oldest_listen_ts":0,"user_id":"nobody"}})");
}

TEST_F(ListensOfUser, goes_back_from_max_and_forward_from_min) {
  const auto at = [](int song) { return std::to_string(kNow - 600 + song * 60); };
  EXPECT_EQ(songs(get("/1/user/ann/listens")), "9,8,7,6,5,4,3,2,1,0");
  EXPECT_EQ(songs(get("/1/user/ann/listens?count=2")), "9,8");
  EXPECT_EQ(songs(get("/1/user/ann/listens?count=3&max_ts=" + at(5))), "4,3,2");
  EXPECT_EQ(songs(get("/1/user/ann/listens?count=3&min_ts=" + at(5))), "8,7,6");
  EXPECT_EQ(songs(get("/1/user/ann/listens?min_ts=" + at(2) + "&max_ts=" + at(5))), "4,3");
  EXPECT_EQ(songs(get("/1/user/ann/listens?count=0")), "");
  EXPECT_EQ(songs(get("/1/user/ann/listens?count=5000")), "9,8,7,6,5,4,3,2,1,0");
}

TEST_F(ListensOfUser, returns_25_by_default_and_1000_at_most) {
  json::array payload;
  for (int i = 0; i < 1000; ++i) payload.emplace_back(listen(kNow - 10'000 + i, metadata("a", "song")));
  expect_ok(post("/1/submit-listens", body("import", payload)));
  const auto count = [&](std::string_view target) {
    return document(get(target)).at_pointer("/payload/listens").as_array().size();
  };
  EXPECT_EQ(count("/1/user/ann/listens"), 25U);
  EXPECT_EQ(count("/1/user/ann/listens?count=1001"), 1000U);
}

TEST_F(ListensOfUser, refuses_empty_ranges) {
  const std::string_view greater = "max_ts should be greater than min_ts";
  expect_error(get("/1/user/ann/listens?min_ts=5&max_ts=5"), 400, greater);
  expect_error(get("/1/user/ann/listens?min_ts=6&max_ts=5"), 400, greater);
  expect_error(get("/1/user/ann/listens?min_ts=today"), 400, "Invalid min_ts argument: today");
  expect_error(get("/1/user/ann/listens?max_ts=99999999999999999999"), 400,
               "Invalid max_ts argument: 99999999999999999999");
  expect_error(get("/1/user/ann/listens?count=-1"), 400, "'count' should be a non-negative integer");
  expect_error(get("/1/user/ann/listens?count=1.5"), 400, "Invalid count argument: 1.5");
}

TEST_F(ListensOfUser, are_for_the_user_and_services) {
  EXPECT_EQ(songs(get("/1/user/ann/listens?count=1", token_of(""))), "9");
  for (const std::string_view target : {"/1/user/ann/listens", "/1/user/ann/listen-count", "/1/user/ann/playing-now",
                                        "/1/feedback/user/ann/get-feedback", "/1/latest-import?user_name=ann"}) {
    const Reply reply = get(target, token_of("bob"));
    EXPECT_EQ(reply.status, 403) << target;
    EXPECT_EQ(document(reply).at("code").as_int64(), 403) << target;
  }
}

TEST_F(ListensOfUser, decodes_the_user_in_the_path) {
  expect_ok(submit(kNow, metadata("a", "b"), token_of("Ann/Björk")));
  EXPECT_EQ(document(get("/1/user/Ann%2FBj%C3%B6rk/listen-count", token_of("Ann/Björk"))),
            (json::value{{"payload", {{"count", 1}}}}));
}

TEST_F(ListensOfUser, are_counted) {
  EXPECT_EQ(get("/1/user/ann/listen-count").body, R"({"payload":{"count":10}})");
  EXPECT_EQ(get("/1/user/bob/listen-count", token_of("bob")).body, R"({"payload":{"count":0}})");
}

TEST_F(ListensOfUser, shows_listens_from_other_sources_in_the_same_form) {
  EXPECT_EQ(post("/v1/listens",
                 {{"listens", json::array{{{"user", "bob"},
                                           {"listened_at", kNow},
                                           {"artist", "Björk"},
                                           {"title", "Jóga"},
                                           {"release", "Homogenic"},
                                           {"song_id", "17"}}}}},
                 token_of(""))
                .status,
            200);
  const json::value found = document(get("/1/user/bob/listens", token_of("bob")));
  const json::value expected = {
      {"artist_name", "Björk"},
      {"track_name", "Jóga"},
      {"release_name", "Homogenic"},
      {"additional_info", {{"song_id", "17"}, {"recording_msid", stored("bob").front().msid}}}};
  EXPECT_EQ(found.at_pointer("/payload/listens/0/track_metadata"), expected);
}

TEST_F(ListensOfUser, deletes_one_listen) {
  const store::StoredListen newest = stored().front();
  const json::object named{{"listened_at", newest.listened_at}, {"recording_msid", newest.msid}};
  expect_ok(post("/1/delete-listen", named, token_of("bob")));  // bob has none like it
  EXPECT_EQ(stored().size(), 10U);
  expect_ok(post("/1/delete-listen", named));
  EXPECT_EQ(stored().size(), 9U);
  EXPECT_EQ(songs(get("/1/user/ann/listens?count=1")), "8");
  expect_ok(post("/1/delete-listen", named));  // gone is gone
}

TEST_F(ListensOfUser, checks_the_body_of_a_deletion) {
  const std::string_view uuid = "b1a9c0e9-d987-4042-ae91-78d6a3267d69";
  expect_error(post("/1/delete-listen", {{"recording_msid", uuid}}), 400, "Listen timestamp missing.");
  expect_error(post("/1/delete-listen", {{"listened_at", "x"}, {"recording_msid", uuid}}), 400,
               "\"x\": Listen timestamp invalid.");
  expect_error(post("/1/delete-listen", {{"listened_at", 1}}), 400, "Recording MSID missing.");
  expect_error(post("/1/delete-listen", {{"listened_at", 1}, {"recording_msid", "y"}}), 400,
               "\"y\": Recording MSID format invalid.");
}

TEST_F(ListensOfUser, remembers_the_latest_import) {
  EXPECT_EQ(get("/1/latest-import?user_name=ann").body, R"({"musicbrainz_id":"ann","latest_import":0})");
  expect_ok(post("/1/latest-import", {{"ts", 500}}));
  expect_ok(post("/1/latest-import", {{"ts", 400}}));  // an older one takes nothing back
  expect_ok(post("/1/latest-import", {{"ts", 900}, {"service", "librefm"}}));
  EXPECT_EQ(get("/1/latest-import").body, R"({"musicbrainz_id":"ann","latest_import":500})");
  EXPECT_EQ(get("/1/latest-import?user_name=ann&service=librefm").body,
            R"({"musicbrainz_id":"ann","latest_import":900})");
  EXPECT_EQ(get("/1/latest-import?user_name=ann", token_of("")).body,
            R"({"musicbrainz_id":"ann","latest_import":500})");
  expect_error(post("/1/latest-import", {{"ts", "x"}}), 400, "Invalid data sent: ts should be an integer");
  expect_error(post("/1/latest-import", {{"service", 7}}), 400, "Invalid data sent: service should be a string");
  expect_error(get("/1/latest-import?service=Last.fm"), 400,
               "Invalid data sent: service should be 1 to 32 of the letters a-z, 0-9, - and _");
}

TEST_F(ListensOfUser, fail_while_the_store_is_unavailable) {
  store_.fail_with(ErrorCode::unavailable);
  for (const std::string_view target : {"/1/user/ann/listens", "/1/user/ann/listen-count", "/1/latest-import",
                                        "/1/feedback/user/ann/get-feedback", "/1/validate-token?token=x"}) {
    const Reply reply = get(target);
    EXPECT_EQ(reply.status, 503) << target;
    EXPECT_EQ(testing::header(reply, "Retry-After"), "5") << target;
  }
}

class FeedbackOfUser : public testing::ListensFixture {
 protected:
  static constexpr std::string_view kMsid = "b1a9c0e9-d987-8042-ae91-78d6a3267d69";
  static constexpr std::string_view kMbid = "00000000-d987-4042-ae91-78d6a3267d69";

  Reply feel(json::object body) const { return post("/1/feedback/recording-feedback", body); }
  json::value told(std::string_view query = "") const {
    return document(get("/1/feedback/user/ann/get-feedback" + std::string(query)));
  }
};

TEST_F(FeedbackOfUser, is_set_and_withdrawn) {
  expect_ok(feel({{"recording_msid", kMsid}, {"score", 1}}));
  now_ += 1;
  expect_ok(feel({{"recording_mbid", kMbid}, {"score", -1}}));
  const json::value hated = {{"created", kNow + 1}, {"recording_mbid", kMbid}, {"recording_msid", nullptr},
                             {"score", -1},         {"song_id", nullptr},      {"track_metadata", nullptr},
                             {"user_id", "ann"}};
  const json::value loved = {{"created", kNow},    {"recording_mbid", nullptr}, {"recording_msid", kMsid}, {"score", 1},
                             {"song_id", nullptr}, {"track_metadata", nullptr}, {"user_id", "ann"}};
  EXPECT_EQ(told(),
            (json::value{{"count", 2}, {"feedback", json::array{hated, loved}}, {"offset", 0}, {"total_count", 2}}));
  EXPECT_EQ(told("?score=1").at("feedback"), json::value(json::array{loved}));
  EXPECT_EQ(told("?score=-1").at("feedback"), json::value(json::array{hated}));
  EXPECT_EQ(told("?count=1"),
            (json::value{{"count", 1}, {"feedback", json::array{hated}}, {"offset", 0}, {"total_count", 2}}));
  EXPECT_EQ(told("?offset=1&metadata=true").at("feedback"), json::value(json::array{loved}));
  expect_ok(feel({{"recording_msid", kMsid}, {"score", 0}}));
  EXPECT_EQ(told().at("feedback"), json::value(json::array{hated}));
}

TEST_F(FeedbackOfUser, may_name_the_id_of_the_catalogue) {
  expect_ok(feel({{"song_id", "spotify:track:1"}, {"score", 1}}));
  EXPECT_EQ(told().at_pointer("/feedback/0/song_id"), json::value("spotify:track:1"));
}

TEST_F(FeedbackOfUser, checks_its_body) {
  const std::string_view needs =
      "JSON document must contain either recording_msid, recording_mbid or song_id, and score top level keys";
  expect_error(feel({{"score", 1}}), 400, needs);
  expect_error(feel({{"recording_msid", kMsid}}), 400, needs);
  expect_error(feel({{"recording_msid", kMsid}, {"score", 1}, {"x", 1}}), 400,
               "JSON document may only contain recording_msid, recording_mbid, song_id and score top level keys");
  for (const json::value& score : {json::value(2), json::value(-2), json::value("1"), json::value(nullptr)}) {
    expect_error(feel({{"recording_msid", kMsid}, {"score", score}}), 400,
                 "Invalid JSON document submitted: Score can have a value of 1, 0 or -1.");
  }
  expect_error(feel({{"recording_msid", "x"}, {"score", 1}}), 400,
               "Invalid JSON document submitted: recording_msid format invalid.");
  expect_error(feel({{"recording_mbid", 7}, {"score", 1}}), 400,
               "Invalid JSON document submitted: recording_mbid format invalid.");
  expect_error(get("/1/feedback/user/ann/get-feedback?score=3"), 400, "Score can have a value of 1 or -1.");
  expect_error(get("/1/feedback/user/ann/get-feedback?offset=-1"), 400, "'offset' should be a non-negative integer");
}

}  // namespace
}  // namespace segue::serve
