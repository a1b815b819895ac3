#include "segue/serve/api/parameters.h"

#include <gtest/gtest.h>

#include "segue/recommend/rerank_options.h"

#include "tests/support/expect_error.h"

namespace segue::serve {
namespace {

TEST(PercentDecoded, is_text_or_refused) {
  EXPECT_EQ(percent_decoded("a%2Fb%C3%A9+c", false), "a/bé+c");
  EXPECT_EQ(percent_decoded("a+b", true), "a b");
  for (const char* bad : {"%", "%4", "%zz", "%00", "%FF", "a%C3"}) {
    EXPECT_ERROR(percent_decoded(bad, false), ErrorCode::wrong_use, "expected");
  }
}

TEST(BodyReader, sets_valid_values_and_names_invalid_ones) {
  const auto read = [](std::string_view text) {
    const json::value document = json::parse(text);
    BodyReader body(document.get_object());
    recommend::RerankOptions options;
    body.read(options);
    body.refuse_others();
    return options;
  };
  const recommend::RerankOptions options =
      read(R"({"mode":"any","diversity":0.5,"artist_cap":2,"fold_versions":false})");
  EXPECT_EQ(options.mode, recommend::ListMode::any);
  EXPECT_EQ(options.diversity, 0.5);
  EXPECT_EQ(options.artist_cap, 2);
  EXPECT_FALSE(options.fold_versions);
  EXPECT_EQ(read(R"({"diversity":1})").diversity, 1);
  EXPECT_ERROR(read(R"({"diversity":2})"), ErrorCode::wrong_use, "diversity: expected a number from 0 to 1, found");
  EXPECT_ERROR(read(R"({"diversity":"0.5"})"), ErrorCode::wrong_use, "diversity: expected a number");
  EXPECT_ERROR(read(R"({"artist_cap":1.5})"), ErrorCode::wrong_use, "artist_cap: expected a whole number");
  EXPECT_ERROR(read(R"({"artist_cap":99999999999999999999})"), ErrorCode::wrong_use, "artist_cap");
  EXPECT_ERROR(read(R"({"mode":"all"})"), ErrorCode::wrong_use, "mode: expected one of discover, any");
  EXPECT_ERROR(read(R"({"divresity":0})"), ErrorCode::wrong_use, "unknown name divresity (did you mean diversity?)");
}

TEST(BodyObject, is_one_object_not_too_deep) {
  const auto read = [](std::string body) {
    Request request;
    request.body = std::move(body);
    return body_object(request).size();
  };
  EXPECT_EQ(read(R"({"a":1,"b":[{}]})"), 2U);
  EXPECT_ERROR(read("[]"), ErrorCode::wrong_use, "expected a JSON object");
  EXPECT_ERROR(read("{"), ErrorCode::wrong_use, "body: expected one JSON object");
  EXPECT_ERROR(read("{} {}"), ErrorCode::wrong_use, "body: expected one JSON object");
  EXPECT_ERROR(read("{\"a\":\"\xFF\"}"), ErrorCode::wrong_use, "not UTF-8");
  EXPECT_ERROR(read("{\"a\":[\"\\u0000\"]}"), ErrorCode::wrong_use, "without NUL");
  EXPECT_ERROR(read("{\"a\":" + std::string(100, '[') + std::string(100, ']') + "}"), ErrorCode::wrong_use, "body");
}

}  // namespace
}  // namespace segue::serve
