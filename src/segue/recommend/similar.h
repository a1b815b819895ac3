// The songs, artists, albums and tags most like given ones: the nearest to sums and means of song vectors.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "segue/index/song_index.h"
#include "segue/model/model.h"
#include "segue/recommend/options.h"
#include "segue/recommend/seeds.h"
#include "segue/search/group_search.h"

namespace segue::recommend {

// The songs nearest to the sum of the unit vectors of `plus` less those of `minus`, none of either: "A + B - C" of
// Mikolov et al. 2013 (arXiv:1301.3781). One song in `plus` alone gives the songs most like it. `keeps` may be nullptr.
// Best first, ties by row; options.k songs if there are that many. Throws bad_input if the sum has no direction.
// REQUIRES: rows < model.songs().size().
std::vector<math::ScoredRow> similar_songs(const model::Model& model, std::span<const data::SongRow> plus,
                                           std::span<const data::SongRow> minus, const SimilarOptions& options,
                                           const index::RowSet* keeps);
// The same with each unit vector multiplied by the song's weight.
std::vector<math::ScoredRow> similar_songs(const model::Model& model, std::span<const WeightedSong> plus,
                                           std::span<const WeightedSong> minus, const SimilarOptions& options,
                                           const index::RowSet* keeps);

using search::GroupKind;
using search::SongGroup;

// All artists (whole credits), albums (each with its artist) or tags of a model's songs. The vector of a
// group is the sum of the unit vectors of its songs. Views a model that outlives it. Thread safe once constructed.
class SongGroups {
 public:
  // Songs without such a name are in no group; names that fold to the same (data/text/text.h: fold_name) are one.
  // `keeps` selects songs; it may be nullptr.
  SongGroups(const model::Model& model, GroupKind kind, const index::RowSet* keeps);

  std::uint32_t size() const { return static_cast<std::uint32_t>(groups_.size()); }
  const SongGroup& group(std::uint32_t group) const { return groups_[group]; }

  // The group with exactly this name; else those with it but for accents and punctuation, or else those whose names
  // have all its words; the most played first.
  std::vector<std::uint32_t> find(std::string_view typed) const;
  // At most `most` groups whose names have all the words, the last of which may be incomplete: a name typed whole comes
  // first, then the most played.
  std::vector<std::uint32_t> find_typed(std::string_view typed, std::size_t most) const;
  bool has_direction(std::uint32_t group) const { return inverse_norms_[group] != 0; }
  // For messages about a name that find() does not find: " (did you mean X?)" or "".
  std::string suggestion(std::string_view typed) const;

  // The k groups of at least `least_songs` songs with the most similar direction, without `group` itself. Rows are
  // groups. Throws bad_input if the group has no direction.
  std::vector<math::ScoredRow> similar(std::uint32_t group, std::size_t k, std::size_t least_songs) const;
  // The songs of a group nearest to its mean. `keeps` may be nullptr: only songs of this set.
  std::vector<math::ScoredRow> typical_songs(std::uint32_t group, std::size_t k,
                                             const index::RowSet* keeps = nullptr) const;

 private:
  std::vector<float> direction(std::uint32_t group) const;

  const model::Model& model_;
  std::vector<SongGroup> groups_;
  std::vector<std::string> folded_;                       // names as search compares them
  std::unordered_map<std::string, std::uint32_t> found_;  // by folded name
  math::Matrix sums_;
  std::vector<float> inverse_norms_;
};

}  // namespace segue::recommend
