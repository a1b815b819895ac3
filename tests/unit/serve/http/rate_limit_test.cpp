#include "segue/serve/http/rate_limit.h"

#include <atomic>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

namespace segue::serve {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

RateLimiter::Clock::time_point at(milliseconds time) {
  return RateLimiter::Clock::time_point(std::chrono::hours(1)) + time;
}

Identity token(const std::string& id, const std::string& user) {
  Identity who;
  who.token_id = id;
  who.user = user;
  return who;
}

std::string header(const Reply& reply, std::string_view name) {
  for (const Header& one : reply.headers) {
    if (one.name == name) return one.value;
  }
  return "none";
}

TEST(RateLimiter, counts_down_and_starts_again) {
  RateLimiter limiter({.window_seconds = 10});
  for (const std::uint32_t left : {2U, 1U, 0U}) {
    const RateVerdict verdict = limiter.take("a", 3, at(seconds(0)));
    EXPECT_TRUE(verdict.allowed);
    EXPECT_EQ(verdict.limit, 3U);
    EXPECT_EQ(verdict.remaining, left);
    EXPECT_EQ(verdict.reset_in, 10U);
  }
  const RateVerdict refused = limiter.take("a", 3, at(milliseconds(8'500)));
  EXPECT_FALSE(refused.allowed);
  EXPECT_EQ(refused.remaining, 0U);
  EXPECT_EQ(refused.reset_in, 2U);  // rounded up: a client that waits this long is not too early
  EXPECT_FALSE(limiter.take("a", 3, at(milliseconds(9'999))).allowed);
  EXPECT_TRUE(limiter.take("a", 3, at(seconds(10))).allowed);
}

TEST(RateLimiter, looks_without_counting) {
  RateLimiter limiter({.address_requests = 2});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(limiter.look("10.0.0.1", at(seconds(0))).remaining, 2U);
  EXPECT_TRUE(limiter.take({}, "10.0.0.1", at(seconds(0))).allowed);
  EXPECT_TRUE(limiter.look("10.0.0.1", at(seconds(0))).allowed);
  EXPECT_TRUE(limiter.take({}, "10.0.0.1", at(seconds(0))).allowed);
  EXPECT_FALSE(limiter.look("10.0.0.1", at(seconds(0))).allowed);
  EXPECT_TRUE(limiter.look("10.0.0.2", at(seconds(0))).allowed);
}

TEST(RateLimiter, keeps_keys_apart) {
  RateLimiter limiter({});
  EXPECT_TRUE(limiter.take("a", 1, at(seconds(0))).allowed);
  EXPECT_TRUE(limiter.take("b", 1, at(seconds(0))).allowed);
  EXPECT_FALSE(limiter.take("a", 1, at(seconds(0))).allowed);
}

TEST(RateLimiter, counts_tokens_users_services_and_addresses) {
  RateLimiter limiter({.token_requests = 2, .user_requests = 3, .service_requests = 1, .address_requests = 1});
  const auto now = at(seconds(0));
  const Identity phone = token("1", "ann");
  const Identity laptop = token("2", "ann");
  EXPECT_TRUE(limiter.take(phone, "10.0.0.1", now).allowed);
  EXPECT_TRUE(limiter.take(phone, "10.0.0.2", now).allowed);
  EXPECT_FALSE(limiter.take(phone, "10.0.0.3", now).allowed);  // the token's limit of two
  const RateVerdict third = limiter.take(laptop, "10.0.0.1", now);
  EXPECT_TRUE(third.allowed);
  EXPECT_EQ(third.limit, 3U);  // the tighter of the two is reported
  EXPECT_EQ(third.remaining, 0U);
  EXPECT_FALSE(limiter.take(laptop, "10.0.0.1", now).allowed);  // the user's limit of three
  EXPECT_TRUE(limiter.take(token("3", ""), "", now).allowed);
  EXPECT_FALSE(limiter.take(token("3", ""), "", now).allowed);
  EXPECT_TRUE(limiter.take(Identity{}, "10.0.0.1", now).allowed);
  EXPECT_FALSE(limiter.take(Identity{}, "10.0.0.1", now).allowed);
  EXPECT_TRUE(limiter.take(Identity{}, "10.0.0.2", now).allowed);
}

TEST(RateLimiter, allows_everything_without_a_limit) {
  RateLimiter limiter({.service_requests = 0});
  for (int i = 0; i < 10'000; ++i) EXPECT_TRUE(limiter.take(token("s", ""), "", at(seconds(0))).allowed);
  Reply reply;
  add_rate_headers(limiter.take(token("s", ""), "", at(seconds(0))), 0, reply);
  EXPECT_TRUE(reply.headers.empty());
}

TEST(RateLimiter, forgets_ended_windows_first_when_full) {
  RateLimiter limiter({.window_seconds = 10, .tracked_clients = 16});  // one per shard
  EXPECT_TRUE(limiter.take("old", 1, at(seconds(0))).allowed);
  // Far more clients than there is room for: each new one is allowed.
  for (int i = 0; i < 1'000; ++i) EXPECT_TRUE(limiter.take("new" + std::to_string(i), 1, at(seconds(11))).allowed);
  EXPECT_FALSE(limiter.take("new999", 1, at(seconds(11))).allowed);
}

TEST(RateLimiter, never_exceeds_the_limit_from_many_threads) {
  RateLimiter limiter({});
  std::atomic<int> allowed = 0;
  std::vector<std::thread> threads;
  for (int worker = 0; worker < 4; ++worker) {
    threads.emplace_back([&] {
      for (int i = 0; i < 1'000; ++i) {
        if (limiter.take("a", 777, at(seconds(0))).allowed) ++allowed;
        limiter.take("b" + std::to_string(i), 1, at(seconds(0)));
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(allowed, 777);
}

TEST(RateHeaders, are_those_of_listenbrainz) {
  Reply reply;
  add_rate_headers({.allowed = true, .limit = 30, .remaining = 7, .reset_in = 4}, 1'700'000'000, reply);
  EXPECT_EQ(header(reply, "X-RateLimit-Limit"), "30");
  EXPECT_EQ(header(reply, "X-RateLimit-Remaining"), "7");
  EXPECT_EQ(header(reply, "X-RateLimit-Reset-In"), "4");
  EXPECT_EQ(header(reply, "X-RateLimit-Reset"), "1700000004");
  EXPECT_EQ(header(reply, "Retry-After"), "none");
  Reply refused;
  add_rate_headers({.allowed = false, .limit = 30, .remaining = 0, .reset_in = 4}, 1'700'000'000, refused);
  EXPECT_EQ(header(refused, "Retry-After"), "4");
}

}  // namespace
}  // namespace segue::serve
