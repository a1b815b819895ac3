// A model's map as replies, made once when the model is loaded.
#pragma once

#include <memory>
#include <string>

#include "segue/data/dataset/catalogue.h"
#include "segue/layout/song_map.h"
#include "segue/serve/http/http.h"

namespace segue::serve {

std::shared_ptr<const SharedBody> map_body(const layout::SongMap& map);      // an Arrow IPC stream, see map_stream()
std::shared_ptr<const SharedBody> regions_body(const layout::SongMap& map);  // {"items": [{"label", "x", "y", ...}]}
// {"items": the most frequent tags, "rows": base64 of a byte for each song, 255 where it has none of them}
std::shared_ptr<const SharedBody> tags_body(const data::Catalogue& songs);

}  // namespace segue::serve
