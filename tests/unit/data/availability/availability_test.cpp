#include "segue/data/availability/availability.h"

#include <gtest/gtest.h>

#include "segue/base/json.h"
#include "segue/data/availability/availability_table.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"

namespace segue::data {
namespace {

constexpr std::int64_t kSecond = 1'000'000;
constexpr std::int64_t k2027 = 1'798'761'600 * kSecond;  // 2027-01-01T00:00:00Z

Market market(std::string_view code) {
  return Market::of(code).value();
}

TEST(Market, is_a_country_code_in_either_case) {
  EXPECT_EQ(market("de").code(), "DE");
  EXPECT_EQ(market("DE"), market("de"));
  for (const std::string_view wrong : {"", "D", "DEU", "UK", "D ", "E ", " D", "ZZ", "A\n"}) {
    EXPECT_FALSE(Market::of(wrong)) << wrong;
  }
}

TEST(Market, lists_are_sorted_and_have_each_once) {
  EXPECT_EQ(markets_text(parse_markets("us; DE|at,de")), "AT;DE;US");
  EXPECT_TRUE(parse_markets(" ; ").empty());
  EXPECT_ERROR((void)parse_markets("DE;UK"), ErrorCode::bad_input, "found \"UK\" (did you mean GB?)");
}

TEST(Availability, a_song_is_offered_unless_something_says_no) {
  EXPECT_TRUE(is_available({}, {.market = market("DE"), .with_explicit = false}, 0));
  EXPECT_FALSE(is_available({.blocked = true}, {}, 0));
  EXPECT_FALSE(is_available({.explicit_content = true}, {.with_explicit = false}, 0));
  EXPECT_TRUE(is_available({.explicit_content = true}, {}, 0));
  const Availability limited{.markets = {market("DE")}, .blocked_markets = {market("AT")}};
  EXPECT_TRUE(is_available(limited, {.market = market("DE")}, 0));
  EXPECT_FALSE(is_available(limited, {.market = market("AT")}, 0));
  EXPECT_FALSE(is_available(limited, {.market = market("US")}, 0));
  EXPECT_TRUE(is_available(limited, {}, 0));
  const Availability timed{.window = {.from = 10, .until = 20}};
  for (const auto& [time, offered] : {std::pair(9, false), {10, true}, {19, true}, {20, false}}) {
    EXPECT_EQ(is_available(timed, {}, time), offered) << time;
  }
}

TEST(AvailabilityChange, changes_only_what_it_names) {
  const Availability song{.blocked = true, .markets = {market("DE")}, .window = {.from = 1, .until = 2}};
  AvailabilityChange change;
  EXPECT_EQ(changed(song, change), song);
  change.markets.emplace();
  change.until = TimeWindow::kForever;
  const Availability wanted{.blocked = true, .window = {.from = 1}};
  EXPECT_EQ(changed(song, change), wanted);
}

TEST(AvailabilityChange, survives_its_json) {
  const std::string_view text =
      R"({"blocked":false,"markets":["AT","DE"],"blocked_markets":[],"explicit":true,"from":null,)"
      R"("until":"2027-01-01T00:00:00.500000Z"})";
  const AvailabilityChange change = change_of(parse_json(text, "test").as_object());
  EXPECT_EQ(change.until, k2027 + kSecond / 2);
  EXPECT_EQ(change.from, TimeWindow::kAlways);
  EXPECT_EQ(json::serialize(json_of(change)), text);
  EXPECT_EQ(change_of(json_of(change)), change);
}

TEST(AvailabilityChange, refuses_other_values_by_name) {
  const auto read = [](std::string_view text) { return change_of(parse_json(text, "test").as_object()); };
  EXPECT_ERROR((void)read(R"({"blocked":1})"), ErrorCode::bad_input, "blocked: expected true or false, found 1");
  EXPECT_ERROR((void)read(R"({"markets":"DE"})"), ErrorCode::bad_input, "markets: expected a list of country codes");
  EXPECT_ERROR((void)read(R"({"markets":["UK"]})"), ErrorCode::bad_input, "markets: expected country codes");
  EXPECT_ERROR((void)read(R"({"from":"soon"})"), ErrorCode::bad_input, "from: expected a time such as");
  EXPECT_ERROR((void)read(R"({"from":"2027-01-02","until":"2027-01-02"})"), ErrorCode::bad_input,
               "until: expected a time after from (2027-01-02T00:00:00Z), found 2027-01-02T00:00:00Z");
}

class AvailabilityTableTest : public ::testing::Test {
 protected:
  std::shared_ptr<const AvailabilityTable> read(std::string_view text) {
    return read_availability(folder_.write("catalogue.csv", text).string());
  }
  void refuse(std::string_view text, std::string_view message) {
    EXPECT_ERROR((void)read(text), ErrorCode::bad_input, std::string(message));
  }

