#include "app/cli/playable.h"

#include <algorithm>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/unix_time.h"
#include "segue/base/words.h"
#include "segue/data/availability/availability_table.h"

namespace segue::cli {

namespace {

recommend::AvailableSongs::Shared offered_songs(const PlayableOptions& options, const model::Model& model) {
  if (options.catalogue.empty()) {
    if (options.market.empty() && options.with_explicit) return nullptr;
    fail(ErrorCode::wrong_use, "--{}: expected --catalogue with it, found none",
         options.market.empty() ? "explicit" : "market");
  }
  const data::Audience audience = recommend::audience_of({options.market, options.with_explicit});
  const auto table = data::read_availability(options.catalogue);
  const recommend::AvailableSongs songs(
      model.songs(), [&](const auto& add) { table->for_each(add); }, unix_now() * 1'000'000);
  return songs.passing(audience);
}

}  // namespace

PlayableSongs::PlayableSongs(const PlayableOptions& options, const model::Model& model)
    : name_(options.library), offered_(offered_songs(options, model)) {
  if (offered_ != nullptr && offered_->count() == 0) {
    fail(ErrorCode::not_found, "--catalogue: {} offers no song of the model", options.catalogue);
  }
  if (name_.empty()) return;
  const search::SongMatcher matcher(model.songs());
  library_.emplace(name_, model.songs(), matcher);
  if (library_->rows().count() == 0) {
    fail(ErrorCode::not_found,
         "--library: {} has no song of the model; segue library match {} --model MODEL says what it has", name_, name_);
  }
}

const index::RowSet* PlayableSongs::among(const std::optional<index::RowSet>& filter) {
  const index::RowSet* const sets[] = {filter ? &*filter : nullptr, library_ ? &library_->rows() : nullptr,
                                       offered_.get()};
  const index::RowSet* all = nullptr;
  for (const index::RowSet* const set : sets) {
    if (set == nullptr) continue;
    if (all != nullptr) all_ = intersection(*all, *set);
    all = all == nullptr ? set : &*all_;
  }
  if (all != nullptr && all->count() == 0) {
    fail(ErrorCode::not_found, "{}: no song of it passes the other filters",
         library_ ? "--library: " + name_ : "--catalogue");
  }
  return all;
}

recommend::FindSongFile PlayableSongs::find_file() const {
  if (!library_) return {};
  return [this](data::SongRow row) -> std::optional<recommend::SongFile> {
    const std::optional<library::LibraryItemView> file = library_->file_of(row);
    return file ? std::optional(recommend::SongFile{std::string(file->path), file->length_ms}) : std::nullopt;
  };
}

void PlayableSongs::note_missing_files(std::span<const data::SongRow> list, Terminal& terminal) const {
  if (!library_) return;
  const auto has_no_file = [&](data::SongRow row) { return !library_->file_of(row); };
  const auto without = static_cast<std::size_t>(std::ranges::count_if(list, has_no_file));
  if (without == 0) return;
  terminal.note(fmt::format("{} of {} songs have no file in {}: a player cannot find them", with_commas(without),
                            with_commas(list.size()), name_));
}

}  // namespace segue::cli
