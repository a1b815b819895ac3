#include "segue/serve/auth.h"

#include <gtest/gtest.h>

#include "segue/store/tokens.h"

#include "tests/support/expect_error.h"
#include "tests/support/memory_store.h"

namespace segue::serve {
namespace {

Request request(std::vector<Header> headers, bool loopback = true) {
  Request made;
  made.headers = std::move(headers);
  made.loopback = loopback;
  return made;
}

TEST(Authenticator, identifies_tokens_by_their_secrets) {
  testing::MemoryStore store;
  store::StoredToken wanted;
  wanted.user = "ann";
  wanted.read = true;
  const store::NewToken made = store::make_token(wanted);
  store.add_token(made.token);
  Authenticator authenticator(store, false);
  for (const char* scheme : {"Token ", "token ", "Bearer "}) {
    const Identity who = authenticator.identify(request({{"authorization", scheme + made.secret}}));
    EXPECT_EQ(who.user, "ann");
    EXPECT_TRUE(who.may(Scope::read));
    EXPECT_FALSE(who.may(Scope::submit));
  }
  EXPECT_ERROR(authenticator.identify(request({{"authorization", "Token x"}})), ErrorCode::unauthorised, "not valid");
  EXPECT_ERROR(authenticator.identify(request({{"authorization", "Basic eDp5"}})), ErrorCode::unauthorised, "expected");
  // While the store is unavailable, cached tokens stay valid; others do not.
  store.fail_with(ErrorCode::unavailable);
  EXPECT_EQ(authenticator.identify(request({{"authorization", "Token " + made.secret}})).user, "ann");
  EXPECT_ERROR(authenticator.identify(request({{"authorization", "Token y"}})), ErrorCode::unavailable, "");
}

TEST(Authenticator, open_loopback_admits_only_this_machine) {
  testing::MemoryStore store;
  const auto may_read = [&](const Request& asking, bool open = true) {
    return Authenticator(store, open).identify(asking).may(Scope::read);
  };
  EXPECT_TRUE(may_read(request({{"host", "localhost:8080"}})));
  EXPECT_TRUE(may_read(request({{"host", "[::1]:8080"}, {"origin", "http://[::1]:8080"}})));
  EXPECT_FALSE(may_read(request({{"host", "localhost:8080"}}), false));
  EXPECT_FALSE(may_read(request({{"host", "localhost:8080"}}, false)));
  EXPECT_FALSE(may_read(request({{"host", "music.example"}})));
  EXPECT_FALSE(may_read(request({{"host", "localhost.music.example"}})));
  EXPECT_FALSE(may_read(request({{"host", "localhost:8080"}, {"origin", "https://music.example"}})));
  EXPECT_FALSE(may_read(request({{"host", "localhost:8080"}, {"origin", "null"}})));
  EXPECT_FALSE(may_read(request({})));
}

// A proxy on this machine passes on requests of the whole world, and some of them keep the client's "Host: localhost".
TEST(Authenticator, open_loopback_refuses_what_a_proxy_passes_on) {
  testing::MemoryStore store;
  for (const char* name : {"x-forwarded-for", "x-forwarded-host", "forwarded", "x-real-ip", "via"}) {
    const Request passed_on = request({{"host", "localhost:8080"}, {name, "203.0.113.7"}});
    EXPECT_FALSE(Authenticator(store, true).identify(passed_on).may(Scope::read)) << name;
  }
}

TEST(Authenticator, guesses_do_not_push_out_valid_tokens) {
  testing::MemoryStore store;
  store::StoredToken wanted;
  wanted.user = "ann";
  const store::NewToken made = store::make_token(wanted);
  store.add_token(made.token);
  Authenticator authenticator(store, false);
  const Request valid = request({{"authorization", "Token " + made.secret}});
  EXPECT_FALSE(authenticator.was_valid(valid));
  EXPECT_EQ(authenticator.identify(valid).user, "ann");
  for (std::size_t i = 0; i < Authenticator::kMostRemembered + 10; ++i) {
    const Request guess = request({{"authorization", "Token " + std::to_string(i)}});
    EXPECT_ERROR(authenticator.identify(guess), ErrorCode::unauthorised, "not valid");
  }
  EXPECT_TRUE(authenticator.was_valid(valid));
  EXPECT_TRUE(authenticator.is_remembered(valid));
}

}  // namespace
}  // namespace segue::serve
