// The words of a catalogue's names, and those spelt nearly like a typed one.
//
// Near is an optimal string alignment distance, in letters, of at most 1 for words of three to five letters and 2 for
// longer ones; shorter words have to be right. Every word is looked at: its length and the set of its letters rule out
// nearly all of them before a distance is computed, so that half a million words take about five milliseconds. An index
// of trigrams, as SQLite has one, misses short words: "aba" shares none with "abba".
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace segue::search {

// A word of the catalogue, at `distance` of what was typed.
struct NearWord {
  std::string_view word;
  std::uint32_t distance = 0;
  std::uint32_t number = 0;  // of the word, in the order of add()
};

class Spellings {
 public:
  // `word`: not added before, valid UTF-8, in the form that names are compared in.
  void add(std::string_view word);
  std::size_t size() const { return masks_.size(); }

  // The nearest words first, of equally near ones those added first; at most `most` of them. `typed` itself is one if
  // it is known. `begins`: it may also be near the beginning of a word, if
  // it has four letters or more. No distance above `furthest`. Thread safe.
  std::vector<NearWord> near(std::string_view typed, bool begins, std::uint32_t furthest, std::size_t most) const;

 private:
  std::string_view word(std::size_t number) const;

  std::string letters_;                // of all words, one after the other
  std::vector<std::uint64_t> ends_;    // of each in `letters_`
  std::vector<std::uint64_t> masks_;   // of each: a bit for each of its letters, by a hash
  std::vector<std::uint8_t> lengths_;  // in letters; 255 for more
};

// How far a typed word may be from what was meant.
std::uint32_t forgiven(std::string_view typed);

}  // namespace segue::search
