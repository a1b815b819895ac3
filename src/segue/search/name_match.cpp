#include "segue/search/name_match.h"

#include "segue/data/text/text.h"

namespace segue::search {

namespace {

bool is_song(std::string_view typed, const std::string& artist, const std::string& title) {
  return typed == title || typed == artist + ' ' + title || typed == title + ' ' + artist;
}

}  // namespace

TypedName::TypedName(std::string_view text) : spelt(data::fold_name(text)), folded(data::compared_name(text)) {}

NameMatch match_of(const TypedName& typed, const data::Song& song, const std::string& folded_artist,
                   const std::string& folded_title) {
  const std::string spelt_artist = data::fold_name(song.artist);
  if (is_song(typed.spelt, spelt_artist, data::fold_name(song.title))) return NameMatch::spelt_song;
  if (is_song(typed.folded, folded_artist, folded_title)) return NameMatch::folded_song;
  return typed.spelt == spelt_artist ? NameMatch::spelt_artist : NameMatch::words;
}

}  // namespace segue::search
