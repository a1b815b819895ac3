// The whole service without its sockets: requests in, replies out.
//
//   identity    the token names the user and the permissions (auth.h)
//   limits      clients that send too many requests are refused (rate_limit.h), and so are addresses that try tokens;
//               this and the identity need only the header of a request: the server asks before it reads a large body
//   route       found by method and path; unknown parameters are refused (router.h)
//   reply       from a model (models.h) and the store of listens (store/store.h)
//   metrics     by route, status and time (metrics.h)
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
#include "segue/serve/access_log.h"
#include "segue/serve/api/replies.h"
#include "segue/serve/api/routes.h"
#include "segue/serve/auth.h"
#include "segue/serve/catalogue_control.h"
#include "segue/serve/guarded_store.h"
#include "segue/serve/http/http.h"
#include "segue/serve/http/rate_limit.h"
#include "segue/serve/http/router.h"
#include "segue/serve/http/static_files.h"
#include "segue/serve/listen_feed.h"
#include "segue/serve/listenbrainz/playing_now.h"
#include "segue/serve/lists/artist_groups.h"
#include "segue/serve/lists/given_songs.h"
#include "segue/serve/metrics.h"
#include "segue/serve/models.h"
#include "segue/serve/new_song_control.h"
#include "segue/serve/song_links.h"
#include "segue/store/store.h"

namespace segue::serve {

// One event for operators: "model loaded", {"model": "default"}. May be called from any thread.
using LogEvent = std::function<void(std::string_view event, const json::object& fields)>;

struct ServiceSetup {
  ModelSet& models;
  store::ListenStore& store;
  const StaticFiles& files;
  RateLimitOptions limits{};
  bool open_loopback = false;
  std::uint64_t max_work = ServiceParts::kMaxWork;  // units of a WorkBudget
  std::optional<Interleaving> interleaving{};
  std::chrono::seconds keep_events{0};  // 0: for ever
  std::filesystem::path evaluation{};   // a report of `segue evaluate`, or ""
  CatalogueSetup catalogue{};
  std::filesystem::path cache{};              // for models with new songs
  double new_song_share = 0;                  // of requests that do not say
  LogEvent log;                               // may be empty
  AccessLog* access_log = nullptr;            // nullptr: none
  std::chrono::milliseconds keep_listens{0};  // 0: for ever
  SongLinks song_links{};
};

// Thread safe.
class Service final : public RequestHandler {
 public:
  // Throws as reading the evaluation report does, and bad_input if the file is no such report; as CatalogueControl.
  explicit Service(const ServiceSetup& setup);
  ~Service() override;

  HeadFacts facts_of(const Request& head) const override;
  bool admit_may_block(const Request& head) const override;
  Admission admit(const Request& head) override;
  Reply refusal(const Request& head, int status, std::string_view code, std::string_view message) const override;
  Prepared prepare(const Request& request) const override;
  Reply answer(const Request& request, const Prepared& prepared) override;
  void sent(const Request& request, const Reply& reply, const Delivery& delivery) override;
  void entered() override { metrics_->count_in_flight(1); }
  void left() override { metrics_->count_in_flight(-1); }

  // Reloads the models whose folders have changed, and the table of the catalogue; errors are logged, and what was
  // served stays.
  void reload_changed();
  // Reloads all models and the table, as SIGHUP requests.
  void reload_all();
  // Counts listens that arrived since the last call in the trend of the models; errors are logged.
  void count_new_listens();
  // Removes events older than they are kept, now and then; errors are logged.
  void drop_old_events();
  // Takes in changes to the catalogue by other processes and by the passing of time; errors are logged.
  void update_catalogue();
  // Takes in new songs of other processes, and places them in the models; errors are logged.
  void update_new_songs();
  // Removes some of the listens that are older than keep_listens at `now` (seconds since 1970), and returns whether to
  // call it again soon: others wait for the store no longer than for one batch. Errors are logged.
  bool remove_old_listens(std::int64_t now);
  void count_retrain(bool done) { metrics_->count_retrain(done); }
  // From now on /health/ready fails, so that a load balancer sends no new requests while those in flight finish.
  void begin_to_drain() { draining_ = true; }

  const Router& router() const { return *router_; }

 private:
  std::vector<Route> operation_routes();
  // Who sent a request, what is left of their limit, and why they are refused, if so.
  struct Caller {
    Identity who;
    RateVerdict verdict;
    std::optional<Error> refusal;
  };
  Caller caller_of(const Route& route, const Request& request);
  void identify(const Route& route, const Request& request, Caller& caller);
  Identity identity_of(const Request& request, RateVerdict& verdict);
  void check(const RateVerdict& verdict) const;

  std::string_view route_name(std::int32_t index) const;
  // nullptr for none.
  const Route* route_at(std::int32_t index) const;
  Reply routed(const Route& route, const Request& request, const Prepared& prepared);
  // The reply that `make` returns, or that of the error it throws. Never throws.
  template <class Make>
  Reply reply_or_error(const Route* route, const Request& request, const Make& make) const;
  Reply not_routed(const Request& request) const;
  // `is_of_admin`: an admin sent the request, who may read why it failed inside.
  Reply failed(const Route* route, const Request& request, const Error& error, bool is_of_admin = false) const;
  // At most a minute old. Throws as ListenStore::check() does.
  store::StoreFacts store_facts();
  TypedReply<HealthReply> ready();
  Reply metrics_text();
  TypedReply<StatusReply> status();
  TypedReply<FreeFormReply> evaluation() const;
  void reload(std::string_view name);
  void reload_table();
  void log(std::string_view event, const json::object& fields) const;
  void log_access(const Request& request, const Reply& reply, const Delivery& delivery) const;

  ServiceSetup setup_;
  GuardedStore store_;
  Authenticator authenticator_;
  RateLimiter limiter_;
  PlayingNow playing_now_;
  GivenSongs given_songs_;
  ArtistGroups artist_groups_;
  ListenFeed listen_feed_;
  CatalogueControl catalogue_;
  std::unique_ptr<NewSongControl> new_songs_;
  std::unique_ptr<Router> router_;
  std::unique_ptr<Metrics> metrics_;
  std::string openapi_;
  std::atomic<bool> draining_{false};
  std::atomic<std::uint64_t> expired_{0};         // listens removed since remove_old_listens() last came to an end
  std::atomic<bool> trend_is_behind_{false};      // and that was logged
  std::atomic<bool> catalogue_is_behind_{false};  // likewise
  std::string new_songs_problem_;                 // that was logged last; of update_new_songs() alone

  std::atomic<std::int64_t> next_drop_{0};  // when old events are looked for again: seconds since 1970

  std::mutex counting_;  // guards the members below
  store::StoreFacts counted_;
  std::optional<std::chrono::steady_clock::time_point> counted_at_;
};

}  // namespace segue::serve
