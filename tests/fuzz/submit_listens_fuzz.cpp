// Bodies of the routes that take listens. The first byte chooses the route. Whatever the body, the reply is JSON with a
// status of the protocol, and accepted listens can be read back.
#include <cstdint>
#include <string>

#include "segue/serve/listenbrainz/listenbrainz.h"

#include "tests/support/memory_store.h"
#include "tests/support/route_caller.h"

namespace {

constexpr std::string_view kTargets[] = {"/1/submit-listens?return_msid=true", "/v1/listens", "/1/delete-listen",
                                         "/1/feedback/recording-feedback", "/1/latest-import"};
constexpr std::string_view kReadBack[] = {"/1/user/ann/listens", "/1/user/ann/playing-now", "/1/latest-import",
                                          "/1/feedback/user/ann/get-feedback"};

void check(const segue::serve::Reply& reply) {
  const bool known = reply.status == 200 || reply.status == 400 || reply.status == 403 || reply.status == 413;
  if (!known || !segue::json::parse(reply.body).is_object()) __builtin_trap();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  segue::testing::MemoryStore store;
  segue::serve::PlayingNow playing_now;
  segue::serve::Metrics metrics;
  const segue::serve::ListenParts parts{store, playing_now, metrics, [] { return std::int64_t{1'700'000'000}; }};
  std::vector<segue::serve::Route> routes = segue::serve::listenbrainz_routes(parts);
  for (segue::serve::Route& route : segue::serve::listens_routes(parts)) routes.push_back(std::move(route));
  const segue::testing::RouteCaller caller(std::move(routes));
  const segue::serve::Identity ann = segue::testing::token_of("ann");
  const std::string body(reinterpret_cast<const char*>(data) + 1, size - 1);
  check(caller.call(segue::serve::Method::post, kTargets[data[0] % std::size(kTargets)], body, ann));
  for (const std::string_view target : kReadBack) {
    const segue::serve::Reply reply = caller.call(segue::serve::Method::get, target, "", ann);
    check(reply);
    if (reply.status != 200) __builtin_trap();
  }
  return 0;
}
