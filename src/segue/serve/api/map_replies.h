// The replies about a model's map, made once when the model is loaded.
#pragma once

#include <memory>

#include "segue/data/dataset/catalogue.h"
#include "segue/layout/song_map.h"
#include "segue/serve/api/replies.h"
#include "segue/serve/http/http.h"
#include "segue/serve/http/typed_reply.h"

namespace segue::serve {

std::shared_ptr<const SharedBody> map_body(const layout::SongMap& map);  // an Arrow IPC stream, see map_stream()
SharedReply<RegionsReply> regions_reply(const layout::SongMap& map);
SharedReply<ContoursReply> contours_reply(const layout::SongMap& map);
SharedReply<MapTagsReply> tags_reply(const data::Catalogue& songs);

}  // namespace segue::serve
