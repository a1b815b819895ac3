// SIMD targets, and the list of a kernel table's versions: one for each target that this machine supports.
//
// Kernels live in folders named kernels/ (math, train, layout). Each has three files: a header with a table of function
// pointers, simd.cpp, which Highway compiles once for each target, and scalar.cpp, the same functions in plain C++.
// Both .cpp files define kernels_for(Target), which fills the table in; the header declares a function that returns the
// KernelList of all of them. A new kernel is a member of the table and a function in each of the two .cpp files.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

// Our loops have no use for what these targets add to the next lower one, and each target costs compile time.
#define HWY_DISABLED_TARGETS (HWY_SSSE3 | HWY_AVX3_DL | HWY_SVE | HWY_SVE2 | HWY_SVE_256 | HWY_SVE2_128)
#include <hwy/detect_targets.h>

namespace segue::math {

struct SimdTarget {
  std::string_view name;  // the same in options, output and tests
  std::int64_t bit = 0;   // Highway's, 0 for plain C++
};

// Best first. Every machine supports the last one.
inline constexpr std::array kSimdTargets = {
    SimdTarget{"avx512", HWY_AVX3}, SimdTarget{"avx2", HWY_AVX2}, SimdTarget{"sse4", HWY_SSE4},
    SimdTarget{"neon", HWY_NEON},   SimdTarget{"scalar", 0},
};

// Those of kSimdTargets that this machine supports, in the same order.
std::span<const SimdTarget> supported_targets();

// From now on every KernelList in the process picks this target as its best. Thread safe; work already under way may
// stay with the target it picked. Throws wrong_use, listing the known or supported targets, if `name` is not one.
void force_target(std::string_view name);

// The first of supported_targets() unless another one was forced.
const SimdTarget& best_target();

// Tells the overloads of kernels_for() apart.
template <std::int64_t kBit>
struct Target {
  static constexpr std::string_view name = [] {
    for (const SimdTarget& target : kSimdTargets) {
      if (target.bit == kBit) return target.name;
    }
    return std::string_view();
  }();
};
using ScalarTarget = Target<0>;

// Where best_target() is in supported_targets().
class BestPosition {
 public:
  static std::size_t get() { return position_.load(std::memory_order_relaxed); }

 private:
  friend void force_target(std::string_view name);
  static inline std::atomic<std::size_t> position_ = 0;
};

// Immutable. Table is a struct of function pointers with a member `name`.
template <class Table>
class KernelList {
 public:
  using value_type = Table;

  // `table_of` takes a Target and returns its table; it has to accept every target that was compiled.
  template <class TableOf>
  explicit KernelList(const TableOf& table_of) {
    add_all(table_of, std::make_index_sequence<kSimdTargets.size()>());
  }

  const Table& best() const { return tables_[BestPosition::get()]; }

  // One for each of supported_targets(), in the same order.
  std::size_t size() const { return tables_.size(); }
  auto begin() const { return tables_.begin(); }
  auto end() const { return tables_.end(); }
  const Table& scalar() const { return tables_.back(); }

 private:
  template <class TableOf, std::size_t... kIndices>
  void add_all(const TableOf& table_of, std::index_sequence<kIndices...>) {
    (add<kSimdTargets[kIndices].bit>(table_of), ...);
  }

  template <std::int64_t kBit, class TableOf>
  void add(const TableOf& table_of) {
    constexpr bool kCompiled = kBit == 0 || (HWY_TARGETS & kBit) != 0;
    if constexpr (kCompiled) {
      for (const SimdTarget& target : supported_targets()) {
        if (target.bit == kBit) tables_.push_back(table_of(Target<kBit>()));
      }
    }
  }

  std::vector<Table> tables_;
};

}  // namespace segue::math
