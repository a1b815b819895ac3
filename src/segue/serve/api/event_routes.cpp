// POST /v1/events
#include <algorithm>
#include <limits>

#include "segue/base/error.h"
#include "segue/base/words.h"
#include "segue/data/log/log_reader.h"
#include "segue/data/text/text.h"
#include "segue/recommend/list_id.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/api/replies.h"
#include "segue/serve/listenbrainz/listenbrainz.h"
#include "segue/serve/listenbrainz/submitted_listens.h"

namespace segue::serve {

namespace {

constexpr std::size_t kMostEventsOfRequest = 10'000;
constexpr std::int64_t kMostPlayedMs = kMostDuration * 1000;

// One event of the request, with its place for messages.
class ReportedEvent {
 public:
  ReportedEvent(const json::value& value, std::size_t place)
      : subject_(fmt::format("events[{}]", place)), reader_(object_of(value), subject_ + ".") {}

  store::StoredEvent read(const Identity& who, std::int64_t now) {
    store::StoredEvent event;
    event.list = text("list");
    event.song = text("song");
    event.position = static_cast<std::uint32_t>(number("position", 1, kMostInReply).value_or(0));
    const std::string kind = text("event");
    event.played_ms = number("played_ms", 0, kMostPlayedMs);
    event.user = text("user");
    const std::optional<std::int64_t> time = number("time", kFirstListenedAt, now + kClockSkew - 1);
    reader_.refuse_others();

    const std::optional<recommend::ListId> list = recommend::parse_list_id(event.list);
    if (!list) refuse("list", "the X-Segue-List of a reply", event.list);
    event.made_at = list->made_at;
    if (event.song.empty()) refuse("song", "the id of a song of the list", "");
    if (event.position == 0) refuse("position", "the song's place in the list, from 1", "");
    event.event = kind_of(kind);
    if (event.played_ms && event.event != store::ListEvent::play && event.event != store::ListEvent::skip) {
      fail(ErrorCode::wrong_use, "{}.played_ms: expected it with play or skip only, found it with {}", subject_, kind);
    }
    event.happened_at = time.value_or(now);
    if (event.happened_at < event.made_at - kClockSkew) {
      fail(ErrorCode::wrong_use, "{}.time: expected a time after the list was made ({}), found {}", subject_,
           event.made_at, event.happened_at);
    }
    if (event.user.empty()) event.user = who.user;
    if (!event.user.empty()) who.must_be(event.user);
    return event;
  }

 private:
  const json::object& object_of(const json::value& value) const {
    if (!value.is_object()) fail(ErrorCode::wrong_use, "{}: expected an object", subject_);
    return value.get_object();
  }

  [[noreturn]] void refuse(std::string_view name, std::string_view wanted, std::string_view found) const {
    fail(ErrorCode::wrong_use, "{}.{}: expected {}, found {}", subject_, name, wanted,
         found.empty() ? std::string("none") : '"' + data::printable(found, kShownBytes) + '"');
  }

  store::ListEvent kind_of(std::string_view name) const {
    const auto& names = store::kListEventNames;
    const auto found = std::ranges::find(names, name);
    if (found == names.end()) refuse("event", "impression, click, play, skip or save", name);
    return static_cast<store::ListEvent>(found - names.begin());
  }

  std::string text(std::string_view name) {
    std::string found = reader_.text(name, std::numeric_limits<std::size_t>::max());
    check_bytes(fmt::format("{}.{}", subject_, name), found, data::kMostIdBytes);
    return found;
  }

  std::optional<std::int64_t> number(std::string_view name, std::int64_t least, std::int64_t most) {
    const json::value* const value = reader_.find(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_int64() || value->get_int64() < least || value->get_int64() > most) {
      fail(ErrorCode::wrong_use, "{}.{}: expected a whole number from {} to {}, found {}", subject_, name, least, most,
           data::printable(json::serialize(*value), kShownBytes));
    }
    return value->get_int64();
  }

