// The service's own counters, printed in Prometheus' text format (version 0.0.4).
#pragma once

#include <array>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include "segue/serve/http/router.h"
#include "segue/store/store.h"

namespace segue::serve {

// Upper bounds of the latency buckets, in seconds; the last bucket has none.
inline constexpr std::array kLatencyBuckets = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                               0.05,   0.1,     0.25,   0.5,   1.0,    2.5,   5.0,  10.0};

// Requests of one route. Counting takes a few nanoseconds and no lock.
class RouteMetrics {
 public:
  void count(int status, double seconds);

  std::uint64_t requests() const;
  std::uint64_t of_class(int hundred) const;  // 2: replies 200 to 299
  double seconds() const;
  // This quantile of the requests' times, as if those of a bucket were spread evenly over it; 0 without requests, the
  // last bound for what is longer.
  double quantile(double share) const;

 private:
  friend class Metrics;
  struct Histogram {
    std::array<std::atomic<std::uint64_t>, kLatencyBuckets.size() + 1> buckets{};
    std::atomic<std::uint64_t> nanoseconds{0};
    std::uint64_t requests() const;
  };
  std::array<Histogram, 6> classes_{};  // by status / 100
};

// What became of a listen that a client sent.
enum class ListenResult { added, known, refused };

// Why a list is not what was asked for.
enum class Fallback {
  unknown_user,  // no listens of this user that the model knows: popular songs
  repeats        // nothing was left that the listener had not been given lately
};

// Thread safe.
class Metrics {
 public:
  // Separate from construction, because routes count models with this object before all routes are known.
  // REQUIRES: set before the first request is counted; they outlive this.
  void set_routes(std::span<const Route> routes);

  // "static" for kStaticFile, ...
  static std::string_view name_of_other(std::int32_t route);

  // `route`: as Reply::route.
  void count(std::int32_t route, int status, double seconds);
  void count_listens(ListenResult result, std::uint64_t listens);
  void count_listens(const store::AddedListens& added);
  void count_expired_listens(std::uint64_t listens) { expired_ += listens; }
  void count_fallback(Fallback reason) { ++fallbacks_[static_cast<std::size_t>(reason)]; }
  // Ids in requests that the model does not have.
  void count_unknown_ids(std::uint64_t ids) { unknown_ids_ += ids; }
  // A request that was refused by the limit of this option.
  void count_limit(std::string_view option);
  void count_in_flight(std::int64_t change) { in_flight_ += change; }
  // Counts a reply made with this model.
  void count_model(std::string_view model);
  void count_reload(bool done);
  // A new model made by the service (segue serve --retrain), or an attempt that failed.
  void count_retrain(bool done);

  const RouteMetrics& route(std::size_t index) const { return of_route_[index]; }
  std::uint64_t reloads(bool done) const { return (done ? reloads_done_ : reloads_refused_).load(); }
  double uptime_seconds() const;
  // Requests per second over about the last minute.
  double recent_rate() const;

  // Requests, latencies, models and reloads. Callers append their own gauges: append_family(), append_sample().
  std::string text() const;

 private:
  std::span<const Route> routes_;
  std::deque<RouteMetrics> of_route_;                      // more than routes: for kNoRoute, kStaticFile, ...
  std::array<std::atomic<std::uint64_t>, 3> listens_{};    // by ListenResult
  std::array<std::atomic<std::uint64_t>, 2> fallbacks_{};  // by Fallback
  std::atomic<std::uint64_t> expired_{0};
  std::atomic<std::uint64_t> unknown_ids_{0};
  std::atomic<std::int64_t> in_flight_{0};
  std::atomic<std::uint64_t> reloads_done_{0};
  std::atomic<std::uint64_t> reloads_refused_{0};
  std::atomic<std::uint64_t> retrains_done_{0};
  std::atomic<std::uint64_t> retrains_failed_{0};
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  using Counts = std::map<std::string, std::uint64_t, std::less<>>;
  mutable std::mutex mutex_;  // guards the two below
  Counts of_model_;
  Counts of_limit_;
  static constexpr std::size_t kSeconds = 64;
  std::array<std::atomic<std::uint64_t>, kSeconds> per_second_{};  // second << 32 | requests
};

// A counter with its only sample.
void append_counter(std::string& out, std::string_view name, std::string_view help, std::uint64_t value);
// "# HELP name help\n# TYPE name gauge\n", then lines by append_sample().
void append_family(std::string& out, std::string_view name, std::string_view type, std::string_view help);
// `labels` as {"model", "default", ...}: alternating names and values; values are escaped.
void append_sample(std::string& out, std::string_view name, std::initializer_list<std::string_view> labels,
                   double value);

}  // namespace segue::serve
