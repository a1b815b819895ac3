#include "segue/store/tokens.h"

#include <regex>
#include <set>

#include <gtest/gtest.h>

namespace segue::store {
namespace {

TEST(Tokens, are_unique_and_stored_as_digests_only) {
  std::set<std::string> secrets;
  for (int i = 0; i < 100; ++i) {
    StoredToken wanted;
    wanted.user = "ann";
    wanted.read = true;
    const NewToken made = make_token(wanted);
    EXPECT_TRUE(made.secret.starts_with("segue_"));
    EXPECT_EQ(made.secret.size(), 6U + 43U);
    EXPECT_EQ(made.token.hash, hash_of_secret(made.secret));
    EXPECT_EQ(made.token.hash.find(made.secret), std::string::npos);
    EXPECT_EQ(made.token.user, "ann");
    EXPECT_TRUE(made.token.read);
    EXPECT_FALSE(made.token.admin);
    secrets.insert(made.secret);
    secrets.insert(made.token.id);
  }
  EXPECT_EQ(secrets.size(), 200U);
}

TEST(Tokens, may_be_uuids) {
  std::set<std::string> secrets;
  for (int i = 0; i < 100; ++i) {
    const NewToken made = make_token({}, SecretForm::uuid);
    EXPECT_TRUE(std::regex_match(made.secret,
                                 std::regex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")))
        << made.secret;
    EXPECT_EQ(made.token.hash, hash_of_secret(made.secret));
    secrets.insert(made.secret);
  }
  EXPECT_EQ(secrets.size(), 100U);
}

}  // namespace
}  // namespace segue::store
