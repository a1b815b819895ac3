// Properties of every map's names and regions.
#include <algorithm>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "segue/draw/labels.h"
#include "segue/layout/regions.h"

namespace segue {
namespace {

RC_GTEST_PROP(Labels, never_overlap_and_stay_inside, ()) {
  constexpr double kSide = 1000;
  const auto count = *rc::gen::inRange<std::size_t>(0, 120);
  std::vector<draw::LabelWish> wishes;
  for (std::size_t i = 0; i < count; ++i) {
    const auto number = [](int least, int most) { return static_cast<double>(*rc::gen::inRange(least, most)); };
    wishes.push_back({{static_cast<float>(number(-50, 1050)), static_cast<float>(number(-50, 1050))},
                      number(1, 400),
                      number(1, 60),
                      number(0, 200)});
  }
  const std::vector<draw::LabelBox> taken = {{0, 960, kSide, 40}};
  const auto boxes = draw::place_labels(wishes, kSide, taken);
  RC_ASSERT(boxes.size() == wishes.size());
  std::vector<draw::LabelBox> placed = taken;
  for (const auto& box : boxes) {
    if (!box) continue;
    for (const draw::LabelBox& other : placed) RC_ASSERT(!box->overlaps(other));
    RC_ASSERT(box->left >= 0);
    RC_ASSERT(box->top >= 0);
    RC_ASSERT(box->left + box->width <= kSide + 1e-9);
    RC_ASSERT(box->top + box->height <= kSide + 1e-9);
    placed.push_back(*box);
  }
  // The first label has all the space.
  if (!boxes.empty()) RC_ASSERT((boxes.front().has_value() || wishes.front().anchor.y > 700));
}

RC_GTEST_PROP(Regions, every_song_is_in_at_most_one_region_of_a_level, ()) {
  const auto points = *rc::gen::container<std::vector<std::pair<int, int>>>(
      rc::gen::pair(rc::gen::inRange(0, 40), rc::gen::inRange(0, 40)));
  layout::Layout layout;
  for (int copy = 0; copy < 5; ++copy) {
    for (const auto& [x, y] : points) layout.push_back({static_cast<float>(x), static_cast<float>(y)});
  }
  const layout::SongMap map = layout::find_regions(layout);
  RC_ASSERT(map.region.size() == layout.size());
  const std::uint32_t deepest = map.regions.empty() ? 0 : map.regions.back().level;
  for (const std::int32_t cluster : map.region) {
    if (cluster == layout::kNoRegion) continue;
    RC_ASSERT(cluster >= 0);
    RC_ASSERT(static_cast<std::size_t>(cluster) < map.regions.size());
    RC_ASSERT(map.regions[static_cast<std::size_t>(cluster)].level == deepest);
  }
}

}  // namespace
}  // namespace segue
