// Search as you type among the songs of a model: a full-text index (SQLite's FTS5) of folded artists and titles. Only
// where it finds nothing, words that are spelt nearly as typed take part (spellings.h).
//
// The index is a file, built once for a catalogue and reused as long as the digest of the model is the same. It appears
// whole or not at all and ends with its own SHA-256, which is compared when it is opened: a damaged one is built again.
// Searches read the bytes that were compared, so a file that is deleted or replaced later changes nothing. Songs have
// to match every typed word, the last of which may be a prefix. They are ranked much as by find_songs()
// (search/song_search.h): songs of exactly this name first, spelt as typed before folded, then those of an artist of
// exactly this name, then by fewer other words, then by plays. If hundreds of songs match, only the 400 most played are
// ranked; the others follow by plays. So a longer list begins with the shorter ones. Names are compared by
// data::compared_name(): "!!!" and "???" are words.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/file.h"
#include "segue/data/dataset/catalogue.h"
#include "segue/search/spellings.h"
#include "segue/store/sqlite.h"

namespace segue::search {

// Thread safe. `songs` has to outlive it.
class CatalogueSearch {
 public:
  // Builds the index at `file` unless it exists for this digest: about ten seconds for a million songs. Throws
  // no_space, io_failed, and not_found if the folder is missing.
  CatalogueSearch(const data::Catalogue& songs, const std::filesystem::path& file, const std::string& digest);
  ~CatalogueSearch();

  // What was done to the file in place, as MappedFile::damage(). search() throws unavailable then.
  std::string damage() const { return file_.damage(); }

  // At most `limit` rows, best first: the song with exactly this id, then matches of the words; if there are none,
  // matches of similar words, those with the fewest typos first. A few milliseconds, with typos some tens of them.
  std::vector<data::SongRow> search(std::string_view typed, std::size_t limit) const;

 private:
  struct Reader;
  std::unique_ptr<Reader> take_reader() const;
  // The rows that match, the most played first.
  std::vector<data::SongRow> matching(const std::string& query, std::size_t limit) const;
  std::vector<data::SongRow> with_typos(const std::vector<std::string>& words, std::size_t limit) const;
  const Spellings& spellings() const;

  const data::Catalogue& songs_;
  const MappedFile file_;
  const std::span<const std::byte> image_;  // of the database, in the file
  mutable std::mutex mutex_;
  mutable std::vector<std::unique_ptr<Reader>> readers_;  // not in use
  mutable std::once_flag spellings_read_;
  mutable Spellings spellings_;
};

}  // namespace segue::search
