#include "segue/serve/api/map_replies.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <openssl/evp.h>

#include "segue/base/digest.h"
#include "segue/layout/region_contours.h"
#include "segue/model/map_file.h"

namespace segue::serve {

namespace {

constexpr std::size_t kMostMapTags = 24;
constexpr std::uint8_t kNoTag = 255;

std::shared_ptr<const SharedBody> shared(std::string bytes) {
  auto body = std::make_shared<SharedBody>();
  body->etag = '"' + sha256_of(bytes).substr(0, 32) + '"';
  body->bytes = std::move(bytes);
  return body;
}

std::string base64(std::span<const std::uint8_t> bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // OpenSSL appends a NUL
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace

std::shared_ptr<const SharedBody> map_body(const layout::SongMap& map) {
  return shared(model::map_stream(map));
}

SharedReply<RegionsReply> regions_reply(const layout::SongMap& map) {
  RegionsReply reply;
  reply.items.reserve(map.regions.size());
  for (const layout::Region& region : map.regions) {
    reply.items.push_back(
        {region.label, region.centre.x, region.centre.y, region.size, region.level, region.parent, region.source});
  }
  return {shared(json_text(reply))};
}

SharedReply<ContoursReply> contours_reply(const layout::SongMap& map) {
  ContoursReply reply;
  for (const layout::Contour& contour : layout::region_contours(map)) {
    for (const std::vector<layout::Point>& ring : contour.rings) {
      ContourReply& line = reply.items.emplace_back();
      line.region = contour.region;
      line.part = layout::kContourParts[contour.part];
      for (const layout::Point point : ring) {
        line.points.push_back(point.x);
        line.points.push_back(point.y);
      }
    }
  }
  return {shared(json_text(reply))};
}

SharedReply<MapTagsReply> tags_reply(const data::Catalogue& songs) {
  std::unordered_map<std::string_view, std::size_t> counts;
  for (std::uint32_t row = 0; row < songs.size(); ++row) {
    for (const std::string_view tag : songs.tags(row)) ++counts[tag];
  }
  std::vector<std::pair<std::string_view, std::size_t>> frequent(counts.begin(), counts.end());
  std::ranges::sort(frequent, [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  frequent.resize(std::min(frequent.size(), kMostMapTags));
  std::unordered_map<std::string_view, std::uint8_t> place;
  MapTagsReply reply;
  for (const auto& [tag, count] : frequent) {
    reply.items.push_back(tag);
    place.emplace(tag, static_cast<std::uint8_t>(place.size()));
  }
  std::vector<std::uint8_t> rows(songs.size(), kNoTag);
  for (std::uint32_t row = 0; row < songs.size(); ++row) {
    for (const std::string_view tag : songs.tags(row)) {
      if (const auto found = place.find(tag); found != place.end()) rows[row] = std::min(rows[row], found->second);
    }
  }
  reply.rows = base64(rows);
  return {shared(json_text(reply))};
}

}  // namespace segue::serve
