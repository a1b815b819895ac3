// Which song of a model a music server means by one of its ids, and the other way round.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "segue/data/dataset/song_row.h"
#include "segue/serve/models.h"

namespace segue::serve {

// Thread safe.
class ItemIds {
 public:
  virtual ~ItemIds() = default;

  // The song of an id of the server.
  virtual std::optional<data::SongRow> find(std::string_view item_id) const = 0;
  // The song by its names, however they are spelt.
  virtual std::optional<data::SongRow> find(std::string_view artist, std::string_view title) const = 0;
  // The id that find() takes back to this song.
  virtual std::string id_of(data::SongRow row) const = 0;
  // The name of an artist by an id of the server.
  virtual std::optional<std::string> artist_of(std::string_view artist_id) const = 0;
};

// With a library, the server's ids are those of its items. Else, and for what the library does not know, they are those
// of the catalogue, or the last parts of them ("3f2a" for "jellyfin:3f2a"); artists have no ids then. `served` has to
// outlive it.
std::unique_ptr<ItemIds> item_ids(const ServedModel& served);

// The row of a request's item: by its id, or without one by both names. `parameter` is what the id is called in
// messages. Throws wrong_use if neither is given; not_found for an unknown one and for a song without a vector.
data::SongRow item_row(const ServedModel& served, const ItemIds& items, std::string_view parameter,
                       std::string_view item_id, std::string_view artist = {}, std::string_view title = {});

}  // namespace segue::serve
