#include "segue/serve/api/map_replies.h"

#include <algorithm>
#include <span>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "segue/base/digest.h"
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

}  // namespace

std::shared_ptr<const SharedBody> map_body(const layout::SongMap& map) {
  return shared(model::map_stream(map));
}

SharedReply<RegionsReply> regions_reply(const layout::SongMap& map) {
  return {shared(json_text(RegionsReply{layout::region_replies(map)}))};
}

SharedReply<ContoursReply> contours_reply(const layout::SongMap& map) {
  return {shared(json_text(ContoursReply{layout::contour_replies(map)}))};
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
  reply.rows = base64_of(std::as_bytes(std::span(rows)));
  return {shared(json_text(reply))};
}

}  // namespace segue::serve
