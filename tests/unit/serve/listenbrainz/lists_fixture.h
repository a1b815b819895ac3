// The routes of the ListenBrainz protocol that need a model, on a small model and on each kind of store, at a time that
// tests set.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "segue/serve/api/openapi.h"
#include "segue/serve/listenbrainz/listenbrainz.h"
#include "segue/serve/lists/next_songs.h"
#include "segue/store/store.h"

#include "tests/support/json_schema.h"
#include "tests/support/postgres_server.h"
#include "tests/support/route_caller.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::testing {

// Song i has a MusicBrainz id that ends with i, but for every 10th, whose id is "nd:i"; it is by "Artist i % 50" and of
// genre i % 4, whose tag is "genre i % 4"; every third has the tag "third" too.
class ListsFixture : public ::testing::TestWithParam<std::string> {
 protected:
  static constexpr std::int64_t kNow = 1'700'000'000;  // Tuesday, 2023-11-14
  static constexpr std::int64_t kDay = 86'400;
  static constexpr std::uint32_t kSongs = 600;

  ListsFixture()
      : store_(store::open_store(GetParam() == "sqlite" ? (folder_ / "listens.sqlite").string()
                                                        : PostgresServer::shared().make_database())) {
    SmallModel model = small_model(kSongs);
    for (std::uint32_t i = 0; i < kSongs; ++i) {
      model.songs[i].id = i % 10 == 0 ? fmt::format("nd:{}", i) : mbid(i);
      model.songs[i].title = fmt::format("Title {}", i);
      model.songs[i].artist = fmt::format("Artist {}", i % 50);
      model.songs[i].tags = {fmt::format("genre {}", i % 4)};
      if (i % 3 == 0) model.songs[i].tags.emplace_back("third");
    }
    write_small_model(folder_ / "model", model);
    models_.emplace(serve::model_sources("default", folder_ / "model", {}, {}), folder_.path(), false);
    start();
  }

  // As after a restart: nothing but the store is known.
  void start() {
    given_.emplace();
    catalogue_.reset();
    catalogue_.emplace(*models_, *store_);
    new_songs_.reset();
    new_songs_.emplace(*models_, *store_, folder_.path());
    const serve::ServiceParts service{*models_, *store_, metrics_, *catalogue_, *new_songs_};
    std::vector<serve::Route> routes =
        serve::listenbrainz_list_routes({service, *given_, artists_, [this] { return now_; }});
    const json::object document = serve::openapi_document(routes);
    schemas_.emplace(document.at("components").at("schemas").as_object());
    caller_.emplace(std::move(routes));
  }

  static std::string mbid(std::uint32_t song) { return fmt::format("00000000-0000-4000-8000-{:012d}", song); }
  static std::uint32_t song_of(std::string_view mbid) {
    return static_cast<std::uint32_t>(std::stoul(std::string(mbid.substr(mbid.size() - 12))));
  }

  serve::Reply get(std::string_view target, const serve::Identity& who = token_of("ann")) const {
    return caller_->call(serve::Method::get, target, "", who);
  }
  json::value document(std::string_view target, std::string_view schema,
                       const serve::Identity& who = token_of("ann")) const {
    const serve::Reply reply = get(target, who);
    EXPECT_EQ(reply.status, 200) << target << reply.body;
    json::value document = json::parse(reply.body);
    const bool is_list = document.is_array();
    for (const json::value& one : is_list ? document.as_array() : json::array{document}) {
      EXPECT_EQ(schemas_->faults(one, schema), std::vector<std::string>()) << reply.body;
    }
    return document;
  }
  // {"code", "error"} with this status; the message.
  std::string error(std::string_view target, int status, const serve::Identity& who = token_of("ann")) const {
    const serve::Reply reply = get(target, who);
    EXPECT_EQ(reply.status, status) << target << reply.body;
    const json::value document = json::parse(reply.body);
    EXPECT_EQ(document.at("code"), json::value(status));
    return std::string(document.at("error").as_string());
  }

  void listen(std::string_view user, std::int64_t time, std::uint32_t song, std::string metadata = "") {
    store_->add(std::vector{listen_to(user, time, song, std::move(metadata))});
  }
  static store::StoredListen listen_to(std::string_view user, std::int64_t time, std::uint32_t song,
                                       std::string metadata = "") {
    store::StoredListen listen;
    listen.user = user;
    listen.listened_at = time;
    listen.artist = fmt::format("Artist {}", song % 50);
    listen.title = fmt::format("Title {}", song);
    if (song % 10 != 0) listen.recording_mbid = mbid(song);
    listen.track_metadata = std::move(metadata);
    listen.msid = store::msid_of(listen);
    return listen;
  }
  // The songs of a genre, one after the other.
  void listen_to_genre(std::string_view user, std::uint32_t genre, std::uint32_t songs) {
    std::vector<store::StoredListen> listens;
    for (std::uint32_t i = 0; i < songs; ++i) {
      listens.push_back(listen_to(user, now_ - kDay * 30 + i * 300, genre + 4 * i));
    }
    store_->add(listens);
  }

  // The songs of a JSPF playlist by number.
  static std::vector<std::uint32_t> songs_in(const json::value& playlist) {
    std::vector<std::uint32_t> songs;
    for (const json::value& track : playlist.at("playlist").at("track").as_array()) {
      const std::string title(track.at("title").as_string());
      songs.push_back(static_cast<std::uint32_t>(std::stoul(title.substr(6))));
      const json::value* const identifier = track.as_object().if_contains("identifier");
      EXPECT_EQ(identifier == nullptr, songs.back() % 10 == 0) << title;
      if (identifier != nullptr) {
        EXPECT_EQ(*identifier, json::value({"https://musicbrainz.org/recording/" + mbid(songs.back())}));
      }
      EXPECT_TRUE(track.at("extension").as_object().contains("https://musicbrainz.org/doc/jspf#track"));
    }
    return songs;
  }

  Scratch folder_;
  std::int64_t now_ = kNow;
  std::unique_ptr<store::ListenStore> store_;

 private:
  serve::Metrics metrics_;
  std::optional<serve::ModelSet> models_;
  std::optional<serve::CatalogueControl> catalogue_;
  std::optional<serve::NewSongControl> new_songs_;
  std::optional<serve::GivenSongs> given_;
  serve::ArtistGroups artists_;
  std::optional<JsonSchemas> schemas_;
  std::optional<RouteCaller> caller_;
};

#define SEGUE_ON_EACH_STORE(Fixture)                                                   \
  INSTANTIATE_TEST_SUITE_P(Stores, Fixture, ::testing::Values("sqlite", "postgresql"), \
                           [](const auto& kind) { return kind.param; })

// Adds songs that have not been given before.
template <class Songs>
void expect_new(const Songs& songs, std::set<std::uint32_t>& given) {
  for (const std::uint32_t song : songs) EXPECT_TRUE(given.insert(song).second) << song << " again";
}

}  // namespace segue::testing
