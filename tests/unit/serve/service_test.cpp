// The errors that a service reports, whatever the route: unknown paths, methods, tokens, limits and failures inside.
#include "segue/serve/service.h"

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/base/file.h"
#include "segue/base/unix_time.h"
#include "segue/store/tokens.h"

#include "tests/support/memory_store.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"
#include "tests/unit/serve/listens_fixture.h"

namespace segue::serve {
namespace {

using testing::document;
using testing::header;

// Fails with an exception that is not segue::Error, as only a bug would.
class BuggyStore : public testing::MemoryStore {
 public:
  std::uint64_t listen_count(std::string_view user) override {
    if (is_buggy) throw std::logic_error("secret detail of /var/lib/segue");
    return MemoryStore::listen_count(user);
  }

  bool is_buggy = false;
};

class ServiceTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = std::make_unique<testing::Scratch>();
    testing::write_small_model(model_folder(), testing::small_model());
    models_ = std::make_unique<ModelSet>(model_sources("default", model_folder(), {}, {}), folder_->path(), false);
  }
  static void TearDownTestSuite() {
    models_.reset();
    folder_.reset();
  }

  static std::filesystem::path model_folder() { return *folder_ / "model"; }

  // Starts a new service, with these limits.
  void start(const RateLimitOptions& limits = {}, AccessLog* access_log = nullptr,
             std::chrono::milliseconds keep_listens = {}) {
    service_ = std::make_unique<Service>(ServiceSetup{
        .models = *models_,
        .store = store_,
        .files = files_,
        .limits = limits,
        .max_work = max_work_,
        .keep_events = keep_events_,
        .log = [this](std::string_view event, const json::object& fields) { log_.emplace_back(event, fields); },
        .access_log = access_log,
        .keep_listens = keep_listens});
  }
  void SetUp() override { start(); }

  // `target`: path and query.
  Reply ask(Method method, std::string_view target, const std::string& secret = "", std::string_view body = "{}") {
    const Request request = this->request(method, target, secret, body);
    return service_->answer(request, service_->prepare(request));
  }

  static Request request(Method method, std::string_view target, const std::string& secret, std::string_view body) {
    Request request;
    request.peer = "203.0.113.7";
    request.method = method;
    const std::size_t mark = std::min(target.find('?'), target.size());
    request.path = target.substr(0, mark);
    request.query = target.substr(std::min(mark + 1, target.size()));
    if (method == Method::post) request.body = body;
    if (!secret.empty()) request.headers.push_back({"authorization", "Token " + secret});
    return request;
  }

  std::string secret(bool read, bool submit, bool admin, std::string user = "ann") {
    store::StoredToken wanted;
    wanted.user = std::move(user);
    wanted.read = read;
    wanted.submit = submit;
    wanted.admin = admin;
    const store::NewToken made = store::make_token(wanted);
    store_.add_token(made.token);
    return made.secret;
  }

  BuggyStore store_;
  std::uint64_t max_work_ = ServiceParts::kMaxWork;
  std::chrono::seconds keep_events_{0};
  std::vector<std::pair<std::string, json::object>> log_;
  std::unique_ptr<Service> service_;

 private:
  static inline std::unique_ptr<testing::Scratch> folder_;
  static inline std::unique_ptr<ModelSet> models_;
  const StaticFiles files_;
};

// Segue's own form: {"error": {"code", "message"}}.
void expect_own_error(const Reply& reply, int status, std::string_view code, std::string_view message) {
  EXPECT_EQ(reply.status, status);
  EXPECT_EQ(document(reply), (json::value{{"error", {{"code", code}, {"message", message}}}})) << reply.body;
}

TEST_F(ServiceTest, refuses_an_unknown_path) {
  expect_own_error(ask(Method::get, "/v1/nowhere"), 404, "not_found", "no such path");
  testing::expect_error(ask(Method::get, "/1/nowhere"), 404, "no such path");
  const Reply plugin = ask(Method::post, "/api/hyperbolic/similar");
  EXPECT_EQ(plugin.status, 404);
  EXPECT_EQ(plugin.body, R"({"error":"no such path"})");
}

TEST_F(ServiceTest, refuses_a_wrong_method_and_names_the_allowed_ones) {
  const Reply own = ask(Method::put, "/v1/recommendations");
  expect_own_error(own, 405, "wrong_use", "method: expected POST, found PUT");
  EXPECT_EQ(header(own, "Allow"), "POST");
  const Reply of_protocol = ask(Method::remove, "/1/submit-listens");
  testing::expect_error(of_protocol, 405, "method: expected POST, found DELETE");
  EXPECT_EQ(header(of_protocol, "Allow"), "POST");
}

