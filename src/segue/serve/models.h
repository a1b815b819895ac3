// The served models, each of which can be swapped for a newer one between two requests.
//
// A request takes a model once and keeps it until it is answered, so a reply comes from one model as a whole, and a
// model is freed when the last request that uses it is done. Loading happens in the background: the new model is
// opened, verified and warmed, and only then replaces the old one; if that fails, the old one stays.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/error.h"
#include "segue/library/library.h"
#include "segue/model/model.h"
#include "segue/plays/live_trend.h"
#include "segue/recommend/recommender.h"
#include "segue/search/catalogue_search.h"
#include "segue/search/song_matcher.h"
#include "segue/serve/api/replies.h"
#include "segue/serve/http/http.h"
#include "segue/serve/http/typed_reply.h"

namespace segue::serve {

// A file of a model was changed in place or cut short after it was opened: what is mapped cannot be trusted any more.
class DamagedModel : public Error {
 public:
  explicit DamagedModel(const std::string& message) : Error(ErrorCode::unavailable, message) {}
};

// A model with everything that requests need from it. Immutable; thread safe.
struct ServedModel {
  // Opens the model, verifies it if `verify` is set, and warms it: every page that replies need has been read once.
  // `library` may be "". Throws as Model's constructor, verify_model() and library::Library do.
  // `source`: the digest of the model that this is a version of; "" if it is none.
  ServedModel(std::string name, const std::filesystem::path& folder, const std::filesystem::path& cache, bool verify,
              const std::filesystem::path& library = {}, const std::string& source = "");

  // The songs of the library; nullptr for all songs, without one.
  const index::RowSet* playable() const { return library ? &library->rows() : nullptr; }

  // Throws DamagedModel, naming the file. Notices a page that was lost at once, any other change within a second.
  void refuse_damaged() const;
  bool damaged() const;  // the model or its search index

  std::string name;
  std::string source_digest;     // of the model that is served, without new songs (new_song_control.h)
  std::filesystem::path folder;  // with every link resolved: the folder that was opened
  model::Model model;
  std::unique_ptr<plays::LiveTrend> trend;  // the model's and what ListenFeed counts; nullptr if the model has none
  recommend::Recommender recommender;
  search::SongMatcher matcher;
  std::optional<library::Library> library;
  std::filesystem::file_time_type library_written{};  // when it was last written, as far as it is served
  search::CatalogueSearch search;
  std::shared_ptr<const SharedBody> map;  // of GET /v1/map, nullptr if the model has none
  SharedReply<RegionsReply> regions;      // of GET /v1/map/regions, likewise
  SharedReply<ContoursReply> contours;    // of GET /v1/map/contours, likewise
  SharedReply<MapTagsReply> tags;         // of GET /v1/map/tags
  std::chrono::system_clock::time_point loaded;
  std::chrono::system_clock::time_point trained;  // made_at of the manifest
  double recall = 1;                              // of the 10 nearest songs, on a sample, measured at loading

 private:
  // When the files were last found unchanged.
  mutable std::atomic<std::uint64_t> lost_pages_seen_{0};
  mutable std::atomic<std::chrono::steady_clock::time_point> next_look_{};
};

using ModelPointer = std::shared_ptr<const ServedModel>;

struct ModelSource {
  std::string name;
  std::filesystem::path folder;
  std::uint32_t parts = 0;  // share of the users
};

// MODEL, `--also` and `--share` as sources. Throws wrong_use for a text that is not NAME=..., a name used twice, a
// share of an unknown model, or no parts at all.
std::vector<ModelSource> model_sources(std::string_view name, const std::filesystem::path& folder,
                                       const std::vector<std::string>& also, const std::vector<std::string>& share);

// Thread safe.
class ModelSet {
 public:
  // Loads all of them, each with the library, which may be "". Throws as ServedModel does. REQUIRES: model_sources()
  // made the sources.
  ModelSet(std::vector<ModelSource> sources, std::filesystem::path cache, bool verify,
           std::filesystem::path library = {});

  // From now on calls this with every model that was loaded, before it replaces another.
  void before_serving(std::function<void(const ModelPointer&)> prepare);

  // From now on the folder that this returns is opened instead of that of a model: a version with new songs, or the
  // same.
  using Extend = std::function<std::filesystem::path(const std::string& name, const std::filesystem::path& folder)>;
  void extend_with(Extend extend);
  // Opens the model again, extended by what it is to have now; rollback() still leads to the model before it. False,
  // and nothing happens, if its folder holds another model than the one served. Throws as reload().
  bool refresh(std::string_view name);

  // The model of this name; for "" the one that serves `user`, or the first one if `user` is "" too. Which users a
  // model serves depends on names and parts alone, so replicas agree. Throws not_found for another name, DamagedModel.
  ModelPointer choose(std::string_view name, std::string_view user) const;
  std::vector<ModelPointer> all() const;
  // What the last reload of a model replaced, and rollback() would put back; nullptr if there is none or it is damaged.
  ModelPointer replaced(std::string_view name) const;
  const std::vector<ModelSource>& sources() const { return sources_; }

  // Reloads the model, or all of them for "". One reload at a time. Throws as ServedModel does, and not_found; then
  // nothing has changed.
  void reload(std::string_view name);
  // Puts back the model that the last reload replaced. Throws not_found if there is none, DamagedModel.
  void rollback(std::string_view name);
  // Models whose folder or library was replaced, or whose link points elsewhere, since they were opened, and damaged
  // ones: a watcher reloads these.
  // And those whose folder cannot be read, each reported once until the reason changes.
  struct Changes {
    struct Unreadable {
      std::string name;
      std::string reason;
    };
    std::vector<std::string> replaced;
    std::vector<Unreadable> unreadable;
  };
  Changes changed();

 private:
  struct Slot {
    ModelPointer now;
    ModelPointer before;
    std::string tried;                              // digest of a refused model: not tried again until it changes
    std::filesystem::file_time_type tried_files{};  // when the files of a refused model were last written
    std::filesystem::file_time_type tried_library{};
    std::string unreadable;  // why its folder could not be read, last reported by changed()
  };
  std::size_t place_of(std::string_view name) const;  // throws not_found

  const std::vector<ModelSource> sources_;
  std::shared_ptr<const ServedModel> load(std::size_t place) const;

  const std::filesystem::path cache_;
  const std::filesystem::path library_;
  const bool verify_;
  std::mutex reloading_;
  std::function<void(const ModelPointer&)> prepare_;  // guarded by reloading_
  Extend extend_;                                     // likewise
  mutable std::mutex mutex_;                          // guards slots_
  std::vector<Slot> slots_;
};

}  // namespace segue::serve
