// Places names so that none covers another.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "segue/layout/layout.h"

namespace segue::draw {

struct LabelBox {
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;

  bool overlaps(const LabelBox& other) const {
    return left < other.left + other.width && other.left < left + width && top < other.top + other.height &&
           other.top < top + height;
  }
  layout::Point centre() const { return {static_cast<float>(left + width / 2), static_cast<float>(top + height / 2)}; }
};

struct LabelWish {
  layout::Point anchor;  // the best place of its centre
  double width = 0;
  double height = 0;
  double leeway = 0;  // how far from the anchor it may be moved
};

// Places labels in the order of `wishes`, each as close to its anchor as earlier ones allow, inside side x side pixels
// and outside `taken`. A label without room is nullopt. Nothing overlaps.
std::vector<std::optional<LabelBox>> place_labels(std::span<const LabelWish> wishes, double side,
                                                  std::span<const LabelBox> taken = {});

}  // namespace segue::draw
