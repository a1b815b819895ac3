// Recommended recordings, from a model whose songs have MusicBrainz ids but for a few.
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "segue/serve/listenbrainz/listenbrainz.h"
#include "segue/serve/lists/next_songs.h"

#include "tests/support/memory_store.h"
#include "tests/support/route_caller.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::serve {
namespace {

using testing::token_of;

class RecommendedRecordings : public ::testing::Test {
 protected:
  static constexpr std::uint32_t kCount = 40;
  static constexpr std::int64_t kNow = 1'700'000'000;

  RecommendedRecordings() {
    testing::SmallModel model = testing::small_model(kCount);
    for (std::uint32_t i = 0; i < kCount; ++i) {
      // Song 4 has another server's id, song 5 none that is a UUID.
      model.songs[i].id = i == 4 ? "00000000000040008000000000000004" : i == 5 ? "five" : mbid(i);
    }
    testing::write_small_model(folder_ / "model", model);
    models_.emplace(model_sources("default", folder_ / "model", {}, {}), folder_.path(), false);
    catalogue_.emplace(*models_, store_);
    new_songs_.emplace(*models_, store_, folder_.path());
    caller_.emplace(listenbrainz_list_routes(
        {ServiceParts{*models_, store_, metrics_, *catalogue_, *new_songs_}, given_, artists_, [] { return kNow; }}));
  }

  static std::string mbid(std::uint32_t song) { return fmt::format("00000000-0000-4000-8000-{:012d}", song); }
  static std::uint32_t song_of(std::string_view mbid) {
    return static_cast<std::uint32_t>(std::stoul(std::string(mbid.substr(24))));
  }

  void listen(std::uint32_t song) {
    store::StoredListen listen;
    listen.user = "ann";
    listen.listened_at = 1'700'000'000 + song;
    listen.recording_mbid = mbid(song);
    listen.msid = fmt::format("msid {}", song);
    store_.add(std::span(&listen, 1));
  }

  // As a listener who was given nothing yet.
  Reply ask(std::string_view query, const Identity& who = token_of("ann")) {
    given_.forget(listener_named("ann").given);
    return caller_->call(Method::get, fmt::format("/1/cf/recommendation/user/ann/recording?{}", query), "", who);
  }
  json::value payload(std::string_view query) {
    const Reply reply = ask(query);
    EXPECT_EQ(reply.status, 200) << reply.body;
    return json::parse(reply.body).at("payload");
  }
  std::vector<std::uint32_t> songs(std::string_view query) {
    const json::value found = payload(query);
    std::vector<std::uint32_t> songs;
    for (const json::value& item : found.at("mbids").as_array()) {
      songs.push_back(song_of(item.at("recording_mbid").as_string()));
    }
    return songs;
  }

  testing::MemoryStore store_;

 private:
  testing::Scratch folder_;
  Metrics metrics_;
  GivenSongs given_;
  ArtistGroups artists_;
  std::optional<ModelSet> models_;
  std::optional<CatalogueControl> catalogue_;
  std::optional<NewSongControl> new_songs_;
  std::optional<testing::RouteCaller> caller_;
};

TEST_F(RecommendedRecordings, are_those_that_the_user_never_played) {
  for (const std::uint32_t song : {2U, 6U, 10U}) listen(song);
  const std::vector<std::uint32_t> all = songs("artist_type=raw&count=100");
  EXPECT_GT(all.size(), 30U);
  EXPECT_EQ(std::set(all.begin(), all.end()).size(), all.size());
  for (const std::uint32_t song : {2U, 4U, 5U, 6U, 10U}) EXPECT_EQ(std::ranges::count(all, song), 0) << song;
  for (const std::uint32_t song : songs("artist_type=top&count=100")) EXPECT_EQ(song % 4, 2U);
  for (const std::uint32_t song : songs("artist_type=similar&count=100")) EXPECT_NE(song % 4, 2U);
  EXPECT_EQ(songs("artist_type=top&count=100").size() + songs("artist_type=similar&count=100").size(), all.size());
}

TEST_F(RecommendedRecordings, come_in_pages) {
  listen(2);
  const std::vector<std::uint32_t> all = songs("artist_type=raw&count=100");
  const json::value page = payload("artist_type=raw&count=5&offset=3");
  EXPECT_EQ(page.at("count"), json::value(5));
  EXPECT_EQ(page.at("offset"), json::value(3));
  EXPECT_EQ(page.at("total_mbid_count"), json::value(all.size()));
  EXPECT_EQ(page.at("type"), json::value("raw"));
  EXPECT_EQ(page.at("entity"), json::value("recording"));
  EXPECT_EQ(page.at("user_name"), json::value("ann"));
  EXPECT_EQ(songs("artist_type=raw&count=5&offset=3"), std::vector<std::uint32_t>(all.begin() + 3, all.begin() + 8));
  EXPECT_TRUE(songs("artist_type=raw&offset=1000000").empty());
  EXPECT_EQ(songs("artist_type=raw").size(), 25U);
}

TEST_F(RecommendedRecordings, are_none_for_a_user_without_listens) {
  EXPECT_TRUE(songs("artist_type=raw").empty());
}

TEST_F(RecommendedRecordings, need_an_artist_type_and_the_users_token) {
  EXPECT_EQ(ask("").body, R"({"code":400,"error":"Please provide artist type"})");
  EXPECT_EQ(ask("artist_type=all").body, R"({"code":400,"error":"Invalid artist type: all"})");
  EXPECT_EQ(ask("artist_type=raw&count=-1").status, 400);
  EXPECT_EQ(ask("artist_type=raw&count=x").status, 400);
  EXPECT_EQ(ask("artist_type=raw", token_of("bob")).status, 403);
}

}  // namespace
}  // namespace segue::serve
