#include "tests/unit/serve/audiomuse/audiomuse_fixture.h"

namespace segue::serve {
namespace {

// A server that knows the songs by ids of its own: every second song, and one that the model does not have.
class LibraryIds : public testing::AudioMuseFixture {
 protected:
  LibraryIds() {
    std::vector<library::LibraryItem> items;
    for (std::uint32_t i = 0; i + 1 < songs_; i += 2) {
      const data::Song song = model().songs().song(i);
      items.push_back({.id = fmt::format("item-{}", i),
                       .title = std::string(song.title),
                       .artist = std::string(song.artist),
                       .artist_id = fmt::format("artist-{}", i % 4)});
    }
    items.push_back({.id = "other", .title = "Other", .artist = "Nobody"});
    add_library(items);
  }
  static bool is_there(std::string_view id) { return id.starts_with("item-"); }
};

TEST_F(LibraryIds, are_taken_and_given) {
  const std::vector<std::string> found = similar("item_id=item-2&n=20&eliminate_duplicates=false");
  EXPECT_GE(found.size(), 4U);
  for (const std::string& id : found) {
    EXPECT_TRUE(is_there(id)) << id;
    EXPECT_NE(id, "item-2");
    EXPECT_EQ(get("/api/max_distance?item_id=" + id).status, 200) << id;
  }
}

TEST_F(LibraryIds, lead_to_songs_of_the_library_alone) {
  const json::value farthest = document(get("/api/max_distance?item_id=item-2"), "AudioMuseFarthest");
  EXPECT_TRUE(is_there(farthest.at("farthest_item_id").as_string()));
  const json::value path =
      document(get("/api/find_path?start_song_id=item-0&end_song_id=item-6&max_steps=5"), "AudioMusePath");
  for (const json::value& song : path.at("path").as_array()) EXPECT_TRUE(is_there(song.at("item_id").as_string()));
  for (const std::string& id :
       ids_of(list(get("/api/search_tracks?search_query=jazz+waltz+bjork+humble"), "AudioMuseTrack"))) {
    EXPECT_TRUE(is_there(id)) << id;
  }
  const std::vector<std::string> names =
      ids_of(list(get("/api/search_tracks?search_query=bj%C3%B6rk"), "AudioMuseTrack"));
  EXPECT_FALSE(names.empty());
  for (const std::string& id : names) EXPECT_TRUE(is_there(id)) << id;
  add_map();
  const json::value lists = document(get("/api/playlists"), "AudioMusePlaylists");
  for (const auto& [name, songs] : lists.at("servers").at(0).at("playlists").as_object()) {
    for (const json::value& song : songs.as_array()) EXPECT_TRUE(is_there(song.at("item_id").as_string()));
  }
}

TEST_F(LibraryIds, of_artists_are_their_names) {
  const json::array found = list(get("/api/similar_artists?artist_id=artist-2&n=2"), "AudioMuseArtist");
  EXPECT_FALSE(found.empty());
  EXPECT_EQ(found.size(), list(get("/api/similar_artists?artist=bj%C3%B6rk&n=2"), "AudioMuseArtist").size());
  EXPECT_EQ(get("/api/similar_artists?artist_id=artist-9").status, 404);
}

TEST_F(LibraryIds, of_songs_that_the_model_lacks_are_unknown) {
  EXPECT_EQ(error(get("/api/similar_tracks?item_id=other"), 404), "item_id other: the model has no song with this id");
}

// Half of what is there may rest, not half of the catalogue: else a list would soon be empty.
TEST_F(LibraryIds, are_given_again_when_all_were_given) {
  std::vector<std::string> last;
  for (int i = 0; i < 10; ++i) {
    last = similar("item_id=item-2&n=4&eliminate_duplicates=false");
    EXPECT_FALSE(last.empty()) << i;
  }
}

}  // namespace
}  // namespace segue::serve
