#include "segue/serve/api/map_replies.h"

#include <algorithm>
#include <string_view>
#include <unordered_map>
#include <vector>

#include <openssl/evp.h>

#include "segue/base/digest.h"
#include "segue/model/map_file.h"
#include "segue/serve/api/json_text.h"

namespace segue::serve {

namespace {

constexpr std::size_t kMostTags = 24;
constexpr std::uint8_t kNoTag = 255;

std::shared_ptr<const SharedBody> shared(std::string bytes) {
  auto body = std::make_shared<SharedBody>();
  body->etag = '"' + sha256_of(bytes).substr(0, 32) + '"';
  body->bytes = std::move(bytes);
  return body;
}

std::string base64(std::span<const std::uint8_t> bytes) {
  std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');  // OpenSSL writes a NUL behind it
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace

std::shared_ptr<const SharedBody> map_body(const layout::SongMap& map) {
  return shared(model::map_stream(map));
}

std::shared_ptr<const SharedBody> regions_body(const layout::SongMap& map) {
  ItemsWriter items;
  for (const layout::Region& region : map.regions) {
    std::string& out = items.item();
    out += "\"label\":";
    append_json(out, region.label);
    out += ",\"x\":";
    append_json(out, region.centre.x);
    out += ",\"y\":";
    append_json(out, region.centre.y);
    out += ",\"size\":";
    append_json(out, std::uint64_t{region.size});
    out += ",\"level\":";
    append_json(out, std::uint64_t{region.level});
    out += ",\"parent\":" + std::to_string(region.parent);
    items.end_item();
  }
  return shared(items.take());
}

std::shared_ptr<const SharedBody> tags_body(const data::Catalogue& songs) {
  std::unordered_map<std::string_view, std::size_t> counts;
  for (std::uint32_t row = 0; row < songs.size(); ++row) {
    for (const std::string_view tag : songs.tags(row)) ++counts[tag];
  }
  std::vector<std::pair<std::string_view, std::size_t>> frequent(counts.begin(), counts.end());
  std::ranges::sort(frequent, [](const auto& a, const auto& b) {
    return a.second != b.second ? a.second > b.second : a.first < b.first;
  });
  frequent.resize(std::min(frequent.size(), kMostTags));
  std::unordered_map<std::string_view, std::uint8_t> place;
  std::string text = "{\"items\":[";
  for (const auto& [tag, count] : frequent) {
    if (!place.empty()) text += ',';
    append_json(text, tag);
    place.emplace(tag, static_cast<std::uint8_t>(place.size()));
  }
  std::vector<std::uint8_t> rows(songs.size(), kNoTag);
  for (std::uint32_t row = 0; row < songs.size(); ++row) {
    for (const std::string_view tag : songs.tags(row)) {
      if (const auto found = place.find(tag); found != place.end()) rows[row] = std::min(rows[row], found->second);
    }
  }
  text += "],\"rows\":\"" + base64(rows) + "\"}";
  return shared(std::move(text));
}

}  // namespace segue::serve
