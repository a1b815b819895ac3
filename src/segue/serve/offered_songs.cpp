#include "segue/serve/offered_songs.h"

#include "segue/base/error.h"
#include "segue/base/words.h"

namespace segue::serve {

OfferedSongs::OfferedSongs(CatalogueControl& catalogue, const ModelPointer& served,
                           const recommend::CatalogueChoice& choice, const index::RowSet* within)
    : songs_(served->model.songs().size()),
      audience_(catalogue.audience_of(choice)),
      offered_(catalogue.of(served)->passing(audience_)),
      within_(within) {
  if (offered_ != nullptr && within_ != nullptr) both_ = intersection(*offered_, *within_);
}

void OfferedSongs::refuse_none() const {
  if (offered_ == nullptr || count() > 0) return;
  fail(ErrorCode::not_found, "expected songs that the catalogue offers{}{}, found none among {}",
       audience_.market ? " in " + audience_.market->code() : "",
       audience_.with_explicit ? "" : " and does not mark as explicit", with_commas(songs_));
}

std::optional<std::uint64_t> OfferedSongs::withheld(std::size_t found, std::size_t wanted) const {
  if (offered_ == nullptr || found >= wanted) return std::nullopt;
  return songs_ - offered_->count();
}

}  // namespace segue::serve
