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

// What kNoRoute, kStaticFile, kNoRequest and kPreflight are called.
constexpr std::array<std::string_view, 4> kOtherRoutes = {"none", "static", "malformed", "preflight"};

// Printed from the start: a counter that appears with its first request has no rate until the second.
constexpr std::array<std::string_view, 10> kLimits = {
    "address_requests", "max_address_connections", "max_body",       "max_buffered", "max_connections", "max_header",
    "max_work",         "service_requests",        "token_requests", "user_requests"};

constexpr std::array<std::string_view, 3> kListenResults = {"added", "known", "refused"};
constexpr std::array<std::string_view, 2> kFallbacks = {"unknown_user", "repeats"};

void count_one(std::map<std::string, std::uint64_t, std::less<>>& counts, std::string_view name) {
  if (const auto found = counts.find(name); found != counts.end()) {
    ++found->second;
  } else {
    counts.emplace(name, 1);
  }
}

std::string class_name(std::size_t hundred) {
  return fmt::format("{}xx", hundred);
}

std::uint64_t second_now() {
  const auto now = std::chrono::steady_clock::now().time_since_epoch();
  return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::seconds>(now).count());
}

}  // namespace

void RouteMetrics::count(int status, double seconds) {
  Histogram& of_class = classes_[static_cast<std::size_t>(std::clamp(status / 100, 0, 5))];
  const auto bucket = std::ranges::lower_bound(kLatencyBuckets, seconds) - kLatencyBuckets.begin();
  of_class.buckets[static_cast<std::size_t>(bucket)].fetch_add(1, kRelaxed);
  of_class.nanoseconds.fetch_add(static_cast<std::uint64_t>(std::max(0.0, seconds) * 1e9), kRelaxed);
}

std::uint64_t RouteMetrics::Histogram::requests() const {
  std::uint64_t sum = 0;
  for (const auto& bucket : buckets) sum += bucket.load(kRelaxed);
  return sum;
}

std::uint64_t RouteMetrics::requests() const {
  std::uint64_t sum = 0;
  for (const Histogram& of_class : classes_) sum += of_class.requests();
  return sum;
}

std::uint64_t RouteMetrics::of_class(int hundred) const {
  return classes_.at(static_cast<std::size_t>(hundred)).requests();
}

double RouteMetrics::seconds() const {
  double sum = 0;
  for (const Histogram& of_class : classes_) sum += static_cast<double>(of_class.nanoseconds.load(kRelaxed)) * 1e-9;
  return sum;
}

double RouteMetrics::quantile(double share) const {
  const double wanted = share * static_cast<double>(requests());
  if (wanted <= 0) return 0;
  double below = 0;
  for (std::size_t i = 0; i < kLatencyBuckets.size(); ++i) {
    double inside = 0;
    for (const Histogram& of_class : classes_) inside += static_cast<double>(of_class.buckets[i].load(kRelaxed));
    if (below + inside >= wanted) {
      const double low = i == 0 ? 0 : kLatencyBuckets[i - 1];
      return low + (kLatencyBuckets[i] - low) * (wanted - below) / inside;
    }
    below += inside;
  }
  return kLatencyBuckets.back();
}

void Metrics::set_routes(std::span<const Route> routes) {
  routes_ = routes;
  for (std::size_t i = 0; i < routes.size() + kOtherRoutes.size(); ++i) of_route_.emplace_back();
  for (const std::string_view limit : kLimits) of_limit_.emplace(limit, 0);
}

std::string_view Metrics::name_of_other(std::int32_t route) {
  return kOtherRoutes.at(static_cast<std::size_t>(kNoRoute - route));
}

void Metrics::count(std::int32_t route, int status, double seconds) {
  const std::size_t index =
      route >= 0 ? static_cast<std::size_t>(route) : routes_.size() + static_cast<std::size_t>(kNoRoute - route);
  of_route_[index].count(status, seconds);
  const std::uint64_t second = second_now();
  std::atomic<std::uint64_t>& slot = per_second_[second % kSeconds];
  std::uint64_t seen = slot.load(kRelaxed);
  std::uint64_t next = 0;
  do {
    next = (seen >> kCountBits) == (second & 0xFFFFFFFFU) ? seen + 1 : (second << kCountBits) + 1;
  } while (!slot.compare_exchange_weak(seen, next, kRelaxed));
}

