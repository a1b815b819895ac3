// GET /v1/map, /v1/map/regions, /v1/map/contours, /v1/map/tags, POST /v1/map/place
#include "segue/base/error.h"
#include "segue/pipeline/place.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/api/replies.h"
#include "segue/serve/api/routes.h"

namespace segue::serve {

namespace {

constexpr const char* kArrowStream = "application/vnd.apache.arrow.stream";

[[noreturn]] void no_map(const ServedModel& served) {
  fail(ErrorCode::not_found, "model {}: it has no map", served.name);
}

Reply shared_reply(const ServedModel& served, std::shared_ptr<const SharedBody> body, std::string_view type) {
  if (body == nullptr) no_map(served);
  Reply reply{.content_type = std::string(type), .shared = std::move(body)};
  reply.headers.push_back({"X-Segue-Model", served.name});
  return reply;
}

template <class Body>
TypedReply<Body> whole(const ServiceParts& parts, const Exchange& exchange, SharedReply<Body> ServedModel::*body) {
  const ModelPointer served = model_for(parts, exchange);
  return {shared_reply(*served, ((*served).*body).body, "application/json")};
}

Reply points(const ServiceParts& parts, const Exchange& exchange) {
  const ModelPointer served = model_for(parts, exchange);
  return shared_reply(*served, served->map, kArrowStream);
}

TypedReply<PlaceReply> place(const ServiceParts& parts, const Exchange& exchange) {
  const json::object document = body_object(exchange.request);
  BodyReader body(document);
  const std::vector<std::string> songs = body.texts("songs");
  body.refuse_others();
  const ModelPointer served = model_for(parts, exchange);
  const auto rows = found_rows(served->model.songs(), "songs", songs).rows;
  if (rows.empty()) fail(ErrorCode::bad_input, "songs: expected ids of songs that the model has, found none");
  const layout::SongMap* const map = served->model.map();
  if (map == nullptr) no_map(*served);
  const layout::Point point = pipeline::place_songs(served->model, *map, rows);
  return json_reply(PlaceReply{point.x, point.y, served->name});
}

json::object place_schema() {
  json::object schema = object_schema();
  add_property(schema, "songs", {{"type", "array"}, {"items", text_schema()}, {"maxItems", kMostInRequest}}, true);
  return schema;
}

}  // namespace

std::vector<Route> map_routes(const ServiceParts& parts) {
  std::vector<Route> routes;
  routes.push_back({.path = "/v1/map",
                    .id = "getMap",
                    .tag = "Map",
                    .summary = "Positions of all songs: x, y and cluster as an Arrow IPC stream; row i is song i",
                    .query = {model_parameter()},
                    .reply_type = kArrowStream,
                    .handle = [parts](const Exchange& exchange) { return points(parts, exchange); }});
  routes.push_back(
      {.path = "/v1/map/regions",
       .id = "listMapRegions",
       .tag = "Map",
       .summary = "The named regions of the map, the largest level first",
       .query = {model_parameter()},
       .handle = [parts](const Exchange& exchange) { return whole(parts, exchange, &ServedModel::regions); }});
  routes.push_back(
      {.path = "/v1/map/contours",
       .id = "listMapContours",
       .tag = "Map",
       .summary = "Soft outlines of the largest regions of the map",
       .query = {model_parameter()},
       .handle = [parts](const Exchange& exchange) { return whole(parts, exchange, &ServedModel::contours); }});
  routes.push_back(
      {.path = "/v1/map/tags",
       .id = "listMapTags",
       .tag = "Map",
       .summary = "Frequent tags, and which of them each song has",
       .query = {model_parameter()},
       .handle = [parts](const Exchange& exchange) { return whole(parts, exchange, &ServedModel::tags); }});
  routes.push_back({.method = Method::post,
                    .path = "/v1/map/place",
                    .id = "placeOnMap",
                    .tag = "Map",
                    .summary = "The position on the map of the mean of several songs",
                    .may_block = true,
                    .query = {model_parameter()},
                    .body = place_schema(),
                    .handle = [parts](const Exchange& exchange) { return place(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