TEST_F(ServiceTest, refuses_an_unknown_parameter) {
  expect_own_error(ask(Method::get, "/health/live?verbose=1"), 400, "wrong_use", "unknown name verbose");
}

TEST_F(ServiceTest, asks_for_a_token) {
  const Reply none = ask(Method::get, "/v1/status");
  expect_own_error(none, 401, "unauthorised", "expected a token, found none");
  EXPECT_EQ(header(none, "WWW-Authenticate"), "Token");
  const Reply invalid = ask(Method::get, "/v1/status", "segue_x");
  expect_own_error(invalid, 401, "unauthorised", "the token is not valid");
  EXPECT_EQ(header(invalid, "WWW-Authenticate"), "Token");
  EXPECT_TRUE(log_.empty());
}

TEST_F(ServiceTest, refuses_a_token_without_the_permission) {
  expect_own_error(ask(Method::post, "/v1/admin/reload", secret(true, true, false)), 403, "forbidden",
                   "expected a token with admin permission, found one without it");
}

TEST_F(ServiceTest, refuses_requests_beyond_the_limit) {
  start({.token_requests = 2, .window_seconds = 3600});
  const std::string token = secret(true, false, false);
  EXPECT_EQ(ask(Method::get, "/v1/models", token).status, 200);
  const Reply last = ask(Method::get, "/v1/models", token);
  EXPECT_EQ(last.status, 200);
  EXPECT_EQ(header(last, "X-RateLimit-Remaining"), "0");
  const Reply refused = ask(Method::get, "/v1/models", token);
  const std::string wait = header(refused, "Retry-After");
  expect_own_error(refused, 429, "too_many",
                   "expected at most 2 requests in 3600 s, found more; retry in " + wait + " s");
  EXPECT_EQ(header(refused, "X-RateLimit-Limit"), "2");
}

TEST_F(ServiceTest, reports_an_unavailable_store_without_its_name) {
  const std::string token = secret(true, false, false);
  EXPECT_EQ(ask(Method::get, "/1/user/ann/listen-count", token).status, 200);
  store_.fail_with(ErrorCode::unavailable);
  const Reply of_protocol = ask(Method::get, "/1/user/ann/listen-count", token);
  testing::expect_error(of_protocol, 503, "a dependency is unavailable; retry later");
  EXPECT_NE(header(of_protocol, "Retry-After"), "none");
  const Reply own = ask(Method::get, "/v1/users/ann/history", token);
  expect_own_error(own, 503, "unavailable", "a dependency is unavailable; retry later");
  EXPECT_EQ(header(own, "Retry-After"), "1");
  ASSERT_EQ(log_.size(), 2U);
  EXPECT_EQ(log_[0].first, "request error");
  EXPECT_EQ(log_[0].second.at("route"), "/1/user/{user}/listen-count");
}

TEST_F(ServiceTest, logs_a_failure_with_its_ids_and_without_the_name_of_a_user) {
  const std::string token = secret(true, false, false);
  store_.fail_with(ErrorCode::unavailable);
  Request request = this->request(Method::get, "/v1/users/ann/history?user=ann", token, "");
  request.id = "id-1";
  request.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const Reply reply = service_->answer(request, service_->prepare(request));
  service_->sent(request, reply, {.status = reply.status, .seconds = 0.25});
  ASSERT_EQ(log_.size(), 2U);
  EXPECT_EQ(log_[1].first, "request failed");
  for (const auto& [event, fields] : log_) {
    EXPECT_EQ(fields.at("request_id"), "id-1");
    EXPECT_EQ(fields.at("trace_id"), "4bf92f3577b34da6a3ce929d0e0e4736");
    EXPECT_EQ(json::serialize(fields).find("ann"), std::string::npos);
  }
}

