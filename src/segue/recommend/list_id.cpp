#include "segue/recommend/list_id.h"

#include <algorithm>

#include "segue/base/error.h"
#include "segue/base/random.h"
#include "segue/base/random_bytes.h"
#include "segue/base/unix_time.h"

namespace segue::recommend {

namespace {

constexpr unsigned char kVersion = 1;
constexpr std::size_t kTimeBytes = 4;
constexpr std::size_t kChecksumBytes = 4;
constexpr std::size_t kMostSongs = 1000;
constexpr unsigned kBitsOfByte = 8;
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr unsigned kBitsOfLetter = 6;
constexpr unsigned char kNoLetter = 0xFF;
constexpr std::array<unsigned char, 256> kValues = [] {  // by letter
  std::array<unsigned char, 256> values{};
  values.fill(kNoLetter);
  for (std::size_t i = 0; i < kLetters.size(); ++i)
    values[static_cast<unsigned char>(kLetters[i])] = static_cast<unsigned char>(i);
  return values;
}();

void append_number(std::string& bytes, std::uint64_t number, std::size_t count) {
  for (std::size_t i = count; i-- > 0;) bytes += static_cast<char>(number >> (kBitsOfByte * i) & 0xFF);
}

// FNV-1a, mixed.
std::uint64_t checksum_of(std::string_view bytes) {
  std::uint64_t hash = 0xcbf29ce484222325U;
  for (const char byte : bytes) hash = (hash ^ static_cast<unsigned char>(byte)) * 0x100000001b3U;
  return mix64(hash) >> 32;
}

std::string base64url(std::string_view bytes) {
  std::string text;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char byte : bytes) {
    bits = bits << kBitsOfByte | static_cast<unsigned char>(byte);
    for (count += kBitsOfByte; count >= kBitsOfLetter; count -= kBitsOfLetter) {
      text += kLetters[bits >> (count - kBitsOfLetter) & 63];
    }
  }
  if (count > 0) text += kLetters[bits << (kBitsOfLetter - count) & 63];
  return text;
}

// Nothing for other letters. Several texts may give the same bytes: parse_list_id() accepts the one that text_of()
// makes.
std::optional<std::string> bytes_of(std::string_view text) {
  std::string bytes;
  std::uint32_t bits = 0;
  unsigned count = 0;
  for (const char letter : text) {
    const unsigned char value = kValues[static_cast<unsigned char>(letter)];
    if (value == kNoLetter) return std::nullopt;
    bits = bits << kBitsOfLetter | value;
    count += kBitsOfLetter;
    if (count < kBitsOfByte) continue;
    count -= kBitsOfByte;
    bytes += static_cast<char>(bits >> count & 0xFF);
  }
  return bytes;
}

// Reads bytes from the front; after the end everything is 0.
class Bytes {
 public:
  explicit Bytes(std::string_view bytes) : rest_(bytes) {}
  std::uint64_t number(std::size_t count) {
    std::uint64_t value = 0;
    for (const char byte : text(count)) value = value << kBitsOfByte | static_cast<unsigned char>(byte);
    return value;
  }
  std::string_view text(std::size_t count) {
    if (count > rest_.size()) is_short_ = true;
    const std::string_view found = rest_.substr(0, count);
    rest_.remove_prefix(found.size());
    return found;
  }
  bool ended_well() const { return rest_.empty() && !is_short_; }

 private:
  std::string_view rest_;
  bool is_short_ = false;
};

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
  append_number(bytes, checksum_of(bytes), kChecksumBytes);
  return base64url(bytes);
}

std::optional<ListId> parse_list_id(std::string_view text) {
  const std::optional<std::string> decoded = bytes_of(text);
  if (!decoded || decoded->size() <= kChecksumBytes) return std::nullopt;
  const std::size_t end = decoded->size() - kChecksumBytes;
  Bytes bytes(std::string_view(*decoded).substr(0, end));
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
  if (!bytes.ended_well() || text_of(id) != text) return std::nullopt;  // the checksum is part of the text
  return id;
}

}  // namespace segue::recommend
