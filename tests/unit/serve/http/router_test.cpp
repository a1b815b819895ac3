#include "segue/serve/http/router.h"

#include <gtest/gtest.h>

#include "segue/serve/api/replies.h"

namespace segue::serve {
namespace {

Route route(Method method, std::string path, std::string id) {
  return {.method = method,
          .path = std::move(path),
          .id = std::move(id),
          .tag = "Songs",
          .summary = "s",
          .handle = [](const Exchange&) { return json_reply(HealthReply()); }};
}

Router three_routes() {
  std::vector<Route> routes;
  routes.push_back(route(Method::get, "/v1/songs/{id}", "getSong"));
  routes.push_back(route(Method::get, "/v1/songs/new", "getNewSongs"));
  routes.push_back(route(Method::post, "/v1/songs/{id}", "setSong"));
  return Router(std::move(routes));
}

TEST(Router, prefers_literal_segments) {
  const Router router = three_routes();
  EXPECT_EQ(router.find(Method::get, "/v1/songs/new")->id, "getNewSongs");
  EXPECT_EQ(router.find(Method::get, "/v1/songs/old")->id, "getSong");
  EXPECT_EQ(router.find(Method::post, "/v1/songs/new")->id, "setSong");
}

TEST(Router, answers_head_like_get) {
  const Router router = three_routes();
  EXPECT_EQ(router.find(Method::head, "/v1/songs/a"), router.find(Method::get, "/v1/songs/a"));
}

TEST(Router, finds_nothing_for_other_paths_and_methods) {
  const Router router = three_routes();
  for (const char* const path :
       {"/v1/songs/", "/v1/songs/a/b", "/v1", "", "v1/songs/a", "/v1/songs/a/", "/1/2/3/4/5/6/7/8/9"}) {
    EXPECT_EQ(router.find(Method::get, path), nullptr) << path;
  }
  EXPECT_EQ(router.find(Method::remove, "/v1/songs/a"), nullptr);
}

TEST(Router, lists_the_methods_of_a_path) {
  const Router router = three_routes();
  EXPECT_EQ(router.allowed("/v1/songs/a"), "GET, HEAD, POST");
  EXPECT_EQ(router.allowed("/v2"), "");
}

TEST(Router, decodes_the_values_of_a_path) {
  const Router router = three_routes();
  const auto values = [&](std::string_view path) { return Router::path_values(*router.find(Method::get, path), path); };
  ASSERT_EQ(values("/v1/songs/a%2Fb").size(), 1U);
  EXPECT_EQ(values("/v1/songs/a%2Fb").front().first, "id");
  EXPECT_EQ(values("/v1/songs/a%2Fb").front().second, "a/b");
  EXPECT_EQ(values("/v1/songs/a+b").front().second, "a+b");
  EXPECT_TRUE(values("/v1/songs/new").empty());
}

TEST(RouterDeathTest, refuses_routes_that_share_an_id_or_a_path) {
  const auto make = [](std::string path, std::string id) {
    std::vector<Route> routes;
    routes.push_back(route(Method::get, "/a", "getA"));
    routes.push_back(route(Method::get, std::move(path), std::move(id)));
    const Router router(std::move(routes));
  };
  make("/b", "getB");
  EXPECT_DEATH(make("/b", "getA"), "id");
  EXPECT_DEATH(make("/b", ""), "id");
  EXPECT_DEATH(make("/a", "getB"), "path");
}

TEST(RouterDeathTest, refuses_json_without_a_shape_and_examples_of_another_shape) {
  const auto make = [](Route one) {
    std::vector<Route> routes;
    routes.push_back(std::move(one));
    const Router router(std::move(routes));
  };
  Route untyped = route(Method::get, "/a", "getA");
  untyped.handle = [](const Exchange&) { return Reply(); };
  EXPECT_DEATH(make(untyped), "shape");
  untyped.reply_type = "text/plain";
  make(untyped);
  Route typed = route(Method::get, "/a", "getA");
  typed.example = Example(HealthReply());
  make(typed);
  typed.example = Example(PlaceReply());
  EXPECT_DEATH(make(typed), "shape");
}

TEST(Handler, knows_the_shape_of_what_it_returns) {
  const Handler typed = [](const Exchange&) { return json_reply(HealthReply()); };
  EXPECT_EQ(typed.shape(), &shape_of<HealthReply>());
  const Handler plain = [](const Exchange&) { return Reply{.content_type = "text/plain", .body = "x"}; };
  EXPECT_EQ(plain.shape(), nullptr);
  const Request request;
  const Exchange exchange{.request = request, .path = {}, .query = {}, .who = {}};
  EXPECT_EQ(typed(exchange).body, R"({"status":"ok"})");
  EXPECT_EQ(plain(exchange).body, "x");
}

TEST(Handler, parses_a_body_once) {
  int parsed = 0;
  const Handler handler = Handler::with_body(
      [&parsed](const Request& request) {
        ++parsed;
        return std::stoi(request.body);
      },
      [](int number) { return number > 9; },
      [](const Exchange&, int number) {
        return json_reply(PlaceReply{static_cast<float>(number), 0, "m"});
      });
  ASSERT_TRUE(handler.parses_bodies());
  EXPECT_EQ(handler.shape(), &shape_of<PlaceReply>());
  Request request;
  request.body = "12";
  const auto [body, may_block] = handler.parsed(request);
  EXPECT_TRUE(may_block);
  const Exchange exchange{.request = request, .path = {}, .query = {}, .who = {}};
  EXPECT_EQ(handler(exchange, body.get()).body, R"({"x":12,"y":0,"model":"m"})");
  EXPECT_EQ(parsed, 1);
  EXPECT_EQ(handler(exchange).body, R"({"x":12,"y":0,"model":"m"})");
  EXPECT_EQ(parsed, 2);
  request.body = "7";
  EXPECT_FALSE(handler.parsed(request).second);
}

TEST(Router, joins_slashes_where_a_protocol_does) {
  const auto route = [](std::string_view path, std::string_view id, bool joins_slashes) {
    Route made;
    made.path = path;
    made.id = id;
    made.reply_type = "text/plain";
    made.joins_slashes = joins_slashes;
    made.handle = [](const Exchange&) { return Reply(); };
    return made;
  };
  std::vector<Route> routes = {route("/1/user/{user}/listens", "lenient", true),
                               route("/v1/songs/{id}", "strict", false)};
  const Router router(std::move(routes));
  for (const std::string_view path : {"/1/user/ann/listens", "/1/user/ann/listens/", "//1//user/ann///listens//"}) {
    const Route* const found = router.find(Method::get, path);
    ASSERT_NE(found, nullptr) << path;
    EXPECT_EQ(Router::path_values(*found, path).at(0).second, "ann") << path;
    EXPECT_EQ(router.allowed(path), "GET, HEAD") << path;
  }
  for (const std::string_view path : {"/1/user//listens", "/v1/songs/a/", "/v1//songs/a", "//", "/v1/songs//"}) {
    EXPECT_EQ(router.find(Method::get, path), nullptr) << path;
  }
  EXPECT_EQ(router.find(Method::get, std::string(1000, '/') + "1/user/ann/listens")->id, "lenient");
}

}  // namespace
}  // namespace segue::serve