// Everything that a line says, and nothing of the path, the query or the token.
TEST_F(ServiceTest, writes_a_line_of_access_log_without_names) {
  std::string lines;
  {
    AccessLog log({.access_log = "all", .access_log_addresses = true}, [&](std::string_view text) { lines += text; });
    start({}, &log);
    Request request = this->request(Method::get, "/v1/users/ann/recommendations?k=3", secret(true, false, false), "");
    request.id = "id-1";
    Reply reply = service_->answer(request, service_->prepare(request));
    ASSERT_EQ(reply.status, 200) << reply.body;
    service_->sent(request, reply, {.status = 200, .seconds = 0.25, .bytes_in = 0, .bytes_out = 321});
    const Request other = this->request(Method::get, "/somewhere/ann", "", "");
    reply = service_->answer(other, service_->prepare(other));
    service_->sent(other, reply, {.status = 404, .seconds = 0, .complete = false});
  }
  const std::size_t end = lines.find('\n');
  json::object first = json::parse(lines.substr(0, end)).as_object();
  EXPECT_THAT(std::string(first.at("time").as_string()), ::testing::MatchesRegex("[0-9-]{10}T[0-9:]{8}\\.[0-9]{3}Z"));
  first.erase("time");
  EXPECT_EQ(first, (json::object{{"event", "request"},
                                 {"method", "GET"},
                                 {"route", "/v1/users/{user}/recommendations"},
                                 {"request_id", "id-1"},
                                 {"status", 200},
                                 {"seconds", 0.25},
                                 {"bytes_in", 0},
                                 {"bytes_out", 321},
                                 {"asker", "user"},
                                 {"model", "default"},
                                 {"address", "203.0.113.7"}}));
  const json::object second = json::parse(lines.substr(end + 1)).as_object();
  EXPECT_EQ(second.at("route"), "none");
  EXPECT_EQ(second.at("asker"), "nobody");
  EXPECT_EQ(second.at("complete"), false);
  EXPECT_EQ(lines.find("ann"), std::string::npos);
}

TEST_F(ServiceTest, counts_what_operators_ask_about) {
  start({.token_requests = 2, .window_seconds = 3600});
  const std::string token = secret(true, true, false);
  const auto ask_and_send = [&](Method method, std::string_view target, std::string_view body = "{}") {
    const Request request = this->request(method, target, token, body);
    const Reply reply = service_->answer(request, service_->prepare(request));
    service_->sent(request, reply, {.status = reply.status, .seconds = 0.003});
  };
  ask_and_send(Method::get, "/v1/users/ann/recommendations?k=3");
  ask_and_send(Method::post, "/v1/recommendations", R"({"songs": ["nowhere", "nowhere else", "song-1"]})");
  ask_and_send(Method::get, "/v1/users/ann/recommendations");  // beyond the limit
  const std::string metrics = ask(Method::get, "/metrics", secret(true, false, false, "")).body;
  for (
      const std::string_view line :
      {R"(segue_fallback_lists_total{reason="unknown_user"} 1)", "segue_unknown_ids_total 2",
       R"(segue_refused_requests_total{limit="token_requests"} 1)",
       R"(segue_requests_total{method="GET",route="/v1/users/{user}/recommendations",code="4xx"} 1)",
       R"(segue_http_request_duration_seconds_bucket{method="POST",route="/v1/recommendations",code="2xx",le="0.005"} 1)",
       R"(segue_http_request_duration_seconds_bucket{method="POST",route="/v1/recommendations",code="2xx",le="0.0025"} 0)",
       R"(segue_http_requests_in_flight 0)", R"(segue_listens_total{result="added"} 0)"}) {
    EXPECT_NE(metrics.find(std::string(line) + '\n'), std::string::npos) << line << '\n' << metrics;
  }
  EXPECT_NE(metrics.find("segue_build_info{version=\""), std::string::npos);
}

TEST_F(ServiceTest, a_scrapers_token_reads_the_metrics_and_nothing_else) {
  const std::string scraper = secret(false, false, false, "");
  EXPECT_EQ(ask(Method::get, "/metrics", scraper).status, 200);
  for (const Route& route : service_->router().routes()) {
    if (route.scope == Scope::none || route.id == "getMetrics") continue;
    std::string path = route.path;
    while (path.find('{') != std::string::npos)
      path.replace(path.find('{'), path.find('}') - path.find('{') + 1, "ann");
    EXPECT_EQ(ask(route.method, path, scraper).status, 403) << route.path;
  }
  for (const std::string_view page : {"/metrics", "/v1/status"}) {
    EXPECT_EQ(ask(Method::get, page, secret(true, true, false)).status, 403) << "a listener's";
  }
}

