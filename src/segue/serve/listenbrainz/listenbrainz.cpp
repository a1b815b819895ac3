#include "segue/serve/listenbrainz/listenbrainz.h"

#include <algorithm>
#include <charconv>

#include "segue/base/error.h"
#include "segue/data/text/text.h"
#include "segue/serve/listenbrainz/list_routes.h"
#include "segue/serve/listenbrainz/parts.h"

namespace segue::serve {

namespace {

Reply write_error(int status, std::string_view, std::string_view message) {
  // Scrobblers keep a listen and retry after 503, but drop it after a status they do not know, such as 507.
  if (status == 507) status = 503;
  Reply reply = json_reply(ListenBrainzErrorReply{status, message}, status).reply;
  if (status == 503) reply.headers.push_back({"Retry-After", std::string(kRetrySeconds)});
  return reply;
}

// What all routes of the protocol have in common.
void set_habits(std::vector<Route>& routes) {
  for (Route& route : routes) {
    route.may_block = true;  // all use the store
    route.is_personal = true;
    route.errors = &kListenBrainzErrors;
    route.ignores_others = true;
    route.joins_slashes = true;
  }
}

}  // namespace

// constinit: nothing runs at start-up, so nothing can throw.
// NOLINTNEXTLINE(bugprone-throwing-static-initialization)
constinit const ErrorForm kListenBrainzErrors = {&shape_of<ListenBrainzErrorReply>(), write_error};

std::vector<Route> listenbrainz_routes(const ListenParts& parts) {
  std::vector<Route> routes = submit_routes(parts);
  for (const auto& group : {history_routes(parts), feedback_routes(parts)}) {
    routes.insert(routes.end(), group.begin(), group.end());
  }
  set_habits(routes);
  return routes;
}

std::vector<Route> listenbrainz_list_routes(const ListParts& parts) {
  std::vector<Route> routes = recommended_recording_routes(parts);
  for (const auto& group : {stats_routes(parts), created_for_routes(parts), explore_routes(parts),
                            artist_radio_routes(parts), similar_recording_routes(parts)}) {
    routes.insert(routes.end(), group.begin(), group.end());
  }
  set_habits(routes);
  return routes;
}

std::string listener_of(const Identity& who) {
  if (!who.user.empty()) return who.user;
  if (who.token_id.empty()) return std::string(kLocalUser);
  fail(ErrorCode::forbidden, "Expected a user's token, found a service's: services submit with POST /v1/listens.");
}

ListListener list_listener(const Exchange& exchange) {
  return listener_of_token(exchange.who);
}

RadioMode mode_parameter(const Exchange& exchange) {
  const std::string* const sent = exchange.find("mode");
  const auto found = sent == nullptr ? kRadioModeNames.end() : std::ranges::find(kRadioModeNames, *sent);
  if (found == kRadioModeNames.end()) {
    fail(ErrorCode::wrong_use, "The mode parameter must be one of 'easy', 'medium', 'hard'.");
  }
  return static_cast<RadioMode>(found - kRadioModeNames.begin());
}

double popularity_of(RadioMode mode) {
  constexpr double kLeaning = 0.4;
  return mode == RadioMode::easy ? kLeaning : mode == RadioMode::hard ? -kLeaning : 0;
}

std::vector<data::SongRow> in_order_of(RadioMode mode, std::span<const data::SongRow> most_played_first) {
  constexpr std::size_t kParts = 3;
  std::vector<data::SongRow> songs(most_played_first.begin(), most_played_first.end());
  const auto first = static_cast<std::ptrdiff_t>(songs.size() * static_cast<std::size_t>(mode) / kParts);
  std::ranges::rotate(songs, songs.begin() + first);
  return songs;
}

std::int64_t integer_parameter(const Exchange& exchange, std::string_view name, std::int64_t otherwise) {
  const std::string* const text = exchange.find(name);
  if (text == nullptr || text->empty()) return otherwise;
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text->data(), text->data() + text->size(), number);
  if (error != std::errc() || end != text->data() + text->size()) {
    fail(ErrorCode::wrong_use, "Invalid {} argument: {}", name, data::printable(*text, kShownBytes));
  }
  return number;
}

std::size_t count_parameter(const Exchange& exchange, std::string_view name, std::size_t otherwise, std::size_t most) {
  const std::int64_t number = integer_parameter(exchange, name, static_cast<std::int64_t>(otherwise));
  if (number < 0) fail(ErrorCode::wrong_use, "'{}' should be a non-negative integer", name);
  return std::min(static_cast<std::size_t>(number), most);
}

Parameter count_description(std::string_view name, std::string_view help, std::size_t otherwise) {
  return {std::string(name), std::string(help), {{"type", "integer"}, {"minimum", 0}, {"default", otherwise}}, false};
}

const std::string& own_user(const Exchange& exchange) {
  const std::string& user = exchange.at("user");
  exchange.who.must_be(user);
  return user;
}

TypedReply<ListenBrainzStatusReply> status_ok() {
  return json_reply(ListenBrainzStatusReply());
}

Nullable<std::string> text_or_null(const std::string& text) {
  if (text.empty()) return {};
  return {text};
}

}  // namespace segue::serve
