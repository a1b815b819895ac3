#include "segue/serve/api/parameters.h"

#include <cmath>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "segue/base/random.h"
#include "segue/recommend/rerank_options.h"
#include "segue/serve/api/json_text.h"

#include "tests/support/expect_error.h"

namespace segue::serve {
namespace {

TEST(PercentDecoded, GivesTextOrRefuses) {
  EXPECT_EQ(percent_decoded("a%2Fb%C3%A9+c", false), "a/bé+c");
  EXPECT_EQ(percent_decoded("a+b", true), "a b");
  for (const char* bad : {"%", "%4", "%zz", "%00", "%FF", "a%C3"}) {
    EXPECT_ERROR(percent_decoded(bad, false), ErrorCode::wrong_use, "expected");
  }
}

TEST(BodyReader, TakesWhatFitsAndNamesWhatDoesNot) {
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
  EXPECT_EQ(options.artist_cap, 2U);
  EXPECT_FALSE(options.fold_versions);
  EXPECT_EQ(read(R"({"diversity":1})").diversity, 1);
  EXPECT_ERROR(read(R"({"diversity":2})"), ErrorCode::wrong_use, "diversity: expected a number from 0 to 1, found");
  EXPECT_ERROR(read(R"({"diversity":"0.5"})"), ErrorCode::wrong_use, "diversity: expected a number");
  EXPECT_ERROR(read(R"({"artist_cap":1.5})"), ErrorCode::wrong_use, "artist_cap: expected a whole number");
  EXPECT_ERROR(read(R"({"artist_cap":99999999999999999999})"), ErrorCode::wrong_use, "artist_cap");
  EXPECT_ERROR(read(R"({"mode":"all"})"), ErrorCode::wrong_use, "mode: expected one of discover, any");
  EXPECT_ERROR(read(R"({"divresity":0})"), ErrorCode::wrong_use, "unknown name divresity (did you mean diversity?)");
}

TEST(BodyObject, IsOneObjectOfTextsNotTooDeep) {
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

TEST(Router, PrefersLiteralsAndTellsMethods) {
  const auto route = [](Method method, std::string path) {
    Route made;
    made.method = method;
    made.path = std::move(path);
    return made;
  };
  std::vector<Route> routes;
  routes.push_back(route(Method::get, "/v1/songs/{id}"));
  routes.push_back(route(Method::get, "/v1/songs/new"));
  routes.push_back(route(Method::post, "/v1/songs/{id}"));
  const Router router(std::move(routes));
  EXPECT_EQ(router.find(Method::get, "/v1/songs/new")->path, "/v1/songs/new");
  const Route* const found = router.find(Method::head, "/v1/songs/a%2Fb");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(Router::path_values(*found, "/v1/songs/a%2Fb").front().second, "a/b");
  EXPECT_EQ(router.find(Method::get, "/v1/songs/"), nullptr);
  EXPECT_EQ(router.find(Method::get, "/v1/songs/a/b"), nullptr);
  EXPECT_EQ(router.find(Method::remove, "/v1/songs/a"), nullptr);
  EXPECT_EQ(router.allowed("/v1/songs/a"), "GET, HEAD, POST");
  EXPECT_EQ(router.allowed("/v2"), "");
}

TEST(AppendJson, IsReadBackTheSame) {
  const std::string text = "a\"\\\n\t\x01\x7F/é😀";
  std::string out;
  append_json(out, text);
  EXPECT_EQ(json::parse(out).as_string(), text);
  std::string numbers = "[";
  append_json(numbers, 0.25F);
  numbers += ',';
  append_json(numbers, std::numeric_limits<float>::infinity());
  numbers += ',';
  append_json(numbers, std::uint64_t{18446744073709551615U});
  EXPECT_EQ(numbers, "[0.25,0,18446744073709551615");
}

TEST(AppendJson, EscapesWhereverItStands) {
  for (const char byte : {'\0', '\x1F', '"', '\\', '\x7F', ' ', '\x80', '\xFF'}) {
    for (std::size_t length = 1; length < 20; ++length) {
      for (std::size_t at = 0; at < length; ++at) {
        std::string text(length, '\xC3');
        text[at] = byte;
        std::string out;
        append_json(out, text);
        std::string wanted = text.substr(0, at);
        const bool plain = byte == ' ' || static_cast<unsigned char>(byte) >= 0x80;
        if (plain)
          wanted += byte;
        else if (byte == '"' || byte == '\\')
          wanted += std::string{'\\', byte};
        else
          wanted += fmt::format("\\u{:04x}", static_cast<unsigned>(byte));
        wanted += text.substr(at + 1);
        ASSERT_EQ(out, '"' + wanted + '"');
      }
    }
  }
}

TEST(AppendJson, PrintsNumbersAsSixSignificantDigits) {
  std::vector<float> all = {0.0F,        1.0F,      0.1F, 1e-4F, 9.99999e-5F, 0.00012345678F, 0.0999999F,
                            0.09999996F, 9.999995F, 10,   100,   123456,      99999.95F,      999998.5F,
                            999999,      999999.5F, 1e6F, 1e9F,  1e-30F,      0.5F,           33.333332F};
  Random random(3);
  for (int i = 0; i < 100'000; ++i) {
    all.push_back(std::ldexp(random.uniform_float(), static_cast<int>(random.below(40)) - 18));
  }
  for (const float number : all) {
    for (const float one : {number, -number}) {
      std::string text;
      append_json(text, one);
      EXPECT_EQ(text, fmt::format("{:.6g}", one));
    }
  }
}

}  // namespace
}  // namespace segue::serve
