// The whole service without its sockets: requests in, replies out.
//
//   limits      too many requests of one client are refused (rate_limit.h)
//   who         the token says who asks and what they may (auth.h)
//   route       found by method and path; parameters it does not have are refused (router.h)
//   answer      from a model (models.h) and the store of listens (store/store.h)
//   count       by route, status and time (metrics.h)
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "segue/base/error.h"
#include "segue/serve/api/replies.h"
#include "segue/serve/auth.h"
#include "segue/serve/http/http.h"
#include "segue/serve/http/rate_limit.h"
#include "segue/serve/http/router.h"
#include "segue/serve/http/static_files.h"
#include "segue/serve/listenbrainz/playing_now.h"
#include "segue/serve/metrics.h"
#include "segue/serve/models.h"
#include "segue/store/store.h"

namespace segue::serve {

// Something an operator may want to know, one at a time: "reload", {"model": "default", ...}. Called from any thread.
using LogEvent = std::function<void(std::string_view event, const json::object& fields)>;

struct ServiceSetup {
  ModelSet& models;
  store::ListenStore& store;
  const StaticFiles& files;
  RateLimitOptions limits{};
  bool open_loopback = false;
  std::filesystem::path evaluation{};  // a report of `segue evaluate`, or ""
  LogEvent log;                        // may be empty
};

// Thread safe.
class Service final : public RequestHandler {
 public:
  // Throws what reading a report of an evaluation may, and bad_input where it is none.
  explicit Service(const ServiceSetup& setup);
  ~Service() override;

  Prepared prepare(const Request& request) const override;
  Reply answer(const Request& request, const Prepared& prepared) override;
  void sent(const Request& request, const Reply& reply, double seconds) override;

  // Loads the models whose folders have changed; what goes wrong is logged, and the old ones stay.
  void reload_changed();
  // Loads all of them anew, as SIGHUP asks for.
  void reload_all();
  // From now on /health/ready says no, so that a balancer sends nobody here while what is in flight is finished.
  void begin_to_drain() { draining_ = true; }

  const Router& router() const { return *router_; }

 private:
  std::vector<Route> operation_routes();
  Reply routed(const Route& route, const Request& request, const void* body);
  Reply not_routed(const Request& request) const;
  Reply failed(const Route& route, const Request& request, const Error& error) const;
  // Of a minute ago at most. Throws as ListenStore::check() does.
  store::StoreFacts store_facts();
  TypedReply<HealthReply> ready();
  Reply metrics_text();
  TypedReply<StatusReply> status();
  TypedReply<FreeFormReply> evaluation() const;
  void reload(std::string_view name);
  void log(std::string_view event, const json::object& fields) const;

  ServiceSetup setup_;
  Authenticator authenticator_;
  RateLimiter limiter_;
  PlayingNow playing_now_;
  std::unique_ptr<Router> router_;
  std::unique_ptr<Metrics> metrics_;
  std::string openapi_;
  std::atomic<bool> draining_{false};

  std::mutex counting_;  // of what follows
  store::StoreFacts counted_;
  std::optional<std::chrono::steady_clock::time_point> counted_at_;
};

}  // namespace segue::serve
