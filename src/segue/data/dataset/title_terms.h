// What people call the queues that a song is in: words and phrases of playlists' titles.
//
// A term is one to three words of a title in a row: "jazz", "late night jazz". Words are compared folded; a term is
// spelt as most titles spell it, with capitals. Only what several people say is kept: a term is in the titles of at
// least kLeastPeople, and counts for a song if at least kLeastOfSong of them have that song under it. So a word that
// one person used names nothing, and no title can be read back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "segue/data/dataset/queues.h"

namespace segue::data {

struct TitleTerms {
  static constexpr std::uint32_t kLeastPeople = 3;
  static constexpr std::uint32_t kLeastOfSong = 2;
  static constexpr std::size_t kMostOfSong = 16;  // those that tell the most

  // A term of a song, and how many people have the song under it.
  struct Use {
    std::uint32_t term = 0;
    std::uint32_t people = 0;
  };

  std::vector<std::string> texts;         // of each term
  std::vector<std::vector<Use>> of_song;  // by row; the terms that tell the most first
  bool empty() const { return texts.empty(); }
};

// The terms of the first `songs` songs; empty if no queue has a name. All queues of one user count once. Of more than a
// hundred thousand users with names, evenly chosen ones are read: a few seconds, less than half a gigabyte.
TitleTerms count_title_terms(const Queues& queues, std::uint32_t songs);

// The terms of one title, folded and as spelt, for tests.
struct TitlePhrase {
  std::string folded;
  std::string spelt;
};
std::vector<TitlePhrase> phrases_of(std::string_view title);

}  // namespace segue::data
