// The routes for AudioMuse-AI's plugins on a small model and a store in memory, at a time that tests set.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "segue/library/library_file.h"
#include "segue/model/extend.h"
#include "segue/model/map_file.h"
#include "segue/serve/api/openapi.h"
#include "segue/serve/audiomuse/audiomuse.h"

#include "tests/support/json_schema.h"
#include "tests/support/memory_store.h"
#include "tests/support/route_caller.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::testing {

// Songs have the ids "nd:s0", "nd:s1" and so on, of which a server knows the last part; song i is of genre i % 4, and
// each genre is one artist's.
class AudioMuseFixture : public ::testing::Test {
 protected:
  static constexpr std::int64_t kNow = 1'700'000'000;

  explicit AudioMuseFixture(std::uint32_t songs = 24) : songs_(songs) {
    SmallModel model = small_model(songs);
    for (std::uint32_t i = 0; i < songs; ++i) model.songs[i].id = fmt::format("nd:s{}", i);
    write_small_model(folder_ / "model", model);
    models_.emplace(serve::model_sources("default", folder_ / "model", {}, {}), folder_.path(), true);
    start();
  }

  // As after a restart.
  void start() {
    given_.emplace(limits_);
    catalogue_.reset();
    catalogue_.emplace(*models_, store_);
    new_songs_.emplace(*models_, store_, folder_.path());
    const serve::ServiceParts service{*models_, store_, metrics_, *catalogue_, *new_songs_};
    std::vector<serve::Route> routes = serve::audiomuse_routes({service, *given_, artists_, [this] { return now_; }});
    const json::object document = serve::openapi_document(routes);
    schemas_.emplace(document.at("components").at("schemas").as_object());
    caller_.emplace(std::move(routes));
  }

  void add_map() {
    layout::SongMap map;
    for (std::uint32_t i = 0; i < songs_; ++i) {
      map.layout.push_back({static_cast<float>(i), 0});
      map.region.push_back(i % 3 == 0 ? layout::kNoRegion : 0);
    }
    map.regions = {{{1, 2}, "Electronic", songs_, 0, layout::kNoRegion}};
    const std::array names = {model::kMapName, model::kClustersName};
    model::extend_model(folder_ / "model", names, [&](const std::filesystem::path& made) {
      model::write_map(made, map);
      return json::object{{"map", {{"perplexity", 5}}}};
    });
    models_->reload("default");
  }

  // From now on the server's ids are those of the items.
  void add_library(const std::vector<library::LibraryItem>& items) {
    library::write_library(folder_ / "library.arrow", items);
    models_.reset();
    models_.emplace(serve::model_sources("default", folder_ / "model", {}, {}), folder_.path(), true,
                    folder_ / "library.arrow");
    start();
  }

  serve::Reply get(std::string_view target, const serve::Identity& who = token_of("ann")) const {
    return caller_->call(serve::Method::get, target, "", who);
  }
  serve::Reply post(std::string_view target, const json::value& body,
                    const serve::Identity& who = token_of("ann")) const {
    return caller_->call(serve::Method::post, target, json::serialize(body), who);
  }

  json::value document(const serve::Reply& reply, std::string_view schema) const {
    EXPECT_EQ(reply.status, 200) << reply.body;
    json::value document = json::parse(reply.body);
    EXPECT_EQ(schemas_->faults(document, schema), std::vector<std::string>()) << reply.body;
    return document;
  }
  json::array list(const serve::Reply& reply, std::string_view schema = "AudioMuseNeighbour") const {
    EXPECT_EQ(reply.status, 200) << reply.body;
    json::array list = json::parse(reply.body).as_array();
    for (const json::value& item : list) {
      EXPECT_EQ(schemas_->faults(item, schema), std::vector<std::string>()) << reply.body;
    }
    return list;
  }
  // {"error": "..."} with this status.
  std::string error(const serve::Reply& reply, int status) const {
    EXPECT_EQ(reply.status, status) << reply.body;
    const json::value document = json::parse(reply.body);
    EXPECT_EQ(schemas_->faults(document, "AudioMuseError"), std::vector<std::string>()) << reply.body;
    return std::string(document.at("error").as_string());
  }

  static std::vector<std::string> ids_of(const json::array& list) {
    std::vector<std::string> ids;
    for (const json::value& item : list) ids.emplace_back(item.at("item_id").as_string());
    return ids;
  }
  std::vector<std::string> similar(std::string_view query, const serve::Identity& who = token_of("ann")) const {
    return ids_of(list(get(fmt::format("/api/similar_tracks?{}", query), who)));
  }
  static std::uint32_t number_of(std::string_view id) {
    EXPECT_TRUE(id.starts_with("s")) << id;
    return static_cast<std::uint32_t>(std::stoul(std::string(id.substr(1))));
  }

  static store::StoredListen listen_of(std::string_view user, std::int64_t time, std::uint32_t song) {
    store::StoredListen listen;
    listen.user = user;
    listen.listened_at = time;
    listen.song_id = fmt::format("nd:s{}", song);
    listen.msid = store::msid_of(listen);
    return listen;
  }
  void listen(std::string_view user, std::int64_t time, std::uint32_t song) {
    store_.add(std::vector{listen_of(user, time, song)});
  }
  void skip(std::string_view user, std::int64_t time, std::uint32_t song) {
    store_.add_skips(std::vector{listen_of(user, time, song)});
  }

  void hate(std::string_view user, std::uint32_t song) {
    store::Feedback hated;
    hated.user = user;
    hated.song_id = fmt::format("nd:s{}", song);
    hated.msid = fmt::format("msid {}", song);
    hated.score = -1;
    store_.set_feedback(hated);
  }

  const model::Model& model() const { return models_->choose("", "")->model; }

  const std::uint32_t songs_;
  std::int64_t now_ = kNow;
  serve::GivenSongsLimits limits_{};
  MemoryStore store_;
  std::optional<serve::GivenSongs> given_;
  Scratch folder_;
  std::optional<serve::ModelSet> models_;
  std::optional<serve::CatalogueControl> catalogue_;
  std::optional<serve::NewSongControl> new_songs_;

 private:
  serve::Metrics metrics_;
  serve::ArtistGroups artists_;
  std::optional<JsonSchemas> schemas_;
  std::optional<RouteCaller> caller_;
};

}  // namespace segue::testing
