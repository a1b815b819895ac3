#include "segue/base/json.h"

#include "tests/support/expect_error.h"

namespace segue {
namespace {

TEST(Pretty, reads_back_as_the_same_document) {
  const json::value document = {
      {"a", 1}, {"b", {1.5, 2.5}}, {"c", {{"d", nullptr}, {"e", "\"x\"\n"}}}, {"f", json::array{}}};
  const std::string text = pretty(document);
  EXPECT_EQ(parse_json(text, "text"), document);
  EXPECT_NE(text.find("\"b\": [1.5, 2.5]"), std::string::npos) << text;
}

TEST(Pretty, writes_numbers_in_their_shortest_form) {
  EXPECT_EQ(pretty(json::value(0.025)), "0.025");
  EXPECT_EQ(pretty(json::value(1e-4)), "0.0001");
}

TEST(ParseJson, names_the_subject) {
  EXPECT_ERROR(parse_json("{\"a\":", "manifest.json"), ErrorCode::corrupt, "manifest.json: expected a JSON document");
  EXPECT_ERROR(parse_json("", "manifest.json"), ErrorCode::corrupt, "manifest.json");
}

TEST(Members, are_checked_for_their_types) {
  const json::value document = {{"n", 3}, {"t", "x"}, {"neg", -1}};
  const json::object& object = document.get_object();
  EXPECT_EQ(count_at(object, "n", "m"), 3U);
  EXPECT_EQ(number_at(object, "neg", "m"), -1.0);
  EXPECT_EQ(string_at(object, "t", "m"), "x");
  EXPECT_ERROR(count_at(object, "neg", "m"), ErrorCode::corrupt,
               "m: \"neg\": expected a whole number of 0 or more, found -1");
  EXPECT_ERROR(string_at(object, "n", "m"), ErrorCode::corrupt, "expected a string, found 3");
  EXPECT_ERROR(object_at(object, "gone", "m"), ErrorCode::corrupt, "expected the key \"gone\"");
}

TEST(Json, reads_the_number_nearest_to_the_text) {
  for (const double number : {0.7, 0.1, 1.1, 1.4, -2.3e-7, 1e300, 0.30000000000000004, 123456.789}) {
    EXPECT_EQ(parse_json(pretty(json::value(number)), "x").as_double(), number);
  }
  EXPECT_ERROR(parse_json("0.7 0.7", "x"), ErrorCode::corrupt, "x: expected a JSON document");
  EXPECT_ERROR(parse_json("[0.7", "x"), ErrorCode::corrupt, "x: expected a JSON document");
}

}  // namespace
}  // namespace segue
