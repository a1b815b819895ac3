#include "segue/serve/auth.h"

#include <algorithm>

#include "segue/base/ascii.h"
#include "segue/base/error.h"
#include "segue/store/tokens.h"

namespace segue::serve {

namespace {

// Whether a request from this machine is meant for this machine: not made by a page of another origin in a local
// browser, and not forwarded by a proxy under another name.
bool is_meant_for_here(const Request& request) {
  const std::string_view host = request.header("host");
  const std::size_t port = host.find(':', host.starts_with('[') ? host.find(']') : 0);
  const std::string_view name = host.substr(0, port);
  if (name != "localhost" && name != "127.0.0.1" && name != "[::1]") return false;
  const std::string_view origin = request.header("origin");
  const std::size_t scheme = origin.find("://");
  return origin.empty() || (scheme != std::string_view::npos && origin.substr(scheme + 3) == host);
}

Identity identity_of(const store::StoredToken& token) {
  return {.token_id = token.id, .user = token.user, .read = token.read, .submit = token.submit, .admin = token.admin};
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

bool Authenticator::is_remembered(const Request& request) const {
  if (request.header("authorization").empty()) return true;
  try {
    const std::string hash = store::hash_of_secret(secret_of(request));
    const std::scoped_lock lock(mutex_);
    const auto found = known_.find(hash);
    return found != known_.end() && Clock::now() < found->second.until;
  } catch (const Error&) {
    return true;
  }
}

Identity Authenticator::identify(const Request& request) {
  const std::string_view secret = secret_of(request);
  if (secret.empty()) {
    Identity nobody;
    nobody.read = nobody.submit = open_loopback_ && request.loopback && is_meant_for_here(request);
    return nobody;
  }
  const std::string hash = store::hash_of_secret(secret);
  std::optional<Known> stale;
  {
    const std::scoped_lock lock(mutex_);
    if (const auto found = known_.find(hash); found != known_.end()) stale = found->second;
  }
  if (!stale || Clock::now() >= stale->until) {
    Known fresh;
    try {
      const std::optional<store::StoredToken> token = store_.token_by_hash(hash);
      if (token) fresh.identity = identity_of(*token);
    } catch (const Error& error) {
      // While the store is unavailable, tokens that were valid before stay valid.
      if (error.code() != ErrorCode::unavailable || !stale || !stale->identity) throw;
      fresh.identity = stale->identity;
    }
    fresh.until = Clock::now() + kRemembered;
    const std::scoped_lock lock(mutex_);
    if (known_.size() >= kMostRemembered) known_.clear();
    known_[hash] = fresh;
    stale = std::move(fresh);
  }
  if (!stale->identity) fail(ErrorCode::unauthorised, "the token is not valid");
  return *stale->identity;
}

}  // namespace segue::serve
