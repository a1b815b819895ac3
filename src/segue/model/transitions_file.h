// transitions.arrow: an Arrow IPC file, uncompressed, one row a song:
//   neighbours list<uint32>, forward list<float>, backward list<float>, counts list<uint32>
// The four lists of a row have the same length. Rows come in several record batches, so that the offsets of a batch
// (int32) never overflow.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "segue/train/transitions.h"

namespace segue {

// A mapped file. Thread safe.
class TransitionsFile {
 public:
  // Checks types, lengths and that every neighbour is another song below song_count. Throws not_found, io_failed,
  // corrupt.
  TransitionsFile(const std::filesystem::path& path, std::uint32_t song_count);
  TransitionsFile(TransitionsFile&&) noexcept;
  TransitionsFile& operator=(TransitionsFile&&) noexcept;
  ~TransitionsFile();

  TransitionsOf of(std::uint32_t song) const;  // REQUIRES: song < song_count

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Throws no_space, io_failed.
void write_transitions(const std::filesystem::path& path, const Transitions& transitions);

}  // namespace segue
