// GET /api/health, /api/active_tasks: what the plugins ask to learn whether the server is there and takes their token.
#include "segue/serve/api/replies.h"
#include "segue/serve/audiomuse/parts.h"

namespace segue::serve {

std::vector<Route> state_routes() {
  std::vector<Route> routes;
  routes.push_back({.path = "/api/health",
                    .id = "getHealth",
                    .tag = "AudioMuse-AI",
                    .summary = "Whether the process answers",
                    .scope = Scope::none,
                    .handle = [](const Exchange&) { return json_reply(HealthReply()); }});
  routes.push_back({.path = "/api/active_tasks",
                    .id = "getActiveTasks",
                    .tag = "AudioMuse-AI",
                    .summary = "An empty object: there are no tasks. Clients use it to check their token",
                    .handle = [](const Exchange&) { return TypedReply<FreeFormReply>{{.body = "{}"}}; }});
  return routes;
}

}  // namespace segue::serve
