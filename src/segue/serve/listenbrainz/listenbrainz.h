// The ListenBrainz protocol (https://listenbrainz.readthedocs.io/en/latest/users/api/), so that any scrobbler can feed
// Segue, and bulk submission. docs/listenbrainz.md lists the differences.
//
// A listen belongs to the user whose token it came with. {"status": "ok"} is sent once the store reports that the
// listens are durable. Errors have the protocol's form, {"code": 400, "error": "..."}, with ListenBrainz's own messages
// where clients may depend on them.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "segue/serve/api/routes.h"
#include "segue/serve/http/router.h"
#include "segue/serve/listenbrainz/playing_now.h"
#include "segue/serve/lists/list_parts.h"
#include "segue/store/store.h"

namespace segue::serve {

// The user of listens that come from this machine without a token, if that is allowed.
inline constexpr std::string_view kLocalUser = "local";

// What the routes use to answer; all of it outlives them.
struct ListenParts {
  store::ListenStore& store;
  PlayingNow& playing_now;
  Metrics& metrics;
  std::function<std::int64_t()> unix_now;  // seconds since 1970
  // Called when a user's data is deleted, for what others keep of them in memory; may be empty.
  std::function<void(const std::string& user)> forget{};
};

std::vector<Route> listenbrainz_routes(const ListenParts& parts);
// What to play, and what was played most: those that need a model.
std::vector<Route> listenbrainz_list_routes(const ListParts& parts);
// POST /v1/listens, DELETE /v1/users/{user}
std::vector<Route> listens_routes(const ListenParts& parts);
// POST /v1/events
std::vector<Route> event_routes(const ListenParts& parts);
// POST /v1/import
std::vector<Route> import_routes(const ListenParts& parts);

// {"code": 400, "error": "..."}; with Retry-After if the client should retry later.
extern const ErrorForm kListenBrainzErrors;

}  // namespace segue::serve
