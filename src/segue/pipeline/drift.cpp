#include "segue/pipeline/drift.h"

#include <algorithm>
#include <cmath>
#include <functional>
#include <numeric>

#include "segue/base/json.h"
#include "segue/math/kernels/kernels.h"

namespace segue::pipeline {

namespace {

constexpr std::size_t kPairsAtOnce = 4096;

// Unit vectors of rows and their old selves, one after another.
struct Pairs {
  std::vector<std::uint32_t> rows;
  std::vector<float> now;
  std::vector<float> then;
};

bool add_unit(std::vector<float>& to, std::span<const float> row) {
  const float square = math::best_kernels().squared_norm(row.data(), row.size());
  if (!(square > 0)) return false;
  const float scale = 1 / std::sqrt(square);
  for (const float number : row) to.push_back(number * scale);
  return true;
}

void for_pairs(math::MatrixView<const float> now, math::MatrixView<const float> then,
               std::span<const std::uint32_t> old_rows, const std::function<void(Pairs& pairs)>& body) {
  Pairs pairs;
  for (std::size_t row = 0; row < now.rows; ++row) {
    if (old_rows[row] < then.rows && add_unit(pairs.now, now[row])) {
      if (add_unit(pairs.then, then[old_rows[row]])) {
        pairs.rows.push_back(static_cast<std::uint32_t>(row));
      } else {
        pairs.now.resize(pairs.then.size());
      }
    }
    const bool full = pairs.now.size() >= kPairsAtOnce * now.columns || row + 1 == now.rows;
    if (!full || pairs.now.empty()) continue;
    body(pairs);
    pairs = {};
  }
}

double quantile(const std::vector<float>& ascending, double share) {
  const double at = share * static_cast<double>(ascending.size() - 1);
  const auto below = static_cast<std::size_t>(at);
  const std::size_t above = std::min(below + 1, ascending.size() - 1);
  const double part = at - static_cast<double>(below);
  return (1 - part) * static_cast<double>(ascending[below]) + part * static_cast<double>(ascending[above]);
}

}  // namespace

std::vector<std::uint32_t> old_rows_of(const data::Catalogue& now, const data::Catalogue& then) {
  std::vector<std::uint32_t> rows(now.size(), kNotBefore);
  for (std::uint32_t song = 0; song < now.size(); ++song) {
    if (const auto row = then.find(now.id(song))) rows[song] = *row;
  }
  return rows;
}

std::vector<RowCosine> cosines_with(math::MatrixView<const float> now, math::MatrixView<const float> then,
                                    std::span<const std::uint32_t> old_rows, const math::Rotation* turn) {
  std::vector<RowCosine> cosines;
  for_pairs(now, then, old_rows, [&](Pairs& pairs) {
    if (turn != nullptr) turn->apply(pairs.now);
    for (std::size_t i = 0; i < pairs.rows.size(); ++i) {
      const std::size_t at = i * now.columns;
      cosines.push_back(
          {pairs.rows[i], math::best_kernels().dot(pairs.now.data() + at, pairs.then.data() + at, now.columns)});
    }
  });
  return cosines;
}

math::Rotation rotation_onto(math::MatrixView<const float> now, math::MatrixView<const float> then,
                             std::span<const std::uint32_t> old_rows) {
  math::RotationFit fit(now.columns);
  for_pairs(now, then, old_rows, [&](const Pairs& pairs) { fit.add(pairs.now, pairs.then); });
  return fit.rotation();
}

Drift drift_of(std::span<const RowCosine> by_row) {
  if (by_row.empty()) return {};
  std::vector<float> cosines;
  cosines.reserve(by_row.size());
  for (const RowCosine& one : by_row) cosines.push_back(one.cosine);
  std::ranges::sort(cosines);
  return {.songs = cosines.size(),
          .mean = std::accumulate(cosines.begin(), cosines.end(), 0.0) / static_cast<double>(cosines.size()),
          .lowest_percent = quantile(cosines, 0.01),
          .lowest_tenth = quantile(cosines, 0.1),
          .median = quantile(cosines, 0.5)};
}

json::object to_json(const Drift& drift) {
  return {{"songs", drift.songs},
          {"mean", drift.mean},
          {"p01", drift.lowest_percent},
          {"p10", drift.lowest_tenth},
          {"median", drift.median}};
}

}  // namespace segue::pipeline
