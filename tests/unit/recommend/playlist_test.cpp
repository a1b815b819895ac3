#include "segue/recommend/playlist.h"

#include <gtest/gtest.h>

#include "segue/base/json.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::recommend {
namespace {

class PlaylistTest : public ::testing::Test {
 protected:
  PlaylistTest() {
    testing::write_songs(folder_ / "songs.arrow", {{"spotify:track:1", "A & B <c> ]]>", "D\"E'F", "G", {}, 3},
                                                   {"#x y", "line\nbreak\x01", "أم كلثوم", "", {}, 2},
                                                   {"bare", "", "", "", {}, 1}});
    songs_ = data::Catalogue(folder_ / "songs.arrow");
  }
  std::string text(PlaylistFormat format, std::string_view location = "") const {
    return playlist_text(songs_, {"My\nlist", {0, 1, 2}}, format, location);
  }
  testing::Scratch folder_;
  data::Catalogue songs_;
};

TEST_F(PlaylistTest, m3u8_has_two_lines_a_song) {
  EXPECT_EQ(text(PlaylistFormat::m3u8),
            "#EXTM3U\n#PLAYLIST:My list\n"
            "#EXTINF:-1,D\"E'F - A & B <c> ]]>\nspotify:track:1\n"
            "#EXTINF:-1,أم كلثوم - line break \n%23x%20y\n"
            "#EXTINF:-1,bare\nbare\n");
}

// A path is as it is in M3U8, unless a line cannot hold it; elsewhere it is a URI. A template is stronger.
TEST_F(PlaylistTest, files_of_a_library_are_locations) {
  const FindSongFile find = [](data::SongRow row) -> std::optional<SongFile> {
    if (row == 0) return SongFile{"/m/Sigur Rós & co/a b.mp3", 61'501};
    if (row == 1) return SongFile{"/m/line\nbreak.mp3", 0};
    return std::nullopt;
  };
  const auto made = [&](PlaylistFormat format, std::string_view location = "") {
    return playlist_text(songs_, {"", {0, 1, 2}}, format, location, find);
  };
  EXPECT_EQ(made(PlaylistFormat::m3u8),
            "#EXTM3U\n"
            "#EXTINF:62,D\"E'F - A & B <c> ]]>\n/m/Sigur Rós & co/a b.mp3\n"
            "#EXTINF:-1,أم كلثوم - line break \nfile:///m/line%0Abreak.mp3\n"
            "#EXTINF:-1,bare\nbare\n");
  const std::string xspf = made(PlaylistFormat::xspf);
  EXPECT_NE(xspf.find("<location>file:///m/Sigur%20R%C3%B3s%20%26%20co/a%20b.mp3</location>"), std::string::npos);
  EXPECT_NE(xspf.find("<duration>61501</duration>"), std::string::npos) << xspf;
  const json::value jspf = parse_json(made(PlaylistFormat::jspf), "jspf");
  const json::array& tracks = jspf.at("playlist").at("track").as_array();
  EXPECT_EQ(tracks[0].at("location").at(0).as_string(), "file:///m/Sigur%20R%C3%B3s%20%26%20co/a%20b.mp3");
  EXPECT_EQ(tracks[0].at("duration").to_number<int>(), 61501);
  EXPECT_FALSE(tracks[1].as_object().contains("duration"));
  EXPECT_EQ(made(PlaylistFormat::m3u8, "https://x.org/{id}").find("/m/"), std::string::npos);
}

TEST_F(PlaylistTest, xspf_escapes_markup) {
  const std::string xml = text(PlaylistFormat::xspf);
  EXPECT_NE(xml.find("<title>A &amp; B &lt;c&gt; ]]&gt;</title>"), std::string::npos) << xml;
  EXPECT_NE(xml.find("<location>spotify:track:1</location>"), std::string::npos);
  EXPECT_NE(xml.find("<identifier>segue:song:%23x%20y</identifier>"), std::string::npos);
  EXPECT_NE(xml.find("<title>line break </title>"), std::string::npos);
  EXPECT_EQ(xml.find("<title></title>"), std::string::npos);
}

TEST_F(PlaylistTest, jspf_has_lists_of_locations_and_identifiers) {
  const json::value document = parse_json(text(PlaylistFormat::jspf), "jspf");
  const json::object& list = document.at("playlist").as_object();
  EXPECT_EQ(list.at("title").as_string(), "My list");
  const json::array& tracks = list.at("track").as_array();
  ASSERT_EQ(tracks.size(), 3U);
  EXPECT_EQ(tracks[0].at("location").at(0).as_string(), "spotify:track:1");
  EXPECT_EQ(tracks[1].at("identifier").at(0).as_string(), "segue:song:%23x%20y");
  EXPECT_EQ(tracks[1].at("creator").as_string(), "أم كلثوم");
  EXPECT_FALSE(tracks[2].as_object().contains("title"));
}

TEST_F(PlaylistTest, locations_come_from_the_template) {
  const std::string made = text(PlaylistFormat::m3u8, "https://example.org/{artist}/{id}?t={title}");
  EXPECT_NE(made.find("https://example.org/D%22E%27F/spotify%3Atrack%3A1?t=A%20%26%20B%20%3Cc%3E%20%5D%5D%3E\n"),
            std::string::npos)
      << made;
  const json::value own = parse_json(text(PlaylistFormat::json, "https://example.org/{id}"), "json");
  EXPECT_EQ(own.at("items").at(2).at("location").as_string(), "https://example.org/bare");
  EXPECT_EQ(own.at("items").at(1).at("title").as_string(), "line\nbreak\x01");
  EXPECT_ERROR(text(PlaylistFormat::m3u8, "https://example.org/"), ErrorCode::wrong_use,
               "expected a location with {id}");
  EXPECT_ERROR(text(PlaylistFormat::m3u8, "no uri {id}"), ErrorCode::wrong_use, "expected a template of a URI");
}

TEST_F(PlaylistTest, an_empty_list_is_a_playlist_too) {
  EXPECT_EQ(playlist_text(songs_, {}, PlaylistFormat::m3u8, ""), "#EXTM3U\n");
  EXPECT_NE(playlist_text(songs_, {}, PlaylistFormat::xspf, "").find("<trackList>\n  </trackList>"), std::string::npos);
}

}  // namespace
}  // namespace segue::recommend
