// Search as people type among the songs of a model: a full-text index (SQLite's FTS5) of folded artists and titles.
//
// The index is a file, made once for a catalogue and used again for as long as the digest of the model is the same; it
// appears whole or not at all. Songs are found by every word typed, the last of which may be begun only, and come in
// the spirit of find_songs() (search/song_search.h): those that are just what was typed first, then those with fewer
// words beside it, then by plays. Of words that thousands of songs have, the most played songs are looked at.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "segue/data/dataset/catalogue.h"
#include "segue/store/sqlite.h"

namespace segue::search {

// Thread safe. `songs` has to outlive it.
class CatalogueSearch {
 public:
  // Makes the index at `file` unless there is one of this digest: some ten seconds for a million songs. Throws
  // no_space, io_failed, not_found without the folder.
  CatalogueSearch(const data::Catalogue& songs, std::filesystem::path file, std::string digest);
  ~CatalogueSearch();

  // Rows, best first, at most `limit`: a song of exactly this id, then those with the words. A few milliseconds.
  std::vector<std::uint32_t> search(std::string_view typed, std::size_t limit) const;

 private:
  struct Reader;
  std::unique_ptr<Reader> take_reader() const;

  const data::Catalogue& songs_;
  const std::filesystem::path file_;
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Reader>> readers_;  // those that nobody uses now
};

}  // namespace segue::search
