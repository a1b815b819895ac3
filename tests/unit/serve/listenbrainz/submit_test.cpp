// What POST /1/submit-listens takes and what it says to everything else.
#include <algorithm>

#include "segue/base/digest.h"
#include "segue/serve/listenbrainz/submitted_listens.h"

#include "tests/unit/serve/listens_fixture.h"

namespace segue::serve {
namespace {

using testing::document;
using testing::expect_error;
using testing::expect_ok;
using testing::token_of;

constexpr std::string_view kUuid = "b1a9c0e9-d987-4042-ae91-78d6a3267d69";

class SubmitListens : public testing::ListensFixture {
 protected:
  // One listen with this additional_info, as it should be but for that.
  Reply with_info(json::object info) const { return submit(kNow, metadata("a", "b", std::move(info))); }
  Reply with_payload(std::string_view type, json::array payload) const {
    return post("/1/submit-listens", body(type, std::move(payload)));
  }
  Reply with_listen(json::value listen) const { return with_payload("single", json::array{std::move(listen)}); }
  static std::string too_low() {
    return "Value for key listened_at is too low. listened_at timestamp should be greater than 1033410600 (2002-10-01 "
           "00:00:00 UTC).";
  }
};

TEST_F(SubmitListens, keeps_a_single_listen) {
  const json::object sent = {{"artist_name", " Björk\n"},
                             {"track_name", "Jóga"},
                             {"release_name", "Homogenic"},
                             {"additional_info",
                              {{"recording_mbid", "B1A9C0E9-D987-4042-AE91-78D6A3267D69"},
                               {"spotify_id", "https://open.spotify.com/track/4uLU6hMCjMI75M1A2tKUQC?si=x"},
                               {"tags", {"art pop"}},
                               {"duration_ms", 305000},
                               {"artist_mbids", {kUuid, ""}},
                               {"release_mbid", nullptr},
                               {"unknown", {{"nested", {1, 2.5, "three"}}}}}}};
  expect_ok(submit(kNow - 60, sent));
  const std::vector<store::StoredListen> listens = stored();
  ASSERT_EQ(listens.size(), 1U);
  const store::StoredListen& listen = listens.front();
  EXPECT_EQ(listen.user, "ann");
  EXPECT_EQ(listen.listened_at, kNow - 60);
  EXPECT_EQ(listen.artist, "Björk");
  EXPECT_EQ(listen.title, "Jóga");
  EXPECT_EQ(listen.release, "Homogenic");
  EXPECT_EQ(listen.recording_mbid, kUuid);
  EXPECT_EQ(listen.song_id, "4uLU6hMCjMI75M1A2tKUQC");
  EXPECT_EQ(listen.msid, store::msid_of(listen));
  EXPECT_EQ(json::parse(listen.track_metadata), json::value(sent));  // whole, as it was sent
}

TEST_F(SubmitListens, keeps_an_import) {
  json::array payload;
  for (int i = 0; i < 1000; ++i) payload.emplace_back(listen(kNow - i, metadata("a", "b")));
  expect_ok(with_payload("import", payload));
  EXPECT_EQ(stored().size(), 1000U);
  expect_ok(with_payload("import", payload));  // sent again, since the first answer was lost: nothing is doubled
  EXPECT_EQ(stored().size(), 1000U);
}

TEST_F(SubmitListens, prefers_the_id_of_the_song) {
  expect_ok(with_info({{"song_id", "spotify:track:1"}, {"spotify_id", "https://open.spotify.com/track/2"}}));
  EXPECT_EQ(stored().front().song_id, "spotify:track:1");
  store_.forget("ann");
  expect_ok(with_info({{"song_id", 17}, {"spotify_id", ""}}));  // not ours to know: kept, and no id
  EXPECT_EQ(stored().front().song_id, "");
}

TEST_F(SubmitListens, belongs_to_the_user_of_the_token) {
  expect_ok(submit(kNow, metadata("a", "b"), token_of("bob")));
  EXPECT_EQ(stored("bob").size(), 1U);
  EXPECT_TRUE(stored("ann").empty());
  Identity on_loopback;
  on_loopback.submit = true;
  expect_ok(submit(kNow, metadata("a", "b"), on_loopback));
  EXPECT_EQ(stored("local").size(), 1U);
}

TEST_F(SubmitListens, refuses_a_service_which_has_no_user) {
  expect_error(submit(kNow, metadata("a", "b"), token_of("")), 403,
               "Expected a user's token, found a service's: services submit with POST "
               "/v1/listens.");
}

TEST_F(SubmitListens, refuses_a_token_that_may_only_read) {
  Identity who = token_of("ann");
  who.submit = false;
  EXPECT_EQ(submit(kNow, metadata("a", "b"), who).status, 403);
}

TEST_F(SubmitListens, returns_ok_only_after_the_store_does) {
  store_.fail_with(ErrorCode::unavailable);
  const Reply reply = submit(kNow, metadata("a", "b"));
  expect_error(reply, 503, "store: told to fail");
  EXPECT_EQ(testing::header(reply, "Retry-After"), "5");
  store_.fail_with(std::nullopt);
  EXPECT_TRUE(stored().empty());
}

// Navidrome sends a listen again after 500 and 503 and drops it after anything else.
TEST_F(SubmitListens, asks_for_a_retry_if_the_disk_is_full) {
  store_.fail_with(ErrorCode::no_space);
  const Reply reply = submit(kNow, metadata("a", "b"));
  expect_error(reply, 503, "store: told to fail");
  EXPECT_EQ(testing::header(reply, "Retry-After"), "5");
}

TEST_F(SubmitListens, accepts_times_as_players_write_them) {
  for (const json::value& time : {json::value(kNow), json::value(kNow + 0.75), json::value(std::to_string(kNow))}) {
    expect_ok(with_listen({{"listened_at", time}, {"track_metadata", metadata("a", "b")}}));
  }
  EXPECT_EQ(stored().size(), 1U);  // all the same second
}

TEST_F(SubmitListens, checks_the_limits_of_times) {
  expect_error(submit(1'033'410'599, metadata("a", "b")), 400, too_low());
  expect_ok(submit(1'033'410'600, metadata("a", "b")));
  expect_ok(submit(kNow + 3599, metadata("a", "b")));
  const std::string_view too_high = "Value for key listened_at is too high.";
  // Names both times: one of the clocks is wrong.
  expect_error(submit(kNow + 3600, metadata("a", "b")), 400,
               fmt::format("{} listened_at timestamp {} is in the future: this server's clock says {}.", too_high,
                           kNow + 3600, kNow));
  expect_error(with_listen({{"listened_at", ~std::uint64_t{0}}, {"track_metadata", metadata("a", "b")}}), 400,
               too_high);
  expect_error(with_listen({{"listened_at", -1}, {"track_metadata", metadata("a", "b")}}), 400, too_low());
  now_ += 1;
  expect_ok(submit(kNow + 3600, metadata("a", "b")));
}

TEST_F(SubmitListens, refuses_values_that_are_no_time) {
  for (const json::value& time : {json::value(nullptr), json::value("yesterday"), json::value(""), json::value(1e300),
                                  json::value(true), json::value(json::array{kNow}), json::value("17e8 ")}) {
    expect_error(with_listen({{"listened_at", time}, {"track_metadata", metadata("a", "b")}}), 400,
                 "JSON document must contain an int value for listened_at.");
  }
  expect_error(with_listen({{"track_metadata", metadata("a", "b")}}), 400,
               "JSON document must contain the key listened_at at the top level.");
}

TEST_F(SubmitListens, refuses_anything_but_one_json_object) {
  for (const std::string_view text : {"", "{", "[]", "null", "7", R"({"payload": [}, )", "{} {}", "\xff"}) {
    const Reply reply = post_text("/1/submit-listens", std::string(text));
    EXPECT_EQ(reply.status, 400) << text;
    EXPECT_EQ(document(reply).at("code").as_int64(), 400) << text;
    EXPECT_TRUE(document(reply).at("error").is_string()) << text;
  }
}

TEST_F(SubmitListens, refuses_texts_that_no_store_accepts) {
  for (const std::string_view text : {R"("\u0000")", R"("\ud800")", "\"\xff\""}) {
    const Reply reply = post_text(
        "/1/submit-listens",
        fmt::format(
            R"({{"listen_type":"single","payload":[{{"listened_at":{},"track_metadata":{{"artist_name":"a","track_name":"b","additional_info":{{"x":[{}]}}}}}}]}})",
            kNow, text));
    EXPECT_EQ(reply.status, 400) << text;
  }
  EXPECT_TRUE(stored().empty());
}

TEST_F(SubmitListens, refuses_deep_nesting) {
  const std::string deep = std::string(5'000, '[') + std::string(5'000, ']');
  EXPECT_EQ(post_text("/1/submit-listens", "{\"payload\":" + deep + "}").status, 400);
}

TEST_F(SubmitListens, needs_type_and_payload) {
  const std::string_view invalid = "Invalid JSON document submitted.";
  expect_error(post("/1/submit-listens", {{"listen_type", "single"}}), 400, invalid);
  expect_error(post("/1/submit-listens", {{"payload", json::array{listen(kNow, metadata("a", "b"))}}}), 400, invalid);
  expect_error(post("/1/submit-listens", {{"listen_type", "single"}, {"payload", "x"}}), 400,
               "The payload in the JSON document should be a list of listens.");
  expect_error(with_payload("single", {}), 400, "JSON document does not contain any listens");
  for (const json::value& type : {json::value("double"), json::value(1), json::value(nullptr)}) {
    expect_error(
        post("/1/submit-listens", {{"listen_type", type}, {"payload", json::array{listen(kNow, metadata("a", "b"))}}}),
        400, "JSON document requires a valid listen_type key.");
  }
}

TEST_F(SubmitListens, accepts_one_listen_unless_it_is_an_import) {
  const json::array two{listen(kNow, metadata("a", "b")), listen(kNow, metadata("a", "c"))};
  const std::string_view message =
      "JSON document contains more than listen for a single/playing_now. It should contain only one.";
  expect_error(with_payload("single", two), 400, message);
  expect_error(with_payload("playing_now", two), 400, message);
  expect_ok(with_payload("import", two));
}

TEST_F(SubmitListens, accepts_1000_listens_at_most) {
  json::array payload;
  for (int i = 0; i < 1001; ++i) payload.emplace_back(listen(kNow - i, metadata("a", "b")));
  expect_error(with_payload("import", payload), 400,
               "Too many listens. You may not submit more than 1000 listens at once.");
  EXPECT_TRUE(stored().empty());
}

TEST_F(SubmitListens, limits_the_bytes_of_a_listen) {
  const std::string_view message = "JSON document is too large. Each listens may not be larger than 10240 bytes.";
  const auto sized = [&](std::size_t bytes) { return metadata("a", "b", {{"x", std::string(bytes, 'x')}}); };
  expect_ok(submit(kNow, sized(10'000)));
  expect_error(submit(kNow, sized(10'240)), 400, message);
  // One that hides among small ones is too large as well.
  json::array payload;
  for (int i = 0; i < 9; ++i) payload.emplace_back(listen(kNow - i, metadata("a", "b")));
  payload.emplace_back(listen(kNow, sized(10'240)));
  expect_error(with_payload("import", payload), 400, message);
  // White space counts to the request.
  expect_error(post_text("/1/submit-listens", json::serialize(body("single", {listen(kNow, metadata("a", "b"))})) +
                                                  std::string(10'240, ' ')),
               400, message);
}

TEST_F(SubmitListens, limits_the_bytes_of_a_body) {
  expect_error(post_text("/1/submit-listens", std::string(10'240'001, ' ')), 400,
               "Payload too large. Payload cannot exceed 10240000 bytes");
}

TEST_F(SubmitListens, needs_artist_and_title) {
  for (const std::string_view key : {"artist_name", "track_name"}) {
    json::object without = metadata("a", "b");
    without.erase(key);
    expect_error(submit(kNow, without), 400,
                 fmt::format("JSON document does not contain required field track_metadata.{}.", key));
    for (const std::string_view blank : {"", " \t\n", "\u00a0\u3000"}) {
      json::object empty = metadata("a", "b");
      empty[key] = blank;
      expect_error(submit(kNow, empty), 400, fmt::format("field track_metadata.{} is empty.", key));
    }
    json::object list = metadata("a", "b");
    list[key] = json::array{"a"};
    expect_error(submit(kNow, list), 400, fmt::format("track_metadata.{} must be a single string.", key));
  }
  json::object release = metadata("a", "b");
  release["release_name"] = 7;
  expect_error(submit(kNow, release), 400, "track_metadata.release_name must be a single string.");
  release["release_name"] = " ";
  expect_ok(submit(kNow, release));
  EXPECT_EQ(stored().front().release, "");
}

// Titles of more than 1,024 letters were refused, which ingest takes.
TEST_F(SubmitListens, takes_names_as_long_as_a_listen_may_be) {
  expect_ok(submit(kNow, metadata(std::string(1200, 'a'), std::string(1200, 'b'))));
  EXPECT_EQ(stored().front().title.size(), 1200U);
  expect_ok(submit(kNow, metadata("!!!", "( )", {{"song_id", std::string(1024, 'i')}})));
  expect_error(submit(kNow, metadata("a", "b", {{"song_id", std::string(1025, 'i')}})), 400,
               "track_metadata.additional_info.song_id: expected at most 1024 bytes, found 1025");
}

TEST_F(SubmitListens, checks_the_types_of_a_listen) {
  expect_error(with_listen(nullptr), 400, "Listen is empty and cannot be validated.");
  expect_error(with_listen({{"listened_at", kNow}}), 400,
               "JSON document must contain the key track_metadata at the top level.");
  json::object more = listen(kNow, metadata("a", "b"));
  more["user_name"] = "bob";
  expect_error(with_listen(more), 400, "JSON document may only contain listened_at and track_metadata top level keys");
  expect_error(with_listen({{"listened_at", kNow}, {"track_metadata", nullptr}}), 400,
               "track_metadata must be a JSON object.");
  json::object info = metadata("a", "b");
  for (const json::value& other : {json::value("x"), json::value{1}, json::value()}) {
    info["additional_info"] = other;
    expect_error(submit(kNow, info), 400, "track_metadata.additional_info must be a JSON object.");
  }
}

TEST_F(SubmitListens, checks_the_limits_of_tags) {
  json::array tags(50, json::value(std::string(64, 'x')));
  expect_ok(with_info({{"tags", tags}}));
  json::array letters(1, json::value("é"));
  for (int i = 0; i < 63; ++i) letters[0].as_string() += "é";
  expect_ok(with_info({{"tags", letters}}));  // 64 letters, if 128 bytes
  letters[0].as_string() += "é";
  const std::string_view longer =
      "JSON document may not contain track_metadata.additional_info.tags longer than 64 characters.";
  expect_error(with_info({{"tags", letters}}), 400, longer);
  tags.emplace_back("x");
  expect_error(with_info({{"tags", tags}}), 400,
               "JSON document may not contain more than 50 items in track_metadata.additional_info.tags.");
  const std::string_view list = "track_metadata.additional_info.tags must be a list of strings.";
  expect_error(with_info({{"tags", "rock"}}), 400, list);
  expect_error(with_info({{"tags", json::array{1}}}), 400, list);
}

TEST_F(SubmitListens, checks_the_limits_of_durations) {
  expect_error(with_info({{"duration", 1}, {"duration_ms", 1000}}), 400,
               "JSON document should not contain both duration and duration_ms.");
  expect_error(with_info({{"duration", 2'073'601}}), 400,
               "Value for duration is too large, max permitted value is 2073600");
  expect_error(with_info({{"duration_ms", 2'073'600'001}}), 400,
               "Value for duration_ms is too large, max permitted value is 2073600000");
  for (const json::value& duration : {json::value(0), json::value(-5), json::value(0.5), json::value("long"),
                                      json::value(nullptr), json::value(1e300)}) {
    expect_error(with_info({{"duration", duration}}), 400,
                 "Value for duration is invalid, should be a positive integer.");
  }
  expect_ok(with_info({{"duration", "300"}}));
  expect_ok(with_info({{"duration_ms", 2'073'600'000}}));
}

TEST_F(SubmitListens, checks_musicbrainz_ids) {
  for (const std::string_view key : {"release_mbid", "recording_mbid", "release_group_mbid", "track_mbid"}) {
    for (const json::value& id : {json::value("x"), json::value(7), json::value(json::array{kUuid})}) {
      expect_error(with_info({{key, id}}), 400, fmt::format("{} MBID format invalid.", key));
    }
    expect_ok(with_info({{key, ""}}));
    expect_ok(with_info({{key, nullptr}}));
  }
  for (const std::string_view key : {"artist_mbids", "work_mbids"}) {
    expect_error(with_info({{key, json::array{kUuid, "x"}}}), 400, fmt::format("{} MBID format invalid.", key));
    expect_error(with_info({{key, kUuid}}), 400, fmt::format("{} MBID format invalid.", key));
    expect_ok(with_info({{key, json::array{}}}));
  }
}

TEST_F(SubmitListens, keeps_a_playing_song_until_it_is_over) {
  const json::object song = metadata("Björk", "Jóga", {{"duration", 305}});
  expect_ok(with_payload("playing_now", {{{"track_metadata", song}}}));
  EXPECT_TRUE(stored().empty());  // no listen yet
  const json::value expected = {
      {"payload",
       {{"count", 1},
        {"listens", json::array{{{"playing_now", true}, {"track_metadata", song}, {"user_name", "ann"}}}},
        {"playing_now", true},
        {"user_id", "ann"}}}};
  EXPECT_EQ(document(get("/1/user/ann/playing-now")), expected);
  now_ += 304;
  EXPECT_EQ(document(get("/1/user/ann/playing-now")), expected);
  now_ += 1;
  EXPECT_EQ(document(get("/1/user/ann/playing-now")).at_pointer("/payload/listens"), json::value(json::array{}));
}

TEST_F(SubmitListens, assumes_ten_minutes_for_a_song_of_unknown_length) {
  expect_ok(with_payload("playing_now", {{{"track_metadata", metadata("a", "b")}}}));
  now_ += 599;
  EXPECT_EQ(document(get("/1/user/ann/playing-now")).at_pointer("/payload/count"), json::value(1));
  now_ += 1;
  EXPECT_EQ(document(get("/1/user/ann/playing-now")).at_pointer("/payload/count"), json::value(0));
}

TEST_F(SubmitListens, checks_the_body_of_a_playing_now) {
  expect_error(with_payload("playing_now", {listen(kNow, metadata("a", "b"))}), 400,
               "JSON document must not contain listened_at while submitting playing_now.");
  expect_error(with_payload("playing_now", {{{"track_metadata", metadata("a", "b")}, {"x", 1}}}), 400,
               "JSON document may only contain track_metadata as top level key when submitting playing_now.");
}

TEST_F(SubmitListens, returns_the_msid_of_a_playing_now_on_request) {
  const json::object playing = body("playing_now", {{{"track_metadata", metadata("Björk", "Jóga")}}});
  store::StoredListen same;
  same.artist = "björk";
  same.title = "JÓGA";
  const Reply reply = post("/1/submit-listens?return_msid=true", playing);
  EXPECT_EQ(document(reply), (json::value{{"status", "ok"}, {"recording_msid", store::msid_of(same)}}));
  expect_ok(post("/1/submit-listens?return_msid=false", playing));
  expect_error(post("/1/submit-listens?return_msid=maybe", playing), 400, "Invalid return_msid argument: maybe");
}

TEST_F(SubmitListens, drops_a_playing_song_rather_than_grow) {
  for (int i = 0; i < 100; ++i) {
    expect_ok(post("/1/submit-listens", body("playing_now", {{{"track_metadata", metadata("a", "b")}}}),
                   token_of("user" + std::to_string(i))));
  }
  int remembered = 0;
  for (int i = 0; i < 100; ++i) {
    const std::string user = "user" + std::to_string(i);
    const json::value found = document(get("/1/user/" + user + "/playing-now", token_of(user)));
    remembered += static_cast<int>(found.at_pointer("/payload/count").as_int64());
  }
  EXPECT_EQ(remembered, 4);
}

class ValidateToken : public testing::ListensFixture {
 protected:
  ValidateToken() {
    store_.add_token({.id = "1", .hash = sha256_of("secret"), .user = "ann", .name = "phone", .read = true});
    store_.add_token({.id = "2", .hash = sha256_of("service"), .user = "", .name = "site", .submit = true});
  }
  Reply with_header(std::string value) const {
    return get("/1/validate-token", Identity{}, {{"authorization", std::move(value)}});
  }
};

TEST_F(ValidateToken, answers_200_either_way) {
  const std::string_view valid = R"({"code":200,"message":"Token valid.","valid":true,"user_name":"ann"})";
  const std::string_view invalid = R"({"code":200,"message":"Token invalid.","valid":false})";
  EXPECT_EQ(with_header("Token secret").body, valid);
  EXPECT_EQ(with_header("Bearer secret").body, valid);
  EXPECT_EQ(get("/1/validate-token?token=secret", Identity{}).body, valid);
  for (const Reply& reply : {with_header("Token wrong"), get("/1/validate-token?token=wrong", Identity{})}) {
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, invalid);
  }
}

TEST_F(ValidateToken, refuses_the_token_of_a_service) {
  EXPECT_EQ(with_header("Token service").body,
            R"({"code":200,"message":"Token of a service, not of a user.","valid":false})");
}

TEST_F(ValidateToken, needs_a_token) {
  const std::string_view message = "You need to provide an Authorization token.";
  expect_error(get("/1/validate-token", Identity{}), 400, message);
  expect_error(with_header("secret"), 400, message);
}

TEST(CanonicalUuid, has_the_form_of_musicbrainz) {
  EXPECT_EQ(canonical_uuid("B1A9C0E9-D987-4042-AE91-78D6A3267D69"), kUuid);
  EXPECT_EQ(canonical_uuid("b1a9c0e9d9874042ae9178d6a3267d69"), kUuid);
  EXPECT_EQ(canonical_uuid("b1a9c0e9-d987-4042-ae91-78d6a3267d6"), "");
  EXPECT_EQ(canonical_uuid("b1a9c0e9-d987-4042-ae91-78d6a3267d690"), "");
  EXPECT_EQ(canonical_uuid("g1a9c0e9-d987-4042-ae91-78d6a3267d69"), "");
  EXPECT_EQ(canonical_uuid(""), "");
}

TEST_F(SubmitListens, an_empty_list_of_php_is_an_empty_map) {
  json::object sent = metadata("Björk", "Jóga");
  sent["additional_info"] = json::array();
  expect_ok(submit(kNow, sent));
  ASSERT_EQ(stored().size(), 1U);
  EXPECT_EQ(json::parse(stored()[0].track_metadata).at("additional_info"), json::value(json::object()));
}

}  // namespace
}  // namespace segue::serve
