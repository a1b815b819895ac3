#include "segue/serve/api/routes.h"

#include <algorithm>

#include "segue/base/error.h"
#include "segue/data/text/text.h"
#include "segue/serve/api/json_text.h"

namespace segue::serve {

namespace {
constexpr std::size_t kUnknownShown = 100;
constexpr std::size_t kShownBytes = 60;
}  // namespace

Parameter model_parameter() {
  return {"model", "The model to ask; by itself the one that serves the user", {{"type", "string"}}, false};
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
  return served;
}

std::vector<std::uint32_t> rows_of_ids(const data::Catalogue& songs, std::string_view name,
                                       const std::vector<std::string>& ids, std::vector<std::string>& unknown) {
  if (ids.size() > kMostInRequest) {
    fail(ErrorCode::wrong_use, "{}: expected at most {} songs, found {}", name, kMostInRequest, ids.size());
  }
  std::vector<std::uint32_t> rows;
  rows.reserve(ids.size());
  const std::vector<std::optional<std::uint32_t>> found = songs.find_all(ids);
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (found[i]) {
      rows.push_back(*found[i]);
    } else {
      unknown.push_back(ids[i]);
    }
  }
  return rows;
}

std::uint32_t row_of_id(const data::Catalogue& songs, std::string_view id) {
  if (const auto row = songs.find(id)) return *row;
  fail(ErrorCode::not_found, "song {}: the model has no song of this id", data::printable(id, kShownBytes));
}

Reply items_reply(ItemsWriter& items, const ServedModel& served, const std::vector<std::string>& unknown) {
  append_json(items.member("model"), served.name);
  if (!unknown.empty()) {
    std::string& out = items.member("unknown");
    for (std::size_t i = 0; i < std::min(unknown.size(), kUnknownShown); ++i) {
      out += i == 0 ? '[' : ',';
      append_json(out, unknown[i]);
    }
    out += ']';
  }
  return {.body = items.take()};
}

}  // namespace segue::serve
