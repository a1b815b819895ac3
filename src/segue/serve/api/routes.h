// The routes of version 1 by subject; each group is defined in the file of its name.
//
// A new route needs its entry in such a file, and a struct in replies.h if its reply has a new shape.
#pragma once

#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/work_budget.h"
#include "segue/recommend/list_id.h"
#include "segue/recommend/typed_seeds.h"
#include "segue/serve/catalogue_control.h"
#include "segue/serve/http/router.h"
#include "segue/serve/interleaving.h"
#include "segue/serve/metrics.h"
#include "segue/serve/models.h"
#include "segue/serve/new_song_control.h"
#include "segue/store/store.h"

namespace segue::serve {

// The most songs in a reply, and the most ids in a request.
inline constexpr std::uint32_t kMostInReply = 1000;
inline constexpr std::size_t kMostInRequest = 10'000;
// Each is looked for among all names of the catalogue.
inline constexpr std::size_t kMostSeedsInRequest = 20;

// What routes use to answer; all of it outlives them.
struct ServiceParts {
  ModelSet& models;
  store::ListenStore& store;
  Metrics& metrics;
  CatalogueControl& catalogue;
  NewSongControl& new_songs;
  // Units of a WorkBudget for each request, 0 for no limit.
  std::uint64_t max_work = kMaxWork;
  std::optional<Interleaving> interleaving{};
  double new_song_share = 0;  // of requests that do not say

  static constexpr std::uint64_t kMaxWork = 50'000'000;
  WorkBudget budget() const;
};

std::vector<Route> song_routes(const ServiceParts& parts);            // search, a song, its neighbours
std::vector<Route> match_routes(const ServiceParts& parts);           // songs by artist and title
std::vector<Route> recommendation_routes(const ServiceParts& parts);  // for songs, for a user
std::vector<Route> playlist_routes(const ServiceParts& parts);        // radio, journey
std::vector<Route> map_routes(const ServiceParts& parts);
std::vector<Route> model_routes(const ServiceParts& parts);  // models, reload, rollback
std::vector<Route> catalogue_routes(const ServiceParts& parts);
std::vector<Route> new_song_routes(const ServiceParts& parts);

// The parameter `model` of every route that uses a model.
Parameter model_parameter();
// Limits the parameter or property `name` (k or length) to kMostInReply.
std::vector<Parameter> limited(std::vector<Parameter> parameters, std::string_view name);
void limit_property(json::object& schema, std::string_view name);
// Throws wrong_use above the limit.
void check_limit(std::string_view name, std::uint32_t value);

// The model named by ?model=, or the one that serves this user; counted. Throws not_found.
ModelPointer model_for(const ServiceParts& parts, const Exchange& exchange, std::string_view user = "");

// Adds the id of a list to its reply: the header X-Segue-List, so that a reply stays the same bytes with the same ETag
// while its list does, and every playlist format has it.
void give_id(Reply& reply, const recommend::ListId& list);
// Of a list that one model made now.
void give_id(Reply& reply, recommend::ListKind kind, std::string_view model);

struct FoundRows {
  std::vector<std::uint32_t> rows;
  std::vector<std::string_view> unknown;  // ids that the model does not have; views of `ids`
};
// Throws wrong_use, naming the field, if there are too many ids.
FoundRows found_rows(const data::Catalogue& songs, std::string_view field, const std::vector<std::string>& ids);
// What the texts of a request's `seeds` name. Throws as recommend::find_seed(); wrong_use if there are too many;
// bad_input above the budget.
std::vector<recommend::TypedSeed> found_seeds(const model::Model& model, const std::vector<std::string>& seeds,
                                              WorkBudget& budget);
// Throws wrong_use unless one of `songs` and `seeds` was sent, bad_input if the model has none of the songs.
void check_start(const std::vector<std::string>& songs, const std::vector<std::string>& seeds, const FoundRows& found);
// The row of an id. Throws not_found.
std::uint32_t row_of_id(const data::Catalogue& songs, std::string_view id);

// Ids of requests that the model does not have, as replies list them: of several fields, at most 100. Nothing if there
// are none.
std::optional<std::vector<std::string_view>> listed_unknown(const ServiceParts& parts,
                                                            std::initializer_list<const FoundRows*> fields);

// JSON Schema of `seeds`, and of a list of ids in a request.
json::object seeds_schema();
json::object ids_schema(std::string_view description, bool required = false);

}  // namespace segue::serve
