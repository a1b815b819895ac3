#include "tests/unit/serve/listens_fixture.h"

namespace segue::serve {
namespace {

using testing::document;
using testing::expect_ok;
using testing::token_of;

class BulkListens : public testing::ListensFixture {
 protected:
  static json::object one(std::string_view user = "ann", std::int64_t time = kNow) {
    return {{"user", user}, {"listened_at", time}, {"artist", "a"}, {"title", "b"}};
  }
  Reply add(json::array listens, const Identity& who = token_of("")) const {
    return post("/v1/listens", {{"listens", std::move(listens)}}, who);
  }
  // The message about one listen in which `name` is `value`.
  std::string message_with(std::string_view name, json::value value) const {
    json::object listen = one();
    listen[name] = std::move(value);
    return refusal(add({one("bob"), listen}));
  }
  // Why the second of two listens was refused.
  static std::string refusal(const Reply& reply) {
    EXPECT_EQ(reply.status, 200) << reply.body;
    EXPECT_EQ(document(reply).at_pointer("/refused/0/row"), json::value(1));
    return std::string(document(reply).at_pointer("/refused/0/reason").as_string());
  }
  static std::string message(const Reply& reply) {
    EXPECT_EQ(reply.status, 400) << reply.body;
    return std::string(document(reply).at_pointer("/error/message").as_string());
  }
};

TEST_F(BulkListens, of_many_users_are_added) {
  json::object by_id{{"user", "cat"}, {"listened_at", kNow}, {"song_id", "17"}};
  by_id["recording_mbid"] = "B1A9C0E9-D987-4042-AE91-78D6A3267D69";
  EXPECT_EQ(add({one("ann"), one("bob"), by_id, one("ann")}).body, R"({"added":3,"known":1})");
  EXPECT_EQ(add({one("ann"), one("ann", kNow - 1)}).body, R"({"added":1,"known":1})");
  ASSERT_EQ(stored("cat").size(), 1U);
  EXPECT_EQ(stored("cat").front().song_id, "17");
  EXPECT_EQ(stored("cat").front().recording_mbid, "b1a9c0e9-d987-4042-ae91-78d6a3267d69");
  EXPECT_EQ(stored("cat").front().msid, store::msid_of(stored("cat").front()));
  EXPECT_EQ(add({}).body, R"({"added":0,"known":0})");
}

TEST_F(BulkListens, that_were_skipped_are_skips) {
  json::object skipped = one("ann", kNow - 5);
  skipped["skipped"] = true;
  json::object played = one("ann", kNow - 9);
  played["skipped"] = false;
  EXPECT_EQ(add({skipped, played, one()}).body, R"({"added":3,"known":0})");
  EXPECT_EQ(add({skipped}).body, R"({"added":0,"known":1})");
  EXPECT_EQ(stored("ann").size(), 2U);
  const std::vector<store::StoredListen> skips = store_.skips_of("ann", 9);
  ASSERT_EQ(skips.size(), 1U);
  EXPECT_EQ(skips.front().listened_at, kNow - 5);
  EXPECT_EQ(skips.front().title, "b");
  EXPECT_EQ(message_with("skipped", 1), "listens[1].skipped: expected true or false, found 1");
  skipped["user"] = "bob";
  EXPECT_EQ(add({skipped}, token_of("ann")).status, 403);
}

TEST_F(BulkListens, of_other_users_need_a_service_token) {
  EXPECT_EQ(add({one("ann")}, token_of("ann")).status, 200);
  const Reply reply = add({one("ann", kNow - 1), one("bob")}, token_of("ann"));
  EXPECT_EQ(reply.status, 403);
  EXPECT_EQ(document(reply).at_pointer("/error/code"), json::value("forbidden"));
  EXPECT_EQ(stored("ann").size(), 1U);  // all or none
  EXPECT_TRUE(stored("bob").empty());
}

TEST_F(BulkListens, name_what_is_wrong_with_them) {
  EXPECT_EQ(message_with("user", ""), "listens[1].user: expected a user, found none");
  EXPECT_EQ(message_with("user", 7), "listens[1].user: expected a text, found 7");
  EXPECT_EQ(message_with("user", json::string(1025, 'x')), "listens[1].user: expected at most 1024 bytes, found 1025");
  EXPECT_EQ(message_with("song_id", json::string(1025, 'x')),
            "listens[1].song_id: expected at most 1024 bytes, found 1025");
  EXPECT_EQ(message_with("title", json::string(65'537, 'x')),
            "listens[1].title: expected at most 65536 bytes, found 65537");
  EXPECT_EQ(message_with("title", " "), "listens[1]: expected song_id, or artist and title, found neither");
  EXPECT_EQ(message_with("recording_mbid", "x"), "listens[1].recording_mbid: expected a UUID");
  EXPECT_EQ(message_with("titel", "x"), "unknown name listens[1].titel (did you mean title?)");
  const std::string time =
      "listens[1].listened_at: expected seconds since 1970 from 1033410600 to an hour from now, found ";
  EXPECT_EQ(message_with("listened_at", 1'033'410'599), time + "1033410599");
  EXPECT_EQ(message_with("listened_at", kNow + 3600), time + "1700003600");
  EXPECT_EQ(message_with("listened_at", "1700000000"), time + "\"1700000000\"");
  EXPECT_EQ(message_with("listened_at", 1.5), time + "1.5E0");
  EXPECT_EQ(refusal(add({one(), 7})), "listens[1]: expected an object");
  EXPECT_EQ(message(post("/v1/listens", {{"listens", 1}}, token_of(""))), "listens: expected a list of objects");
  EXPECT_EQ(message(post("/v1/listens", {{"listen", json::array{}}}, token_of(""))),
            "unknown name listen (did you mean listens?)");
}

TEST_F(BulkListens, that_are_good_are_taken_beside_bad_ones) {
  json::object nameless = one("ann", kNow - 1);
  nameless.erase("title");
  json::object skipped = one("ann", kNow - 2);
  skipped["skipped"] = true;
  const Reply some = add({nameless, one("ann"), 7, skipped, one("ann"), one("bob", 0)});
  EXPECT_EQ(some.status, 200);
  json::object counts = document(some).as_object();
  const json::array refused = counts.at("refused").as_array();
  counts.erase("refused");
  EXPECT_EQ(counts, (json::object{{"added", 2}, {"known", 1}}));
  ASSERT_EQ(refused.size(), 3U);
  EXPECT_EQ(refused[0],
            (json::value{{"row", 0}, {"reason", "listens[0]: expected song_id, or artist and title, found neither"}}));
  EXPECT_EQ(refused[1].at("row"), 2);
  EXPECT_EQ(refused[2].at("row"), 5);
  EXPECT_EQ(stored("ann").size(), 1U);
  EXPECT_EQ(store_.skips_of("ann", 9).size(), 1U);

  // A request of nothing but bad rows is a bad request: its first row says why.
  EXPECT_EQ(message(add({nameless, 7})), "listens[0]: expected song_id, or artist and title, found neither");
  const std::string metrics = metrics_.text();
  EXPECT_NE(metrics.find(R"(segue_listens_total{result="added"} 2)"), std::string::npos) << metrics;
  EXPECT_NE(metrics.find(R"(segue_listens_total{result="refused"} 5)"), std::string::npos) << metrics;
}

TEST_F(BulkListens, are_ten_thousand_at_most) {
  json::array listens;
  for (int i = 0; i < 10'000; ++i) listens.emplace_back(one("ann", kNow - i));
  EXPECT_EQ(add(listens).body, R"({"added":10000,"known":0})");
  listens.emplace_back(one());
  EXPECT_EQ(add(listens).status, 413);
}

TEST_F(BulkListens, fail_while_the_store_is_unavailable) {
  store_.fail_with(ErrorCode::unavailable);
  EXPECT_EQ(add({one()}).status, 503);
}

class ForgetUser : public testing::ListensFixture {
 protected:
  void SetUp() override {
    for (const std::string user : {"ann", "bob"}) {
      store_.add_token({.id = user, .hash = "h" + user, .user = user, .name = ""});
      expect_ok(submit(kNow, metadata("a", "b"), token_of(user)));
      expect_ok(
          post("/1/submit-listens", body("playing_now", {{{"track_metadata", metadata("a", "b")}}}), token_of(user)));
      expect_ok(post("/1/feedback/recording-feedback", {{"song_id", "1"}, {"score", 1}}, token_of(user)));
    }
  }
  Reply forget(std::string_view user, const Identity& who) const {
    return caller_.call(Method::remove, "/v1/users/" + std::string(user), "", who);
  }
};

TEST_F(ForgetUser, deletes_everything_about_one_user_only) {
  EXPECT_EQ(forget("ann", token_of("ann")).body, R"({"listens":1,"feedback":1,"tokens":1,"events":0})");
  EXPECT_TRUE(stored("ann").empty());
  EXPECT_EQ(document(get("/1/user/ann/playing-now")).at_pointer("/payload/count"), json::value(0));
  EXPECT_EQ(stored("bob").size(), 1U);
  EXPECT_EQ(store_.tokens().size(), 1U);
  EXPECT_EQ(document(get("/1/user/bob/playing-now", token_of("bob"))).at_pointer("/payload/count"), json::value(1));
}

TEST_F(ForgetUser, is_allowed_to_the_user_and_admins) {
  EXPECT_EQ(forget("ann", token_of("bob")).status, 403);
  EXPECT_EQ(forget("ann", token_of("")).status, 403);
  EXPECT_EQ(stored("ann").size(), 1U);
  Identity admin = token_of("");
  admin.admin = true;
  EXPECT_EQ(forget("ann", admin).body, R"({"listens":1,"feedback":1,"tokens":1,"events":0})");
  EXPECT_EQ(forget("nobody", admin).body, R"({"listens":0,"feedback":0,"tokens":0,"events":0})");
}

class DeclaredRoutes : public testing::ListensFixture {};

TEST_F(DeclaredRoutes, have_typed_replies_and_errors_of_their_protocol) {
  for (const Route& route : caller_.routes()) {
    EXPECT_NE(route.handle.shape(), nullptr) << route.path;
    EXPECT_EQ(route.errors, route.path.starts_with("/1/") ? &kListenBrainzErrors : &kErrorForm) << route.path;
    EXPECT_FALSE(route.summary.empty()) << route.path;
    EXPECT_TRUE(route.may_block) << route.path;
    if (route.method == Method::post) {
      const bool is_json = route.body_type == "application/json";
      EXPECT_EQ(route.body.at("type"), json::value(is_json ? "object" : "string")) << route.path;
    }
  }
}

TEST_F(DeclaredRoutes, describe_bodies_in_json_schema) {
  for (const Route& route : caller_.routes()) {
    if (route.path == "/1/feedback/recording-feedback") {
      EXPECT_EQ(json::serialize(route.body.at("anyOf")),
                R"([{"required":["recording_msid"]},{"required":["recording_mbid"]},{"required":["song_id"]}])");
      EXPECT_EQ(json::serialize(route.body.at("properties").at("score").at("enum")), "[1,0,-1]");
    }
    if (route.path == "/1/submit-listens") {
      EXPECT_EQ(json::serialize(route.body.at("required")), R"(["listen_type","payload"])");
      EXPECT_EQ(json::serialize(json::value(route.body).at_pointer("/properties/payload/items/required")),
                R"(["track_metadata"])");
    }
  }
}

}  // namespace
}  // namespace segue::serve