TEST_F(ServiceTest, removes_old_listens_in_batches) {
  std::vector<store::StoredListen> listens(1500);
  for (std::size_t i = 0; i < listens.size(); ++i) {
    listens[i].user = "ann";
    listens[i].listened_at = 1'600'000'000 + static_cast<std::int64_t>(i);
    listens[i].msid = store::msid_of(listens[i]);
  }
  store_.add(listens);
  start({}, nullptr, std::chrono::days(10));
  const std::int64_t now = 1'600'000'000 + 10 * 86'400 + 1400;
  EXPECT_TRUE(service_->remove_old_listens(now));
  EXPECT_EQ(store_.listen_count("ann"), 500U);
  EXPECT_TRUE(service_->remove_old_listens(now));
  EXPECT_EQ(store_.listen_count("ann"), 100U);
  EXPECT_TRUE(log_.empty());
  EXPECT_FALSE(service_->remove_old_listens(now));
  ASSERT_EQ(log_.size(), 1U);
  EXPECT_EQ(log_[0].first, "old listens removed");
  EXPECT_EQ(log_[0].second.at("listens"), 1400);
  EXPECT_NE(
      ask(Method::get, "/metrics", secret(true, false, false, "")).body.find("segue_expired_listens_total 1400\n"),
      std::string::npos);
  start();
  EXPECT_FALSE(service_->remove_old_listens(now + 1'000'000'000)) << "listens are kept unless asked otherwise";
  EXPECT_EQ(store_.listen_count("ann"), 100U);
}

// A path for every route, with its method.
std::vector<std::pair<Method, std::string>> all_targets(const Router& router) {
  std::vector<std::pair<Method, std::string>> targets;
  for (const Route& route : router.routes()) {
    std::string path = route.path;
    while (path.find('{') != std::string::npos)
      path.replace(path.find('{'), path.find('}') - path.find('{') + 1, "ann");
    targets.emplace_back(route.method, path);
  }
  return targets;
}

// A database that cannot open its file says "not found"; as 404 it made scrobblers drop their listens.
TEST_F(ServiceTest, no_shortage_is_the_clients_fault) {
  const std::string token = secret(true, true, true);
  const std::string listen = R"({"listen_type": "single", "payload": [{"listened_at": 1443521965, "track_metadata": )"
                             R"({"artist_name": "Bill Evans", "track_name": "Peri's Scope"}}]})";
  EXPECT_EQ(ask(Method::post, "/1/submit-listens", token, listen).status, 200);
  for (const ErrorCode code : {ErrorCode::exhausted, ErrorCode::no_space, ErrorCode::not_found, ErrorCode::wrong_use,
                               ErrorCode::io_failed, ErrorCode::unavailable}) {
    store_.fail_with(std::nullopt);
    start();  // with no token remembered
    store_.fail_with(code);
    for (const auto& [method, target] : all_targets(service_->router())) {
      const Reply reply = ask(method, target, token);
      const bool is_open = reply.status == 200 && target != "/1/validate-token";
      EXPECT_TRUE(is_open || reply.status >= 500) << target << ' ' << reply.status << ' ' << reply.bytes();
      const bool tells_when = header(reply, "Retry-After") != "none";
      EXPECT_TRUE(tells_when || (reply.status != 503 && reply.status != 507)) << target;
    }
    store_.fail_with(std::nullopt);
    start();
    EXPECT_EQ(ask(Method::get, "/1/user/ann/listen-count", token).status, 200);
    store_.fail_with(code);
    const Reply dropped = ask(Method::post, "/1/submit-listens", token, listen);
    EXPECT_EQ(dropped.status, code == ErrorCode::io_failed ? 500 : 503) << dropped.body;
    EXPECT_EQ(dropped.body.find('/'), std::string::npos) << dropped.body;  // no path
  }
}

TEST_F(ServiceTest, counts_tokens_that_are_not_valid_against_their_address) {
  start({.address_requests = 3, .window_seconds = 3600});
  const std::string token = secret(true, true, false);
  const std::string other = secret(true, true, false, "bob");
  EXPECT_EQ(ask(Method::get, "/1/user/ann/listen-count", token).status, 200);
  for (const char* guess : {"1", "2", "3"}) EXPECT_EQ(ask(Method::get, "/v1/models", guess).status, 401);
  const Reply refused = ask(Method::get, "/v1/models", "4");
  EXPECT_EQ(refused.status, 429) << refused.body;
  EXPECT_NE(header(refused, "Retry-After"), "none");
  EXPECT_EQ(ask(Method::get, "/v1/models").status, 429);
  EXPECT_EQ(ask(Method::get, "/1/validate-token?token=5").status, 429);
  // Who is known already is not shut out by a guesser behind the same proxy; others have to wait, as guesses do.
  EXPECT_EQ(ask(Method::get, "/1/user/ann/listen-count", token).status, 200);
  EXPECT_EQ(ask(Method::get, "/1/user/bob/listen-count", other).status, 429);
}

TEST_F(ServiceTest, limits_the_validation_of_tokens) {
  start({.address_requests = 2, .window_seconds = 3600});
  EXPECT_EQ(ask(Method::get, "/1/validate-token?token=1").status, 200);
  EXPECT_EQ(header(ask(Method::get, "/1/validate-token?token=2"), "X-RateLimit-Remaining"), "0");
  EXPECT_EQ(ask(Method::get, "/1/validate-token?token=3").status, 429);
  EXPECT_EQ(ask(Method::get, "/health/live").status, 200);
}

TEST_F(ServiceTest, admits_by_the_header_alone) {
  const auto admitted = [&](std::string_view target, const std::string& secret) {
    return service_->admit(request(Method::post, target, secret, ""));
  };
  const Admission nobody = admitted("/v1/listens", "");
  ASSERT_TRUE(nobody.refusal);
  EXPECT_EQ(nobody.refusal->status, 401);
  EXPECT_EQ(admitted("/1/submit-listens", "guess").refusal->status, 401);
  EXPECT_EQ(admitted("/v1/listens", secret(true, false, false)).refusal->status, 403);

  start({.token_requests = 1, .window_seconds = 3600});
  const std::string token = secret(true, true, false);
  const Admission ann = admitted("/v1/radio", token);
  EXPECT_FALSE(ann.refusal);
  // It counts once, not again with the body.
  const Request whole = request(Method::post, "/v1/radio", token, "{}");
  Prepared prepared = service_->prepare(whole);
  prepared.caller = ann.caller;
  EXPECT_EQ(service_->answer(whole, prepared).status, 400);
  EXPECT_EQ(admitted("/v1/radio", token).refusal->status, 429);
}

TEST_F(ServiceTest, every_route_that_takes_a_body_asks_for_a_token) {
  for (const auto& [method, target] : all_targets(service_->router())) {
    const Request head = request(method, target, "", "");
    const HeadFacts facts = service_->facts_of(head);
    EXPECT_TRUE(!facts.reads_body || service_->admit(head).refusal) << target;
    EXPECT_EQ(facts.is_probe, target.starts_with("/health/")) << target;
  }
  EXPECT_FALSE(service_->facts_of(request(Method::post, "/nowhere", "", "")).reads_body);
}

TEST_F(ServiceTest, nobody_may_keep_personal_replies) {
  const std::string token = secret(true, true, true);
  for (const Route& route : service_->router().routes()) {
    const bool names_user = route.path.find("{user}") != std::string::npos || route.path.starts_with("/1/");
    EXPECT_TRUE(route.is_personal || !names_user) << route.path;
  }
  for (const std::string_view target :
       {"/v1/users/ann/history", "/v1/users/ann/recommendations", "/1/user/ann/listens",
        "/1/feedback/user/ann/get-feedback", "/1/validate-token?token=x", "/1/user/ann/listens?count=x"}) {
    EXPECT_EQ(header(ask(Method::get, target, token), "Cache-Control"), "no-store") << target;
  }
  EXPECT_EQ(header(ask(Method::get, "/1/user/ann/listens"), "Cache-Control"), "no-store");  // 401
  EXPECT_EQ(header(ask(Method::get, "/v1/models", token), "Cache-Control"), "none");
}

TEST_F(ServiceTest, tells_listeners_nothing_about_everybody) {
  const std::string listener = secret(true, true, false);
  for (const std::string_view target : {"/metrics", "/v1/status"}) {
    expect_own_error(ask(Method::get, target, listener), 403, "forbidden",
                     "expected a token of a service or an admin, found a listener's");
    EXPECT_EQ(ask(Method::get, target, secret(true, false, false, "")).status, 200);
    EXPECT_EQ(ask(Method::get, target, secret(false, false, true)).status, 200);
  }
  EXPECT_EQ(ask(Method::get, "/v1/models", listener).status, 200);
}

TEST_F(ServiceTest, texts_have_a_length) {
  const std::string token = secret(true, true, true, "");
  const std::string ann = secret(true, true, true);
  const std::string fits(kMostTextLetters, 'x');
  const std::string longer = fits + 'x';
  const auto quoted = [](const std::string& text) { return '"' + text + '"'; };
  // Every text of a query and of a path.
  for (const Route& route : service_->router().routes()) {
    for (const Parameter& parameter : route.query) {
      const bool is_text = parameter.schema.contains("type") && parameter.schema.at("type") == "string";
      if (!is_text || parameter.name == "rows") continue;
      std::string path = route.path;
      while (path.find('{') != std::string::npos)
        path.replace(path.find('{'), path.find('}') - path.find('{') + 1, "ann");
      const Reply reply = ask(route.method, path + '?' + parameter.name + '=' + longer, ann);
      EXPECT_EQ(reply.status, 400) << route.path << ' ' << parameter.name << ' ' << reply.bytes();
    }
    if (const std::size_t brace = route.path.find('{'); brace != std::string::npos) {
      const std::string path = route.path.substr(0, brace) + longer + route.path.substr(route.path.find('}') + 1);
      EXPECT_EQ(ask(route.method, path, token).status, 400) << route.path;
      EXPECT_NE(ask(Method::get, "/v1/songs/" + fits, token).status, 400);
    }
  }
  // Texts of bodies.
  const std::vector<std::pair<std::string, std::string>> bodies = {
      {"/v1/recommendations", R"({"songs": [)" + quoted(longer) + "]}"},
      {"/v1/recommendations", R"({"songs": ["song-1"], "user": )" + quoted(longer) + "}"},
      {"/v1/recommendations", R"({"songs": ["song-1"], "interests": )" + quoted(longer) + "}"},
      {"/v1/recommendations", R"({"songs": ["song-1"], "filter": {"only_artist": [)" + quoted(longer) + "]}}"},
      {"/v1/radio", R"({"songs": ["song-1"], "location": )" + quoted(longer) + "}"},
      {"/v1/journey", R"({"from": "song-1", "to": )" + quoted(longer) + "}"},
      {"/v1/map/place", R"({"songs": [)" + quoted(longer) + "]}"},
      {"/v1/listens",
       R"({"listens": [{"user": "ann", "listened_at": 1443521965, "song_id": )" + quoted(longer) + "}]}"},
      {"/1/submit-listens", R"({"listen_type": "single", "payload": [{"listened_at": 1443521965, "track_metadata": )"
                            R"({"artist_name": "a", "track_name": "b", "additional_info": {"song_id": )" +
                                quoted(longer) + "}}}]}"},
      {"/1/feedback/recording-feedback", R"({"score": 1, "song_id": )" + quoted(longer) + "}"},
      {"/1/latest-import", R"({"ts": 1, "service": )" + quoted(longer) + "}"},
      {"/v1/admin/reload", R"({"model": )" + quoted(longer) + "}"},
  };
  for (const auto& [path, body] : bodies) {
    const Reply reply = ask(Method::post, path, ann, body);
    EXPECT_EQ(reply.status, 400) << path << ' ' << body.substr(0, 80) << ' ' << reply.bytes();
  }
}

TEST_F(ServiceTest, a_request_has_a_budget_of_work) {
  const std::string token = secret(true, true, true, "");
  std::string names = R"("x0")";
  for (int i = 1; i <= 100; ++i) names += R"(, "x)" + std::to_string(i) + '"';
  EXPECT_EQ(ask(Method::post, "/v1/recommendations", token,
                R"({"songs": ["song-1"], "filter": {"not_tag": [)" + names + "]}}")
                .status,
            422);
  // A value takes many times the memory of its bytes.
  std::string values = "[0";
  for (int i = 0; i < 200'000; ++i) values += ",0";
  const Reply many = ask(Method::post, "/v1/recommendations", token, R"({"songs": )" + values + "]}");
  EXPECT_EQ(many.status, 413) << many.body;

  const std::string_view all = R"({"songs": ["song-1"], "disliked": ["song-2", "song-3"], "k": 20, "diversity": 0.5,
                                   "explain": true})";
  EXPECT_EQ(ask(Method::post, "/v1/recommendations", token, all).status, 200);
  EXPECT_EQ(ask(Method::post, "/v1/radio", token, R"({"songs": ["song-1"]})").status, 200);
  max_work_ = 50;
  start();
  const Reply refused = ask(Method::post, "/v1/recommendations", token, all);
  EXPECT_EQ(refused.status, 422) << refused.body;
  EXPECT_EQ(ask(Method::post, "/v1/radio", token, R"({"songs": ["song-1"]})").status, 422);
  EXPECT_EQ(ask(Method::get, "/v1/users/ann/recommendations?k=20&diversity=1", token).status, 422);
  max_work_ = 0;  // no limit
  start();
  EXPECT_EQ(ask(Method::post, "/v1/recommendations", token, all).status, 200);
}

