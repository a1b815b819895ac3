// What a teacher, a scorer outside of Segue, would play after each song: teacher.arrow, an Arrow IPC file,
// uncompressed, one row a song:
//   songs    list<uint32>: rows of other songs, ascending
//   chances  list<halffloat>: of each to be played next, 0 to 1
// Six bytes a song listed. Rows are split into record batches, as in transitions.arrow.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "segue/base/file.h"
#include "segue/data/dataset/song_row.h"

namespace segue::transitions {

// What follows one song.
struct NextSongs {
  std::vector<data::SongRow> songs;  // ascending, each once
  std::vector<float> chances;        // of each
  bool operator==(const NextSongs&) const = default;
};

// A mapped file. Thread safe.
class TeacherFile {
 public:
  // Checks types and the number of rows, without reading the rows. Throws not_found, io_failed, corrupt.
  TeacherFile(const MappedFile& file, std::uint32_t song_count);
  TeacherFile(TeacherFile&&) noexcept;
  TeacherFile& operator=(TeacherFile&&) noexcept;
  ~TeacherFile();

  // Reads everything: both lists of a row have the same length, songs ascend, are below song_count and not the row
  // itself, and chances are from 0 to 1. Throws corrupt.
  void check() const;

  // Of each song. REQUIRES: songs < song_count, and check() has been called.
  std::vector<NextSongs> of(std::span<const data::SongRow> songs) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// `lists`: of each song. Chances are rounded to three digits. REQUIRES: as check(). Throws no_space, io_failed.
void write_teacher(const std::filesystem::path& path, std::span<const NextSongs> lists);

}  // namespace segue::transitions
