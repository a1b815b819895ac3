// The songs that one request may be offered.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>

#include "segue/index/row_set.h"
#include "segue/recommend/available_songs.h"
#include "segue/serve/catalogue_control.h"

namespace segue::serve {

// What the catalogue offers to the request's audience, as it was when the request came; of these, only those of
// `within`, which may be nullptr for all and outlives it. Routes that suggest something to play keep their answers to
// it. Immutable; thread safe.
class OfferedSongs {
 public:
  OfferedSongs(CatalogueControl& catalogue, const ModelPointer& served, const recommend::CatalogueChoice& choice = {},
               const index::RowSet* within = nullptr);

  // For searches and filters: nullptr for all songs.
  const index::RowSet* keeps() const { return both_ ? &*both_ : offered_ != nullptr ? offered_.get() : within_; }
  bool has(data::SongRow row) const { return keeps() == nullptr || keeps()->contains(row); }
  std::size_t count() const { return keeps() == nullptr ? songs_ : keeps()->count(); }
  // Those of them that are in `rows` too.
  index::RowSet in(const index::RowSet& rows) const { return keeps() == nullptr ? rows : intersection(rows, *keeps()); }

  // Throws not_found if the catalogue offers nothing at all.
  void refuse_none() const;
  // For replies: of a list that is shorter than it should be, how many songs the catalogue keeps from the request;
  // nothing for a full list, or if there are none.
  std::optional<std::uint64_t> withheld(std::size_t found, std::size_t wanted) const;

 private:
  std::size_t songs_;
  data::Audience audience_;
  std::shared_ptr<const index::RowSet> offered_;  // nullptr: all
  const index::RowSet* within_;
  std::optional<index::RowSet> both_;
};

}  // namespace segue::serve