void Metrics::count_listens(ListenResult result, std::uint64_t listens) {
  listens_[static_cast<std::size_t>(result)] += listens;
}

void Metrics::count_listens(const store::AddedListens& added) {
  count_listens(ListenResult::added, added.added);
  count_listens(ListenResult::known, added.known);
}

void Metrics::count_model(std::string_view model) {
  const std::scoped_lock lock(mutex_);
  count_one(of_model_, model);
}

void Metrics::count_limit(std::string_view option) {
  const std::scoped_lock lock(mutex_);
  count_one(of_limit_, option);
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
                              : std::pair(std::string_view("ANY"), kOtherRoutes.at(i - routes_.size()));
  };
  const auto for_each_class = [&](const auto& append) {
    for (std::size_t i = 0; i < of_route_.size(); ++i) {
      for (std::size_t hundred = 1; hundred < of_route_[i].classes_.size(); ++hundred) {
        const RouteMetrics::Histogram& histogram = of_route_[i].classes_[hundred];
        if (const std::uint64_t requests = histogram.requests(); requests > 0) {
          append(names(i).first, names(i).second, class_name(hundred), histogram, requests);
        }
      }
    }
  };
  append_family(out, "segue_requests_total", "counter", "Requests answered, by route and class of status");
  for_each_class([&out](std::string_view method, std::string_view route, std::string_view code,
                        const RouteMetrics::Histogram&, std::uint64_t requests) {
    append_sample(out, "segue_requests_total", {"method", method, "route", route, "code", code},
                  static_cast<double>(requests));
  });
  append_family(out, "segue_http_request_duration_seconds", "histogram",
                "From the last byte of a request to the last of its reply, by route and class of status");
  for_each_class([&out](std::string_view method, std::string_view route, std::string_view code,
                        const RouteMetrics::Histogram& histogram, std::uint64_t) {
    constexpr std::string_view kName = "segue_http_request_duration_seconds";
    std::uint64_t sum = 0;
    for (std::size_t bucket = 0; bucket <= kLatencyBuckets.size(); ++bucket) {
      sum += histogram.buckets[bucket].load(kRelaxed);
      const std::string end = bucket < kLatencyBuckets.size() ? fmt::format("{}", kLatencyBuckets[bucket]) : "+Inf";
      append_sample(out, fmt::format("{}_bucket", kName), {"method", method, "route", route, "code", code, "le", end},
                    static_cast<double>(sum));
    }
    append_sample(out, fmt::format("{}_sum", kName), {"method", method, "route", route, "code", code},
                  static_cast<double>(histogram.nanoseconds.load(kRelaxed)) * 1e-9);
    append_sample(out, fmt::format("{}_count", kName), {"method", method, "route", route, "code", code},
                  static_cast<double>(sum));
  });
  append_family(out, "segue_http_requests_in_flight", "gauge", "Requests that have arrived and are being answered");
  append_sample(out, "segue_http_requests_in_flight", {}, static_cast<double>(in_flight_.load()));
  append_family(out, "segue_refused_requests_total", "counter", "Requests beyond a limit, by the option that sets it");
  {
    const std::scoped_lock lock(mutex_);
    for (const auto& [limit, count] : of_limit_) {
      append_sample(out, "segue_refused_requests_total", {"limit", limit}, static_cast<double>(count));
    }
  }
  append_family(out, "segue_listens_total", "counter", "Listens received: new, stored before, or refused");
  for (std::size_t i = 0; i < kListenResults.size(); ++i) {
    append_sample(out, "segue_listens_total", {"result", kListenResults[i]}, static_cast<double>(listens_[i].load()));
  }
  append_counter(out, "segue_expired_listens_total", "Listens removed because they are older than --keep-listens",
                 expired_.load());
  append_family(out, "segue_fallback_lists_total", "counter", "Lists of other songs than those asked for, by reason");
  for (std::size_t i = 0; i < kFallbacks.size(); ++i) {
    append_sample(out, "segue_fallback_lists_total", {"reason", kFallbacks[i]},
                  static_cast<double>(fallbacks_[i].load()));
  }
  append_counter(out, "segue_unknown_ids_total", "Ids in requests that the model does not have", unknown_ids_.load());
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

void append_counter(std::string& out, std::string_view name, std::string_view help, std::uint64_t value) {
  append_family(out, name, "counter", help);
  append_sample(out, name, {}, static_cast<double>(value));
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
