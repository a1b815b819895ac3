// Approximate search through a graph of neighbours: HNSW (Malkov, Yashunin 2016, arXiv:1603.09320). hnswlib builds it
// and walks it for very many candidates; the usual walk is our own (index/graph_walk.h).
//
// A node stores its links and its vector next to each other, the vector in one byte for each number (math/codes.h) or
// in floats. The walk finds candidates, and the caller compares them exactly (index/song_index.h), so coding the
// vectors costs next to no recall and saves most of the memory that a walk waits for.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/file.h"
#include "segue/base/progress.h"
#include "segue/index/graph_file.h"
#include "segue/math/matrix.h"

namespace segue::index {

enum class GraphStorage { int8, float32 };
inline constexpr std::array<std::string_view, 2> kGraphStorageNames = {"int8", "float32"};
constexpr std::span<const std::string_view> names(GraphStorage) {
  return kGraphStorageNames;
}

struct GraphOptions {
  std::uint32_t links = 16;         // of a node on the upper levels, twice as many on the lowest: M of the paper
  std::uint32_t build_width = 200;  // candidates a new node chooses its links from: efConstruction of the paper
  GraphStorage storage = GraphStorage::int8;
  std::uint64_t seed = 1;
  std::size_t threads = 0;  // 0: all cores. One thread and one seed give the same graph
  std::size_t most_nodes = kMostGraphNodes;
};

// Thread safe once made.
class GraphIndex {
 public:
  // Built of unit vectors: row r times inverse_norms[r]. Rows of zeros have no direction and are omitted. Throws
  // no_space, interrupted, unsupported for more than `most_nodes` other rows.
  static GraphIndex build(math::MatrixView<const float> vectors, std::span<const float> inverse_norms,
                          const GraphOptions& options, Progress& progress, std::stop_token stop);

  // Maps a file that save() wrote for `rows` vectors of `columns` numbers and checks every link of it, so that no walk
  // can leave it. Throws not_found, io_failed, unsupported (a newer version), corrupt.
  GraphIndex(const std::filesystem::path& file, std::size_t rows, std::size_t columns);
  GraphIndex(MappedFile file, std::size_t rows, std::size_t columns);

  GraphIndex(GraphIndex&&) noexcept;
  GraphIndex& operator=(GraphIndex&&) noexcept;
  ~GraphIndex();

  // `vectors_digest`: SHA-256 of the file of the vectors, in 64 hexadecimal digits. Throws no_space, io_failed.
  void save(const std::filesystem::path& file, std::string_view vectors_digest) const;

  // The digest of the vectors that a mapped graph was built of; "" for a graph that was just built.
  const std::string& vectors_digest() const;

  std::size_t nodes() const;
  std::size_t bytes() const;  // of the graph with the vectors in it

  // About the `width` rows nearest to a unit vector, nearest first by the coded vectors; fewer if there are fewer or
  // links lead to no more.
  std::vector<std::uint32_t> search(std::span<const float> query, std::size_t width) const;

 private:
  struct State;
  explicit GraphIndex(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace segue::index
