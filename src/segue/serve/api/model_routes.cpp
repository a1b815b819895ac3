// GET /v1/models, /v1/models/{name}, POST /v1/admin/reload, /v1/admin/rollback
#include <fmt/chrono.h>

#include "segue/base/error.h"
#include "segue/base/manifest.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/api/routes.h"

namespace segue::serve {

namespace {

std::string time_text(std::chrono::system_clock::time_point time) {
  return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", std::chrono::floor<std::chrono::seconds>(time));
}

json::object facts_of(const ServedModel& served, const ModelSource& source, bool is_default) {
  const model::Model& model = served.model;
  return {{"name", served.name},
          {"songs", model.songs().size()},
          {"dim", model.vectors().columns},
          {"trained", time_text(served.trained)},
          {"loaded", time_text(served.loaded)},
          {"digest", model.manifest().digest},
          {"parts", source.parts},
          {"default", is_default},
          {"map", model.map() != nullptr}};
}

json::object models_document(const ServiceParts& parts) {
  json::object document;
  json::array& items = document["items"].emplace_array();
  const std::vector<ModelPointer> models = parts.models.all();
  for (std::size_t i = 0; i < models.size(); ++i) {
    items.push_back(facts_of(*models[i], parts.models.sources()[i], i == 0));
  }
  return document;
}

Reply one_model(const ServiceParts& parts, const Exchange& exchange) {
  const ModelPointer served = parts.models.choose(exchange.at("name"), "");
  const std::vector<ModelSource>& sources = parts.models.sources();
  const auto source = std::ranges::find(sources, served->name, &ModelSource::name);
  json::object document = facts_of(*served, *source, source == sources.begin());
  const json::object& fields = served->model.manifest().fields;
  for (const auto& member : fields) {
    const std::string_view key = member.key();
    if (key != "files" && key != "format" && key != "version" && key != "made_at") document[key] = member.value();
  }
  document["index_note"] = served->model.index_note();
  return json_reply(document);
}

// The model that a body names, "" for none.
std::string model_of_body(const Exchange& exchange) {
  if (exchange.request.body.empty()) return "";
  const json::object document = body_object(exchange.request);
  BodyReader body(document);
  std::string name = body.text("model");
  body.refuse_others();
  return name;
}

Reply reload(const ServiceParts& parts, const Exchange& exchange) {
  const std::string name = model_of_body(exchange);
  if (!name.empty()) (void)parts.models.choose(name, "");  // an unknown name is not a refused model
  try {
    parts.models.reload(name);
  } catch (const Error& error) {
    parts.metrics.count_reload(false);
    return error_reply(409, "refused", fmt::format("the models served stay what they are: {}", error.what()));
  }
  parts.metrics.count_reload(true);
  return json_reply(models_document(parts));
}

Reply rollback(const ServiceParts& parts, const Exchange& exchange) {
  parts.models.rollback(model_of_body(exchange));
  return json_reply(models_document(parts));
}

json::object name_schema() {
  json::object schema = object_schema();
  add_property(schema, "model",
               {{"type", "string"}, {"description", "Which one; all of them, or the first, if not given"}});
  return schema;
}

}  // namespace

std::vector<Route> model_routes(const ServiceParts& parts) {
  std::vector<Route> routes;
  routes.push_back({.method = Method::get,
                    .path = "/v1/models",
                    .summary = "The models that are served",
                    .reply = "Models",
                    .handle = [parts](const Exchange&) { return json_reply(models_document(parts)); }});
  routes.push_back({.method = Method::get,
                    .path = "/v1/models/{name}",
                    .summary = "A model with the options and the losses of its training",
                    .reply = "Model",
                    .handle = [parts](const Exchange& exchange) { return one_model(parts, exchange); }});
  routes.push_back({.method = Method::post,
                    .path = "/v1/admin/reload",
                    .summary = "Loads a model anew and swaps it in; a bad one is refused and the old one stays",
                    .scope = Scope::admin,
                    .may_block = true,
                    .body = name_schema(),
                    .reply = "Models",
                    .handle = [parts](const Exchange& exchange) { return reload(parts, exchange); }});
  routes.push_back({.method = Method::post,
                    .path = "/v1/admin/rollback",
                    .summary = "Puts back the model that the last reload replaced",
                    .scope = Scope::admin,
                    .may_block = true,
                    .body = name_schema(),
                    .reply = "Models",
                    .handle = [parts](const Exchange& exchange) { return rollback(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
