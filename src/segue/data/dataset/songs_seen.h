// The songs of a log, with their texts.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/data/dataset/catalogue.h"
#include "segue/data/dataset/interner.h"

namespace segue::data {

// The texts of a song in a row, "" if missing. `tags` are as in the row: text, or the items of a list.
struct SongTexts {
  std::string_view title;
  std::string_view artist;
  std::string_view album;
  std::span<const std::string_view> tags;
};

class SongsSeen {
 public:
  static constexpr std::uint32_t kNone = Interner::kNone;
  // Longer ids are rejected.
  static constexpr std::size_t kMostIdBytes = 1024;

  // The number of the song with this id; a new id gets a new number.
  std::uint32_t by_id(std::string_view id);
  // The number of the song without an id: its id is "artist — title", each folded (fold_name). kNone if one of them
  // is empty after folding; kTooLong if the id would be too long. Folds each spelling once.
  static constexpr std::uint32_t kTooLong = kNone - 1;
  std::uint32_t by_name(std::string_view artist, std::string_view title);
  // kNone for an unknown id.
  std::uint32_t find(std::string_view id) const { return ids_.find(id); }

  // Fills in missing texts; the first spelling stays.
  void describe(std::uint32_t song, const SongTexts& texts);
  // The same, but replaces texts from logs; the first row of a file of songs stays.
  void describe_by_file(std::uint32_t song, const SongTexts& texts);

  std::uint32_t size() const { return ids_.size(); }
  std::string_view id(std::uint32_t song) const { return ids_.text(song); }
  Song song(std::uint32_t number) const;  // with 0 plays
  std::vector<std::string_view> tags(std::uint32_t number) const;

 private:
  struct Known {
    std::string_view title;
    std::string_view artist;
    std::string_view album;
    std::string_view tags;     // separated by zero bytes
    std::uint8_t by_file = 0;  // bits: title, artist, album, tags
  };

  std::string_view keep_tags(std::span<const std::string_view> tags);

  Interner ids_;
  Interner names_;                       // artist, a zero byte, title, as spelt
  std::vector<std::uint32_t> of_names_;  // by number in names_
  std::vector<Known> known_;
  TextArena texts_;
  std::string scratch_;
};

}  // namespace segue::data
