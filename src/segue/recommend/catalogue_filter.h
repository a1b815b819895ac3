// Filters songs by what the catalogue knows about them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "segue/base/options.h"
#include "segue/data/dataset/catalogue.h"
#include "segue/index/row_set.h"

namespace segue::recommend {

// A song has to pass every option that is set. Names are compared as in a search: without case, accents and
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
      option<&recommend::FilterOptions::min_plays>("min_plays", "Only songs with at least this many plays",
                                                   at_least(0)),
      option<&recommend::FilterOptions::max_plays>(
          "max_plays", "Only songs with at most this many plays; 0 is no limit", at_least(0)),
      option<&recommend::FilterOptions::min_rank>("min_rank", "Only songs from this rank by plays on; the first is 1",
                                                  between(0, 4294967295.0)),
      option<&recommend::FilterOptions::max_rank>("max_rank", "Only songs up to this rank by plays; 0 is no limit",
                                                  between(0, 4294967295.0)),
  };
};
SEGUE_CHECK_OPTIONS(recommend::FilterOptions);

}  // namespace segue

namespace segue::recommend {

// The rows of the songs that pass; nothing if no option is set. Takes one pass over the catalogue, so reuse the result
// for many searches. Ids in a file that the catalogue does not have are ignored. Throws not_found for a tag or artist
// that no song has (with the nearest one), if no song passes, and for a missing file; io_failed.
std::optional<index::RowSet> songs_passing(const FilterOptions& options, const data::Catalogue& songs);

}  // namespace segue::recommend
