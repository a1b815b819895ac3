#include "segue/serve/api/openapi.h"

#include <algorithm>
#include <array>

#include <fmt/format.h>

#include "segue/base/ascii.h"
#include "segue/base/field_documents.h"
#include "segue/base/options.h"
#include "segue/base/version.h"
#include "segue/serve/api/pages.h"

namespace segue::serve {

namespace {

struct Described {
  std::string_view name;
  std::string_view description;
};

// In the order of the documentation.
constexpr std::array kTags = {
    Described{"Songs", "Finding songs and their neighbours"},
    Described{"Recommendations", "What to play, from songs or from a user's listens"},
    Described{"Playlists", "Radios and journeys, also as playlist files"},
    Described{"Map", "Positions of songs, regions and tags"},
    Described{"Listens", "Adding and deleting listens in bulk"},
    Described{"ListenBrainz", "The ListenBrainz protocol, for scrobblers"},
    Described{"AudioMuse-AI", "The routes that AudioMuse-AI's plugins for music servers call"},
    Described{"Models", "The models that are served"},
    Described{"Catalogue", "Which songs are offered where and when"},
    Described{"Operations", "Health, metrics and status"},
};

constexpr std::array kFailures = {
    Described{"400", "A parameter or the body is invalid; the message names it"},
    Described{"401", "The request has no valid token"},
    Described{"403", "The token does not permit this"},
    Described{"404", "There is no such song, user, model or map"},
    Described{"413", "The body is too large"},
    Described{"422",
              "The request is valid but cannot be answered, for example because the model knows none of the songs, or "
              "because it would take too much work"},
    Described{"429", "Too many requests; retry after the time in Retry-After"},
    Described{"500", "Internal error; see the server log"},
    Described{"503", "The server is short of something, or a dependency is unavailable; retry later"},
    Described{"507", "The server has no space left; retry later"},
};
// Seen before the path is, so the error has Segue's own form on every route.
constexpr Described kLongHeader{"431", "The header with path and query is too large"};
constexpr Described kExpired{"410", "The model that began the list was replaced: ask again without the cursor"};
constexpr Described kRefused{"409", "The new model was refused; the old one stays"};

json::object reference(std::string_view name) {
  return {{"$ref", fmt::format("#/components/schemas/{}", name)}};
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

std::string_view path_help(std::string_view name) {
  if (name == "id") return "Id of the song, percent-encoded";
  if (name == "user") return "Name of the user, percent-encoded";
  if (name == "playlist") return "Id of the playlist: a UUID";
  if (name == "artist") return "Name of the artist, or the MusicBrainz id in a listen of the user, percent-encoded";
  return "Name of the model";
}

json::array parameters_document(const Route& route) {
  json::array parameters;
  for (std::size_t at = 0; (at = route.path.find('{', at)) != std::string::npos; ++at) {
    const std::string name = route.path.substr(at + 1, route.path.find('}', at) - at - 1);
    json::object schema{{"type", "string"}, {"minLength", 1}, {"maxLength", kMostTextLetters}};
    parameters.push_back(parameter_object({name, std::string(path_help(name)), std::move(schema), true}, "path"));
  }
  for (const Parameter& parameter : route.query) parameters.push_back(parameter_object(parameter, "query"));
  return parameters;
}

json::object content(std::string_view media_type, json::object schema, std::string_view example = {}) {
  json::object typed{{"schema", std::move(schema)}};
  if (!example.empty()) typed["example"] = parse_json(example, "an example");
  json::object content;
  content[media_type] = std::move(typed);
  return content;
}

json::object reply_schema(const Route& route) {
  const ReplyShape* const shape = route.handle.shape();
  if (shape == nullptr) {
    json::object text{{"type", "string"}};
    if (route.reply_type.starts_with("application/")) text["format"] = "binary";
    return text;
  }
  if (route.handle.is_list()) return {{"type", "array"}, {"items", reference(shape->name)}};
  return reference(shape->name);
}

json::object success(const Route& route) {
  const ReplyShape* const shape = route.handle.shape();
  json::object found{{"description", shape == nullptr ? "The requested data" : shape->description}};
  found["content"] = content(route.reply_type, reply_schema(route), route.example.reply);
  for (const std::string& type : route.other_types) {
    found["content"].as_object()[type] = {{"schema", {{"type", "string"}}}};
  }
  if (route.gives_list) {
    json::object headers;
    headers[kListHeader] = {{"description", "The id of this list, for POST /v1/events"},
                            {"schema", {{"type", "string"}}}};
    found["headers"] = std::move(headers);
  }
  return found;
}

json::object failure(const ErrorForm& form, std::string_view description) {
  return {{"description", description}, {"content", content("application/json", reference(form.shape->name))}};
}

json::object responses_of(const Route& route) {
  json::object responses{{"200", success(route)}};
  if (route.may_be_empty) responses["204"] = {{"description", "There is nothing to return"}};
  for (const Described& status : kFailures) responses[status.name] = failure(*route.errors, status.description);
  responses[kLongHeader.name] = failure(kErrorForm, kLongHeader.description);
  if (has_pages(route)) responses[kExpired.name] = failure(*route.errors, kExpired.description);
  if (route.scope == Scope::admin) responses[kRefused.name] = failure(*route.errors, kRefused.description);
  return responses;
}

json::object operation(const Route& route) {
  json::object result{{"operationId", route.id},
                      {"tags", json::array{json::value(route.tag)}},
                      {"summary", route.summary},
                      {"parameters", parameters_document(route)},
                      {"responses", responses_of(route)}};
  if (!route.body.empty()) {
    const bool required = route.body.contains("required");
    result["requestBody"] = {{"required", required},
                             {"content", content(route.body_type, route.body, route.example.request)}};
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

json::object openapi_document(std::span<const Route> routes) {
  json::object paths;
  json::object schemas;
  for (const Route& route : routes) {
    std::string method(name_of(route.method));
    std::ranges::transform(method, method.begin(), ascii_lower);
    if (!paths.contains(route.path)) paths[route.path] = json::object();
    paths[route.path].as_object()[method] = operation(route);
    add_schemas(schemas, *kErrorForm.shape);
    add_schemas(schemas, *route.errors->shape);
    if (route.handle.shape() != nullptr) add_schemas(schemas, *route.handle.shape());
  }
  json::array tags;
  for (const Described& tag : kTags) tags.push_back({{"name", tag.name}, {"description", tag.description}});
  return {{"openapi", "3.1.0"},
          {"info",
           {{"title", "Segue"},
            {"version", kVersion},
            {"description", "Song vectors and recommendations from listening queues"},
            {"license", {{"name", "Apache-2.0"}, {"identifier", "Apache-2.0"}}}}},
          {"tags", std::move(tags)},
          {"paths", std::move(paths)},
          {"components",
           {{"schemas", std::move(schemas)},
            {"securitySchemes",
             {{"token",
               {{"type", "apiKey"},
                {"in", "header"},
                {"name", "Authorization"},
                {"description", "\"Token SECRET\" or \"Bearer SECRET\"; the operator makes tokens"}}}}}}}};
}

std::string typescript_types(std::span<const Route> routes, std::span<const ReplyShape* const> documents) {
  std::vector<const ReplyShape*> shapes;
  for (const Route& route : routes) {
    const ReplyShape* const shape = route.handle.shape();
    const bool fixed = shape != nullptr && shape != &shape_of<FreeFormReply>();
    if (fixed && route.errors == &kErrorForm) shapes.push_back(shape);
  }
  shapes.insert(shapes.end(), documents.begin(), documents.end());
  return "// Replies of the HTTP API and documents of pages. Generated from their tables by the target web_types; do "
         "not "
         "edit.\n" +
         typescript_of(shapes);
}

}  // namespace segue::serve