TEST_F(ServiceTest, hides_an_unexpected_exception_and_logs_it) {
  const std::string token = secret(true, false, false);
  store_.is_buggy = true;
  testing::expect_error(ask(Method::get, "/1/user/ann/listen-count", token), 500, "internal error; see the server log");
  ASSERT_EQ(log_.size(), 1U);
  EXPECT_EQ(log_[0].first, "request error");
  EXPECT_EQ(log_[0].second.at("reason"), "secret detail of /var/lib/segue");
  store_.is_buggy = false;
  EXPECT_EQ(ask(Method::get, "/1/user/ann/listen-count", token).status, 200);
}

TEST_F(ServiceTest, a_refused_reload_reports_the_reason_and_keeps_the_model) {
  const std::string token = secret(false, false, true, "");
  const std::filesystem::path manifest = model_folder() / "manifest.json";
  const std::string text = read_text(manifest);
  write_text_atomically(manifest, "{}");
  const Reply refused = ask(Method::post, "/v1/admin/reload", token);
  EXPECT_EQ(refused.status, 409);
  EXPECT_NE(refused.body.find("manifest.json: expected"), std::string::npos) << refused.body;
  EXPECT_EQ(ask(Method::get, "/v1/songs/song-4", token).status, 200);
  write_text_atomically(manifest, text);
  EXPECT_EQ(ask(Method::post, "/v1/admin/reload", token).status, 200);
}

