#include "segue/recommend/list_id.h"

#include <algorithm>
#include <utility>

#include "segue/base/error.h"
#include "segue/base/random.h"
#include "segue/base/random_bytes.h"
#include "segue/base/sealed_text.h"
#include "segue/base/unix_time.h"

namespace segue::recommend {

namespace {

constexpr unsigned char kVersion = 1;
constexpr std::size_t kTimeBytes = 4;
constexpr std::size_t kMostSongs = 1000;
constexpr unsigned kBitsOfByte = 8;

}  // namespace

std::uint64_t ListId::seed() const {
  std::uint64_t seed = 0;
  for (const unsigned char byte : random) seed = mix64(seed ^ byte);
  return seed;
}

std::string_view ListId::model_of(std::uint32_t position) const {
  if (second.empty()) return model;
  if (position == 0 || position > is_of_second.size()) return {};
  return is_of_second[position - 1] ? second : model;
}

ListId new_list(ListKind kind) {
  ListId list{.made_at = unix_now(), .random = {}, .kind = kind, .model = {}, .second = {}};
  fill_with_random(list.random);
  return list;
}

std::string text_of(const ListId& id) {
  SEGUE_ASSERT(id.model.size() <= kMostModelName && id.second.size() <= kMostModelName);
  SEGUE_ASSERT(id.is_of_second.size() <= kMostSongs && (id.is_of_second.empty() || !id.second.empty()));
  std::string bytes(1, static_cast<char>(kVersion));
  append_number(bytes, static_cast<std::uint64_t>(id.made_at), kTimeBytes);
  bytes.append(id.random.begin(), id.random.end());
  bytes += static_cast<char>(id.kind);
  for (const std::string& name : {id.model, id.second}) {
    append_number(bytes, name.size(), 1);
    bytes += name;
  }
  if (!id.second.empty()) {
    append_number(bytes, id.is_of_second.size(), 2);
    std::string teams((id.is_of_second.size() + kBitsOfByte - 1) / kBitsOfByte, '\0');
    for (std::size_t i = 0; i < id.is_of_second.size(); ++i) {
      if (id.is_of_second[i]) teams[i / kBitsOfByte] = static_cast<char>(teams[i / kBitsOfByte] | 1 << i % kBitsOfByte);
    }
    bytes += teams;
  }
  return sealed_text(std::move(bytes));
}

std::optional<ListId> parse_list_id(std::string_view text) {
  const std::optional<std::string> opened = opened_text(text);
  if (!opened) return std::nullopt;
  ByteReader bytes(*opened);
  if (bytes.number(1) != kVersion) return std::nullopt;
  ListId id;
  id.made_at = static_cast<std::int64_t>(bytes.number(kTimeBytes));
  const std::string_view random = bytes.text(id.random.size());
  std::ranges::copy(random, id.random.begin());
  const std::uint64_t kind = bytes.number(1);
  if (kind >= kListKindNames.size()) return std::nullopt;
  id.kind = static_cast<ListKind>(kind);
  id.model = bytes.text(bytes.number(1));
  id.second = bytes.text(bytes.number(1));
  if (id.model.empty() || id.model.size() > kMostModelName || id.second.size() > kMostModelName) return std::nullopt;
  if (!id.second.empty()) {
    const std::size_t songs = bytes.number(2);
    if (songs > kMostSongs) return std::nullopt;
    const std::string_view teams = bytes.text((songs + kBitsOfByte - 1) / kBitsOfByte);
    for (std::size_t i = 0; i < songs && i / kBitsOfByte < teams.size(); ++i) {
      id.is_of_second.push_back((teams[i / kBitsOfByte] >> i % kBitsOfByte & 1) != 0);
    }
  }
  if (!bytes.ended_well() || text_of(id) != text) return std::nullopt;
  return id;
}

}  // namespace segue::recommend
