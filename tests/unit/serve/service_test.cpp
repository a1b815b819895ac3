// The errors that a service reports, whatever the route: unknown paths, methods, tokens, limits and failures inside.
#include "segue/serve/service.h"

#include <algorithm>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "segue/base/file.h"
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
  void start(const RateLimitOptions& limits = {}) {
    service_ = std::make_unique<Service>(ServiceSetup{
        .models = *models_,
        .store = store_,
        .files = files_,
        .limits = limits,
        .log = [this](std::string_view event, const json::object& fields) { log_.emplace_back(event, fields); }});
  }
  void SetUp() override { start(); }

  // `target`: path and query.
  Reply ask(Method method, std::string_view target, const std::string& secret = "") {
    Request request;
    request.method = method;
    const std::size_t mark = std::min(target.find('?'), target.size());
    request.path = target.substr(0, mark);
    request.query = target.substr(std::min(mark + 1, target.size()));
    if (method == Method::post) request.body = "{}";
    if (!secret.empty()) request.headers.push_back({"authorization", "Token " + secret});
    return service_->answer(request, service_->prepare(request));
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
  std::vector<std::pair<std::string, json::object>> log_;

 private:
  static inline std::unique_ptr<testing::Scratch> folder_;
  static inline std::unique_ptr<ModelSet> models_;
  const StaticFiles files_;
  std::unique_ptr<Service> service_;
};

// Segue's own form: {"error": {"code", "message"}}.
void expect_own_error(const Reply& reply, int status, std::string_view code, std::string_view message) {
  EXPECT_EQ(reply.status, status);
  EXPECT_EQ(document(reply), (json::value{{"error", {{"code", code}, {"message", message}}}})) << reply.body;
}

TEST_F(ServiceTest, refuses_an_unknown_path) {
  expect_own_error(ask(Method::get, "/v1/nowhere"), 404, "not_found", "no such path");
  testing::expect_error(ask(Method::get, "/1/nowhere"), 404, "no such path");
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
  EXPECT_EQ(ask(Method::get, "/v1/status", token).status, 200);
  const Reply last = ask(Method::get, "/v1/status", token);
  EXPECT_EQ(last.status, 200);
  EXPECT_EQ(header(last, "X-RateLimit-Remaining"), "0");
  const Reply refused = ask(Method::get, "/v1/status", token);
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
  EXPECT_EQ(log_[0].second.at("path"), "/1/user/ann/listen-count");
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

}  // namespace
}  // namespace segue::serve
