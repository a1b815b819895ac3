#include "segue/draw/labels.h"

#include <algorithm>
#include <cmath>
#include <numbers>

namespace segue::draw {

namespace {

constexpr int kRings = 6;
constexpr int kDirections = 12;

}  // namespace

std::vector<std::optional<LabelBox>> place_labels(std::span<const LabelWish> wishes, double side,
                                                  std::span<const LabelBox> taken) {
  std::vector<LabelBox> placed(taken.begin(), taken.end());
  std::vector<std::optional<LabelBox>> result;
  for (const LabelWish& wish : wishes) {
    const auto try_at = [&](double x, double y) -> std::optional<LabelBox> {
      if (wish.width > side || wish.height > side) return std::nullopt;
      const LabelBox box{std::clamp(x - wish.width / 2, 0.0, side - wish.width),
                         std::clamp(y - wish.height / 2, 0.0, side - wish.height), wish.width, wish.height};
      if (std::ranges::any_of(placed, [&](const LabelBox& other) { return box.overlaps(other); })) return std::nullopt;
      return box;
    };
    std::optional<LabelBox> box = try_at(double{wish.anchor.x}, double{wish.anchor.y});
    for (int ring = 1; ring <= kRings && !box; ++ring) {
      const double radius = wish.leeway * ring / kRings;
      for (int direction = 0; direction < kDirections && !box; ++direction) {
        // Up and down first, because names are wide and low.
        const double angle = std::numbers::pi * (0.5 + 2.0 * ((direction * 5) % kDirections) / kDirections);
        box =
            try_at(double{wish.anchor.x} + radius * std::cos(angle), double{wish.anchor.y} - radius * std::sin(angle));
      }
    }
    if (box) placed.push_back(*box);
    result.push_back(box);
  }
  return result;
}

}  // namespace segue::draw
