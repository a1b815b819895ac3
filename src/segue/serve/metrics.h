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

namespace segue::serve {

// Upper bounds of the latency buckets, in seconds; the last bucket has none.
inline constexpr std::array kLatencyBuckets = {0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01,
                                               0.025,  0.05,    0.1,    0.25,  0.5,    1.0,   2.5};

// Requests of one route. Counting takes a few nanoseconds and no lock.
class RouteMetrics {
 public:
  void count(int status, double seconds);

  std::uint64_t requests() const;
  std::uint64_t of_class(int hundred) const;  // 2: replies 200 to 299
  double seconds() const { return static_cast<double>(nanoseconds_.load(std::memory_order_relaxed)) * 1e-9; }
  // The upper bound of the bucket that holds this quantile of the requests; 0 without requests.
  double quantile(double share) const;

 private:
  friend class Metrics;
  std::array<std::atomic<std::uint64_t>, kLatencyBuckets.size() + 1> buckets_{};
  std::array<std::atomic<std::uint64_t>, 6> classes_{};  // by status / 100
  std::atomic<std::uint64_t> nanoseconds_{0};
};

// Thread safe.
class Metrics {
 public:
  // Separate from construction, because routes count models with this object before all routes are known.
  // REQUIRES: set before the first request is counted; they outlive this.
  void set_routes(std::span<const Route> routes);

  // `route`: its index, or -1 for requests that match none.
  void count(std::int32_t route, int status, double seconds);
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
  std::deque<RouteMetrics> of_route_;  // one more than routes: for requests that match none
  std::atomic<std::uint64_t> reloads_done_{0};
  std::atomic<std::uint64_t> reloads_refused_{0};
  std::atomic<std::uint64_t> retrains_done_{0};
  std::atomic<std::uint64_t> retrains_failed_{0};
  std::chrono::steady_clock::time_point started_ = std::chrono::steady_clock::now();
  mutable std::mutex mutex_;  // guards of_model_
  std::map<std::string, std::uint64_t, std::less<>> of_model_;
  static constexpr std::size_t kSeconds = 64;
  std::array<std::atomic<std::uint64_t>, kSeconds> per_second_{};  // second << 32 | requests
};

// "# HELP name help\n# TYPE name gauge\n", then lines by append_sample().
void append_family(std::string& out, std::string_view name, std::string_view type, std::string_view help);
// `labels` as {"model", "default", ...}: alternating names and values; values are escaped.
void append_sample(std::string& out, std::string_view name, std::initializer_list<std::string_view> labels,
                   double value);

}  // namespace segue::serve
