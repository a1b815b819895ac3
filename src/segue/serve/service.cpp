#include "segue/serve/service.h"

#include <algorithm>
#include <new>
#include <tuple>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/unix_time.h"
#include "segue/serve/api/openapi.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/api/routes.h"
#include "segue/serve/evaluation_report.h"
#include "segue/serve/listenbrainz/listenbrainz.h"

namespace segue::serve {

namespace {

constexpr int kFirstServerError = 500;

// Messages of internal errors name hosts and files. Those are for admins and the log, not for clients.
std::string_view public_message(const Route* route, const ErrorMeaning& meaning, const Error& error) {
  const bool is_admin = route != nullptr && route->scope == Scope::admin;
  if (meaning.http_status < kFirstServerError || is_admin) return error.what();
  return error.code() == ErrorCode::unavailable ? "a dependency is unavailable; retry later"
                                                : "internal error; see the server log";
}

// `route` is nullptr if the request matches none.
Reply reply_to(const Route* route, const Error& error) {
  const ErrorMeaning& meaning = meaning_of(error.code());
  const std::string_view message = public_message(route, meaning, error);
  const bool of_protocol = route != nullptr && route->errors != &kErrorForm;
  Reply reply = (of_protocol ? *route->errors : kErrorForm).write(meaning.http_status, meaning.name, message);
  if (meaning.http_status == 503 && !of_protocol) reply.headers.push_back({"Retry-After", "1"});
  if (meaning.http_status == 401) reply.headers.push_back({"WWW-Authenticate", "Token"});
  return reply;
}

void refuse_unknown_parameters(const Route& route, const Exchange& exchange) {
  for (const auto& [name, value] : exchange.query) {
    if (std::ranges::find(route.query, name, &Parameter::name) != route.query.end()) continue;
    std::vector<std::string_view> known;
    for (const Parameter& parameter : route.query) known.push_back(parameter.name);
    throw_unknown_name("", name, known);
  }
}

}  // namespace

Service::Service(const ServiceSetup& setup)
    : setup_(setup), authenticator_(setup.store, setup.open_loopback), limiter_(setup.limits) {
  if (!setup_.evaluation.empty()) (void)evaluation_report(setup_.evaluation);
  std::vector<Route> routes = operation_routes();
  const auto add = [&](std::vector<Route> more) { std::ranges::move(more, std::back_inserter(routes)); };
  // Routes keep a pointer to the metrics, which are built from the routes.
  metrics_ = std::make_unique<Metrics>();
  const ServiceParts parts{setup_.models, setup_.store, *metrics_};
  add(song_routes(parts));
  add(recommendation_routes(parts));
  add(playlist_routes(parts));
  add(map_routes(parts));
  add(model_routes(parts));
  const ListenParts listens{setup_.store, playing_now_, unix_now};
  add(listens_routes(listens));
  add(listenbrainz_routes(listens));
  router_ = std::make_unique<Router>(std::move(routes));
  metrics_->set_routes(router_->routes());
  openapi_ = json::serialize(openapi_document(router_->routes()));
}

Service::~Service() = default;

Prepared Service::prepare(const Request& request) const {
  Prepared prepared;
  const Route* const route = router_->find(request.method, request.path);
  if (route == nullptr) return prepared;
  prepared.route = static_cast<std::int32_t>(route - router_->routes().data());
  prepared.may_block = route->may_block || (route->scope != Scope::none && !authenticator_.is_remembered(request)) ||
                       (route->handle.parses_bodies() && request.body.size() > Handler::kInlineBody);
  if (prepared.may_block || !route->handle.parses_bodies()) return prepared;
  try {
    std::tie(prepared.body, prepared.may_block) = route->handle.parsed(request);
  } catch (const std::exception&) {
    // Who asks is not known yet: answer() checks that first, then parses again and reports the error.
  }
  return prepared;
}

Reply Service::answer(const Request& request, const Prepared& prepared) {
  const Route* const route =
      prepared.route < 0 ? nullptr : &router_->routes()[static_cast<std::size_t>(prepared.route)];
  Reply reply;
  try {
    reply = route == nullptr ? not_routed(request) : routed(*route, request, prepared.body.get());
  } catch (const Error& error) {
    reply = failed(route, request, error);
  } catch (const std::bad_alloc&) {
    reply = failed(route, request, Error(ErrorCode::unavailable, "out of memory"));
  } catch (const std::exception& error) {
    reply = failed(route, request, Error(ErrorCode::io_failed, error.what()));
  }
  reply.route = prepared.route;
  return reply;
}

Reply Service::failed(const Route* route, const Request& request, const Error& error) const {
  if (meaning_of(error.code()).http_status >= kFirstServerError) {
    log("request error", {{"method", name_of(request.method)}, {"path", request.path}, {"reason", error.what()}});
  }
  return reply_to(route, error);
}

Reply Service::routed(const Route& route, const Request& request, const void* body) {
  if (route.scope == Scope::none) {
    const Exchange exchange{request, Router::path_values(route, request.path), parse_query(request.query), {}};
    refuse_unknown_parameters(route, exchange);
    Reply reply = route.handle(exchange, body);
    // A protocol reports its limits in every reply.
    if (route.errors != &kErrorForm)
      add_rate_headers(limiter_.take({}, request.peer, RateLimiter::Clock::now()), unix_now(), reply);
    return reply;
  }
  Identity who = authenticator_.identify(request);
  const RateVerdict verdict = limiter_.take(who, request.peer, RateLimiter::Clock::now());
  Reply reply;
  try {
    if (!verdict.allowed) {
      fail(ErrorCode::too_many, "expected at most {} requests in {} s, found more; retry in {} s", verdict.limit,
           setup_.limits.window_seconds, verdict.reset_in);
    }
    if (!who.may(route.scope)) {
      if (who.token_id.empty() && !who.read) fail(ErrorCode::unauthorised, "expected a token, found none");
      fail(ErrorCode::forbidden, "expected a token with {} permission, found one without it", choice_name(route.scope));
    }
    const Exchange exchange{request, Router::path_values(route, request.path), parse_query(request.query),
                            std::move(who)};
    refuse_unknown_parameters(route, exchange);
    reply = route.handle(exchange, body);
  } catch (const Error& error) {
    reply = failed(&route, request, error);
  }
  add_rate_headers(verdict, unix_now(), reply);
  return reply;
}

Reply Service::not_routed(const Request& request) const {
  const bool of_protocol = request.path.starts_with("/1/");
  const auto answer_error = [of_protocol](int status, std::string_view code, std::string_view message) {
    return (of_protocol ? kListenBrainzErrors : kErrorForm).write(status, code, message);
  };
  if (request.method == Method::get || request.method == Method::head) {
    if (std::optional<Reply> file = setup_.files.find(request.path)) return *std::move(file);
  }
  const std::string allowed = router_->allowed(request.path);
  if (allowed.empty()) return answer_error(404, "not_found", "no such path");
  Reply reply =
      answer_error(405, "wrong_use", fmt::format("method: expected {}, found {}", allowed, name_of(request.method)));
  reply.headers.push_back({"Allow", allowed});
  return reply;
}

void Service::sent(const Request& request, const Reply& reply, double seconds) {
  metrics_->count(reply.route, reply.status, seconds);
  if (reply.status < kFirstServerError) return;
  log("request failed",
      {{"method", name_of(request.method)}, {"path", request.path}, {"status", reply.status}, {"seconds", seconds}});
}

void Service::log(std::string_view event, const json::object& fields) const {
  if (setup_.log) setup_.log(event, fields);
}

void Service::reload(std::string_view name) {
  try {
    setup_.models.reload(name);
    metrics_->count_reload(true);
    log("model loaded", {{"model", name}});
  } catch (const std::exception& error) {
    metrics_->count_reload(false);
    log("model refused", {{"model", name}, {"reason", error.what()}});
  }
}

void Service::reload_changed() {
  const ModelSet::Changes changes = setup_.models.changed();
  for (const auto& [name, reason] : changes.unreadable) {
    metrics_->count_reload(false);
    log("model unreadable", {{"model", name}, {"reason", reason}});
  }
  for (const std::string& name : changes.replaced) reload(name);
}

void Service::reload_all() {
  for (const ModelSource& source : setup_.models.sources()) reload(source.name);
}

}  // namespace segue::serve
