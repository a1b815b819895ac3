#include <string_view>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/base/file.h"
#include "segue/draw/draw_html.h"
#include "segue/layout/region_names.h"
#include "segue/layout/regions.h"

#include "tests/support/expect_error.h"
#include "tests/unit/layout/planted.h"

namespace segue::draw {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string page_of(const testing::Scratch& scratch, const std::string& artist) {
  const data::Catalogue songs = testing::songs_of(scratch, {{{0, 0}, 1, 100}}, {{artist}});
  layout::SongMap map = layout::find_regions(testing::planted({{{0, 0}, 1, 100}}));
  layout::name_regions(map, songs);
  write_map_html(scratch / "map.html", map, songs);
  return read_text(scratch / "map.html");
}

std::string between(const std::string& text, const std::string& begin, const std::string& end) {
  const std::size_t from = text.find(begin);
  EXPECT_NE(from, text.npos) << begin;
  if (from == text.npos) return "";
  return text.substr(from + begin.size(), text.find(end, from + begin.size()) - from - begin.size());
}

TEST(MapHtml, needs_no_other_resources) {
  const testing::Scratch scratch;
  const std::string page = page_of(scratch, "Björk");
  for (const std::string_view outside : {"http:", "https:", "src=\"//", "href=\"//", "'//", "<link", "<img", "<iframe",
                                         " src=", " src =", "@import", "url("}) {
    EXPECT_EQ(page.find(outside), page.npos) << outside;
  }
  EXPECT_THAT(page, Not(HasSubstr("fetch(")));
  EXPECT_THAT(page, HasSubstr("default-src 'none'"));
  EXPECT_THAT(page, Not(HasSubstr("innerHTML")));
}

TEST(MapHtml, titles_cannot_become_markup) {
  const testing::Scratch scratch;
  const std::string page = page_of(scratch, "</script><script>alert(1)</script>");
  EXPECT_THAT(page, Not(HasSubstr("alert(1)")));
  EXPECT_EQ(between(page, "<script type=\"text/plain\" id=\"artists\">", "</script>"),
            "PC9zY3JpcHQ+PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==");
}

TEST(MapHtml, columns_have_a_number_for_each_song) {
  const testing::Scratch scratch;
  const std::string page = page_of(scratch, "Björk");
  // 100 songs: 400 bytes of places, 200 of regions, 400 of plays; base64 takes 4 letters for 3 bytes.
  EXPECT_EQ(between(page, "id=\"xy\">", "<").size(), 536U);
  EXPECT_EQ(between(page, "id=\"cluster\">", "<").size(), 268U);
  EXPECT_EQ(between(page, "id=\"plays\">", "<").size(), 536U);
  EXPECT_EQ(page.find("<!--DATA-->"), page.npos);
}

}  // namespace
}  // namespace segue::draw
