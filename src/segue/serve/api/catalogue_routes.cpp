// GET /v1/catalogue, GET, PUT and DELETE /v1/catalogue/{id}
#include <algorithm>

#include "segue/base/error.h"
#include "segue/data/text/text.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/api/replies.h"
#include "segue/serve/api/routes.h"

namespace segue::serve {

namespace {

constexpr std::int64_t kMicros = 1'000'000;

std::vector<std::string> codes_of(const std::vector<data::Market>& markets) {
  std::vector<std::string> codes;
  for (const data::Market& market : markets) codes.push_back(market.code());
  return codes;
}

Nullable<std::string> time_or_null(std::int64_t micros, std::int64_t open) {
  if (micros == open) return {};
  return {data::utc_text(micros)};
}

CatalogueSongReply catalogue_reply_of(const ServiceParts& parts, const Exchange& exchange) {
  const std::string& id = exchange.at("id");
  const CatalogueSong song = parts.catalogue.song(id);
  const data::Availability& is = song.availability;
  CatalogueSongReply reply{.id = id,
                           .available = parts.catalogue.offers(id, {}),
                           .blocked = is.blocked,
                           .markets = codes_of(is.markets),
                           .blocked_markets = codes_of(is.blocked_markets),
                           .explicit_content = is.explicit_content,
                           .from = time_or_null(is.window.from, data::TimeWindow::kAlways),
                           .until = time_or_null(is.window.until, data::TimeWindow::kForever),
                           .in_table = song.in_table,
                           .in_model = model_for(parts, exchange)->model.songs().find(id).has_value()};
  if (song.change) {
    reply.change = data::json_of(song.change->change);
    reply.changed = data::utc_text(song.change->changed * kMicros);
  }
  return reply;
}

TypedReply<CatalogueSongReply> catalogue_song(const ServiceParts& parts, const Exchange& exchange) {
  const CatalogueSongReply reply = catalogue_reply_of(parts, exchange);
  if (reply.in_table || reply.in_model || reply.change) return json_reply(reply);
  fail(ErrorCode::not_found, "song {}: neither the model nor the catalogue has a song with this id",
       data::printable(reply.id, kShownBytes));
}

constexpr std::array<std::string_view, 6> kMembers = {"blocked",  "markets", "blocked_markets",
                                                      "explicit", "from",    "until"};

data::AvailabilityChange read_change(const Request& request) {
  const json::object document = body_object(request);
  BodyReader body(document);
  for (const std::string_view member : kMembers) (void)body.find(member);
  body.refuse_others();
  data::AvailabilityChange change;
  try {
    change = data::change_of(document);
  } catch (const Error& error) {
    throw Error(ErrorCode::wrong_use, error.what());
  }
  if (change.empty()) {
    fail(ErrorCode::wrong_use,
         "body: expected at least one of blocked, markets, blocked_markets, explicit, from and until, found none");
  }
  return change;
}

TypedReply<CatalogueSongReply> put_change(const ServiceParts& parts, const Exchange& exchange) {
  const data::AvailabilityChange change = read_change(exchange.request);
  const std::string& id = exchange.at("id");
  const data::TimeWindow window = parts.catalogue.window_after(id, change);
  if (window.until <= window.from) {
    fail(ErrorCode::wrong_use, "until: expected a time after from ({}), as the table has it, found {}",
         data::utc_text(window.from), data::utc_text(window.until));
  }
  parts.catalogue.change(id, change);
  return json_reply(catalogue_reply_of(parts, exchange));
}

TypedReply<CatalogueSongReply> withdraw_change(const ServiceParts& parts, const Exchange& exchange) {
  parts.catalogue.withdraw(exchange.at("id"));
  return json_reply(catalogue_reply_of(parts, exchange));
}

TypedReply<CatalogueReply> catalogue_facts(const ServiceParts& parts) {
  CatalogueFacts facts = parts.catalogue.facts();
  CatalogueReply reply{.rows = facts.rows, .columns = std::move(facts.columns), .changes = facts.changes};
  if (facts.read > 0) reply.read.value = data::utc_text(facts.read * kMicros);
  if (!facts.refused.empty()) reply.refused = std::move(facts.refused);
  for (CatalogueFacts::OfModel& model : facts.models) {
    reply.models.push_back(
        {std::move(model.model), model.unavailable, model.explicit_songs, model.limited, model.unknown});
  }
  return json_reply(reply);
}

json::object change_schema() {
  const auto markets = [](std::string_view description) {
    json::object code = text_schema(2);
    code["pattern"] = "^[A-Za-z]{2}$";
    return json::object{
        {"type", {"array", "null"}}, {"items", std::move(code)}, {"maxItems", 1000}, {"description", description}};
  };
  const auto time = [](std::string_view description) {
    return json::object{{"type", {"string", "null"}}, {"maxLength", kMostTextLetters}, {"description", description}};
  };
  json::object schema = object_schema();
  schema["minProperties"] = 1;
  schema["description"] = "What changes; members that are left out stay as the table has them";
  add_property(schema, "blocked", {{"type", "boolean"}, {"description", "Whether it is offered to nobody"}});
  add_property(schema, "markets", markets("Country codes (ISO 3166-1): offered there only; null or empty: everywhere"));
  add_property(schema, "blocked_markets", markets("Country codes: not offered there; null or empty: no such country"));
  add_property(schema, "explicit", {{"type", "boolean"}, {"description", "Whether it is explicit"}});
  add_property(schema, "from", time("The first moment it is offered: a date or time in UTC; null: always"));
  add_property(schema, "until", time("The first moment it is no longer offered: a date or time in UTC; null: never"));
  return schema;
}

Example song_example(std::string_view request) {
  CatalogueSongReply reply{.id = "6b9a", .available = false, .blocked = true, .in_table = true, .in_model = true};
  reply.change = json::object{{"blocked", true}};
  reply.changed = "2026-11-29T10:20:30Z";
  return Example(reply, request);
}

}  // namespace

std::vector<Route> catalogue_routes(const ServiceParts& parts) {
  std::vector<Route> routes;
  routes.push_back({.path = "/v1/catalogue",
                    .id = "getCatalogue",
                    .tag = "Catalogue",
                    .summary = "How many songs the catalogue blocks or limits, and when its table was read",
                    .for_operators = true,
                    .may_block = true,
                    .handle = [parts](const Exchange&) { return catalogue_facts(parts); }});
  routes.push_back({.path = "/v1/catalogue/{id}",
                    .id = "getCatalogueSong",
                    .tag = "Catalogue",
                    .summary = "Where and when a song is offered",
                    .for_operators = true,
                    .query = {model_parameter()},
                    .example = song_example(""),
                    .handle = [parts](const Exchange& exchange) { return catalogue_song(parts, exchange); }});
  routes.push_back({.method = Method::put,
                    .path = "/v1/catalogue/{id}",
                    .id = "changeCatalogueSong",
                    .tag = "Catalogue",
                    .summary = "Changes where and when a song is offered, over the table and until it is withdrawn",
                    .scope = Scope::admin,
                    .may_block = true,
                    .query = {model_parameter()},
                    .body = change_schema(),
                    .example = song_example(R"({"blocked": true})"),
                    .handle = [parts](const Exchange& exchange) { return put_change(parts, exchange); }});
  routes.push_back({.method = Method::remove,
                    .path = "/v1/catalogue/{id}",
                    .id = "withdrawCatalogueChange",
                    .tag = "Catalogue",
                    .summary = "Withdraws the change to a song: what the table says holds again",
                    .scope = Scope::admin,
                    .may_block = true,
                    .query = {model_parameter()},
                    .handle = [parts](const Exchange& exchange) { return withdraw_change(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
