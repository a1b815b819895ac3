// The routes of the API on a small model with a map and a store in memory.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "segue/library/library_file.h"
#include "segue/model/extend.h"
#include "segue/model/map_file.h"
#include "segue/model/model.h"
#include "segue/serve/api/openapi.h"
#include "segue/serve/api/routes.h"
#include "segue/serve/lists/list_parts.h"

#include "tests/support/json_schema.h"
#include "tests/support/memory_store.h"
#include "tests/support/route_caller.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::testing {

class ModelFixture : public ::testing::Test {
 protected:
  static constexpr std::uint32_t kSongs = 24;

  ModelFixture() {
    write_small_model(folder_ / "model", small_model(kSongs));
    add_map(folder_ / "model");
    write_small_model(folder_ / "bare", small_model(kSongs));
    load("");
  }

  void load(const std::filesystem::path& library, std::optional<serve::Interleaving> interleaving = {}) {
    new_songs_.reset();
    catalogue_.reset();
    models_.reset();
    models_.emplace(serve::model_sources("default", folder_ / "model", {"bare=" + (folder_ / "bare").string()}, {}),
                    folder_.path(), true, library);
    catalogue_.emplace(*models_, store_);
    new_songs_.emplace(*models_, store_, folder_.path());
    serve::ServiceParts parts{*models_, store_, metrics_, *catalogue_, *new_songs_};
    parts.interleaving = std::move(interleaving);
    std::vector<serve::Route> routes;
    for (const auto& group :
         {serve::song_routes(parts), serve::match_routes(parts), serve::recommendation_routes(parts),
          serve::playlist_routes(parts), serve::map_routes(parts), serve::model_routes(parts),
          serve::catalogue_routes(parts), serve::new_song_routes(parts),
          serve::artist_routes({parts, given_, artists_, [] { return std::int64_t{0}; }})}) {
      routes.insert(routes.end(), group.begin(), group.end());
    }
    const json::object document = serve::openapi_document(routes);
    schemas_.emplace(document.at("components").at("schemas").as_object());
    caller_.emplace(std::move(routes));
  }

  // Replaces the model "bare" by one of vectors of `dim` numbers.
  void train_again(std::uint32_t dim) {
    std::filesystem::remove_all(folder_ / "bare");
    write_small_model(folder_ / "bare", small_model(kSongs, dim));
    models_->reload("bare");
  }

  serve::Reply get(std::string_view target, const serve::Identity& who = token_of("")) const {
    return caller_->call(serve::Method::get, target, "", who);
  }
  serve::Reply post(std::string_view target, const json::value& body, std::vector<serve::Header> headers = {},
                    const serve::Identity& who = token_of("")) const {
    return caller_->call(serve::Method::post, target, json::serialize(body), who, std::move(headers));
  }

  // The document of a reply with this status and shape.
  json::value document(const serve::Reply& reply, std::string_view schema, int status = 200) const {
    EXPECT_EQ(reply.status, status) << reply.bytes();
    EXPECT_EQ(reply.content_type, "application/json");
    json::value document = json::parse(reply.bytes());
    EXPECT_EQ(schemas_->faults(document, schema), std::vector<std::string>()) << reply.bytes();
    return document;
  }
  // The message of an error.
  std::string message(const serve::Reply& reply, int status) const {
    return std::string(document(reply, "ApiError", status).at_pointer("/error/message").as_string());
  }

  static std::vector<std::string> ids_of(const json::value& list) {
    std::vector<std::string> ids;
    for (const json::value& item : list.at("items").as_array()) ids.emplace_back(item.at("id").as_string());
    return ids;
  }

  // Song i lies at /m/i.ogg if i is even.
  void add_library() {
    std::vector<library::LibraryItem> items;
    for (std::uint32_t i = 0; i < kSongs; i += 2) {
      const data::Song song = models_->choose("", "")->model.songs().song(i);
      items.push_back({.path = fmt::format("/m/{}.ogg", i),
                       .title = std::string(song.title),
                       .artist = std::string(song.artist),
                       .length_ms = 61'000});
    }
    library::write_library(folder_ / "library.arrow", items);
    load(folder_ / "library.arrow");
  }

  std::span<const serve::Route> routes() const { return caller_->routes(); }
  const RouteCaller& caller() const { return *caller_; }

  MemoryStore store_;

 private:
  static void add_map(const std::filesystem::path& folder) {
    layout::SongMap map;
    for (std::uint32_t i = 0; i < kSongs; ++i) {
      map.layout.push_back({static_cast<float>(i), -0.5F * static_cast<float>(i)});
      map.region.push_back(i % 3 == 0 ? layout::kNoRegion : 0);
    }
    map.regions = {{{1, 2}, "أم كلثوم", 16, 0, layout::kNoRegion}};
    const std::array names = {model::kMapName, model::kClustersName};
    model::extend_model(folder, names, [&](const std::filesystem::path& made) {
      model::write_map(made, map);
      return json::object{{"map", {{"perplexity", 5}}}};
    });
  }

  Scratch folder_;
  serve::Metrics metrics_;
  std::optional<serve::ModelSet> models_;
  std::optional<serve::CatalogueControl> catalogue_;
  serve::GivenSongs given_;
  serve::ArtistGroups artists_;
  std::optional<serve::NewSongControl> new_songs_;
  std::optional<JsonSchemas> schemas_;
  std::optional<RouteCaller> caller_;
};

}  // namespace segue::testing
