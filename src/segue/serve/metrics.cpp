#include "segue/serve/metrics.h"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "segue/base/error.h"

namespace segue::serve {

namespace {

constexpr auto kRelaxed = std::memory_order_relaxed;
constexpr std::uint64_t kCountBits = 32;
constexpr std::uint64_t kRateSeconds = 60;

std::string label_value(std::string_view text) {
  std::string escaped;
  for (const char letter : text) {
    if (letter == '\\' || letter == '"') escaped += '\\';
    escaped += letter == '\n' ? ' ' : letter;
  }
  return escaped;
}

std::uint64_t second_now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

}  // namespace

void RouteMetrics::count(int status, double seconds) {
  const auto bucket = std::ranges::lower_bound(kLatencyBuckets, seconds) - kLatencyBuckets.begin();
  buckets_[static_cast<std::size_t>(bucket)].fetch_add(1, kRelaxed);
  classes_[static_cast<std::size_t>(std::clamp(status / 100, 0, 5))].fetch_add(1, kRelaxed);
  nanoseconds_.fetch_add(static_cast<std::uint64_t>(std::max(0.0, seconds) * 1e9), kRelaxed);
}

std::uint64_t RouteMetrics::requests() const {
  std::uint64_t sum = 0;
  for (const auto& bucket : buckets_) sum += bucket.load(kRelaxed);
  return sum;
}

std::uint64_t RouteMetrics::of_class(int hundred) const {
  return classes_.at(static_cast<std::size_t>(hundred)).load(kRelaxed);
}

double RouteMetrics::quantile(double share) const {
  const auto wanted = static_cast<std::uint64_t>(std::ceil(share * static_cast<double>(requests())));
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < kLatencyBuckets.size(); ++i) {
    sum += buckets_[i].load(kRelaxed);
    if (sum >= wanted && sum > 0) return kLatencyBuckets[i];
  }
  return sum == 0 && wanted == 0 ? 0 : kLatencyBuckets.back();
}

void Metrics::set_routes(std::span<const Route> routes) {
  routes_ = routes;
  for (std::size_t i = 0; i <= routes.size(); ++i) of_route_.emplace_back();
}

void Metrics::count(std::int32_t route, int status, double seconds) {
  const std::size_t index = route < 0 ? routes_.size() : static_cast<std::size_t>(route);
  of_route_[index].count(status, seconds);
  const std::uint64_t second = second_now();
  std::atomic<std::uint64_t>& slot = per_second_[second % kSeconds];
  std::uint64_t seen = slot.load(kRelaxed);
  std::uint64_t next = 0;
  do {
    next = (seen >> kCountBits) == (second & 0xFFFFFFFFU) ? seen + 1 : (second << kCountBits) + 1;
  } while (!slot.compare_exchange_weak(seen, next, kRelaxed));
}

void Metrics::count_model(std::string_view model) {
  const std::scoped_lock lock(mutex_);
  const auto found = of_model_.find(model);
  if (found != of_model_.end()) {
    ++found->second;
  } else {
    of_model_.emplace(model, 1);
  }
}

void Metrics::count_reload(bool done) {
  ++(done ? reloads_done_ : reloads_refused_);
}

void Metrics::count_retrain(bool done) {
  ++(done ? retrains_done_ : retrains_failed_);
}

double Metrics::uptime_seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - started_).count();
}

double Metrics::recent_rate() const {
  const std::uint64_t now = second_now();
  std::uint64_t requests = 0;
  for (std::uint64_t back = 1; back <= kRateSeconds; ++back) {  // the current second is not over and does not count
    const std::uint64_t seen = per_second_[(now - back) % kSeconds].load(kRelaxed);
    if ((seen >> kCountBits) == ((now - back) & 0xFFFFFFFFU)) requests += seen & 0xFFFFFFFFU;
  }
  return static_cast<double>(requests) / std::clamp(uptime_seconds(), 1.0, static_cast<double>(kRateSeconds));
}

std::string Metrics::text() const {
  std::string out;
  const auto names = [&](std::size_t i) {
    return i < routes_.size() ? std::pair(name_of(routes_[i].method), std::string_view(routes_[i].path))
                              : std::pair(std::string_view("ANY"), std::string_view("none"));
  };
  append_family(out, "segue_requests_total", "counter", "Requests answered, by route and status class");
  for (std::size_t i = 0; i < of_route_.size(); ++i) {
    const auto [method, path] = names(i);
    for (int hundred = 1; hundred <= 5; ++hundred) {
      const std::uint64_t count = of_route_[i].of_class(hundred);
      if (count == 0) continue;
      append_sample(out, "segue_requests_total",
                    {"method", method, "route", path, "status", fmt::format("{}xx", hundred)},
                    static_cast<double>(count));
    }
  }
  append_family(out, "segue_request_seconds", "histogram", "Seconds from the last byte of a request to the reply");
  for (std::size_t i = 0; i < of_route_.size(); ++i) {
    if (of_route_[i].requests() == 0) continue;
    const auto [method, path] = names(i);
    std::uint64_t sum = 0;
    for (std::size_t bucket = 0; bucket <= kLatencyBuckets.size(); ++bucket) {
      sum += of_route_[i].buckets_[bucket].load(kRelaxed);
      const std::string end = bucket < kLatencyBuckets.size() ? fmt::format("{}", kLatencyBuckets[bucket]) : "+Inf";
      append_sample(out, "segue_request_seconds_bucket", {"method", method, "route", path, "le", end},
                    static_cast<double>(sum));
    }
    append_sample(out, "segue_request_seconds_sum", {"method", method, "route", path}, of_route_[i].seconds());
    append_sample(out, "segue_request_seconds_count", {"method", method, "route", path}, static_cast<double>(sum));
  }
  append_family(out, "segue_model_replies_total", "counter", "Replies by model");
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [model, count] : of_model_) {
      append_sample(out, "segue_model_replies_total", {"model", model}, static_cast<double>(count));
    }
  }
  append_family(out, "segue_reloads_total", "counter", "Model reloads while serving, by result");
  append_sample(out, "segue_reloads_total", {"result", "done"}, static_cast<double>(reloads_done_.load()));
  append_sample(out, "segue_reloads_total", {"result", "refused"}, static_cast<double>(reloads_refused_.load()));
  append_family(out, "segue_retrains_total", "counter", "New models made by the service itself, by result");
  append_sample(out, "segue_retrains_total", {"result", "done"}, static_cast<double>(retrains_done_.load()));
  append_sample(out, "segue_retrains_total", {"result", "failed"}, static_cast<double>(retrains_failed_.load()));
  append_family(out, "segue_uptime_seconds", "gauge", "Seconds since the service started");
  append_sample(out, "segue_uptime_seconds", {}, uptime_seconds());
  return out;
}

void append_family(std::string& out, std::string_view name, std::string_view type, std::string_view help) {
  out += fmt::format("# HELP {} {}\n# TYPE {} {}\n", name, help, name, type);
}

void append_sample(std::string& out, std::string_view name, std::initializer_list<std::string_view> labels,
                   double value) {
  SEGUE_ASSERT(labels.size() % 2 == 0);
  out += name;
  for (const auto* label = labels.begin(); label != labels.end(); label += 2) {
    out += fmt::format("{}{}=\"{}\"", label == labels.begin() ? "{" : ",", label[0], label_value(label[1]));
  }
  out += fmt::format("{} {}\n", labels.size() > 0 ? "}" : "", value);
}

}  // namespace segue::serve
