// The ListenBrainz protocol (https://listenbrainz.readthedocs.io/en/latest/users/api/), so that any scrobbler can feed
// Segue, and bulk submission beside it. docs/listenbrainz.md says what differs.
//
// A listen belongs to the user whose token it came with. {"status": "ok"} is said when the store says that the listens
// are durable. Errors are the protocol's, {"code": 400, "error": "..."}, in ListenBrainz's own words where clients may
// have learnt them.
#pragma once

#include <cstdint>
#include <functional>
#include <string_view>
#include <vector>

#include "segue/serve/http/router.h"
#include "segue/serve/listenbrainz/playing_now.h"
#include "segue/store/store.h"

namespace segue::serve {

// Whose listens those are that come from this machine without a token, where that is allowed.
inline constexpr std::string_view kLocalUser = "local";

// What the routes answer from; all of it outlives them.
struct ListenParts {
  store::ListenStore& store;
  PlayingNow& playing_now;
  std::function<std::int64_t()> unix_now;  // seconds since 1970
};

std::vector<Route> listenbrainz_routes(const ListenParts& parts);
// POST /v1/listens, DELETE /v1/users/{user}
std::vector<Route> listens_routes(const ListenParts& parts);

// The replies of both by name, for openapi.h.
json::object listen_schemas();

// {"code": 400, "error": "..."}; with Retry-After where the client had better come again later.
Reply listenbrainz_error(int status, std::string_view code, std::string_view message);

}  // namespace segue::serve