  std::string subject_;
  BodyReader reader_;
};

TypedReply<AddedEventsReply> add_events(const ListenParts& parts, const Exchange& exchange) {
  const json::object body = body_object(exchange.request);
  BodyReader reader(body);
  const json::value* const value = reader.find("events");
  reader.refuse_others();
  if (value == nullptr || !value->is_array()) fail(ErrorCode::wrong_use, "events: expected a list of objects");
  const json::array& list = value->get_array();
  if (list.size() > kMostEventsOfRequest) {
    fail(ErrorCode::too_large, "events: expected at most {} in one request, found {}", kMostEventsOfRequest,
         list.size());
  }
  std::vector<store::StoredEvent> events;
  AddedEventsReply reply;
  const std::int64_t now = parts.unix_now();
  for (std::size_t row = 0; row < list.size(); ++row) {
    try {
      events.push_back(ReportedEvent(list[row], row).read(exchange.who, now));
    } catch (const Error& error) {
      // A client that looks at the status alone would lose all of them and never know.
      if (list.size() == 1) throw;
      reply.refused.push_back({row, error.what()});
    }
  }
  if (events.empty() && !list.empty()) {
    fail(ErrorCode::wrong_use, "none of the {} events can be stored: {}", with_commas(list.size()),
         reply.refused.front().reason);
  }
  const store::AddedListens counts = parts.store.add_events(events);
  reply.added = counts.added;
  reply.known = counts.known;
  return json_reply(reply);
}

json::object events_body() {
  const auto id = [](std::string_view help, std::size_t least) {
    json::object schema = text_schema(data::kMostIdBytes);
    if (least > 0) schema["minLength"] = least;
    schema["description"] = help;
    return schema;
  };
  json::array kinds;
  for (const std::string_view name : store::kListEventNames) kinds.push_back(json::string(name));
  json::object event = object_schema();
  add_property(event, "list", id("The X-Segue-List of the reply", 1), true);
  add_property(event, "song", id("Id of the song, as the list has it", 1), true);
  add_property(event, "position",
               {{"type", "integer"},
                {"minimum", 1},
                {"maximum", kMostInReply},
                {"description", "Its place in the list, from 1"}},
               true);
  add_property(event, "event",
               {{"type", "string"},
                {"enum", std::move(kinds)},
                {"description", "impression: the listener saw the song; play: it was played"}},
               true);
  add_property(event, "played_ms",
               {{"type", "integer"},
                {"minimum", 0},
                {"maximum", kMostPlayedMs},
                {"description", "Of a play or skip: how long it was played, in milliseconds"}});
  add_property(event, "time",
               {{"type", "integer"},
                {"minimum", kFirstListenedAt},
                {"description", "When it happened, in seconds since 1970; by default now"}});
  add_property(event, "user", id("Whose list it was; by default the token's user, if it is a user's", 0));
  json::object body = object_schema();
  add_property(body, "events", {{"type", "array"}, {"maxItems", kMostEventsOfRequest}, {"items", std::move(event)}},
               true);
  return body;
}

}  // namespace

std::vector<Route> event_routes(const ListenParts& parts) {
  std::vector<Route> routes;
  routes.push_back(
      {.method = Method::post,
       .path = "/v1/events",
       .id = "addEvents",
       .tag = "Listens",
       .summary = "Reports what listeners did with lists: saw, clicked, played, skipped or saved a song",
       .scope = Scope::submit,
       .is_personal = true,
       .may_block = true,
       .body = events_body(),
       .example = Example(
           AddedEventsReply{1, 0, {{1, "events[1].position: expected a whole number from 1 to 1000, found 0"}}},
           R"({"events": [{"list": "AWkrAbw2-oZt1WbGp3XnfDjIAQdkZWZhdWx0AG1x2Yk", "song": "6b9a", "position": 1, "event": "click"}]})"),
       .handle = [parts](const Exchange& exchange) { return add_events(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
