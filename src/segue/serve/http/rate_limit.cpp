#include "segue/serve/http/rate_limit.h"

#include <algorithm>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>

namespace segue::serve {

namespace {

constexpr std::size_t kShards = 16;  // so that cores rarely wait for each other

struct Window {
  RateLimiter::Clock::time_point end;
  std::uint32_t taken = 0;
};

struct Hash {
  using is_transparent = void;
  std::size_t operator()(std::string_view key) const { return std::hash<std::string_view>{}(key); }
};

std::uint32_t seconds_until(RateLimiter::Clock::time_point end, RateLimiter::Clock::time_point now) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(end - now).count();
  return static_cast<std::uint32_t>(std::max<std::int64_t>(seconds, 1));
}

std::string key_of_address(std::string_view address) {
  return fmt::format("a{}", address);
}

RateVerdict by(std::string_view option, RateVerdict verdict) {
  verdict.option = option;
  return verdict;
}

// The verdict that binds a client with two limits: the refusal, else the one with less left.
RateVerdict tighter(const RateVerdict& a, const RateVerdict& b) {
  if (a.limit == 0 || b.limit == 0) return a.limit == 0 ? b : a;
  if (a.allowed != b.allowed) return a.allowed ? b : a;
  return a.remaining <= b.remaining ? a : b;
}

}  // namespace

struct RateLimiter::Shard {
  std::mutex mutex;
  std::unordered_map<std::string, Window, Hash, std::equal_to<>> windows;
  Clock::time_point next_sweep;

  // Makes room for one more: drops ended windows or, if there are none, any window rather than refuse a new client.
  void make_room(std::size_t most, Clock::time_point now) {
    if (windows.size() < most) return;
    if (now >= next_sweep) {  // a full sweep pays off at most once a second
      std::erase_if(windows, [now](const auto& entry) { return entry.second.end <= now; });
      next_sweep = now + std::chrono::seconds(1);
    }
    if (windows.size() >= most) windows.erase(windows.begin());
  }
};

RateLimiter::RateLimiter(const RateLimitOptions& options)
    : options_(options), shards_(std::make_unique<Shard[]>(kShards)) {}

RateLimiter::~RateLimiter() = default;

RateVerdict RateLimiter::take(const Identity& who, std::string_view address, Clock::time_point now) {
  if (who.token_id.empty()) {
    return by("address_requests", take(key_of_address(address), options_.address_requests, now));
  }
  const std::string token = "t" + who.token_id;
  if (who.user.empty()) return by("service_requests", take(token, options_.service_requests, now));
  const RateVerdict of_token = by("token_requests", take(token, options_.token_requests, now));
  if (!of_token.allowed) return of_token;
  return tighter(of_token, by("user_requests", take("u" + who.user, options_.user_requests, now)));
}

RateVerdict RateLimiter::take(std::string_view key, std::uint32_t limit, Clock::time_point now) {
  return judge(key, limit, now, Counting::yes);
}

RateVerdict RateLimiter::look(std::string_view address, Clock::time_point now) {
  return by("address_requests", judge(key_of_address(address), options_.address_requests, now, Counting::no));
}

RateVerdict RateLimiter::judge(std::string_view key, std::uint32_t limit, Clock::time_point now, Counting counting) {
  if (limit == 0) return {};
  Shard& shard = shards_[Hash{}(key) % kShards];
  const std::scoped_lock lock(shard.mutex);
  auto found = shard.windows.find(key);
  if (found == shard.windows.end()) {
    shard.make_room(options_.tracked_clients / kShards, now);
    found = shard.windows.try_emplace(std::string(key)).first;
  }
  Window& window = found->second;
  if (window.end <= now) window = {now + std::chrono::seconds(options_.window_seconds), 0};
  RateVerdict verdict{.allowed = window.taken < limit, .limit = limit, .reset_in = seconds_until(window.end, now)};
  if (verdict.allowed && counting == Counting::yes) ++window.taken;
  verdict.remaining = limit - std::min(window.taken, limit);
  return verdict;
}

void add_rate_headers(const RateVerdict& verdict, std::int64_t unix_now, Reply& reply) {
  if (verdict.limit == 0) return;
  reply.headers.push_back({"X-RateLimit-Limit", std::to_string(verdict.limit)});
  reply.headers.push_back({"X-RateLimit-Remaining", std::to_string(verdict.remaining)});
  reply.headers.push_back({"X-RateLimit-Reset-In", std::to_string(verdict.reset_in)});
  reply.headers.push_back({"X-RateLimit-Reset", std::to_string(unix_now + verdict.reset_in)});
  if (!verdict.allowed) reply.headers.push_back({"Retry-After", std::to_string(verdict.reset_in)});
}

}  // namespace segue::serve
