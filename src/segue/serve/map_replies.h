// A model's map as replies, made once when the model is loaded.
#pragma once

#include <memory>
#include <string>

#include "segue/data/catalogue.h"
#include "segue/map/song_map.h"
#include "segue/serve/http.h"

namespace segue {

std::shared_ptr<const SharedBody> map_body(const SongMap& map);      // an Arrow IPC stream, see map_stream()
std::shared_ptr<const SharedBody> regions_body(const SongMap& map);  // {"items": [{"label", "x", "y", ...}]}
// {"items": the most frequent tags, "rows": base64 of a byte for each song, 255 where it has none of them}
std::shared_ptr<const SharedBody> tags_body(const Catalogue& songs);

}  // namespace segue
