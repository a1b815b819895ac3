#include "segue/serve/auth.h"

#include <algorithm>
#include <array>

#include "segue/base/ascii.h"
#include "segue/base/error.h"
#include "segue/store/tokens.h"

namespace segue::serve {

namespace {

// Proxies add at least one of these: such a request comes from somewhere else, whatever its socket says.
constexpr std::array<std::string_view, 7> kForwarding = {
    "forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-server", "x-real-ip"};

bool is_forwarded(const Request& request) {
  return std::ranges::any_of(request.headers, [](const Header& header) {
    return std::ranges::find(kForwarding, header.name) != kForwarding.end();
  });
}

// Whether a request from this machine is meant for this machine: not made by a page of another origin in a local
// browser, and not forwarded by a proxy.
bool is_meant_for_here(const Request& request) {
  if (is_forwarded(request)) return false;
  const std::string_view host = request.header("host");
  const std::size_t port = host.find(':', host.starts_with('[') ? host.find(']') : 0);
  const std::string_view name = host.substr(0, port);
  if (name != "localhost" && name != "127.0.0.1" && name != "[::1]") return false;
  const std::string_view origin = request.header("origin");
  const std::size_t scheme = origin.find("://");
  return origin.empty() || (scheme != std::string_view::npos && origin.substr(scheme + 3) == host);
}

Identity identity_of(const store::StoredToken& token) {
  return {.token_id = token.id,
          .user = token.user,
          .read = token.read,
          .submit = token.submit,
          .admin = token.admin,
          .metrics = token.for_metrics()};
}

}  // namespace

std::string_view secret_of(const Request& request) {
  const std::string_view value = request.header("authorization");
  if (value.empty()) return {};
  const std::size_t blank = std::min(value.find(' '), value.size());
  std::string_view secret = value.substr(std::min(blank + 1, value.size()));
  while (secret.starts_with(' ')) secret.remove_prefix(1);
  const std::string_view scheme = value.substr(0, blank);
  if (secret.empty() || (!is_ignoring_case(scheme, "token") && !is_ignoring_case(scheme, "bearer"))) {
    fail(ErrorCode::unauthorised, "Authorization: expected \"Token SECRET\" or \"Bearer SECRET\"");
  }
  return secret;
}

std::optional<Authenticator::Known> Authenticator::known(const std::string& hash) const {
  const std::scoped_lock lock(mutex_);
  const auto found = known_.find(hash);
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

void Authenticator::remember(const std::string& hash, const Known& fresh) {
  const std::scoped_lock lock(mutex_);
  if (known_.size() >= kMostRemembered) {  // guesses make room first, so that they cannot push out valid tokens
    const auto now = Clock::now();
    std::erase_if(known_, [now](const auto& one) { return !one.second.identity || one.second.until <= now; });
  }
  if (known_.size() >= kMostRemembered) known_.clear();
  known_[hash] = fresh;
}

bool Authenticator::is_remembered(const Request& request) const {
  if (request.header("authorization").empty()) return true;
  try {
    const std::optional<Known> found = known(store::hash_of_secret(secret_of(request)));
    return found && Clock::now() < found->until;
  } catch (const Error&) {
    return true;
  }
}

bool Authenticator::was_valid(const Request& request) const {
  const std::optional<Known> found = known(store::hash_of_secret(secret_of(request)));
  return found && found->identity;
}

Identity Authenticator::identify(const Request& request) {
  const std::string_view secret = secret_of(request);
  if (secret.empty()) {
    Identity nobody;
    nobody.read = nobody.submit = open_loopback_ && request.loopback && is_meant_for_here(request);
    return nobody;
  }
  const std::string hash = store::hash_of_secret(secret);
  std::optional<Known> found = known(hash);
  if (!found || Clock::now() >= found->until) {
    Known fresh;
    try {
      const std::optional<store::StoredToken> token = store_.token_by_hash(hash);
      if (token) fresh.identity = identity_of(*token);
    } catch (const Error&) {
      // While the store is unavailable, tokens that were valid before stay valid.
      if (!found || !found->identity) throw;
      fresh.identity = found->identity;
    }
    fresh.until = Clock::now() + kRemembered;
    remember(hash, fresh);
    found = std::move(fresh);
  }
  if (!found->identity) fail(ErrorCode::unauthorised, "the token is not valid");
  return *found->identity;
}

}  // namespace segue::serve
