#include "segue/recommend/list_id.h"

#include "tests/unit/serve/listens_fixture.h"

namespace segue::serve {
namespace {

using testing::document;
using testing::token_of;

class EventRoutes : public testing::ListensFixture {
 protected:
  EventRoutes() {
    recommend::ListId id;
    id.made_at = kNow - 60;
    id.model = "default";
    list_ = recommend::text_of(id);
  }

  json::object event(std::string_view kind, std::uint32_t position = 1) const {
    return {{"list", list_}, {"song", "song-1"}, {"position", position}, {"event", kind}};
  }
  Reply report(json::array events, const Identity& who = token_of("ann")) const {
    return post("/v1/events", {{"events", std::move(events)}}, who);
  }
  // Why the server refuses a lone event.
  std::string refusal(json::object one, const Identity& who = token_of("ann")) const {
    json::array events;
    events.push_back(std::move(one));
    const Reply reply = report(std::move(events), who);
    EXPECT_GE(reply.status, 400) << reply.body;
    return std::string(document(reply).at_pointer("/error/message").as_string());
  }
  std::string refusal_with(std::string_view name, json::value value) const {
    json::object one = event("play");
    one[name] = std::move(value);
    return refusal(std::move(one));
  }
  std::vector<store::StoredEvent> stored_events() {
    std::vector<store::StoredEvent> found;
    store_.for_each_event(0, [&](const store::StoredEvent& one) {
      found.push_back(one);
      return true;
    });
    return found;
  }

  std::string list_;
};

TEST_F(EventRoutes, store_what_was_reported) {
  json::object play = event("play", 3);
  play["played_ms"] = 1234;
  play["time"] = kNow - 5;
  const Reply reply = report({event("click"), play});
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(document(reply), json::value({{"added", 2}, {"known", 0}, {"refused", json::array()}}));
  const std::vector<store::StoredEvent> found = stored_events();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0], (store::StoredEvent{.list = list_,
                                          .made_at = kNow - 60,
                                          .position = 1,
                                          .song = "song-1",
                                          .event = store::ListEvent::click,
                                          .played_ms = {},
                                          .happened_at = kNow,
                                          .user = "ann"}));
  EXPECT_EQ(found[1].played_ms, 1234);
  EXPECT_EQ(found[1].happened_at, kNow - 5);
}

TEST_F(EventRoutes, count_an_event_once) {
  EXPECT_EQ(document(report({event("click"), event("click")})).at("known"), json::value(1));
  EXPECT_EQ(document(report({event("click")})).at("known"), json::value(1));
  EXPECT_EQ(stored_events().size(), 1U);
}

TEST_F(EventRoutes, take_the_good_and_name_the_bad) {
  json::object other = event("save", 2);
  other["user"] = "bob";
  const json::value reply = document(report({event("hover"), event("click"), 7, other}));
  EXPECT_EQ(reply.at("added"), json::value(1));
  ASSERT_EQ(reply.at("refused").as_array().size(), 3U);
  EXPECT_EQ(
      reply.at("refused").at(0),
      json::value({{"row", 0},
                   {"reason", "events[0].event: expected impression, click, play, skip or save, found \"hover\""}}));
  EXPECT_EQ(reply.at_pointer("/refused/1/row"), json::value(2));
  EXPECT_EQ(reply.at_pointer("/refused/1/reason"), json::value("events[2]: expected an object"));
  EXPECT_EQ(reply.at_pointer("/refused/2/row"), json::value(3));
}

TEST_F(EventRoutes, are_refused_if_all_are_bad) {
  const Reply reply = report({event("hover"), event("hover")});
  EXPECT_EQ(reply.status, 400);
  EXPECT_TRUE(document(reply)
                  .at_pointer("/error/message")
                  .as_string()
                  .starts_with("none of the 2 events can be stored: events[0].event"));
}

TEST_F(EventRoutes, say_what_is_wrong) {
  EXPECT_NE(refusal_with("list", "nonsense").find("events[0].list: expected the X-Segue-List of a reply, found \"no"),
            std::string::npos);
  EXPECT_NE(refusal_with("song", "").find("events[0].song: expected the id of a song of the list, found none"),
            std::string::npos);
  EXPECT_NE(refusal_with("position", 0).find("from 1 to 1000, found 0"), std::string::npos);
  EXPECT_NE(refusal_with("position", 1.5).find("found 1.5"), std::string::npos);
  EXPECT_NE(refusal_with("played_ms", -1).find("played_ms: expected a whole number from 0"), std::string::npos);
  EXPECT_NE(refusal_with("time", kNow + 3600).find("events[0].time: expected"), std::string::npos);
  EXPECT_NE(refusal_with("time", kNow - 60 - 3601).find("expected a time after the list was made"), std::string::npos);
  EXPECT_NE(refusal_with("positions", 1).find("did you mean"), std::string::npos);
  json::object click = event("click");
  click["played_ms"] = 5;
  EXPECT_NE(refusal(click).find("expected it with play or skip only, found it with click"), std::string::npos);
  json::object no_position = event("click");
  no_position.erase("position");
  EXPECT_NE(refusal(no_position).find("position: expected the song's place in the list"), std::string::npos);
  EXPECT_TRUE(stored_events().empty());
  EXPECT_EQ(post("/v1/events", json::object{{"events", 1}}).status, 400);
  EXPECT_EQ(document(report({})).at("added"), json::value(0));
}

TEST_F(EventRoutes, belong_to_the_tokens_user_or_to_whom_a_service_says) {
  json::object of_bob = event("click");
  of_bob["user"] = "bob";
  EXPECT_EQ(report({of_bob}, token_of("ann")).status, 403);
  EXPECT_EQ(report({of_bob, event("save")}, token_of("")).status, 200);
  const std::vector<store::StoredEvent> found = stored_events();
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].user, "bob");
  EXPECT_EQ(found[1].user, "");  // a service that does not say
}

TEST_F(EventRoutes, are_deleted_with_the_user) {
  report({event("click")});
  const Reply reply = caller_.call(Method::remove, "/v1/users/ann", "", token_of("ann"));
  EXPECT_EQ(document(reply).at("events"), json::value(1));
  EXPECT_TRUE(stored_events().empty());
}

}  // namespace
}  // namespace segue::serve
