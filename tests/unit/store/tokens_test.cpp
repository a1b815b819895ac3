#include "segue/store/tokens.h"

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

}  // namespace
}  // namespace segue::store
