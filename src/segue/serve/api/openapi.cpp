#include "segue/serve/api/openapi.h"

#include <algorithm>

#include "segue/base/ascii.h"
#include "segue/base/options.h"
#include "segue/base/version.h"
#include "segue/serve/listenbrainz/listenbrainz.h"

namespace segue::serve {

namespace {

json::object type(std::string_view name) {
  return {{"type", name}};
}

json::object reference(std::string_view name) {
  return {{"$ref", "#/components/schemas/" + std::string(name)}};
}

// An object whose members are all there.
json::object object_of(json::object properties) {
  json::array required;
  for (const auto& member : properties) required.push_back(json::value(member.key()));
  return {{"type", "object"}, {"properties", std::move(properties)}, {"required", std::move(required)}};
}

json::object array_of(json::object items) {
  return {{"type", "array"}, {"items", std::move(items)}};
}

json::object with(json::object object, json::object optional) {
  for (auto& member : optional) object["properties"].as_object()[member.key()] = std::move(member.value());
  return object;
}

json::object song_properties() {
  return {{"id", type("string")},     {"row", type("integer")},  {"title", type("string")},
          {"artist", type("string")}, {"album", type("string")}, {"plays", type("integer")}};
}

json::object song_with(json::object more) {
  json::object properties = song_properties();
  for (auto& member : more) properties[member.key()] = std::move(member.value());
  return object_of(std::move(properties));
}

json::object items_of(json::object item, json::object more = {}) {
  more["items"] = array_of(std::move(item));
  return object_of(std::move(more));
}

json::object together() {
  return object_of({{"times", type("integer")}, {"after", type("number")}, {"before", type("number")}});
}

json::object explanation() {
  json::object properties{{"text", type("string")},
                          {"seeds", array_of(song_with({{"share", type("number")}, {"similarity", type("number")}}))}};
  json::object played = with(together(), {{"within", type("integer")}, {"song", reference("Song")}});
  return with(object_of(std::move(properties)), {{"together", std::move(played)}, {"interest", reference("Song")}});
}

json::object interest() {
  return with(
      object_of({{"medoid", reference("Song")}, {"weight", type("number")}, {"songs", array_of(type("string"))}}),
      {{"x", type("number")}, {"y", type("number")}});
}

json::object model_properties() {
  return {{"name", type("string")},    {"songs", type("integer")},   {"dim", type("integer")},
          {"trained", type("string")}, {"loaded", type("string")},   {"digest", type("string")},
          {"parts", type("integer")},  {"default", type("boolean")}, {"map", type("boolean")}};
}

json::object in_model(json::object item) {
  return with(items_of(std::move(item), {{"model", type("string")}}), {{"unknown", array_of(type("string"))}});
}

json::object parameter_object(const Parameter& parameter, std::string_view in) {
  json::object schema = parameter.schema;
  schema.erase("description");
  return {{"name", parameter.name},
          {"in", in},
          {"description", parameter.help},
          {"required", parameter.required},
          {"schema", std::move(schema)}};
}

json::array parameters_of(const Route& route) {
  json::array parameters;
  for (std::size_t at = 0; (at = route.path.find('{', at)) != std::string::npos; ++at) {
    const std::string name = route.path.substr(at + 1, route.path.find('}', at) - at - 1);
    json::object schema{{"type", "string"}, {"minLength", 1}};
    parameters.push_back(parameter_object({name, "", std::move(schema), true}, "path"));
  }
  for (const Parameter& parameter : route.query) parameters.push_back(parameter_object(parameter, "query"));
  return parameters;
}

json::object content(std::string_view media_type, json::object schema) {
  return {{media_type, {{"schema", std::move(schema)}}}};
}

// "getV1SongsId": the name client generators give the call.
std::string operation_id(const Route& route) {
  std::string id(name_of(route.method));
  std::ranges::transform(id, id.begin(), ascii_lower);
  bool capital = true;
  for (const char letter : route.path) {
    const bool is_word = (letter >= 'a' && letter <= 'z') || (letter >= '0' && letter <= '9');
    if (is_word) id += capital && letter >= 'a' ? static_cast<char>(letter - 'a' + 'A') : letter;
    capital = !is_word;
  }
  return id;
}

json::object operation(const Route& route) {
  json::object found{{"description", "Done"}};
  if (!route.reply.empty()) {
    found["content"] = content(route.reply_type, reference(route.reply));
  } else if (!route.reply_type.empty()) {
    found["content"] = content(route.reply_type, {{"type", "string"}});
  }
  json::object responses{{"200", std::move(found)}};
  const json::object failed{{"description", "What was wrong"},
                            {"content", content("application/json", json::object())}};
  for (const char* status : {"400", "401", "403", "404", "413", "422", "429", "503"}) responses[status] = failed;
  if (route.path.starts_with("/v1/admin/")) responses["409"] = failed;
  json::object result{{"operationId", operation_id(route)},
                      {"summary", route.summary},
                      {"parameters", parameters_of(route)},
                      {"responses", std::move(responses)}};
  if (!route.body.empty()) {
    const bool required = route.body.contains("required");
    result["requestBody"] = {{"required", required}, {"content", content("application/json", route.body)}};
  }
  if (route.scope != Scope::none) {
    json::array scopes;
    scopes.emplace_back(choice_name(route.scope));
    json::object needed;
    needed["token"] = std::move(scopes);
    json::array security;
    security.push_back(std::move(needed));
    result["security"] = std::move(security);
  }
  return result;
}

}  // namespace

json::object reply_schemas() {
  json::object schemas;
  schemas["Song"] = object_of(song_properties());
  schemas["Songs"] = in_model(reference("Song"));
  schemas["SongDetails"] =
      with(song_with({{"tags", array_of(type("string"))}, {"model", type("string")}}),
           {{"map", object_of({{"x", type("number")}, {"y", type("number")}, {"cluster", type("integer")}})}});
  schemas["SimilarSongs"] = in_model(with(song_with({{"similarity", type("number")}}), {{"together", together()}}));
  schemas["Recommendations"] =
      with(in_model(with(song_with({{"score", type("number")}, {"similarity", type("number")}}),
                         {{"explanation", explanation()}})),
           {{"interests", array_of(interest())},
            {"fallback", type("string")},
            {"user", type("string")},
            {"listens", type("integer")}});
  json::object listen =
      object_of({{"listened_at", type("integer")}, {"artist", type("string")}, {"title", type("string")}});
  schemas["History"] =
      with(in_model(with(std::move(listen), {{"song", {{"anyOf", {reference("Song"), type("null")}}}}})),
           {{"user", type("string")}});
  schemas["Radio"] = with(
      in_model(
          song_with({{"score", type("number")}, {"similarity", type("number")}, {"seed_similarity", type("number")}})),
      {{"title", type("string")}});
  schemas["Journey"] = with(in_model(song_with({{"similarity", type("number")}, {"progress", type("number")}})),
                            {{"title", type("string")}});
  schemas["Regions"] = items_of(object_of({{"label", type("string")},
                                           {"x", type("number")},
                                           {"y", type("number")},
                                           {"size", type("integer")},
                                           {"level", type("integer")},
                                           {"parent", type("integer")}}));
  schemas["MapTags"] = items_of(type("string"), {{"rows", type("string")}});
  schemas["Place"] = object_of({{"x", type("number")}, {"y", type("number")}, {"model", type("string")}});
  schemas["Model"] = object_of(model_properties());
  schemas["Models"] = items_of(reference("Model"));
  schemas["Health"] = object_of({{"status", type("string")}});
  schemas["Status"] = object_of({{"uptime_seconds", type("number")},
                                 {"requests_per_second", type("number")},
                                 {"routes", array_of(type("object"))},
                                 {"store", type("object")},
                                 {"models", array_of(type("object"))},
                                 {"evaluation", type("boolean")}});
  schemas["Error"] = object_of({{"error", object_of({{"code", type("string")}, {"message", type("string")}})}});
  schemas["Object"] = type("object");
  json::object of_listens = listen_schemas();
  for (auto& member : of_listens) schemas[member.key()] = std::move(member.value());
  return schemas;
}

json::object openapi_document(std::span<const Route> routes) {
  json::object paths;
  for (const Route& route : routes) {
    std::string method(name_of(route.method));
    std::ranges::transform(method, method.begin(), ascii_lower);
    if (!paths.contains(route.path)) paths[route.path] = json::object();
    paths[route.path].as_object()[method] = operation(route);
  }
  return {{"openapi", "3.1.0"},
          {"info",
           {{"title", "Segue"},
            {"version", kVersion},
            {"description", "Song vectors and recommendations from listening queues"},
            {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
          {"paths", std::move(paths)},
          {"components",
           {{"schemas", reply_schemas()},
            {"securitySchemes",
             {{"token",
               {{"type", "apiKey"},
                {"in", "header"},
                {"name", "Authorization"},
                {"description", "\"Token SECRET\" or \"Bearer SECRET\", made by segue token create"}}}}}}}};
}

}  // namespace segue::serve
