// songs.arrow with arbitrary bytes: every song of a file that opens can be found by its id.
#include "segue/base/error.h"
#include "segue/data/dataset/catalogue.h"
#include "segue/search/seed_search.h"
#include "segue/search/song_search.h"

#include "tests/fuzz/memory_file.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const segue::MemoryFile file(data, size);
  try {
    const segue::data::Catalogue songs(file.path());
    for (std::uint32_t row = 0; row < songs.size(); ++row) {
      if (!songs.find(songs.song(row).id)) std::abort();
    }
    (void)segue::search::find_songs(songs, "a song");
    for (const char* const seed : {"a song:2", "artist:an artist", "album:an album:0.5", "tag:a tag"}) {
      try {
        (void)segue::search::find_seed(songs, seed);
      } catch (const segue::Error&) {  // of a name that is not there
      }
    }
  } catch (const segue::Error&) {
  }
  return 0;
}
