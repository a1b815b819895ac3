// The routes of listens on a store in memory, at a fixed time.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "segue/serve/listenbrainz/listenbrainz.h"

#include "tests/support/memory_store.h"
#include "tests/support/route_caller.h"

namespace segue::testing {

class ListensFixture : public ::testing::Test {
 protected:
  static constexpr std::int64_t kNow = 1'700'000'000;

  ListensFixture() : caller_(all_routes()) { store_.set_time(kNow); }

  serve::Reply post(std::string_view target, const json::value& body,
                    const serve::Identity& who = token_of("ann")) const {
    return caller_.call(serve::Method::post, target, json::serialize(body), who);
  }
  serve::Reply post_text(std::string_view target, std::string body,
                         const serve::Identity& who = token_of("ann")) const {
    return caller_.call(serve::Method::post, target, std::move(body), who);
  }
  serve::Reply get(std::string_view target, const serve::Identity& who = token_of("ann"),
                   std::vector<serve::Header> headers = {}) const {
    return caller_.call(serve::Method::get, target, "", who, std::move(headers));
  }

  // {"listen_type": type, "payload": [listens...]}
  static json::object body(std::string_view type, json::array payload) {
    return {{"listen_type", type}, {"payload", std::move(payload)}};
  }
  static json::object metadata(std::string_view artist, std::string_view title, json::object info = {}) {
    return {{"artist_name", artist}, {"track_name", title}, {"additional_info", std::move(info)}};
  }
  static json::object listen(std::int64_t time, json::object track_metadata) {
    return {{"listened_at", time}, {"track_metadata", std::move(track_metadata)}};
  }
  serve::Reply submit(std::int64_t time, json::object track_metadata,
                      const serve::Identity& who = token_of("ann")) const {
    json::array payload;
    payload.emplace_back(listen(time, std::move(track_metadata)));
    return post("/1/submit-listens", body("single", std::move(payload)), who);
  }

  std::vector<store::StoredListen> stored(std::string_view user = "ann") {
    return store_.listens_of(user, {.min_ts = std::nullopt, .max_ts = std::nullopt, .count = 10'000});
  }

  MemoryStore store_;
  serve::PlayingNow playing_now_{4};
  serve::Metrics metrics_;
  std::int64_t now_ = kNow;
  RouteCaller caller_;

 private:
  std::vector<serve::Route> all_routes() {
    const serve::ListenParts parts{store_, playing_now_, metrics_, [this] { return now_; }};
    std::vector<serve::Route> routes = serve::listenbrainz_routes(parts);
    for (serve::Route& route : serve::listens_routes(parts)) routes.push_back(std::move(route));
    for (serve::Route& route : serve::event_routes(parts)) routes.push_back(std::move(route));
    for (serve::Route& route : serve::import_routes(parts)) routes.push_back(std::move(route));
    return routes;
  }
};

inline json::value document(const serve::Reply& reply) {
  return json::parse(reply.body);
}

inline std::string header(const serve::Reply& reply, std::string_view name) {
  for (const serve::Header& one : reply.headers) {
    if (one.name == name) return one.value;
  }
  return "none";
}

// The protocol's error: the status in both places, and the message.
inline void expect_error(const serve::Reply& reply, int status, std::string_view message) {
  EXPECT_EQ(reply.status, status) << reply.body;
  EXPECT_EQ(reply.body, json::serialize(json::value{{"code", status}, {"error", message}}));
}

inline void expect_ok(const serve::Reply& reply) {
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(reply.body, R"({"status":"ok"})");
}

}  // namespace segue::testing
