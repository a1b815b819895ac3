#include "segue/index/graph_walk.h"

#include <algorithm>
#include <array>
#include <cstring>
#include <limits>

#include "segue/base/error.h"
#include "segue/math/prefetch.h"

namespace segue::index {

namespace {

// Nodes whose products are computed in one call.
constexpr std::size_t kNodesPerCall = 64;

// The nodes that a walk has visited. Kept by a thread from walk to walk: a walk visits a few thousand of a million, so
// its bits are cleared one by one.
class Met {
 public:
  void begin(std::size_t nodes) {
    for (const std::uint32_t node : list_) words_[node / 64] = 0;
    list_.clear();
    if (words_.size() < (nodes + 63) / 64) words_.resize((nodes + 63) / 64);
  }

  // Writes those of `nodes` that are visited for the first time to `fresh`, which has room for all, and returns their
  // number. Without a branch that depends on it, which would be mispredicted half of the time.
  std::size_t meet(std::span<const std::uint32_t> nodes, std::uint32_t* fresh) {
    const std::size_t before = list_.size();
    list_.resize(before + nodes.size());
    std::uint32_t* const list = list_.data() + before;
    std::uint64_t* const words = words_.data();
    std::size_t count = 0;
    for (const std::uint32_t node : nodes) {
      const std::uint64_t word = words[node / 64];
      fresh[count] = node;
      list[count] = node;
      count += static_cast<std::size_t>(~(word >> (node % 64)) & 1);
      words[node / 64] = word | std::uint64_t{1} << (node % 64);
    }
    list_.resize(before + count);
    return count;
  }

 private:
  std::vector<std::uint64_t> words_;
  std::vector<std::uint32_t> list_;
};

// The nearest nodes so far, nearest first, and which of them the walk has expanded.
class Nearest {
 public:
  void begin(std::size_t width) {
    width_ = width;
    count_ = next_ = 0;
    if (kept_.size() < width) kept_.resize(width);
  }

  // Inserts those of `nodes` that are near enough, as if one after another. All are sorted in at once: each following
  // element moves once, and no search for a position waits for the move before it.
  void insert(std::span<const std::uint32_t> nodes, const float* scores) {
    const float bar = count_ == width_ ? kept_[count_ - 1].score : -std::numeric_limits<float>::infinity();
    new_.clear();
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      if (!(scores[i] > bar)) continue;
      new_.push_back({});
      std::size_t at = new_.size() - 1;
      for (; at > 0 && new_[at - 1].score < scores[i]; --at) new_[at] = new_[at - 1];
      new_[at] = {scores[i], nodes[i]};
    }
    if (new_.empty()) return;
    places_.clear();
    for (const Candidate& one : new_) places_.push_back(place_of(one.score));
    next_ = std::min(next_, places_.front());
    std::size_t end = count_;  // of the elements not moved yet
    count_ = std::min(width_, count_ + new_.size());
    for (std::size_t i = new_.size(); i-- > 0;) {
      const std::size_t place = places_[i];
      const std::size_t to = place + i;  // of the new one; the following ones move by one more
      if (to < count_) {
        std::memmove(&kept_[to] + 1, &kept_[place], (std::min(end + i + 1, count_) - to - 1) * sizeof(Candidate));
        kept_[to] = new_[i];
      }
      end = place;
    }
  }

  // The nearest node that is not expanded; false if there is none.
  bool take_next(std::uint32_t& node) {
    while (next_ < count_ && (kept_[next_].node & kWalked) != 0) ++next_;
    if (next_ == count_) return false;
    node = kept_[next_].node;
    kept_[next_++].node |= kWalked;
    return true;
  }

  // Calls look(node) for the nodes that are likely to be expanded next.
  template <class Look>
  void look_ahead(const Look& look) const {
    for (std::size_t i = next_; i < std::min(count_, next_ + kAhead); ++i) look(kept_[i].node & ~kWalked);
  }

  std::vector<std::uint32_t> nodes() const {
    std::vector<std::uint32_t> nodes;
    nodes.reserve(count_);
    for (std::size_t i = 0; i < count_; ++i) nodes.push_back(kept_[i].node & ~kWalked);
    return nodes;
  }

 private:
  static constexpr std::uint32_t kWalked = 1U << 31;
  static constexpr std::size_t kAhead = 2;

  struct Candidate {
    float score;
    std::uint32_t node;  // with kWalked
  };

