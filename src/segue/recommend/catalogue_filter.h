// Which songs may be in an answer, said by what the catalogue knows of them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "segue/base/options.h"
#include "segue/data/dataset/catalogue.h"
#include "segue/index/row_set.h"

namespace segue::recommend {

// A song has to pass all that is given. Names are compared as search compares words: whatever their case, accents and
// punctuation. An artist is the whole credit ("Bill Evans, Jim Hall") or one of the names between its commas.
struct FilterOptions {
  std::vector<std::string> only_tag{};
  std::vector<std::string> not_tag{};
  std::vector<std::string> only_artist{};
  std::vector<std::string> not_artist{};
  std::string only_ids{};
  std::string not_ids{};
  std::uint64_t min_plays = 0;
  std::uint64_t max_plays = 0;
  std::uint32_t min_rank = 0;
  std::uint32_t max_rank = 0;

  bool operator==(const FilterOptions&) const = default;
};

}  // namespace segue::recommend

namespace segue {

template <>
struct OptionsOf<recommend::FilterOptions> {
  static constexpr std::string_view section = "filter";
  static constexpr std::array rows = {
      option<&recommend::FilterOptions::only_tag>("only_tag", "Only songs with this tag, or with one of several"),
      option<&recommend::FilterOptions::not_tag>("not_tag", "No songs with this tag, nor with any of several"),
      option<&recommend::FilterOptions::only_artist>("only_artist", "Only songs by this artist, or by one of several"),
      option<&recommend::FilterOptions::not_artist>("not_artist", "No songs by this artist, nor by any of several"),
      option<&recommend::FilterOptions::only_ids>("only_ids", "Only songs whose id is a line of this file"),
      option<&recommend::FilterOptions::not_ids>("not_ids", "No songs whose id is a line of this file"),
      option<&recommend::FilterOptions::min_plays>("min_plays", "Only songs played at least so often", at_least(0)),
      option<&recommend::FilterOptions::max_plays>("max_plays", "Only songs played at most so often; 0 is no limit",
                                                   at_least(0)),
      option<&recommend::FilterOptions::min_rank>(
          "min_rank", "Only songs from this place on in the order of plays, the first is 1", between(0, 4294967295.0)),
      option<&recommend::FilterOptions::max_rank>(
          "max_rank", "Only songs up to this place in the order of plays; 0 is no limit", between(0, 4294967295.0)),
  };
};
SEGUE_CHECK_OPTIONS(recommend::FilterOptions);

}  // namespace segue

namespace segue::recommend {

// The rows of the songs that pass; nothing where no option is set. One pass over the catalogue: to be made once for
// many searches. Ids of a file that the catalogue does not have are passed over. Throws not_found for a tag or an
// artist that no song has (with the nearest one), where no song passes, and for a file that is not there; io_failed.
std::optional<index::RowSet> songs_passing(const FilterOptions& options, const data::Catalogue& songs);

}  // namespace segue::recommend
