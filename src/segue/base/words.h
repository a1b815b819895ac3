// Helpers for the names people type and the numbers they read.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace segue {

// Optimal string alignment distance over bytes: insertions, deletions, substitutions, swaps of neighbours. Anything
// above `most` is returned as most + 1, in time proportional to `most` times the shorter text.
std::size_t edit_distance(std::string_view a, std::string_view b, std::size_t most);

// The known name that starts with `typed` (three letters or more), else the nearest by edit distance, or "" if none is
// near (more than a third of the letters differ, or more than 8). Whatever a client sends is compared with many names,
// so nothing is suggested for a text above 64 bytes.
std::string_view nearest_name(std::string_view typed, std::span<const std::string_view> known);

// " (did you mean X?)", or "" if no name is near; to append to an error message.
std::string did_you_mean(std::string_view typed, std::span<const std::string_view> known);

// 1234567 as "1,234,567".
std::string with_commas(std::uint64_t number);

}  // namespace segue
