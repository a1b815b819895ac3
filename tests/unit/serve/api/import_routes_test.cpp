#include <filesystem>

#include <stdlib.h>

#include "tests/support/scratch.h"
#include "tests/unit/serve/listens_fixture.h"

namespace segue::serve {
namespace {

using testing::document;
using testing::token_of;

constexpr const char* kLastfm =
    "Bj\xC3\xB6rk,Homogenic,J\xC3\xB3ga,15 Aug 2017 21:19\n"
    "Aphex Twin,,Xtal,15 Aug 2017 21:24\n"
    "Aphex Twin,,,15 Aug 2017 21:30\n";
constexpr const char* kListens =
    "user,ts,artist,title\nbob,1600000000,Bj\xC3\xB6rk,J\xC3\xB3ga\ncat,1600000300,Aphex Twin,Xtal\n";

class Imports : public testing::ListensFixture {
 protected:
  // Other processes import too, so the files of these are in a folder of their own.
  void SetUp() override {
    ListensFixture::SetUp();
    ::setenv("TMPDIR", folder_.path().c_str(), 1);
  }
  void TearDown() override {
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
    ::unsetenv("TMPDIR");
    ListensFixture::TearDown();
  }
  static std::string message(const Reply& reply, int status) {
    EXPECT_EQ(reply.status, status) << reply.body;
    return std::string(document(reply).at_pointer("/error/message").as_string());
  }

 private:
  testing::Scratch folder_;
};

TEST_F(Imports, of_any_log_add_listens_once) {
  const Reply first = post_text("/v1/import", kLastfm);
  EXPECT_EQ(first.status, 200) << first.body;
  EXPECT_EQ(document(first).at("added"), json::value(2)) << first.body;
  EXPECT_EQ(document(first).at("dropped"), json::value(1));
  EXPECT_EQ(document(first).at("sources").as_array().size(), 1U);
  const Reply again = post_text("/v1/import", kLastfm);
  EXPECT_EQ(document(again).at("added"), json::value(0));
  EXPECT_EQ(document(again).at("known"), json::value(2));
  ASSERT_EQ(stored("ann").size(), 2U);
  EXPECT_EQ(stored("ann").back().title, "J\xC3\xB3ga");
}

// Whatever a log says of its users, the listens are those of the token's.
TEST_F(Imports, are_of_the_user_of_the_token) {
  EXPECT_EQ(post_text("/v1/import", kListens).status, 200);
  EXPECT_EQ(stored("ann").size(), 2U);
  EXPECT_TRUE(stored("bob").empty());
  EXPECT_EQ(message(post_text("/v1/import?user=bob", kListens), 403).substr(0, 4), "user");
  EXPECT_TRUE(stored("bob").empty());
  EXPECT_EQ(post_text("/v1/import?user=bob", kListens, token_of("")).status, 200);
  EXPECT_EQ(stored("bob").size(), 2U);
  EXPECT_TRUE(stored("cat").empty());
}

TEST_F(Imports, name_what_is_wrong) {
  EXPECT_EQ(message(post_text("/v1/import", ""), 400), "body: expected a log of listens, found none");
  EXPECT_EQ(message(post_text("/v1/import", kListens, token_of("")), 400),
            "user: expected whose listens these are, as the token is a service's");
  for (const char* body : {"hello", "{}", "PK\x03\x04 no archive", "a,b\n1,2\n", "#EXTM3U\n#EXTINF:1,A - B\nx\n"}) {
    const Reply reply = post_text("/v1/import", body);
    EXPECT_GE(reply.status, 400) << body << reply.body;
    EXPECT_LT(reply.status, 500) << body << reply.body;
    EXPECT_EQ(reply.body.find("segue-import-"), std::string::npos) << reply.body;
  }
  EXPECT_TRUE(stored("ann").empty());
}

}  // namespace
}  // namespace segue::serve
