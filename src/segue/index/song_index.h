// The nearest songs to a query, by whichever search is fastest for it.
//
// Exact search reads every vector that may be returned; the graph (index/graph.h) reads a few hundred anywhere in
// memory, including those that the filter then drops. So the graph serves large catalogues and filters that keep many
// rows, exact search small catalogues and filters that keep few. Candidates of the graph are compared exactly, so
// scores are always cosines. If the graph finds too few, it searches wider, and finally every row is compared: the
// answer always has k songs if there are k.
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

// Candidates that a walk of the graph keeps by default: a wider walk finds more of the nearest and takes longer.
inline constexpr std::size_t kSearchWidth = 64;

// With codes, exact search is faster, so fewer searches walk the graph. `as_without_codes`: the same ones walk as
// without codes, so that both find the same songs.
enum class WalkChoice { by_speed, as_without_codes };

struct SearchOptions {
  SearchMethod method = SearchMethod::automatic;
  std::size_t width = 0;    // of a walk, at least; 0: the index's own
  std::size_t threads = 0;  // of an exact search; 0: all cores
};

// Views of vectors and a graph. Thread safe.
class SongIndex {
 public:
  SongIndex() = default;
  // `graph` may be nullptr: then every search is exact. REQUIRES: it was built of these vectors. `width` is the width
  // of a walk, see choose_width(). `codes` may be nullptr too: with them, exact searches are faster.
  SongIndex(math::MatrixView<const float> vectors, std::span<const float> inverse_norms, const GraphIndex* graph,
            std::size_t width = kSearchWidth, const CodedRows* codes = nullptr)
      : SongIndex(vectors, inverse_norms, vectors.rows, graph, width, codes) {}
  // Only the first `searched` vectors, of which the graph was built, and the last `newest` ones, which are compared one
  // by one, are searched; the others are found where a filter keeps fewer than k of those.
  SongIndex(math::MatrixView<const float> vectors, std::span<const float> inverse_norms, std::size_t searched,
            const GraphIndex* graph, std::size_t width = kSearchWidth, const CodedRows* codes = nullptr,
            WalkChoice choice = WalkChoice::by_speed, std::size_t newest = 0)
      : searched_(searched),
        newest_(newest),
        all_(vectors, inverse_norms),
        inverse_norms_(inverse_norms),
        exact_({vectors.data, searched, vectors.columns, vectors.stride}, inverse_norms.first(searched), codes),
        graph_(graph),
        width_(width),
        choice_(choice) {}

  // As ExactIndex::search(), but the graph may miss some of the nearest; the next ones take their place. Never returns
  // a row that the filter does not keep, and always k rows if there are k.
  std::vector<math::ScoredRow> search(std::span<const float> query, std::size_t k, const SearchFilter& filter = {},
                                      const SearchOptions& options = {}) const;

  // About the k nearest rows of search(), in no order, for a caller that ranks them itself: the walk is no wider than
  // necessary, and without newest rows no vectors are read. Never returns a row that the filter does not keep, and
  // always k rows if there are k.
  std::vector<std::uint32_t> near(std::span<const float> query, std::size_t k, const SearchFilter& filter = {},
                                  std::size_t threads = 0) const;

  const GraphIndex* graph() const { return graph_; }
  std::size_t width() const { return width_; }

 private:
  std::size_t kept_by(const SearchFilter& filter) const;
  bool graph_is_quicker(std::size_t width, std::size_t kept) const;
  // Width 0: no walk is faster than exact search.
  std::size_t width_for(std::size_t least, std::size_t k, const SearchFilter& filter, SearchMethod method) const;
  std::vector<std::uint32_t> walk(std::span<const float> query, std::size_t k, std::size_t enough,
                                  const SearchFilter& filter, std::size_t width, SearchMethod method) const;

  // Offers the rows from `first` on.
  void add_rows(std::span<const float> query, std::size_t first, const SearchFilter& filter, math::TopK& best) const;

  std::size_t searched_ = 0;
  std::size_t newest_ = 0;
  ExactIndex all_{{}, {}};
  std::span<const float> inverse_norms_;
  ExactIndex exact_{{}, {}};
  const GraphIndex* graph_ = nullptr;
  std::size_t width_ = kSearchWidth;
  WalkChoice choice_ = WalkChoice::by_speed;
};

// The width that walks of a graph need.
struct GraphRecall {
  std::size_t width = kSearchWidth;
  double recall = 1;      // the share of the k nearest songs to sampled songs that walks of this width find
  std::size_t songs = 0;  // sampled
};

// The smallest of a few widths at which the graph finds `wanted` of the k nearest other songs to a sample of songs, or
// the largest of them. Throws interrupted.
GraphRecall choose_width(const GraphIndex& graph, math::MatrixView<const float> vectors,
                         std::span<const float> inverse_norms, std::size_t k, double wanted, std::size_t threads,
                         const std::stop_token& stop);

}  // namespace segue::index
