// Small things about names people type.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace segue {

// Optimal string alignment distance over bytes: insertions, deletions, substitutions, swaps of neighbours.
std::size_t edit_distance(std::string_view a, std::string_view b);

// The known name that begins with what was typed (three letters or more), else the nearest by edit distance, or ""
// when none is near (more than a third of the letters differ).
std::string_view nearest_name(std::string_view typed, std::span<const std::string_view> known);

// " (did you mean X?)", or "" without a near name; to be put behind an error's text.
std::string did_you_mean(std::string_view typed, std::span<const std::string_view> known);

// 1234567 as "1,234,567".
std::string with_commas(std::uint64_t number);

}  // namespace segue
