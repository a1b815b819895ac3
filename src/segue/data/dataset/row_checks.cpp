#include "segue/data/dataset/row_checks.h"

#include <charconv>
#include <cmath>

#include "segue/data/dataset/songs_seen.h"
#include "segue/data/text/text.h"

namespace segue::data {

std::optional<Reason> Row::fault() const {
  for (std::size_t field = 0; field < kFieldCount; ++field) {
    const bool is_id = field == static_cast<std::size_t>(Field::user) || field == static_cast<std::size_t>(Field::song);
    const bool is_id_list = field == static_cast<std::size_t>(Field::songs);
    const std::size_t most = is_id ? SongsSeen::kMostIdBytes : kMostTextBytes;
    for (const std::string_view text : texts(static_cast<Field>(field))) {
      if (!is_id_list && text.size() > most) return Reason::field_too_long;
      const TextFault fault = fault_of(text);
      if (fault == TextFault::nul_byte) return Reason::nul_byte;
      if (fault == TextFault::invalid_utf8) return Reason::invalid_utf8;
    }
  }
  return std::nullopt;
}

bool Row::is_empty() const {
  for (std::size_t field = 0; field < kFieldCount; ++field) {
    for (const std::string_view text : texts(static_cast<Field>(field))) {
      if (!text.empty()) return false;
    }
  }
  return true;
}

std::string Row::sample() const {
  constexpr std::size_t kEnough = 4096;
  std::string sample;
  for (std::size_t field = 0; field < kFieldCount; ++field) {
    if (!batch_.columns[field].present) continue;
    if (!sample.empty()) sample += '\t';
    bool first = true;
    for (const std::string_view text : texts(static_cast<Field>(field))) {
      if (sample.size() > kEnough) return sample;
      if (!first) sample += ' ';
      sample += text.substr(0, kEnough);
      first = false;
    }
  }
  return sample;
}

std::string_view Row::joined(Field field) {
  std::string& all = joined_[static_cast<std::size_t>(field)];
  all.clear();
  for (const std::string_view text : texts(field)) {
    if (text.empty()) continue;
    if (!all.empty()) all += ", ";
    all += text;
  }
  return all;
}

PlayedMs parse_played_ms(std::string_view text) {
  while (text.starts_with(' ')) text.remove_prefix(1);
  while (text.ends_with(' ')) text.remove_suffix(1);
  if (text.empty()) return {};
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || !std::isfinite(number)) return {false, std::nullopt};
  if (number < 0) return {};
  return {true, number};
}

}  // namespace segue::data
