#include "segue/base/secrets.h"

#include <gtest/gtest.h>

namespace segue {
namespace {

TEST(WithoutPasswords, masks_passwords_of_urls) {
  EXPECT_EQ(without_passwords("postgresql://ann:secret@db/segue: refused"), "postgresql://ann:***@db/segue: refused");
  EXPECT_EQ(without_passwords("found \"postgres//ann:s:e@c/ret@db:5432/x\""), "found \"postgres//ann:***@db:5432/x\"");
  EXPECT_EQ(without_passwords("a://b:c@d and e://f:g@h"), "a://b:***@d and e://f:***@h");
}

TEST(WithoutPasswords, masks_values_of_password) {
  EXPECT_EQ(without_passwords("postgresql://db/x?password=secret&user=ann"), "postgresql://db/x?password=***&user=ann");
  EXPECT_EQ(without_passwords("host=db password=secret user=ann"), "host=db password=*** user=ann");
}

TEST(WithoutPasswords, leaves_other_text_alone) {
  for (const std::string_view text : {"", "postgresql://ann@db:5432/segue", "http://127.0.0.1:8080/", "/data//a:b",
                                      "ann@example.org: no such file", "password: expected one"}) {
    EXPECT_EQ(without_passwords(text), text);
  }
}

}  // namespace
}  // namespace segue
