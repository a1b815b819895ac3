// Who asks: tokens of requests as identities.
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "segue/serve/http/router.h"
#include "segue/store/store.h"

namespace segue::serve {

// The secret of "Authorization: Token SECRET" or "Bearer SECRET"; "" without one. Throws unauthorised for another kind.
std::string_view secret_of(const Request& request);

// Looks tokens up in a store and remembers what it found for a while, so that a request costs a digest and no query. A
// token that was removed may go on for that long. Thread safe.
class Authenticator {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kRemembered{30};
  static constexpr std::size_t kMostRemembered = 10'000;

  // `open_loopback`: requests from this machine without a token may read and submit, as the user "local" where the
  // token's user would count; but not those of pages from elsewhere (Origin), nor those for another name (Host).
  Authenticator(store::ListenStore& store, bool open_loopback) : store_(store), open_loopback_(open_loopback) {}

  // Whether identify() would have to ask the store.
  bool is_remembered(const Request& request) const;
  // Throws unauthorised for a token that nobody has; unavailable where the store is away and the token was never seen.
  Identity identify(const Request& request);

 private:
  struct Known {
    std::optional<Identity> identity;  // none: nobody's token
    Clock::time_point until;
  };

  store::ListenStore& store_;
  const bool open_loopback_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Known> known_;  // by hash
};

}  // namespace segue::serve
