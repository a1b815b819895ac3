#include "segue/base/fields.h"

#include <gtest/gtest.h>

#include "segue/base/field_documents.h"
#include "segue/base/json.h"

namespace segue {

enum class Mood { calm, loud };
constexpr std::array<std::string_view, 2> kMoodNames = {"calm", "loud"};
constexpr std::span<const std::string_view> names(Mood) {
  return kMoodNames;
}

struct PictureReply {
  std::string_view title{};
  std::uint32_t width = 0;
};
template <>
struct FieldsOf<PictureReply> {
  static constexpr std::string_view name = "Picture";
  static constexpr std::string_view description = "A picture";
  static constexpr std::tuple fields = {
      field<&PictureReply::title>("title", "Its title"),
      field<&PictureReply::width>("width", "In pixels"),
  };
};
SEGUE_CHECK_FIELDS(PictureReply);

struct PaintingReply : PictureReply {
  std::optional<float> price{};
  Mood mood = Mood::calm;
  std::vector<std::string> colours{};
  Nullable<PictureReply> sketch{};
  std::optional<std::vector<PictureReply>> copies{};
  bool sold = false;
  std::int64_t year = 0;
  double weight = 0;
  json::object notes{};
};
template <>
struct FieldsOf<PaintingReply> {
  using Base = PictureReply;
  static constexpr std::string_view name = "Painting";
  static constexpr std::string_view description = "A painting";
  static constexpr std::tuple fields = {
      field<&PaintingReply::price>("price", "In euros"),
      field<&PaintingReply::mood>("mood", "Its mood"),
      field<&PaintingReply::colours>("colours", "Its colours"),
      field<&PaintingReply::sketch>("sketch", "Made first"),
      field<&PaintingReply::copies>("copies", "Made later"),
      field<&PaintingReply::sold>("sold", "Whether it is sold"),
      field<&PaintingReply::year>("year", "Of the last stroke"),
      field<&PaintingReply::weight>("weight", "In kilograms"),
      field<&PaintingReply::notes>("notes", "Anything else"),
  };
};
SEGUE_CHECK_FIELDS(PaintingReply);

// A list may hold a reply with nothing that is required, and one with fields of its own choosing.
struct FrameReply {
  std::optional<int> height{};
  std::optional<int> width{};
};
template <>
struct FieldsOf<FrameReply> {
  static constexpr std::string_view name = "Frame";
  static constexpr std::string_view description = "A frame";
  static constexpr std::tuple fields = {
      field<&FrameReply::height>("height", "In pixels"),
      field<&FrameReply::width>("width", "In pixels"),
  };
};
SEGUE_CHECK_FIELDS(FrameReply);

struct RoomReply {
  std::vector<FrameReply> frames{};
  json::object more{};
};
template <>
struct FieldsOf<RoomReply> {
  static constexpr std::string_view name = "Room";
  static constexpr std::string_view description = "A room";
  static constexpr std::tuple fields = {field<&RoomReply::frames>("frames", "On its walls")};
  static constexpr auto rest = &RoomReply::more;
};
SEGUE_CHECK_FIELDS(RoomReply);

namespace {

static_assert(detail::initialiser_count<PictureReply>() == 2);
static_assert(detail::initialiser_count<PaintingReply>() == 10);

TEST(Fields, are_written_in_the_order_of_the_table) {
  PaintingReply painting{{"A \"title\"", 640}};
  EXPECT_EQ(json_text(painting),
            R"({"title":"A \"title\"","width":640,"mood":"calm","colours":[],"sketch":null,"sold":false,"year":0,)"
            R"("weight":0,"notes":{}})");
  painting.price = 0.1234567F;
  painting.mood = Mood::loud;
  painting.colours = {"red", "green"};
  painting.sketch.value = PictureReply{"s", 1};
  painting.copies.emplace(2);
  painting.sold = true;
  painting.year = -40;
  painting.weight = 0.1;
  painting.notes["a"] = 1;
  EXPECT_EQ(json_text(painting),
            R"({"title":"A \"title\"","width":640,"price":0.123457,"mood":"loud","colours":["red","green"],)"
            R"("sketch":{"title":"s","width":1},"copies":[{"title":"","width":0},{"title":"","width":0}],)"
            R"("sold":true,"year":-40,"weight":0.1,"notes":{"a":1}})");
}

TEST(Fields, that_are_optional_leave_no_comma_behind) {
  RoomReply room{{{}, {1, std::nullopt}, {std::nullopt, 2}, {3, 4}}, {}};
  EXPECT_EQ(json_text(room), R"({"frames":[{},{"height":1},{"width":2},{"height":3,"width":4}]})");
  room.frames.clear();
  room.more = {{"door", true}, {"windows", 2}};
  EXPECT_EQ(json_text(room), R"({"frames":[],"door":true,"windows":2})");
}

TEST(Fields, give_a_schema_for_every_reply_in_a_reply) {
  json::object schemas;
  add_schemas(schemas, shape_of<PaintingReply>());
  EXPECT_EQ(json::serialize(schemas.at("Picture")),
            R"({"type":"object","description":"A picture","properties":{"title":{"type":"string","description":)"
            R"("Its title"},"width":{"type":"integer","description":"In pixels"}},"required":["title","width"]})");
  const json::object& painting = schemas.at("Painting").as_object();
  EXPECT_EQ(json::serialize(painting.at("required")),
            R"(["title","width","mood","colours","sketch","sold","year","weight","notes"])");
  const json::object& properties = painting.at("properties").as_object();
  EXPECT_EQ(json::serialize(properties.at("mood")),
            R"({"type":"string","enum":["calm","loud"],"description":"Its mood"})");
  EXPECT_EQ(json::serialize(properties.at("sketch")),
            R"({"anyOf":[{"$ref":"#/components/schemas/Picture"},{"type":"null"}],"description":"Made first"})");
  EXPECT_EQ(json::serialize(properties.at("copies")),
            R"({"type":"array","items":{"$ref":"#/components/schemas/Picture"},"description":"Made later"})");
}

TEST(Fields, give_typescript_interfaces) {
  const std::array shapes = {&shape_of<PaintingReply>(), &shape_of<RoomReply>()};
  const std::string text = typescript_of(shapes);
  EXPECT_NE(text.find("// A picture.\nexport interface Picture {\n  title: string; // Its title\n"), std::string::npos);
  EXPECT_NE(text.find("export interface Painting extends Picture {\n  price?: number; // In euros\n"
                      "  mood: \"calm\" | \"loud\"; // Its mood\n  colours: string[]; // Its colours\n"
                      "  sketch: Picture | null; // Made first\n  copies?: Picture[]; // Made later\n"),
            std::string::npos);
  EXPECT_NE(text.find("  notes: Record<string, unknown>; // Anything else\n}\n"), std::string::npos);
  EXPECT_NE(text.find("  frames: Frame[]; // On its walls\n  [name: string]: unknown;\n}\n"), std::string::npos);
}

TEST(Fields, give_the_document_of_the_text) {
  const json::object document = document_of(PictureReply{"é", 3});
  EXPECT_EQ(document.at("title"), json::value("é"));
  EXPECT_EQ(document.at("width"), json::value(3));
}

}  // namespace
}  // namespace segue
