// How many requests a client may send in a period: fixed windows, which the ListenBrainz protocol reports in headers.
//
// A window begins with the first request after the last one ended, so that clients waiting for the end of theirs do not
// all return at once. A user's token counts against itself and against its user (who may have several tokens); a
// service's token counts against itself; requests without a token, or with one that is not valid, count by address.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string_view>

#include "segue/base/options.h"
#include "segue/serve/http/http.h"
#include "segue/serve/http/router.h"

namespace segue::serve {

struct RateLimitOptions {
  std::uint32_t token_requests = 600;
  std::uint32_t user_requests = 1000;
  std::uint32_t service_requests = 0;
  std::uint32_t address_requests = 600;
  std::uint32_t window_seconds = 10;
  std::uint32_t tracked_clients = 100'000;
};

}  // namespace segue::serve

namespace segue {

template <>
struct OptionsOf<serve::RateLimitOptions> {
  static constexpr std::string_view section = "rate_limit";
  static constexpr double kMost = 1e9;
  static constexpr std::array rows = {
      option<&serve::RateLimitOptions::token_requests>(
          "token_requests", "Requests per window with one user's token; 0: no limit", between(0, kMost)),
      option<&serve::RateLimitOptions::user_requests>(
          "user_requests", "Requests per window of one user, all tokens together; 0: no limit", between(0, kMost)),
      option<&serve::RateLimitOptions::service_requests>(
          "service_requests", "Requests per window with one service's token; 0: no limit", between(0, kMost)),
      option<&serve::RateLimitOptions::address_requests>(
          "address_requests", "Requests per window from one address without a valid token; 0: no limit",
          between(0, kMost)),
      option<&serve::RateLimitOptions::window_seconds>("window_seconds", "Length of a window, in seconds",
                                                       between(1, 86'400)),
      option<&serve::RateLimitOptions::tracked_clients>(
          "tracked_clients", "Most clients to count at once; beyond that, the service forgets one of them",
          between(16, 1e8)),
  };
};
SEGUE_CHECK_OPTIONS(serve::RateLimitOptions);

}  // namespace segue

namespace segue::serve {

struct RateVerdict {
  bool allowed = true;
  std::uint32_t limit = 0;      // 0: no limit
  std::uint32_t remaining = 0;  // requests left in this window
  std::uint32_t reset_in = 0;   // seconds until the window ends, rounded up
  std::string_view option{};    // the option that sets the limit
};

// Thread safe. Holds at most `tracked_clients` windows of about 100 bytes.
class RateLimiter {
 public:
  using Clock = std::chrono::steady_clock;  // unaffected when the system's time is set back

  explicit RateLimiter(const RateLimitOptions& options);
  ~RateLimiter();

  // Counts one request of this client and returns whether it may be answered. Refused requests do not count.
  RateVerdict take(const Identity& who, std::string_view address, Clock::time_point now);
  // The same for one key and its limit.
  RateVerdict take(std::string_view key, std::uint32_t limit, Clock::time_point now);
  // What take() would say of a request without a token from this address; counts nothing.
  RateVerdict look(std::string_view address, Clock::time_point now);

 private:
  struct Shard;
  enum class Counting { yes, no };

  RateVerdict judge(std::string_view key, std::uint32_t limit, Clock::time_point now, Counting counting);

  RateLimitOptions options_;
  std::unique_ptr<Shard[]> shards_;
};

// Adds X-RateLimit-Limit, -Remaining, -Reset-In and -Reset, and Retry-After if the request was refused; nothing if
// there is no limit. `unix_now`: seconds since 1970.
void add_rate_headers(const RateVerdict& verdict, std::int64_t unix_now, Reply& reply);

}  // namespace segue::serve
