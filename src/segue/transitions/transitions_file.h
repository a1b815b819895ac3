// transitions.arrow: an Arrow IPC file, uncompressed, one row a song:
//   neighbours list<uint32>, forward list<float>, backward list<float>, counts list<uint32>
// The four lists of a row have the same length. Rows come in several record batches, so that the offsets of a batch
// (int32) never overflow.
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
  // Checks types and the number of rows, which takes no reading of them. Throws not_found, io_failed, corrupt.
  TransitionsFile(const std::filesystem::path& path, std::uint32_t song_count);
  TransitionsFile(TransitionsFile&&) noexcept;
  TransitionsFile& operator=(TransitionsFile&&) noexcept;
  ~TransitionsFile();

  // Reads all of it: every row has as many weights as neighbours, each another song below song_count, and the weights
  // are numbers of at least 0. Throws corrupt.
  void check() const;

  // All REQUIRE: song < song_count, and check() has been called.
  TransitionsOf of(std::uint32_t song) const;
  std::span<const std::uint32_t> neighbours(std::uint32_t song) const;  // those alone: a quarter of the memory
  // Whether neighbours() are all that were ever played close to the song. A list keeps so many at most: one that is
  // shorter than the longest of all lost none, so that a song that is not in it has no list with this song in it
  // either.
  bool has_all(std::uint32_t song) const;
  // Asks memory for neighbours() of all these, without waiting for one after the other.
  void prefetch_neighbours(std::span<const std::uint32_t> songs) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Throws no_space, io_failed.
void write_transitions(const std::filesystem::path& path, const Transitions& transitions);

}  // namespace segue::transitions
