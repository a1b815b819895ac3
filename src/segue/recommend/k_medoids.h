// k-medoids: finds the k points with the smallest weighted sum of distances from all points to the nearest of them.
//
// PAM (Kaufman & Rousseeuw 1990) with the swaps of FasterPAM (Schubert & Rousseeuw 2021, arXiv:2008.05171): built
// greedily, then medoids are swapped for other points as long as that helps. Finds a local optimum and is
// deterministic. A pass over all swaps takes n^2 steps whatever k is.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "segue/math/matrix.h"

namespace segue::recommend {

struct Clustering {
  std::vector<std::uint32_t> medoids;   // points, in the order of their clusters
  std::vector<std::uint32_t> clusters;  // the cluster of each point
  double cost = 0;                      // sum of weight x distance to the medoid of the cluster
};

// `distances`: n x n, symmetric, >= 0, 0 on the diagonal; `weights`: n, > 0. Ties go to the smaller point.
// REQUIRES: 1 <= k <= n.
Clustering k_medoids(math::MatrixView<const float> distances, std::span<const float> weights, std::uint32_t k);

// The weighted mean of the silhouettes (Rousseeuw 1987): (b - a) / max(a, b) of a point, where a is its mean distance
// to the others of its cluster and b that to the nearest other cluster; 0 for a cluster of one point. From -1 to 1; 0
// for a single cluster.
double mean_silhouette(math::MatrixView<const float> distances, std::span<const float> weights,
                       const Clustering& clustering);

}  // namespace segue::recommend
