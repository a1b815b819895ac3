#include <gtest/gtest.h>

#include "segue/search/catalogue_search.h"

#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::search {
namespace {

// Vowel signs that are characters of their own: a word with them is one word, to the index too.
TEST(CatalogueSearchScripts, words_with_vowel_signs_stay_whole) {
  const testing::Scratch folder;
  const std::vector<data::SongRecord> songs = {
      {"id0", "हिन्दी गाना", "लता", "", {}, 90},     {"id1", "รักเธอที่สุด", "เบิร์ด", "", {}, 80},
      {"id2", "காதல் பாடல்", "இளையராஜா", "", {}, 70}, {"id3", "গান", "রবীন্দ্রনাথ", "", {}, 60},
      {"id4", "가나다", "아이유", "", {}, 50},
  };
  testing::write_songs(folder.path() / "songs.arrow", songs);
  const data::Catalogue catalogue(folder.path() / "songs.arrow");
  const CatalogueSearch search(catalogue, folder.path() / "names.search", "digest");
  for (std::uint32_t row = 0; row < catalogue.size(); ++row) {
    const data::Song song = catalogue.song(row);
    const std::vector<std::uint32_t> only = {row};
    EXPECT_EQ(search.search(song.title, 10), only) << song.title;
    EXPECT_EQ(search.search(song.artist, 10), only) << song.artist;
  }
}

}  // namespace
}  // namespace segue::search
