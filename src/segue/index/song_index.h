// The nearest songs to a query, by whichever search is the quickest for it.
//
// Exact search reads every vector that may be returned; the graph (index/graph.h) reads a few hundred, wherever they
// are, and most of those that the filter does not keep in vain. So the graph is taken for large catalogues and filters
// that keep much, exact search for small ones and filters that keep little. What the graph finds is compared exactly,
// so scores are always cosines; where it finds too few it looks wider, and at last every row is looked at: there are
// always k songs in the answer where there are k songs to be had.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <stop_token>
#include <string_view>
#include <vector>

#include "segue/index/exact.h"
#include "segue/index/graph.h"

namespace segue::index {

enum class SearchMethod { automatic, exact, graph };
inline constexpr std::array<std::string_view, 3> kSearchMethodNames = {"auto", "exact", "graph"};
constexpr std::span<const std::string_view> names(SearchMethod) {
  return kSearchMethodNames;
}

// Candidates that a walk of the graph keeps, where nothing better is known: wider finds more of the nearest and takes
// longer.
inline constexpr std::size_t kSearchWidth = 64;

struct SearchOptions {
  SearchMethod method = SearchMethod::automatic;
  std::size_t width = 0;    // of a walk, at least; 0: the index's own
  std::size_t threads = 0;  // of an exact search; 0: all cores
};

// Views of vectors and a graph that belong to somebody else. Thread safe.
class SongIndex {
 public:
  SongIndex() = default;
  // `graph` may be nullptr: then every search is exact. REQUIRES: it was built of these vectors. `width` is the width
  // of a walk, see choose_width(). `codes` may be nullptr too: with them, exact searches are quicker.
  SongIndex(math::MatrixView<const float> vectors, std::span<const float> inverse_norms, const GraphIndex* graph,
            std::size_t width = kSearchWidth, const CodedRows* codes = nullptr)
      : vectors_(vectors), exact_(vectors, inverse_norms, codes), graph_(graph), width_(width) {}

  // As ExactIndex::search() says, but that the graph may miss some of the nearest: then the next ones are there
  // instead. Never a row that the filter does not keep, and k rows where there are k.
  std::vector<math::ScoredRow> search(std::span<const float> query, std::size_t k, const SearchFilter& filter = {},
                                      const SearchOptions& options = {}) const;

  // About the k nearest rows of search(), in no order, for who compares them in a way of their own: a walk no wider
  // than it has to be, and no vectors read. Never a row that the filter does not keep, and k rows where there are k.
  std::vector<std::uint32_t> near(std::span<const float> query, std::size_t k, const SearchFilter& filter = {},
                                  std::size_t threads = 0) const;

  const GraphIndex* graph() const { return graph_; }
  std::size_t width() const { return width_; }

 private:
  std::size_t kept_by(const SearchFilter& filter) const;
  bool graph_is_quicker(std::size_t width, std::size_t kept) const;
  // Width 0: none that is quicker than exact search.
  std::size_t width_for(std::size_t least, std::size_t k, const SearchFilter& filter, SearchMethod method) const;
  std::vector<std::uint32_t> walk(std::span<const float> query, std::size_t k, std::size_t enough,
                                  const SearchFilter& filter, std::size_t width, SearchMethod method) const;

  math::MatrixView<const float> vectors_;
  ExactIndex exact_{{}, {}};
  const GraphIndex* graph_ = nullptr;
  std::size_t width_ = kSearchWidth;
};

// How wide walks of a graph have to be.
struct GraphRecall {
  std::size_t width = kSearchWidth;
  double recall = 1;      // the share of the k nearest songs to sampled songs that walks of this width find
  std::size_t songs = 0;  // sampled
};

// The least of a few widths at which the graph finds `wanted` of the k nearest other songs to a sample of songs, or the
// largest of them. Throws interrupted.
GraphRecall choose_width(const GraphIndex& graph, math::MatrixView<const float> vectors,
                         std::span<const float> inverse_norms, std::size_t k, double wanted, std::size_t threads,
                         const std::stop_token& stop);

}  // namespace segue::index
