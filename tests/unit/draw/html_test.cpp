#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/base/file.h"
#include "segue/base/json.h"
#include "segue/draw/draw_html.h"
#include "segue/layout/region_names.h"
#include "segue/layout/regions.h"

#include "tests/support/expect_error.h"
#include "tests/unit/layout/planted.h"

namespace segue::draw {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kTemplate = "<!--VERSION--> <!--TITLE--> <!--PLAIN--><script><!--DOCUMENT--></script>";

// A hundred songs by one artist, in one region.
struct Drawn {
  explicit Drawn(const std::string& artist)
      : songs(testing::songs_of(scratch, {{{0, 0}, 1, 100}}, {{artist}})),
        map(layout::find_regions(testing::planted({{{0, 0}, 1, 100}}))) {
    layout::name_regions(map, songs);
  }
  json::object document() const {
    write_map_html(scratch / "map.html", kTemplate, map, songs);
    const std::string page = read_text(scratch / "map.html");
    const std::size_t begin = page.find("<script>") + 8;
    return parse_json(page.substr(begin, page.find("</script>") - begin), "page").as_object();
  }

  testing::Scratch scratch;
  data::Catalogue songs;
  layout::SongMap map;
};

TEST(MapHtml, titles_cannot_become_markup) {
  const std::string artist = "</script><script>alert(1)</script>";
  const Drawn drawn(artist);
  const json::object document = drawn.document();
  EXPECT_THAT(read_text(drawn.scratch / "map.html"), Not(HasSubstr("<script>alert(1)")));
  EXPECT_EQ(document.at("artists").at(0), json::value(artist));
}

TEST(MapHtml, columns_have_a_number_for_each_song) {
  const json::object document = Drawn("Björk").document();
  EXPECT_EQ(document.at("songs"), json::value(100));
  EXPECT_EQ(document.at("titles").as_array().size(), 100U);
  // 100 songs: 400 bytes of places, 200 of regions, 400 of plays; base64 takes 4 letters for 3 bytes.
  EXPECT_EQ(document.at("places").as_string().size(), 536U);
  EXPECT_EQ(document.at("region").as_string().size(), 268U);
  EXPECT_EQ(document.at("plays").as_string().size(), 536U);
  EXPECT_EQ(document.at("artist").as_string().size(), 536U);
}

TEST(MapHtml, places_lie_between_the_ends_it_says) {
  const Drawn drawn("Björk");
  const MapPageReply reply = map_page_reply(drawn.map, drawn.songs);
  for (const layout::Point& place : drawn.map.layout) {
    EXPECT_GT(place.x, reply.left);
    EXPECT_LT(place.x, reply.left + reply.width);
    EXPECT_GT(place.y, reply.bottom);
    EXPECT_LT(place.y, reply.bottom + reply.width);
  }
  EXPECT_EQ(reply.regions.size(), drawn.map.regions.size());
}

}  // namespace
}  // namespace segue::draw
