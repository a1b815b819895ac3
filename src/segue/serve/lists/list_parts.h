// What routes that make lists for a listener use to answer.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "segue/serve/api/routes.h"
#include "segue/serve/lists/artist_groups.h"
#include "segue/serve/lists/given_songs.h"

namespace segue::serve {

// All of it outlives the routes.
struct ListParts {
  ServiceParts service;
  GivenSongs& given;
  ArtistGroups& artists;
  std::function<std::int64_t()> unix_now;  // seconds since 1970
};

std::vector<Route> artist_routes(const ListParts& parts);  // search, an artist's songs and neighbours

}  // namespace segue::serve
