// GET /v1/models, /v1/models/{name}, POST /v1/admin/reload, /v1/admin/rollback
#include <fmt/chrono.h>

#include "segue/base/error.h"
#include "segue/base/manifest.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/api/replies.h"
#include "segue/serve/api/routes.h"

namespace segue::serve {

namespace {

std::string time_text(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", std::chrono::floor<std::chrono::seconds>(time));
}

ModelFactsReply facts_of(const ServedModel& served, const ModelSource& source, bool is_default) {
  const model::Model& model = served.model;
  return {.name = served.name,
          .songs = model.songs().size(),
          .dim = model.vectors().columns,
          .trained = time_text(served.trained),
          .loaded = time_text(served.loaded),
          .digest = model.manifest().digest,
          .parts = source.parts,
          .is_default = is_default};
}

TypedReply<ModelsReply> all_models(const ServiceParts& parts) {
  ModelsReply reply;
  const std::vector<ModelPointer> models = parts.models.all();
  for (std::size_t i = 0; i < models.size(); ++i) {
    reply.items.emplace_back(facts_of(*models[i], parts.models.sources()[i], i == 0),
                             models[i]->model.map() != nullptr);
  }
  return json_reply(reply);
}

EpochReply epoch_reply(json::object epoch) {
  EpochReply reply;
  const auto number = [&](std::string_view key) {
    const json::value* const value = epoch.if_contains(key);
    return value != nullptr && value->is_number() ? value->to_number<double>() : 0;
  };
  reply.epoch = static_cast<std::uint64_t>(number("epoch"));
  reply.mean_loss = number("mean_loss");
  if (epoch.contains("sample_loss")) reply.sample_loss = number("sample_loss");
  for (const char* const key : {"epoch", "mean_loss", "sample_loss"}) epoch.erase(key);
  reply.more = std::move(epoch);
  return reply;
}

// Takes the member `key` from `object`; an empty value if it is not there.
template <class Json>
Json take(json::object& object, std::string_view key) {
  const auto found = object.find(key);
  if (found == object.end() || found->value().kind() != json::value(Json()).kind()) return {};
  Json value = json::value_to<Json>(found->value());
  object.erase(found);
  return value;
}

TypedReply<ModelDetailsReply> one_model(const ServiceParts& parts, const Exchange& exchange) {
  const ModelPointer served = parts.models.choose(exchange.at("name"), "");
  const std::vector<ModelSource>& sources = parts.models.sources();
  const auto source = std::ranges::find(sources, served->name, &ModelSource::name);
  ModelDetailsReply reply{facts_of(*served, *source, source == sources.begin())};
  json::object fields = served->model.manifest().fields;
  for (const char* const key : {"files", "format", "version", "made_at"}) fields.erase(key);
  reply.map = served->model.map() != nullptr;
  if (const auto map = fields.find("map"); map != fields.end()) {
    reply.map = map->value();
    fields.erase(map);
  }
  reply.options = take<json::object>(fields, "options");
  reply.counts = take<json::object>(fields, "counts");
  for (const json::value& epoch : take<json::array>(fields, "history")) {
    reply.history.push_back(epoch_reply(epoch.as_object()));
  }
  reply.index_note = served->model.index_note();
  reply.more = std::move(fields);
  return json_reply(reply);
}

// The model named in the body, "" for none.
std::string model_of_body(const Exchange& exchange) {
  if (exchange.request.body.empty()) return "";
  const json::object document = body_object(exchange.request);
  BodyReader body(document);
  std::string name = body.text("model");
  body.refuse_others();
  return name;
}

bool is_shortage(ErrorCode code) {
  return code == ErrorCode::exhausted || code == ErrorCode::no_space || code == ErrorCode::unavailable;
}

TypedReply<ModelsReply> reload(const ServiceParts& parts, const Exchange& exchange) {
  const std::string name = model_of_body(exchange);
  if (!name.empty()) (void)parts.models.choose(name, "");  // an unknown name is not a refused model
  if (name.empty()) {
    try {
      parts.catalogue.reload_table();
    } catch (const Error& error) {
      return {error_reply(409, "refused", fmt::format("the catalogue and the models stay: {}", error.what()))};
    }
  }
  try {
    parts.models.reload(name);
  } catch (const Error& error) {
    parts.metrics.count_reload(false);
    if (is_shortage(error.code())) throw;  // not the model's fault: worth a retry
    return {error_reply(409, "refused", fmt::format("the models that are served stay: {}", error.what()))};
  }
  parts.metrics.count_reload(true);
  return all_models(parts);
}

TypedReply<ModelsReply> rollback(const ServiceParts& parts, const Exchange& exchange) {
  parts.models.rollback(model_of_body(exchange));
  return all_models(parts);
}

json::object name_schema() {
  json::object schema = object_schema();
  add_property(schema, "model",
               {{"type", "string"},
                {"maxLength", kMostTextLetters},
                {"description", "The model's name; by default all models are reloaded, or the first is rolled back"}});
  return schema;
}

}  // namespace

std::vector<Route> model_routes(const ServiceParts& parts) {
  std::vector<Route> routes;
  routes.push_back({.path = "/v1/models",
                    .id = "listModels",
                    .tag = "Models",
                    .summary = "The models that are served",
                    .handle = [parts](const Exchange&) { return all_models(parts); }});
  routes.push_back({.path = "/v1/models/{name}",
                    .id = "getModel",
                    .tag = "Models",
                    .summary = "A model with its training options and losses",
                    .handle = [parts](const Exchange& exchange) { return one_model(parts, exchange); }});
  routes.push_back(
      {.method = Method::post,
       .path = "/v1/admin/reload",
       .id = "reloadModels",
       .tag = "Models",
       .summary = "Reloads the catalogue's table and all models, or one model; what is refused leaves the old one",
       .scope = Scope::admin,
       .may_block = true,
       .body = name_schema(),
       .handle = [parts](const Exchange& exchange) { return reload(parts, exchange); }});
  routes.push_back({.method = Method::post,
                    .path = "/v1/admin/rollback",
                    .id = "rollBackModel",
                    .tag = "Models",
                    .summary = "Restores the model that the last reload replaced",
                    .scope = Scope::admin,
                    .may_block = true,
                    .body = name_schema(),
                    .handle = [parts](const Exchange& exchange) { return rollback(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
