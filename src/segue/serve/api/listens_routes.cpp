// POST /v1/listens, DELETE /v1/users/{user}
#include <limits>

#include "segue/base/error.h"
#include "segue/data/log/log_reader.h"
#include "segue/data/text/text.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/api/replies.h"
#include "segue/serve/listenbrainz/listenbrainz.h"
#include "segue/serve/listenbrainz/submitted_listens.h"

namespace segue::serve {

namespace {

constexpr std::size_t kMostBulkListens = 10'000;

// One listen of the list, with its position for messages.
class BulkListen {
 public:
  BulkListen(const json::value& value, std::size_t place)
      : subject_(fmt::format("listens[{}]", place)), reader_(object_of(value), subject_ + ".") {}

  store::StoredListen read(const Identity& who, std::int64_t now) {
    store::StoredListen listen;
    listen.user = text("user", data::kMostIdBytes);
    listen.listened_at = time(now);
    listen.artist = text("artist");
    listen.title = text("title");
    listen.release = text("release");
    listen.song_id = text("song_id", data::kMostIdBytes);
    const std::string mbid = text("recording_mbid", data::kMostIdBytes);
    skipped_ = flag("skipped");
    reader_.refuse_others();
    if (!mbid.empty()) {
      listen.recording_mbid = canonical_uuid(mbid);
      if (listen.recording_mbid.empty()) fail(ErrorCode::wrong_use, "{}.recording_mbid: expected a UUID", subject_);
    }
    if (listen.user.empty()) fail(ErrorCode::wrong_use, "{}.user: expected a user, found none", subject_);
    const bool named = !data::fold_name(listen.artist).empty() && !data::fold_name(listen.title).empty();
    if (listen.song_id.empty() && !named) {
      fail(ErrorCode::wrong_use, "{}: expected song_id, or artist and title, found neither", subject_);
    }
    who.must_be(listen.user);
    listen.msid = store::msid_of(listen);
    return listen;
  }

  // After read(): whether it was skipped.
  bool skipped() const { return skipped_; }

 private:
  const json::object& object_of(const json::value& value) const {
    if (!value.is_object()) fail(ErrorCode::wrong_use, "{}: expected an object", subject_);
    return value.get_object();
  }

  std::string text(std::string_view name, std::size_t most = data::kMostTextBytes) {
    std::string found = reader_.text(name, std::numeric_limits<std::size_t>::max());
    check_bytes(fmt::format("{}.{}", subject_, name), found, most);
    return found;
  }

  bool flag(std::string_view name) {
    const json::value* const value = reader_.find(name);
    if (value == nullptr) return false;
    if (!value->is_bool()) {
      fail(ErrorCode::wrong_use, "{}.{}: expected true or false, found {}", subject_, name,
           data::printable(json::serialize(*value), kShownBytes));
    }
    return value->get_bool();
  }

  std::int64_t time(std::int64_t now) {
    const json::value* const value = reader_.find("listened_at");
    const bool whole = value != nullptr && value->is_int64();
    if (!whole || value->get_int64() < kFirstListenedAt || value->get_int64() >= now + kClockSkew) {
      fail(ErrorCode::wrong_use, "{}.listened_at: expected seconds since 1970 from {} to an hour from now, found {}",
           subject_, kFirstListenedAt,
           value == nullptr ? "none" : data::printable(json::serialize(*value), kShownBytes));
    }
    return value->get_int64();
  }

