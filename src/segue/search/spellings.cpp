#include "segue/search/spellings.h"

#include <algorithm>
#include <array>
#include <bit>
#include <tuple>

#include "segue/data/text/text.h"

namespace segue::search {

namespace {

constexpr std::size_t kLeastBegun = 4;  // letters of a word that may be the beginning of another, with a typo
constexpr std::size_t kMostTyped = 48;  // letters of a word whose typos are looked for

// Of valid UTF-8, so that a letter of any script is one step of a distance.
std::vector<std::uint32_t> code_points(std::string_view text) {
  std::vector<std::uint32_t> points;
  const auto size = static_cast<std::int32_t>(text.size());
  for (std::int32_t at = 0; at < size;) points.push_back(static_cast<std::uint32_t>(data::next_code_point(text, at)));
  return points;
}

std::size_t length_of(std::string_view text) {
  return static_cast<std::size_t>(
      std::ranges::count_if(text, [](char letter) { return (static_cast<unsigned char>(letter) & 0xC0U) != 0x80U; }));
}

std::uint64_t mask_of(const std::vector<std::uint32_t>& points) {
  std::uint64_t mask = 0;
  for (const std::uint32_t point : points) mask |= std::uint64_t{1} << (point * 0x9E3779B1U >> 26U);
  return mask;
}

// The optimal string alignment distance, or if `begins` that to the nearest beginning of `word`; most + 1 for any
// larger one.
std::uint32_t distance_of(const std::vector<std::uint32_t>& typed, const std::vector<std::uint32_t>& word, bool begins,
                          std::uint32_t most) {
  const std::size_t columns = std::min(word.size(), typed.size() + most) + 1;
  std::array<std::array<std::uint32_t, 2 * kMostTyped + 2>, 3> rows{};
  for (std::size_t j = 0; j < columns; ++j) rows[0][j] = static_cast<std::uint32_t>(j);
  for (std::size_t i = 1; i <= typed.size(); ++i) {
    auto& row = rows[i % 3];
    const auto& before = rows[(i + 2) % 3];
    const auto& two_before = rows[(i + 1) % 3];
    std::uint32_t least = row[0] = static_cast<std::uint32_t>(i);
    for (std::size_t j = 1; j < columns; ++j) {
      const std::uint32_t other = typed[i - 1] == word[j - 1] ? 0 : 1;
      row[j] = std::min({before[j] + 1, row[j - 1] + 1, before[j - 1] + other});
      const bool swapped = i > 1 && j > 1 && typed[i - 1] == word[j - 2] && typed[i - 2] == word[j - 1];
      if (swapped) row[j] = std::min(row[j], two_before[j - 2] + 1);
      least = std::min(least, row[j]);
    }
    if (least > most) return most + 1;
  }
  const auto& last = rows[typed.size() % 3];
  std::uint32_t found = columns == word.size() + 1 ? last[columns - 1] : most + 1;
  if (begins) {
    for (std::size_t j = 0; j < columns; ++j) found = std::min(found, last[j]);
  }
  return std::min(found, most + 1);
}

}  // namespace

std::uint32_t forgiven(std::string_view typed) {
  const std::size_t letters = length_of(typed);
  if (letters > kMostTyped || letters < 3) return 0;
  return letters <= 5 ? 1 : 2;
}

void Spellings::add(std::string_view word) {
  letters_ += word;
  ends_.push_back(letters_.size());
  masks_.push_back(mask_of(code_points(word)));
  lengths_.push_back(static_cast<std::uint8_t>(std::min<std::size_t>(length_of(word), 255)));
}

std::string_view Spellings::word(std::size_t number) const {
  const std::uint64_t begin = number == 0 ? 0 : ends_[number - 1];
  return std::string_view(letters_).substr(begin, ends_[number] - begin);
}

std::vector<NearWord> Spellings::near(std::string_view typed, bool begins, std::uint32_t furthest,
                                      std::size_t most) const {
  const std::vector<std::uint32_t> points = code_points(typed);
  const std::uint32_t allowed = std::min(furthest, forgiven(typed));
  std::vector<NearWord> found;
  if (points.empty() || points.size() > kMostTyped) return found;
  const std::uint64_t mask = mask_of(points);
  begins = begins && points.size() >= kLeastBegun;
  for (std::size_t i = 0; i < size(); ++i) {
    const std::size_t length = lengths_[i];
    if (length + allowed < points.size() || (!begins && length > points.size() + allowed)) continue;
    if (static_cast<std::uint32_t>(std::popcount(mask & ~masks_[i])) > allowed) continue;
    if (!begins && static_cast<std::uint32_t>(std::popcount(masks_[i] & ~mask)) > allowed) continue;
    const std::uint32_t distance = distance_of(points, code_points(word(i)), begins, allowed);
    if (distance <= allowed) found.push_back({word(i), distance, static_cast<std::uint32_t>(i)});
  }
  std::ranges::sort(found, [](const NearWord& a, const NearWord& b) {
    return std::tuple(a.distance, a.number) < std::tuple(b.distance, b.number);
  });
  if (found.size() > most) found.resize(most);
  return found;
}

}  // namespace segue::search
