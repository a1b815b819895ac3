#include "segue/base/options.h"

#include "segue/base/options_json.h"

#include "tests/support/expect_error.h"

namespace segue {

enum class Colour { red, green };
constexpr std::array<std::string_view, 2> kColourNames = {"red", "green"};
constexpr std::span<const std::string_view> names(Colour) {
  return kColourNames;
}

struct PaintOptions {
  Colour colour = Colour::red;
  int coats = 2;
  double share_covered = 0.5;
  bool glossy = true;
  std::string label;
  std::vector<std::string> tags;
  std::chrono::milliseconds drying = std::chrono::minutes(30);
};

template <>
struct OptionsOf<PaintOptions> {
  static constexpr std::string_view section = "paint";
  static constexpr std::array rows = {
      option<&PaintOptions::colour>("colour", "Colour"),
      option<&PaintOptions::coats>("coats", "Coats", between(1, 9)),
      option<&PaintOptions::share_covered>("share_covered", "Share", between(-1, 1)),
      option<&PaintOptions::glossy>("glossy", "Glossy"),
      option<&PaintOptions::label>("label", "Label"),
      option<&PaintOptions::tags>("tags", "Tags"),
      option<&PaintOptions::drying>("drying", "Drying time"),
  };
};
SEGUE_CHECK_OPTIONS(PaintOptions);

namespace {

const OptionRow& row(std::string_view name) {
  for (const OptionRow& candidate : rows_of<PaintOptions>()) {
    if (candidate.name == name) return candidate;
  }
  throw std::logic_error("no such row");
}

void set(PaintOptions& options, std::string_view name, std::string_view value) {
  row(name).set(&options, row(name), value);
}

TEST(Options, sets_every_kind_from_text) {
  PaintOptions options;
  set(options, "colour", "green");
  set(options, "coats", "9");
  set(options, "share_covered", "-0.25");
  set(options, "glossy", "false");
  set(options, "label", "a b");
  set(options, "tags", "x");
  set(options, "tags", "y");
  set(options, "drying", "1.5h");
  EXPECT_EQ(pretty(options_to_json(options)), R"({
  "colour": "green",
  "coats": 9,
  "share_covered": -0.25,
  "glossy": false,
  "label": "a b",
  "tags": ["x", "y"],
  "drying": "90m"
})");
}

TEST(Options, refuses_a_bad_value_with_the_values_expected) {
  PaintOptions options;
  EXPECT_ERROR(set(options, "coats", "10"), ErrorCode::wrong_use,
               "--coats: expected a whole number from 1 to 9, found \"10\"");
  EXPECT_ERROR(set(options, "coats", "2x"), ErrorCode::wrong_use, "found \"2x\"");
  EXPECT_ERROR(set(options, "coats", ""), ErrorCode::wrong_use, "found \"\"");
  EXPECT_ERROR(set(options, "coats", "99999999999999999999"), ErrorCode::wrong_use, "--coats");
  EXPECT_ERROR(set(options, "share_covered", "nan"), ErrorCode::wrong_use,
               "--share-covered: expected a number from -1 to 1, found \"nan\"");
  EXPECT_ERROR(set(options, "share_covered", "1e999"), ErrorCode::wrong_use, "--share-covered");
  EXPECT_ERROR(set(options, "glossy", "yes"), ErrorCode::wrong_use, "expected true or false");
  EXPECT_ERROR(set(options, "colour", "gren"), ErrorCode::wrong_use,
               "--colour: expected one of red, green, found \"gren\" (did you mean green?)");
  EXPECT_ERROR(set(options, "drying", "30"), ErrorCode::wrong_use, "expected a time such as 30m");
  EXPECT_ERROR(set(options, "drying", "m"), ErrorCode::wrong_use, "expected a time such as 30m");
  EXPECT_EQ(options_to_json(options), options_to_json(PaintOptions{})) << "a refused value must change nothing";
}

TEST(Options, shows_durations) {
  EXPECT_EQ(detail::duration_text(std::chrono::milliseconds(0)), "0s");
  EXPECT_EQ(detail::duration_text(std::chrono::seconds(90)), "90s");
  EXPECT_EQ(detail::duration_text(std::chrono::hours(48)), "2d");
  EXPECT_EQ(detail::duration_text(std::chrono::milliseconds(1500)), "1500ms");
}

}  // namespace
}  // namespace segue
