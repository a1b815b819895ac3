// GET /v1/map, /v1/map/regions, /v1/map/tags, POST /v1/map/place
#include "segue/base/error.h"
#include "segue/pipeline/place.h"
#include "segue/serve/api/json_text.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/api/routes.h"

namespace segue::serve {

namespace {

using Body = std::shared_ptr<const SharedBody> ServedModel::*;

Reply whole(const ServiceParts& parts, const Exchange& exchange, Body body, std::string_view type) {
  const ModelPointer served = model_for(parts, exchange);
  Reply reply{.content_type = std::string(type), .shared = (*served).*body};
  if (reply.shared == nullptr)
    fail(ErrorCode::not_found, "model {}: it has no map (segue map makes one)", served->name);
  reply.headers.push_back({"X-Segue-Model", served->name});
  return reply;
}

Reply place(const ServiceParts& parts, const Exchange& exchange) {
  const json::object document = body_object(exchange.request);
  BodyReader body(document);
  const std::vector<std::string> songs = body.texts("songs");
  body.refuse_others();
  const ModelPointer served = model_for(parts, exchange);
  std::vector<std::string> unknown;
  const auto rows = rows_of_ids(served->model.songs(), "songs", songs, unknown);
  if (rows.empty()) fail(ErrorCode::bad_input, "songs: expected ids of songs that the model has, found none");
  const layout::SongMap* const map = served->model.map();
  if (map == nullptr) fail(ErrorCode::not_found, "model {}: it has no map (segue map makes one)", served->name);
  const layout::Point point = pipeline::place_songs(served->model, *map, rows);
  std::string out = "{\"x\":";
  append_json(out, point.x);
  out += ",\"y\":";
  append_json(out, point.y);
  out += ",\"model\":";
  append_json(out, served->name);
  out += '}';
  return {.body = std::move(out)};
}

json::object place_schema() {
  json::object schema = object_schema();
  add_property(schema, "songs", {{"type", "array"}, {"items", {{"type", "string"}}}, {"maxItems", kMostInRequest}},
               true);
  return schema;
}

}  // namespace

std::vector<Route> map_routes(const ServiceParts& parts) {
  const auto route = [&](std::string path, std::string summary, std::string reply, Body body, const std::string& type) {
    return Route{
        .method = Method::get,
        .path = std::move(path),
        .summary = std::move(summary),
        .query = {model_parameter()},
        .reply = std::move(reply),
        .reply_type = type,
        .handle = [parts, body, type](const Exchange& exchange) { return whole(parts, exchange, body, type); }};
  };
  std::vector<Route> routes;
  routes.push_back(route("/v1/map", "Where all songs lie: x, y and cluster as an Arrow IPC stream, row i is song i", "",
                         &ServedModel::map, "application/vnd.apache.arrow.stream"));
  routes.push_back(route("/v1/map/regions", "The named regions of the map, the largest level first", "Regions",
                         &ServedModel::regions, "application/json"));
  routes.push_back(route("/v1/map/tags", "Frequent tags, and which of them each song has", "MapTags",
                         &ServedModel::tags, "application/json"));
  routes.push_back({.method = Method::post,
                    .path = "/v1/map/place",
                    .summary = "Where the mean of songs lies on the map",
                    .may_block = true,
                    .query = {model_parameter()},
                    .body = place_schema(),
                    .reply = "Place",
                    .handle = [parts](const Exchange& exchange) { return place(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