  testing::Scratch folder_;
};

TEST_F(AvailabilityTableTest, reads_every_column) {
  const auto table = read(
      "Song ID,Title,is_blocked,Available Markets,excluded_countries,explicit,available_from,available_until\n"
      "a,Aria,true,,,0,,\n"
      "b,Bolero,no,DE;at,,1,2027-01-01,2027-01-02T06:00:00+02:00\n"
      "12,Clair,,,us|CA,,,\n");
  EXPECT_EQ(table->rows(), 3U);
  EXPECT_EQ(table->columns(),
            (std::vector<std::string>{"id", "blocked", "markets", "blocked_markets", "explicit", "from", "until"}));
  EXPECT_EQ(table->of("a"), Availability{.blocked = true});
  const Availability b{.explicit_content = true,
                       .markets = {market("AT"), market("DE")},
                       .window = {.from = k2027, .until = k2027 + 28 * 3600 * kSecond}};
  EXPECT_EQ(table->of("b"), b);
  const Availability c{.blocked_markets = {market("CA"), market("US")}};
  EXPECT_EQ(table->of("12"), c);
  EXPECT_EQ(table->of("unknown"), Availability());
}

TEST_F(AvailabilityTableTest, reads_lists_of_json) {
  const auto table = read_availability(
      folder_.write("catalogue.jsonl", "{\"id\":\"a\",\"markets\":[\"DE\",\"AT\"]}\n{\"id\":\"b\",\"markets\":null}\n")
          .string());
  EXPECT_EQ(markets_text(table->of("a").markets), "AT;DE");
  EXPECT_TRUE(table->of("b").markets.empty());
}

TEST_F(AvailabilityTableTest, names_row_column_and_value_of_a_fault) {
  refuse("id,blocked\na,true\nb,maybe\n",
         "catalogue.csv: line 3: column blocked: expected true or false, found \"maybe\"");
  refuse("id,markets\na,Germany\n",
         "line 2: column markets: expected country codes of ISO 3166-1 such as DE, found "
         "\"Germany\"");
  refuse("id,until\na,soon\n", "line 2: column until: expected a date or time such as 2027-01-01");
  refuse("id,from\na,08/03/2022\n", "which can be read in two ways");
  refuse("id,from,until\na,2027-01-02,2027-01-01\n", "column until: expected a time after from");
  refuse("id,blocked\na,true\na,false\n",
         "line 3: column id: expected one row for each song, found a second one of \"a\"");
  refuse("id,blocked\n,true\n", "line 2: column id: expected the id of a song, found \"\"");
  refuse("id,blocked\na,true,false\n", "line 2: wrong_number_of_fields");
  refuse("id,title\na,Aria\n", "expected a column id and at least one of blocked, markets");
  refuse("title,blocked\nAria,true\n", "found the columns title, blocked");
  refuse("id,blocked\n", "expected at least one row, found none");
  EXPECT_ERROR((void)read_availability("/nonexistent.csv"), ErrorCode::not_found, "no such file");
}

TEST_F(AvailabilityTableTest, has_a_version_that_changes_with_the_file) {
  const std::string place = folder_.write("catalogue.csv", "id,blocked\na,true\n").string();
  const std::string before = version_of_table(place);
  EXPECT_EQ(version_of_table(place), before);
  folder_.write("next", "id,blocked\na,fals\n");
  std::filesystem::rename(folder_ / "next", place);
  EXPECT_NE(version_of_table(place), before);
}

}  // namespace
}  // namespace segue::data
