#include "app/cli/playable.h"

#include <algorithm>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/words.h"

namespace segue::cli {

PlayableSongs::PlayableSongs(const PlayableOptions& options, const model::Model& model) : name_(options.library) {
  if (name_.empty()) return;
  const search::SongMatcher matcher(model.songs());
  library_.emplace(name_, model.songs(), matcher);
  if (library_->rows().count() == 0) {
    fail(ErrorCode::not_found,
         "--library: {} has no song of the model; segue library match {} --model MODEL says what it has", name_, name_);
  }
}

const index::RowSet* PlayableSongs::among(const std::optional<index::RowSet>& filter) {
  if (!library_) return filter ? &*filter : nullptr;
  if (!filter) return &library_->rows();
  both_ = intersection(*filter, library_->rows());
  if (both_->count() == 0) fail(ErrorCode::not_found, "--library: {} has no song that passes the filters", name_);
  return &*both_;
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
