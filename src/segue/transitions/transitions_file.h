// transitions.arrow: an Arrow IPC file, uncompressed, one row a song:
//   neighbours list<uint32>, forward list<float>, backward list<float>, counts list<uint32>
// The four lists of a row have the same length. Rows are split into record batches, so that the int32 offsets
// of a batch never overflow.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>

#include "segue/transitions/transitions.h"

namespace segue::transitions {

// A mapped file. Thread safe.
class TransitionsFile {
 public:
  // Checks types and the number of rows, without reading the rows. Throws not_found, io_failed, corrupt.
  TransitionsFile(const std::filesystem::path& path, std::uint32_t song_count);
  TransitionsFile(TransitionsFile&&) noexcept;
  TransitionsFile& operator=(TransitionsFile&&) noexcept;
  ~TransitionsFile();

  // Reads everything: every row has as many weights as neighbours, the neighbours are other songs below song_count, and
  // no weight is negative or undefined. Throws corrupt.
  void check() const;

  // All REQUIRE: song < song_count, and check() has been called.
  TransitionsOf of(std::uint32_t song) const;
  std::span<const std::uint32_t> neighbours(std::uint32_t song) const;  // only these: reads a quarter of the memory
  // Whether neighbours() are all songs ever played close to this one. Lists have a maximum length: one shorter than the
  // longest lost nothing, so a song that is missing from it does not have this song in its own list either.
  bool has_all(std::uint32_t song) const;
  // Prefetches neighbours() of all these songs, without waiting for each in turn.
  void prefetch_neighbours(std::span<const std::uint32_t> songs) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Throws no_space, io_failed.
void write_transitions(const std::filesystem::path& path, const Transitions& transitions);

}  // namespace segue::transitions
