// Authentication: the identity behind a request's token.
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

// The secret of "Authorization: Token SECRET" or "Bearer SECRET"; "" without one. Throws unauthorised for another
// scheme.
std::string_view secret_of(const Request& request);

// Looks tokens up in a store and caches the result for a while, so that a request costs a digest and no query. A
// removed token may stay valid for that long. Thread safe.
class Authenticator {
 public:
  using Clock = std::chrono::steady_clock;
  static constexpr std::chrono::seconds kRemembered{30};
  static constexpr std::size_t kMostRemembered = 10'000;

  // `open_loopback`: requests from this machine without a token may read and submit, as the user "local" where a
  // token's user would count; except requests made by pages of another origin (Origin) or under another name (Host),
  // and those that a proxy passes on for somebody else (X-Forwarded-For, Forwarded, X-Real-IP, Via, ...).
  Authenticator(store::ListenStore& store, bool open_loopback) : store_(store), open_loopback_(open_loopback) {}

  // Whether identify() can answer without asking the store.
  bool is_remembered(const Request& request) const;
  // Whether the token was valid when it was last looked up.
  bool was_valid(const Request& request) const;
  // Throws unauthorised for an unknown token; unavailable if the store is unavailable and the token is not cached.
  Identity identify(const Request& request);

 private:
  struct Known {
    std::optional<Identity> identity;  // none: the token is unknown
    Clock::time_point until;
  };
  std::optional<Known> known(const std::string& hash) const;
  void remember(const std::string& hash, const Known& fresh);

  store::ListenStore& store_;
  const bool open_loopback_;
  mutable std::mutex mutex_;
  std::unordered_map<std::string, Known> known_;  // by the secret's hash
};

}  // namespace segue::serve
