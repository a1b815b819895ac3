#include "segue/base/words.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <utility>
#include <vector>

#include <fmt/core.h>

namespace segue {

namespace {

constexpr std::size_t kLongestTyped = 64;  // bytes
constexpr std::size_t kMostEdits = 8;

// A bit for each letter that occurs, several letters to a bit.
std::uint64_t letters_of(std::string_view text) {
  std::uint64_t letters = 0;
  for (const char letter : text) letters |= std::uint64_t{1} << (static_cast<unsigned char>(letter) % 64);
  return letters;
}

// A lower bound of the edit distance: an edit removes or adds one letter at most.
std::size_t fewest_edits(std::uint64_t a, std::uint64_t b) {
  return static_cast<std::size_t>(std::max(std::popcount(a & ~b), std::popcount(b & ~a)));
}

}  // namespace

std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t most) {
  if (a.size() > b.size()) std::swap(a, b);
  most = std::min(most, b.size());
  const std::size_t beyond = most + 1;
  if (b.size() - a.size() > most) return beyond;
  // Row i holds the costs of turning a's first i letters into b's first j. Only |i - j| <= most can stay within reach.
  const std::size_t width = b.size() + 1;
  std::vector<std::size_t> rows(3 * width, beyond);
  std::span<std::size_t> before(rows.data(), width);
  std::span<std::size_t> last(rows.data() + width, width);
  std::span<std::size_t> cost(rows.data() + 2 * width, width);
  for (std::size_t j = 0; j <= most; ++j) last[j] = j;
  std::size_t last_least = 0;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    const std::size_t first = i > most ? i - most : 1;
    const std::size_t end = std::min(b.size(), i + most);
    cost[first - 1] = first == 1 ? std::min(i, beyond) : beyond;
    std::size_t least = cost[first - 1];
    for (std::size_t j = first; j <= end; ++j) {
      const std::size_t substitution = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      cost[j] = std::min({last[j] + 1, cost[j - 1] + 1, substitution, beyond});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        cost[j] = std::min(cost[j], before[j - 2] + 1);
      }
      least = std::min(least, cost[j]);
    }
    if (end < b.size()) cost[end + 1] = beyond;
    if (least > most && last_least > most) return beyond;  // a swap reaches two rows back
    last_least = least;
    std::swap(before, last);
    std::swap(last, cost);
  }
  return last[b.size()];
}

std::string_view nearest_name(std::string_view typed, std::span<const std::string_view> known) {
  if (typed.size() > kLongestTyped) return {};
  for (const std::string_view name : known) {
    if (typed.size() >= 3 && name.starts_with(typed)) return name;
  }
  std::string_view best;
  std::size_t most = std::clamp<std::size_t>(typed.size() / 3, 2, kMostEdits);
  const std::uint64_t letters = letters_of(typed);
  for (const std::string_view name : known) {
    const std::size_t longer = std::max(name.size(), typed.size()) - std::min(name.size(), typed.size());
    if (longer > most || fewest_edits(letters, letters_of(name)) > most) continue;
    const std::size_t distance = edit_distance(typed, name, most);
    if (distance > most) continue;
    best = name;
    if (distance == 0) break;
    most = distance - 1;
  }
  return best;
}

std::string did_you_mean(std::string_view typed, std::span<const std::string_view> known) {
  const std::string_view name = nearest_name(typed, known);
  return name.empty() ? "" : fmt::format(" (did you mean {}?)", name);
}

std::string with_commas(std::uint64_t number) {
  std::string text = std::to_string(number);
  for (std::size_t place = text.size(); place > 3; place -= 3) text.insert(place - 3, ",");
  return text;
}

}  // namespace segue
