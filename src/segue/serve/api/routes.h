// The routes of version 1, by what they are about; each group is defined in the file of its name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "segue/serve/http/router.h"
#include "segue/serve/metrics.h"
#include "segue/serve/models.h"
#include "segue/store/store.h"

namespace segue::serve {

// Answers have at most so many songs, requests name at most so many.
inline constexpr std::uint32_t kMostInReply = 1000;
inline constexpr std::size_t kMostInRequest = 10'000;

// What routes answer from; all of it outlives them.
struct ServiceParts {
  ModelSet& models;
  store::ListenStore& store;
  Metrics& metrics;
};

std::vector<Route> song_routes(const ServiceParts& parts);            // search, a song, its neighbours
std::vector<Route> recommendation_routes(const ServiceParts& parts);  // for songs, for a user
std::vector<Route> playlist_routes(const ServiceParts& parts);        // radio, journey
std::vector<Route> map_routes(const ServiceParts& parts);
std::vector<Route> model_routes(const ServiceParts& parts);  // models, reload, rollback

// {"model": NAME} as a parameter of every route that asks a model.
Parameter model_parameter();
// An option of `rows`, called k or length, that is held to kMostInReply.
std::vector<Parameter> limited(std::vector<Parameter> parameters, std::string_view name);
void limit_property(json::object& schema, std::string_view name);
// Throws wrong_use above the limit.
void check_limit(std::string_view name, std::uint32_t value);

// The model that ?model= names, or the one that serves this user; counted. Throws not_found.
ModelPointer model_for(const ServiceParts& parts, const Exchange& exchange, std::string_view user = "");

// Rows of ids; those that the model does not have are appended to `unknown`. Throws wrong_use for too many.
std::vector<std::uint32_t> rows_of_ids(const data::Catalogue& songs, std::string_view name,
                                       const std::vector<std::string>& ids, std::vector<std::string>& unknown);
// The row of an id. Throws not_found, with the nearest titles' ids where they can be told.
std::uint32_t row_of_id(const data::Catalogue& songs, std::string_view id);

// ,"model":"NAME" and, where there are any, ,"unknown":[...] behind the items.
class ItemsWriter;
Reply items_reply(ItemsWriter& items, const ServedModel& served, const std::vector<std::string>& unknown = {});

}  // namespace segue::serve
