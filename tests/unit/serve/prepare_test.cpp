// What blocks, and what is parsed when: Service::prepare().
#include <gtest/gtest.h>

#include "segue/serve/http/typed_reply.h"
#include "segue/serve/service.h"

#include "tests/support/memory_store.h"

namespace segue::serve {
namespace {

class PrepareTest : public ::testing::Test {
 protected:
  static Request recommendations(std::string body, bool loopback = true) {
    Request request;
    request.method = Method::post;
    request.path = "/v1/recommendations";
    request.body = std::move(body);
    request.headers = {{"host", "localhost"}};
    request.loopback = loopback;
    return request;
  }

  ModelSet models_{{}, {}, false};
  testing::MemoryStore store_;
  StaticFiles files_;
  Service service_{{.models = models_, .store = store_, .files = files_, .open_loopback = true, .log = {}}};
};

TEST_F(PrepareTest, decides_what_blocks_from_the_parsed_body) {
  const Prepared small = service_.prepare(recommendations(R"({"songs": ["\"filter\""]})"));
  EXPECT_FALSE(small.may_block);
  EXPECT_NE(small.body, nullptr);
  const Prepared filtered = service_.prepare(recommendations(R"({"songs": ["a"], "filter": {"min_plays": 2}})"));
  EXPECT_TRUE(filtered.may_block);
  EXPECT_NE(filtered.body, nullptr);
}

TEST_F(PrepareTest, parses_large_bodies_on_the_pool) {
  const std::string songs(Handler::kInlineBody, ' ');
  const Prepared large = service_.prepare(recommendations(R"({"songs": [)" + songs + "]}"));
  EXPECT_TRUE(large.may_block);
  EXPECT_EQ(large.body, nullptr);
}

TEST_F(PrepareTest, checks_who_asks_before_the_body) {
  const Request unknown = recommendations("{", false);
  EXPECT_EQ(service_.answer(unknown, service_.prepare(unknown)).status, 401);
  const Request local = recommendations("{");
  EXPECT_FALSE(service_.prepare(local).may_block);
  EXPECT_EQ(service_.answer(local, service_.prepare(local)).status, 400);
}

TEST_F(PrepareTest, has_no_route_for_other_paths) {
  Request request;
  request.path = "/v1/nothing";
  EXPECT_EQ(service_.prepare(request).route, -1);
  EXPECT_EQ(service_.answer(request, service_.prepare(request)).status, 404);
}

}  // namespace
}  // namespace segue::serve