TEST_F(ServiceTest, forgives_what_listenbrainz_forgives) {
  store::StoredToken wanted;
  wanted.user = "ann";
  wanted.read = true;
  const store::NewToken made = store::make_token(wanted, store::SecretForm::uuid);
  store_.add_token(made.token);
  for (const std::string_view path : {"/1/user/ann/listen-count", "/1//user/ann/listen-count",
                                      "//1/user/ann/listen-count/", "/1/user/ann/listen-count?fetch_metadata=true"}) {
    EXPECT_EQ(ask(Method::get, path, made.secret).body, R"({"payload":{"count":0}})") << path;
  }
  EXPECT_EQ(document(ask(Method::get, "//1/nothing", made.secret)).at("code"), json::value(404));
  const Request head = request(Method::post, "/1/submit-listens", "", "");
  EXPECT_EQ(service_->refusal(head, 415, "wrong_use", "no").body, R"({"code":415,"error":"no"})");
  EXPECT_EQ(service_->refusal(request(Method::post, "/v1/listens", "", ""), 415, "wrong_use", "no").body,
            R"({"error":{"code":"wrong_use","message":"no"}})");
}

TEST_F(ServiceTest, deletes_events_of_old_lists) {
  const std::int64_t now = unix_now();
  std::vector<store::StoredEvent> events;
  for (const std::int64_t age : {10, 90, 110, 1000}) {
    events.push_back({.list = std::to_string(age), .made_at = now - age, .song = "s", .played_ms = {}, .user = ""});
  }
  const auto left = [this] {
    int count = 0;
    store_.for_each_event(0, [&](const store::StoredEvent&) { return ++count > 0; });
    return count;
  };
  store_.add_events(events);
  service_->drop_old_events();
  EXPECT_EQ(left(), 4);  // kept for ever
  keep_events_ = std::chrono::seconds(100);
  start();
  store_.fail_with(ErrorCode::unavailable);
  service_->drop_old_events();
  store_.fail_with({});
  EXPECT_EQ(log_.back().first, "old events not deleted");
  EXPECT_EQ(left(), 4);
  start();
  service_->drop_old_events();
  EXPECT_EQ(left(), 2);
  EXPECT_EQ(log_.back().first, "old events deleted");
  store_.add_events(events);
  service_->drop_old_events();  // an hour has not passed
  EXPECT_EQ(left(), 4);
}

}  // namespace
}  // namespace segue::serve