  // Behind all with an equal score. Bisects without a branch, which could not be predicted.
  std::size_t place_of(float score) const {
    std::size_t at = 0;
    for (std::size_t left = count_; left > 0;) {
      const std::size_t half = (left + 1) / 2;
      at += half & -static_cast<std::size_t>(kept_[at + half - 1].score >= score);
      left -= half;
    }
    return at;
  }

  std::size_t width_ = 0;
  std::size_t count_ = 0;
  std::size_t next_ = 0;         // all before it are expanded
  std::vector<Candidate> kept_;  // count_ of them, and room for width_
  std::vector<Candidate> new_;   // of the last insert
  std::vector<std::size_t> places_;
};

// The state that a thread keeps from walk to walk.
struct Scratch {
  Met met;
  Nearest nearest;
  std::vector<std::uint32_t> block;
  std::vector<float> scores;
};

}  // namespace

NodeScores::NodeScores(const GraphNodes& nodes, std::span<const float> query)
    : nodes_(nodes), query_(query), coded_(nodes.coded ? query : std::span<const float>()) {
  SEGUE_ASSERT(query.size() == nodes.columns);
}

void NodeScores::fetch(std::uint32_t node) const {
  const std::size_t bytes = nodes_.coded ? coded_.size() + sizeof(float) : nodes_.columns * sizeof(float);
  math::prefetch(nodes_.node(node) + nodes_.vector_at, bytes);
}

void NodeScores::compute(std::span<const std::uint32_t> nodes, float* scores) const {
  if (!nodes_.coded) {
    for (std::size_t i = 0; i < nodes.size(); ++i) {
      const std::byte* const vector = nodes_.node(nodes[i]) + nodes_.vector_at;
      scores[i] = kernels_.dot(query_.data(), reinterpret_cast<const float*>(vector), nodes_.columns);
    }
    return;
  }
  std::array<const std::int8_t*, kNodesPerCall> rows;
  std::array<std::int32_t, kNodesPerCall> products;
  for (std::size_t first = 0; first < nodes.size(); first += kNodesPerCall) {
    const std::size_t count = std::min(kNodesPerCall, nodes.size() - first);
    for (std::size_t i = 0; i < count; ++i) {
      rows[i] = reinterpret_cast<const std::int8_t*>(nodes_.node(nodes[first + i]) + nodes_.vector_at);
    }
    kernels_.dot_code_rows(coded_.codes(), rows.data(), count, coded_.size(), products.data());
    for (std::size_t i = 0; i < count; ++i) {
      float scale = 0;
      std::memcpy(&scale, rows[i] + coded_.size(), sizeof scale);
      scores[first + i] = scale * static_cast<float>(products[i]);
    }
  }
}

std::span<const std::uint32_t> NodeScores::links(std::uint32_t node) const {
  const auto* const list = reinterpret_cast<const std::uint32_t*>(nodes_.node(node));
  return {list + 1, *list};
}

void NodeScores::fetch_links(std::uint32_t node) const {
  math::prefetch(nodes_.node(node), nodes_.vector_at);
}

std::vector<std::uint32_t> walk_graph(const NodeScores& scores, std::size_t nodes, std::uint32_t entry,
                                      std::size_t width) {
  SEGUE_ASSERT(width > 0 && width <= kWidestWalk && entry < nodes && nodes <= std::size_t{1} << 31);
  thread_local Scratch of_thread;
  Scratch& scratch = of_thread;
  scratch.met.begin(nodes);
  scratch.nearest.begin(width);
  scratch.block.resize(1);
  std::size_t count = scratch.met.meet({&entry, 1}, scratch.block.data());
  while (true) {
    scratch.scores.resize(scratch.block.size());
    scores.compute({scratch.block.data(), count}, scratch.scores.data());
    scratch.nearest.insert({scratch.block.data(), count}, scratch.scores.data());
    scratch.nearest.look_ahead([&](std::uint32_t node) { scores.fetch_links(node); });
    std::uint32_t node = 0;
    if (!scratch.nearest.take_next(node)) break;
    const std::span<const std::uint32_t> links = scores.links(node);
    if (scratch.block.size() < links.size()) scratch.block.resize(links.size());
    count = scratch.met.meet(links, scratch.block.data());
    for (std::size_t i = 0; i < count; ++i) scores.fetch(scratch.block[i]);
  }
  return scratch.nearest.nodes();
}

}  // namespace segue::index
