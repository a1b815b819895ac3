#include "segue/serve/api/routes.h"

#include <algorithm>
#include <limits>

#include "segue/base/error.h"
#include "segue/data/text/text.h"
#include "segue/serve/api/parameters.h"

namespace segue::serve {

namespace {
constexpr std::size_t kUnknownShown = 100;
// Of the work budget: a name of the catalogue is folded and compared for each seed, some several times.
constexpr std::size_t kUnitsPerName = 4;
}  // namespace

WorkBudget ServiceParts::budget() const {
  return WorkBudget(max_work == 0 ? std::numeric_limits<std::uint64_t>::max() : max_work);
}

Parameter model_parameter() {
  return {"model", "The model to use; by default the one that serves the user", text_schema(), false};
}

std::vector<Parameter> limited(std::vector<Parameter> parameters, std::string_view name) {
  for (Parameter& parameter : parameters) {
    if (parameter.name == name) parameter.schema["maximum"] = kMostInReply;
  }
  return parameters;
}

void limit_property(json::object& schema, std::string_view name) {
  schema["properties"].at(name).as_object()["maximum"] = kMostInReply;
}

void check_limit(std::string_view name, std::uint32_t value) {
  if (value <= kMostInReply) return;
  fail(ErrorCode::wrong_use, "{}: expected a whole number from 1 to {}, found {}", name, kMostInReply, value);
}

ModelPointer model_for(const ServiceParts& parts, const Exchange& exchange, std::string_view user) {
  const std::string* const name = exchange.find("model");
  ModelPointer served = parts.models.choose(name == nullptr ? std::string_view() : std::string_view(*name),
                                            user.empty() ? std::string_view(exchange.who.user) : user);
  parts.metrics.count_model(served->name);
  if (exchange.notes != nullptr) exchange.notes->model = served->name;
  return served;
}

void give_id(Reply& reply, const recommend::ListId& list) {
  reply.headers.push_back({std::string(kListHeader), recommend::text_of(list)});
}

void give_id(Reply& reply, recommend::ListKind kind, std::string_view model) {
  recommend::ListId list = recommend::new_list(kind);
  list.model = model;
  give_id(reply, list);
}

FoundRows found_rows(const data::Catalogue& songs, std::string_view field, const std::vector<std::string>& ids) {
  if (ids.size() > kMostInRequest) {
    fail(ErrorCode::wrong_use, "{}: expected at most {} songs, found {}", field, kMostInRequest, ids.size());
  }
  FoundRows result;
  result.rows.reserve(ids.size());
  const std::vector<std::optional<std::uint32_t>> found = songs.find_all(ids);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (found[i]) {
      result.rows.push_back(*found[i]);
    } else {
      result.unknown.push_back(ids[i]);
    }
  }
  return result;
}

std::vector<recommend::TypedSeed> found_seeds(const model::Model& model, const std::vector<std::string>& seeds,
                                              WorkBudget& budget) {
  if (seeds.size() > kMostSeedsInRequest) {
    fail(ErrorCode::wrong_use, "seeds: expected at most {}, found {}", kMostSeedsInRequest, seeds.size());
  }
  budget.spend(seeds.size() * model.songs().size() * kUnitsPerName);
  std::vector<recommend::TypedSeed> found;
  for (const std::string& seed : seeds) found.push_back(recommend::find_seed(model, seed));
  return found;
}

void check_start(const std::vector<std::string>& songs, const std::vector<std::string>& seeds, const FoundRows& found) {
  if (!songs.empty() && !seeds.empty()) fail(ErrorCode::wrong_use, "expected songs or seeds, found both");
  if (!seeds.empty() || !found.rows.empty()) return;
  fail(songs.empty() ? ErrorCode::wrong_use : ErrorCode::bad_input,
       "songs: expected ids of songs that the model has, found {}", songs.empty() ? "none" : "only unknown ones");
}

std::uint32_t row_of_id(const data::Catalogue& songs, std::string_view id) {
  if (const auto row = songs.find(id)) return *row;
  fail(ErrorCode::not_found, "song {}: the model has no song with this id", data::printable(id, kShownBytes));
}

std::optional<std::vector<std::string_view>> listed_unknown(const ServiceParts& parts,
                                                            std::initializer_list<const FoundRows*> fields) {
  std::vector<std::string_view> unknown;
  for (const FoundRows* const field : fields) {
    unknown.insert(unknown.end(), field->unknown.begin(), field->unknown.end());
  }
  if (unknown.empty()) return std::nullopt;
  parts.metrics.count_unknown_ids(unknown.size());
  unknown.resize(std::min(unknown.size(), kUnknownShown));
  return unknown;
}

json::object seeds_schema() {
  return {{"type", "array"},
          {"items", text_schema()},
          {"minItems", 1},
          {"maxItems", kMostSeedsInRequest},
          {"description",
           "Instead of songs: what to start from, in no order. Songs (ids, or words of artist and title), artists by "
           "their names, or artist:NAME, album:NAME, tag:NAME; artist:NAME:2 counts twice"}};
}

json::object ids_schema(std::string_view description, bool required) {
  json::object schema{
      {"type", "array"}, {"items", text_schema()}, {"maxItems", kMostInRequest}, {"description", description}};
  if (required) schema["minItems"] = 1;
  return schema;
}

}  // namespace segue::serve