  std::string subject_;
  BodyReader reader_;
  bool skipped_ = false;
};

TypedReply<AddedListensReply> add_listens(const ListenParts& parts, const Exchange& exchange) {
  const json::object body = body_object(exchange.request);
  BodyReader reader(body);
  const json::value* const value = reader.find("listens");
  reader.refuse_others();
  if (value == nullptr || !value->is_array()) fail(ErrorCode::wrong_use, "listens: expected a list of objects");
  const json::array& list = value->get_array();
  if (list.size() > kMostBulkListens) {
    fail(ErrorCode::too_large, "listens: expected at most {} in one request, found {}", kMostBulkListens, list.size());
  }
  std::vector<store::StoredListen> listens;
  std::vector<store::StoredListen> skips;
  std::vector<RefusedListenReply> refused;
  std::optional<Error> first;
  const std::int64_t now = parts.unix_now();
  for (std::size_t row = 0; row < list.size(); ++row) {
    try {
      BulkListen listen(list[row], row);
      store::StoredListen read = listen.read(exchange.who, now);
      (listen.skipped() ? skips : listens).push_back(std::move(read));
    } catch (const Error& error) {
      if (error.code() == ErrorCode::forbidden) throw;  // whoever sends it should not: nothing is taken from them
      parts.metrics.count_listens(ListenResult::refused, 1);
      if (refused.empty()) first = error;
      refused.push_back({row, error.what()});
    }
  }
  // One bad row of a log must not hold back the others; a request of bad rows alone is a bad request.
  if (first && refused.size() == list.size()) throw Error(*first);
  store::AddedListens counts = parts.store.add(listens);
  if (!skips.empty()) {
    const store::AddedListens skipped = parts.store.add_skips(skips);
    counts.added += skipped.added;
    counts.known += skipped.known;
  }
  parts.metrics.count_listens(counts);
  AddedListensReply reply{counts.added, counts.known, std::nullopt};
  if (!refused.empty()) reply.refused = std::move(refused);
  return json_reply(reply);
}

json::object listens_body() {
  json::object user = text_schema(data::kMostIdBytes);
  user["minLength"] = 1;
  json::object listen = object_schema();
  add_property(listen, "user", std::move(user), true);
  add_property(listen, "listened_at", {{"type", "integer"}, {"minimum", kFirstListenedAt}}, true);
  for (const std::string_view name : {"artist", "title", "release"}) {
    add_property(listen, name, text_schema(data::kMostTextBytes));
  }
  add_property(listen, "song_id", text_schema(data::kMostIdBytes));
  add_property(listen, "recording_mbid", {{"type", "string"}, {"format", "uuid"}});
  json::object skipped{{"type", "boolean"}, {"default", false}};
  skipped["description"] = "Whether the song was skipped soon: no listen, but a sign of what not to play";
  add_property(listen, "skipped", std::move(skipped));
  json::object body = object_schema();
  add_property(body, "listens", {{"type", "array"}, {"maxItems", kMostBulkListens}, {"items", std::move(listen)}},
               true);
  return body;
}

// Users may delete their own data. For everybody else it takes an admin; a service that submits is not enough.
TypedReply<ForgottenReply> forget_user(const ListenParts& parts, const Exchange& exchange) {
  const std::string& user = exchange.at("user");
  if (!exchange.who.admin && exchange.who.user != user) {
    fail(ErrorCode::forbidden, "user {}: expected a token of this user or an admin's", user);
  }
  parts.playing_now.forget(user);
  if (parts.forget) parts.forget(user);
  const store::Forgotten gone = parts.store.forget(user);
  return json_reply(ForgottenReply{gone.listens, gone.feedback, gone.tokens, gone.events});
}

}  // namespace

std::vector<Route> listens_routes(const ListenParts& parts) {
  std::vector<Route> routes;
  routes.push_back({.method = Method::post,
                    .path = "/v1/listens",
                    .id = "addListens",
                    .tag = "Listens",
                    .summary = "Adds many listens of many users; the reply names those that are refused",
                    .scope = Scope::submit,
                    .is_personal = true,
                    .may_block = true,
                    .body = listens_body(),
                    .handle = [parts](const Exchange& exchange) { return add_listens(parts, exchange); }});
  routes.push_back({.method = Method::remove,
                    .path = "/v1/users/{user}",
                    .id = "deleteUser",
                    .tag = "Listens",
                    .summary = "Deletes everything stored about a user",
                    .scope = Scope::submit,
                    .is_personal = true,
                    .may_block = true,
                    .handle = [parts](const Exchange& exchange) { return forget_user(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
