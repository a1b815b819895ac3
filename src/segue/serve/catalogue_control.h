// Which songs a service may offer: what a table of the catalogue says (--catalogue), and changes made while serving.
//
// A change wins over the table until it is withdrawn, member by member. It is in the store before it is acknowledged,
// and in force for every request that arrives after that; other processes on the same store find it when they poll.
// Songs are kept as sets of rows of each model (recommend/available_songs.h), which requests share as snapshots.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "segue/data/availability/availability_table.h"
#include "segue/recommend/available_songs.h"
#include "segue/serve/models.h"
#include "segue/store/store.h"

namespace segue::serve {

struct CatalogueSetup {
  std::string table{};                         // a path or a URI; "" for none
  data::Audience audience{};                   // of requests that do not say; their own wishes come on top
  std::function<std::int64_t()> micros_now{};  // since 1970, UTC; empty: the clock of the machine
};

// What is known of one song.
struct CatalogueSong {
  struct Change {
    data::AvailabilityChange change;
    std::int64_t changed = 0;  // when, in seconds since 1970
  };
  data::Availability availability;
  bool in_table = false;
  std::optional<Change> change{};  // that is in force
};

struct CatalogueFacts {
  struct OfModel {
    std::string model;
    std::size_t unavailable = 0;  // songs that nobody is offered now
    std::size_t explicit_songs = 0;
    std::size_t limited = 0;  // songs that only some markets are offered
    std::size_t unknown = 0;  // ids of table and changes that are no songs of the model
  };
  std::size_t rows = 0;  // of the table
  std::vector<std::string> columns;
  std::int64_t read = 0;           // when the table was read, in seconds since 1970; 0 without one
  std::size_t changes = 0;         // in force
  std::string refused;             // why the newest table was refused; "" if it was not
  std::uint64_t changes_made = 0;  // since the start, here and elsewhere
  std::uint64_t tables_read = 0;   // while serving
  std::uint64_t tables_refused = 0;
  std::vector<OfModel> models;
};

// Thread safe.
class CatalogueControl {
 public:
  // Reads the table and the changes in the store, and prepares all models, now and whenever one is loaded. Throws as
  // read_availability() and the store do. `models` and `store` outlive it.
  CatalogueControl(ModelSet& models, store::ListenStore& store, CatalogueSetup setup = {});
  ~CatalogueControl();
  CatalogueControl(const CatalogueControl&) = delete;
  CatalogueControl& operator=(const CatalogueControl&) = delete;

  // The songs of a model as they are offered now: one state, whatever happens meanwhile.
  std::shared_ptr<const recommend::AvailableSongs> of(const ModelPointer& served);
  // The audience of a request: its own market, or else the service's; explicit songs only if both want them.
  data::Audience audience_of(const recommend::CatalogueChoice& choice) const;

  CatalogueSong song(std::string_view id) const;
  // When the song would be offered after this change.
  data::TimeWindow window_after(std::string_view id, const data::AvailabilityChange& change) const;
  // Whether a song, of any model or none, is offered now.
  bool offers(std::string_view id, const data::Audience& audience) const;

  // In force, here and in the store, once it returns. Throws as the store does; then nothing has changed.
  void change(const std::string& id, const data::AvailabilityChange& change);
  // Back to what the table says. Whether a change was in force.
  bool withdraw(const std::string& id);

  // Takes in what other processes have changed. Throws as the store does.
  void poll();
  // Brings the sets of all models up to the time, so that requests find them so.
  void keep_time();
  // Whether there is a table that is not the one in force, nor one that was refused.
  bool table_changed();
  // Throws as read_availability(); then the old table stays. Nothing happens without a table.
  void reload_table();

  bool has_table() const { return !setup_.table.empty(); }
  CatalogueFacts facts() const;

 private:
  struct Change {
    data::AvailabilityChange change;
    bool withdrawn = false;
    std::int64_t version = 0;
    std::int64_t changed = 0;
  };
  struct OfModel {
    std::weak_ptr<const ServedModel> model;
    const ServedModel* address = nullptr;
    std::shared_ptr<const recommend::AvailableSongs> songs;
  };

  using Changes = std::unordered_map<std::string, Change>;
  // What sets are made of, without a lock: for a large model that takes a second.
  struct Sources {
    std::shared_ptr<const data::AvailabilityTable> table;
    Changes changes;

    data::Availability of(std::string_view id) const;
  };

  std::int64_t now() const { return setup_.micros_now(); }
  void prepare(const ModelPointer& served);
  OfModel built(const ModelPointer& served, const Sources& sources) const;
  void take(const Sources& built_from, std::vector<OfModel> models);
  void apply(const store::StoredSongChange& stored);
  void publish(std::vector<OfModel> models);
  std::vector<OfModel> models_now() const;
  Sources sources_now() const;

  ModelSet& models_;
  store::ListenStore& store_;
  CatalogueSetup setup_;

  std::mutex building_;      // one table or model at a time; taken before changing_
  std::mutex changing_;      // one change at a time; taken before mutex_
  std::int64_t polled_ = 0;  // guarded by changing_

  mutable std::mutex mutex_;  // guards what follows; never held for long
  Sources sources_;
  std::string tried_;  // the version of the table that was read or refused last
  std::vector<OfModel> of_models_;
  CatalogueFacts counts_;  // the members that are no counts of sets
};

}  // namespace segue::serve
