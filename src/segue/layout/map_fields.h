// Regions of a map and their contours as replies, for the service and for pages.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "segue/base/fields.h"
#include "segue/layout/song_map.h"

namespace segue::layout {

struct RegionReply {
  std::string_view label{};
  float x = 0;
  float y = 0;
  std::uint32_t size = 0;
  std::uint32_t level = 0;
  std::int32_t parent = -1;
  NameSource source = NameSource::none;
};

struct ContourReply {
  std::int32_t region = -1;
  double part = 0;
  std::vector<float> points{};
};

// The labels are those of the map.
std::vector<RegionReply> region_replies(const SongMap& map);
std::vector<ContourReply> contour_replies(const SongMap& map);

}  // namespace segue::layout

namespace segue {

template <>
struct FieldsOf<layout::RegionReply> {
  static constexpr std::string_view name = "Region";
  static constexpr std::string_view description = "A named region of the map";
  static constexpr std::tuple fields = {
      field<&layout::RegionReply::label>("label", "Its name; empty if nothing sets it apart"),
      field<&layout::RegionReply::x>("x", "A point where the region is dense"),
      field<&layout::RegionReply::y>("y", "A point where the region is dense"),
      field<&layout::RegionReply::size>("size", "Number of songs"),
      field<&layout::RegionReply::level>("level", "0 for the largest regions"),
      field<&layout::RegionReply::parent>("parent", "The region around it, as an index; -1 at level 0"),
      field<&layout::RegionReply::source>("source", "What its name is made of"),
  };
};
SEGUE_CHECK_FIELDS(layout::RegionReply);

template <>
struct FieldsOf<layout::ContourReply> {
  static constexpr std::string_view name = "Contour";
  static constexpr std::string_view description =
      "A closed line around songs of a region; one inside another is a hole";
  static constexpr std::tuple fields = {
      field<&layout::ContourReply::region>("region", "The region, as an index into the regions"),
      field<&layout::ContourReply::part>("part", "The part of the region's songs inside its lines of this part"),
      field<&layout::ContourReply::points>("points", "x and y of each point"),
  };
};
SEGUE_CHECK_FIELDS(layout::ContourReply);

}  // namespace segue
