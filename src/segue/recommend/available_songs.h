// Which songs of a model may be offered to an audience, as sets of rows: a bit for each song and rule.
//
//   songs for an audience = all - blocked - outside their time - explicit (unless wanted)
//                               - (limited to some markets - those with this one) - those blocked in this market
//
// A snapshot: a change to one song makes another that shares every set that the change did not touch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/options.h"
#include "segue/data/availability/availability.h"
#include "segue/data/availability/availability_table.h"
#include "segue/data/dataset/catalogue.h"
#include "segue/index/row_set.h"

namespace segue::recommend {

// For whom a list is, as far as a catalogue is concerned.
struct CatalogueChoice {
  std::string market{};
  bool with_explicit = true;

  bool operator==(const CatalogueChoice&) const = default;
};

}  // namespace segue::recommend

namespace segue {

template <>
struct OptionsOf<recommend::CatalogueChoice> {
  static constexpr std::string_view section = "catalogue_choice";
  static constexpr std::array rows = {
      option<&recommend::CatalogueChoice::market>(
          "market",
          "Only songs that the catalogue offers in this country: a code of ISO 3166-1 such as DE; without it, markets "
          "are not looked at"),
      option<&recommend::CatalogueChoice::with_explicit>("explicit",
                                                         "Whether songs that the catalogue marks as explicit may be "
                                                         "offered"),
  };
};
SEGUE_CHECK_OPTIONS(recommend::CatalogueChoice);

}  // namespace segue

namespace segue::recommend {

// Throws wrong_use for a market that is no country code.
data::Audience audience_of(const CatalogueChoice& choice);

// Immutable; thread safe.
class AvailableSongs {
 public:
  using Shared = std::shared_ptr<const index::RowSet>;
  // What is known of songs: calls its argument with ids, each once, and their availability.
  using ForEachSong = std::function<void(const std::function<void(std::string_view, const data::Availability&)>&)>;

  // Ids that `songs` lacks are counted. `time` as in TimeWindow.
  AvailableSongs(const data::Catalogue& songs, const ForEachSong& for_each, std::int64_t time);

  // The same after a change to one song, or as the time passes.
  std::shared_ptr<const AvailableSongs> with(data::SongRow row, const data::Availability& song) const;
  std::shared_ptr<const AvailableSongs> with_unknown(std::size_t unknown) const;
  std::shared_ptr<const AvailableSongs> at(std::int64_t time) const;

  // The songs for an audience; nullptr if that is all of them.
  Shared passing(const data::Audience& audience) const;
  // Whether they are the same at this time, which is never before the time they were made for by more than the second
  // that clocks are set back.
  bool is_current(std::int64_t time) const { return time < next_change_ && time + kSetBack >= time_; }

  std::size_t songs() const { return songs_; }
  std::size_t unavailable() const;  // anywhere: blocked, or outside their time
  std::size_t explicit_songs() const;
  std::size_t limited() const;                      // offered in some markets only
  std::size_t unknown() const { return unknown_; }  // ids that are no songs of the model

 private:
  static constexpr std::int64_t kSetBack = 1'000'000;

  struct Window {
    data::SongRow row = 0;
    data::TimeWindow window;
  };
  using Windows = std::vector<Window>;  // by row
  using ByMarket = std::map<data::Market, Shared>;

  AvailableSongs(const AvailableSongs& other);
  void set(data::SongRow row, const data::Availability& song);
  void set_window(data::SongRow row, const data::TimeWindow& window);
  void fold_in(std::int64_t time);

  std::size_t songs_ = 0;
  std::size_t unknown_ = 0;
  std::int64_t time_ = 0;
  std::int64_t next_change_ = data::TimeWindow::kForever;
  // Each nullptr while it is empty.
  Shared blocked_;
  Shared closed_;  // outside their time
  Shared explicit_;
  Shared limited_;       // to some markets
  ByMarket offered_in_;  // of those
  ByMarket blocked_in_;
  std::shared_ptr<const Windows> windows_;  // of songs that have one

  // Audiences asked for since the snapshot was made; a few at a time, as each may take a bit for every song.
  mutable std::mutex mutex_;
  mutable std::vector<std::pair<data::Audience, Shared>> made_;
};

}  // namespace segue::recommend
