#include "segue/serve/service.h"

#include <algorithm>
#include <exception>
#include <memory>
#include <new>
#include <system_error>
#include <tuple>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/lost_pages.h"
#include "segue/base/unix_time.h"
#include "segue/base/work_budget.h"
#include "segue/serve/api/openapi.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/api/routes.h"
#include "segue/serve/audiomuse/audiomuse.h"
#include "segue/serve/evaluation_report.h"
#include "segue/serve/http/request_ids.h"
#include "segue/serve/listenbrainz/listenbrainz.h"
#include "segue/serve/lists/next_songs.h"

namespace segue::serve {

namespace {

constexpr int kFirstServerError = 500;
constexpr std::size_t kExpiredAtOnce = 1000;

// Who is known to read a reply.
enum class Readers { anybody, admins };

// Messages of internal errors name hosts and files. Those are for admins and the log, not for clients.
std::string_view public_message(const ErrorMeaning& meaning, const Error& error, Readers readers) {
  if (dynamic_cast<const DamagedModel*>(&error) != nullptr) return "the model is damaged; retry once it is replaced";
  if (meaning.http_status < kFirstServerError || readers == Readers::admins) return error.what();
  switch (error.code()) {
    case ErrorCode::unavailable:
      return "a dependency is unavailable; retry later";
    case ErrorCode::exhausted:
      return "the server is short of memory, threads or open files; retry later";
    case ErrorCode::no_space:
      return "the server has no space left; retry later";
    default:
      return "internal error; see the server log";
  }
}

// The form of errors where no route is found.
const ErrorForm& form_for(std::string_view path) {
  if (with_joined_slashes(path).starts_with("/1/")) return kListenBrainzErrors;
  return path.starts_with("/api/") ? kAudioMuseErrors : kErrorForm;
}

bool is_worth_retrying(int status) {
  return status == 503 || status == 507;
}

// A failed call of the operating system, as an error that is the server's.
ErrorCode code_of_system(const std::system_error& error) {
  const ErrorCode code = code_of_errno(error.code().value());
  return meaning_of(code).http_status < kFirstServerError ? ErrorCode::io_failed : code;
}

// `route` is nullptr if the request matches none.
Reply reply_to(const Route* route, const Error& error, Readers readers) {
  const ErrorMeaning& meaning = meaning_of(error.code());
  const std::string_view message = public_message(meaning, error, readers);
  const bool of_protocol = route != nullptr && route->errors != &kErrorForm;
  Reply reply = (of_protocol ? *route->errors : kErrorForm).write(meaning.http_status, meaning.name, message);
  if (is_worth_retrying(meaning.http_status) && !of_protocol) reply.headers.push_back({"Retry-After", "1"});
  if (meaning.http_status == 401) reply.headers.push_back({"WWW-Authenticate", "Token"});
  return reply;
}

// What the log says of a request: its route, never its path, which may hold the name of a user.
json::object named(std::string_view route, const Request& request) {
  json::object fields = {{"method", name_of(request.method)}, {"route", route}};
  if (!request.id.empty()) fields["request_id"] = request.id;
  if (!request.traceparent.empty()) fields["trace_id"] = trace_id_of(request);
  return fields;
}

std::string_view asker_of(const Identity& who) {
  if (who.admin) return "admin";
  if (who.token_id.empty()) return who.read || who.submit ? "local" : "nobody";
  return who.user.empty() ? "service" : "user";
}

[[noreturn]] void refuse_parameter(const Route& route, std::string_view name) {
  std::vector<std::string_view> known;
  for (const Parameter& parameter : route.query) known.push_back(parameter.name);
  throw_unknown_name("", name, known);
}

// Refuses unknown parameters and texts that are too long, in the query and in the path.
void check_parameters(const Route& route, const Exchange& exchange) {
  for (const auto& [name, value] : exchange.query) {
    const auto found = std::ranges::find(route.query, name, &Parameter::name);
    if (found == route.query.end()) {
      if (route.ignores_others) continue;
      refuse_parameter(route, name);
    }
    check_text(name, value, found->most_letters());
  }
  for (const auto& [name, value] : exchange.path) check_text(name, value);
}

// A reply that was made while a page of a mapped model was lost may rest on zeros, whatever it says.
Reply handled(const ModelSet& models, const Route& route, const Exchange& exchange, const void* body) {
  const std::uint64_t before = lost_pages();
  std::exception_ptr failure;
  Reply reply;
  try {
    reply = route.handle(exchange, body);
  } catch (...) {
    failure = std::current_exception();
  }
  if (lost_pages() != before) {
    for (const ModelPointer& served : models.all()) served->refuse_damaged();  // names the file
    throw DamagedModel("a file of a model was cut short while a request was answered");
  }
  if (failure != nullptr) std::rethrow_exception(failure);
  return reply;
}

}  // namespace

Service::Service(const ServiceSetup& setup)
    : setup_(setup),
      store_(setup.store),
      authenticator_(store_, setup.open_loopback),
      limiter_(setup.limits),
      listen_feed_(setup.models, store_,
                   [this](const ServedModel& served, data::SongRow song, const store::StoredListen& listen) {
                     new_songs_->heard(served.model.songs().id(song), listen);
                   }),
      catalogue_(setup.models, store_, setup.catalogue),
      new_songs_(std::make_unique<NewSongControl>(setup.models, store_, setup.cache)) {
  if (!setup_.evaluation.empty()) (void)evaluation_report(setup_.evaluation);
  std::vector<Route> routes = operation_routes();
  const auto add = [&](std::vector<Route> more) { std::ranges::move(more, std::back_inserter(routes)); };
  // Routes keep a pointer to the metrics, which are built from the routes.
  metrics_ = std::make_unique<Metrics>();
  const ServiceParts parts{setup_.models, store_,          *metrics_,           catalogue_,
                           *new_songs_,   setup_.max_work, setup_.interleaving, setup_.new_song_share};
  add(song_routes(parts));
  add(match_routes(parts));
  add(recommendation_routes(parts));
  add(playlist_routes(parts));
  add(map_routes(parts));
  add(model_routes(parts));
  add(catalogue_routes(parts));
  add(new_song_routes(parts));
  const ListenParts listens{store_, playing_now_, *metrics_, unix_now,
                            [this](const std::string& user) { given_songs_.forget(listener_named(user).given); }};
  add(listens_routes(listens));
  add(event_routes(listens));
  add(import_routes(listens));
  add(listenbrainz_routes(listens));
  const ListParts lists{parts, given_songs_, artist_groups_, unix_now};
  add(listenbrainz_list_routes(lists));
  add(audiomuse_routes(lists));
  add(artist_routes(lists));
  router_ = std::make_unique<Router>(std::move(routes));
  metrics_->set_routes(router_->routes());
  openapi_ = json::serialize(openapi_document(router_->routes()));
}

Service::~Service() = default;

HeadFacts Service::facts_of(const Request& head) const {
  const Route* const route = router_->find(head.method, head.path);
  if (route == nullptr) return {.reads_body = false};
  return {.reads_body = !route->body.empty(), .is_probe = route->is_probe, .most_body = route->most_body};
}

bool Service::admit_may_block(const Request& head) const {
  return !authenticator_.is_remembered(head);
}

Admission Service::admit(const Request& head) {
  const Route* const route = router_->find(head.method, head.path);
  if (route == nullptr) return {};
  Admission admission;
  Reply reply = reply_or_error(route, head, [&] {
    auto caller = std::make_shared<const Caller>(caller_of(*route, head));
    if (caller->refusal) return routed(*route, head, {.caller = std::move(caller)});
    admission.caller = std::move(caller);
    return Reply();
  });
  if (admission.caller != nullptr) return admission;
  reply.route = static_cast<std::int32_t>(route - router_->routes().data());
  admission.refusal = std::move(reply);
  return admission;
}

Reply Service::refusal(const Request& head, int status, std::string_view code, std::string_view message) const {
  const Route* const route = router_->find(head.method, head.path);
  const ErrorForm& form = route == nullptr ? form_for(head.path) : *route->errors;
  Reply reply = form.write(status, code, message);
  if (route != nullptr) reply.route = static_cast<std::int32_t>(route - router_->routes().data());
  return reply;
}

Prepared Service::prepare(const Request& request) const {
  Prepared prepared;
  const Route* const route = router_->find(request.method, request.path);
  if (route == nullptr) return prepared;
  prepared.route = static_cast<std::int32_t>(route - router_->routes().data());
  prepared.is_probe = route->is_probe;
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

template <class Make>
Reply Service::reply_or_error(const Route* route, const Request& request, const Make& make) const {
  Reply reply;
  try {
    reply = make();
  } catch (const Error& error) {
    reply = failed(route, request, error);
  } catch (const std::bad_alloc&) {
    reply = failed(route, request, Error(ErrorCode::exhausted, "out of memory"));
  } catch (const std::system_error& error) {
    reply = failed(route, request, Error(code_of_system(error), error.what()));
  } catch (const std::exception& error) {
    reply = failed(route, request, Error(ErrorCode::io_failed, error.what()));
  }
  if (route != nullptr && route->is_personal) reply.headers.push_back({"Cache-Control", "no-store"});
  return reply;
}

const Route* Service::route_at(std::int32_t index) const {
  return index < 0 ? nullptr : &router_->routes()[static_cast<std::size_t>(index)];
}

Reply Service::answer(const Request& request, const Prepared& prepared) {
  const Route* const route = route_at(prepared.route);
  Reply reply = reply_or_error(
      route, request, [&] { return route == nullptr ? not_routed(request) : routed(*route, request, prepared); });
  if (route != nullptr) reply.route = prepared.route;
  return reply;
}

Reply Service::failed(const Route* route, const Request& request, const Error& error, bool is_of_admin) const {
  if (meaning_of(error.code()).http_status >= kFirstServerError) {
    json::object fields = named(route == nullptr ? Metrics::name_of_other(kNoRoute) : route->path, request);
    fields["reason"] = error.what();
    log("request error", fields);
  }
  return reply_to(route, error, is_of_admin ? Readers::admins : Readers::anybody);
}

void Service::check(const RateVerdict& verdict) const {
  if (verdict.allowed) return;
  fail(ErrorCode::too_many, "expected at most {} requests in {} s, found more; retry in {} s", verdict.limit,
       setup_.limits.window_seconds, verdict.reset_in);
}

// A token that was never valid costs a look-up in the store and may be a guess: an address that has used up its limit
// tries no further ones.
Identity Service::identity_of(const Request& request, RateVerdict& verdict) {
  const auto now = RateLimiter::Clock::now();
  const bool sends_token = !request.header("authorization").empty();
  try {
    if (sends_token && !authenticator_.was_valid(request)) {
      verdict = limiter_.look(request.peer, now);
      check(verdict);
    }
    return authenticator_.identify(request);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::unauthorised) {
      verdict = limiter_.take({}, request.peer, now);
      check(verdict);
    }
    throw;
  }
}

void Service::identify(const Route& route, const Request& request, Caller& caller) {
  const auto now = RateLimiter::Clock::now();
  if (route.scope == Scope::none) {
    // Whether a token is valid is worth guessing too; probes and documents are not.
    if (route.errors == &kErrorForm) return;
    caller.verdict = limiter_.take({}, request.peer, now);
    check(caller.verdict);
    return;
  }
  caller.who = identity_of(request, caller.verdict);
  caller.verdict = limiter_.take(caller.who, request.peer, now);
  check(caller.verdict);
  if (!caller.who.may(route.scope)) {
    if (caller.who.token_id.empty() && !caller.who.read) {
      fail(ErrorCode::unauthorised, "expected a token, found none");
    }
    fail(ErrorCode::forbidden, "expected a token with {} permission, found one without it", choice_name(route.scope));
  }
  if (route.for_operators && !caller.who.user.empty() && !caller.who.admin) {
    fail(ErrorCode::forbidden, "expected a token of a service or an admin, found a listener's");
  }
}

Service::Caller Service::caller_of(const Route& route, const Request& request) {
  Caller caller;
  try {
    identify(route, request, caller);
  } catch (const Error& error) {
    caller.refusal = error;
  }
  return caller;
}

Reply Service::routed(const Route& route, const Request& request, const Prepared& prepared) {
  const auto caller = prepared.caller != nullptr ? std::static_pointer_cast<const Caller>(prepared.caller)
                                                 : std::make_shared<const Caller>(caller_of(route, request));
  Reply reply;
  RequestNotes notes{.asker = asker_of(caller->who)};
  if (!caller->verdict.allowed) notes.limit = caller->verdict.option;
  try {
    if (caller->refusal) throw Error(*caller->refusal);
    const Exchange exchange{request, Router::path_values(route, request.path), parse_query(request.query), caller->who,
                            &notes};
    check_parameters(route, exchange);
    reply = handled(setup_.models, route, exchange, prepared.body.get());
  } catch (const Error& error) {
    if (dynamic_cast<const TooMuchWork*>(&error) != nullptr) notes.limit = "max_work";
    reply = failed(&route, request, error, caller->who.admin);
  }
  reply.notes = std::move(notes);
  add_rate_headers(caller->verdict, unix_now(), reply);  // a protocol reports its limits in every reply
  return reply;
}

Reply Service::not_routed(const Request& request) const {
  const auto answer_error = [&request](int status, std::string_view code, std::string_view message) {
    return form_for(request.path).write(status, code, message);
  };
  if (request.method == Method::get || request.method == Method::head) {
    if (std::optional<Reply> file = setup_.files.find(request.path)) {
      file->route = kStaticFile;
      return *std::move(file);
    }
  }
  const std::string allowed = router_->allowed(request.path);
  if (allowed.empty()) return answer_error(404, "not_found", "no such path");
  Reply reply =
      answer_error(405, "wrong_use", fmt::format("method: expected {}, found {}", allowed, name_of(request.method)));
  reply.headers.push_back({"Allow", allowed});
  return reply;
}

void Service::sent(const Request& request, const Reply& reply, const Delivery& delivery) {
  metrics_->count(reply.route, delivery.status, delivery.seconds);
  if (!reply.notes.limit.empty()) metrics_->count_limit(reply.notes.limit);
  if (setup_.access_log != nullptr && setup_.access_log->wants(request, delivery)) {
    log_access(request, reply, delivery);
  }
  if (delivery.status < kFirstServerError) return;
  json::object fields = named(route_name(reply.route), request);
  fields["status"] = delivery.status;
  fields["seconds"] = delivery.seconds;
  log("request failed", fields);
}

void Service::log_access(const Request& request, const Reply& reply, const Delivery& delivery) const {
  const auto if_any = [](std::string_view text) {
    return text.empty() ? std::nullopt : std::optional<std::string_view>(text);
  };
  const std::string time = log_time();
  AccessLine line{.time = time,
                  .method = name_of(request.method),
                  .route = route_name(reply.route),
                  .request_id = request.id,
                  .trace_id = if_any(trace_id_of(request)),
                  .status = delivery.status,
                  .seconds = delivery.seconds,
                  .bytes_in = delivery.bytes_in,
                  .bytes_out = delivery.bytes_out,
                  .asker = reply.notes.asker,
                  .model = if_any(reply.notes.model),
                  .limit = if_any(reply.notes.limit)};
  if (setup_.access_log->has_addresses()) line.address = request.peer;
  if (!delivery.complete) line.complete = false;
  setup_.access_log->add(json_text(line));
}

std::string_view Service::route_name(std::int32_t index) const {
  return index < 0 ? Metrics::name_of_other(index) : std::string_view(route_at(index)->path);
}

bool Service::remove_old_listens(std::int64_t now) {
  const auto keep = std::chrono::duration_cast<std::chrono::seconds>(setup_.keep_listens).count();
  if (keep == 0) return false;
  try {
    const std::uint64_t removed = store_.remove_older(now - keep, kExpiredAtOnce);
    metrics_->count_expired_listens(removed);
    expired_ += removed;
    if (removed > 0) return true;
    if (expired_ > 0) log("old listens removed", {{"listens", expired_.exchange(0)}, {"before", now - keep}});
  } catch (const std::exception& error) {
    log("old listens not removed", {{"reason", error.what()}});
  }
  return false;
}

void Service::log(std::string_view event, const json::object& fields) const {
  if (setup_.log) setup_.log(event, fields);
}

void Service::reload(std::string_view name) {
  try {
    setup_.models.reload(name);
    metrics_->count_reload(true);
    log("model loaded", {{"model", name}});
    count_new_listens();
  } catch (const std::exception& error) {
    metrics_->count_reload(false);
    log("model refused", {{"model", name}, {"reason", error.what()}});
  }
}

void Service::count_new_listens() {
  try {
    listen_feed_.poll(unix_now());
    trend_is_behind_ = false;
  } catch (const std::exception& error) {
    if (!trend_is_behind_.exchange(true)) log("trend not updated", {{"reason", error.what()}});
  }
}

void Service::drop_old_events() {
  constexpr std::int64_t kBetweenDrops = 3600;
  const std::int64_t now = unix_now();
  if (setup_.keep_events.count() == 0 || now < next_drop_) return;
  next_drop_ = now + kBetweenDrops;
  try {
    const std::uint64_t dropped = store_.drop_events(now - setup_.keep_events.count());
    if (dropped > 0) log("old events deleted", {{"events", dropped}});
  } catch (const std::exception& error) {
    log("old events not deleted", {{"reason", error.what()}});
  }
}

void Service::reload_changed() {
  const ModelSet::Changes changes = setup_.models.changed();
  for (const auto& [name, reason] : changes.unreadable) {
    metrics_->count_reload(false);
    log("model unreadable", {{"model", name}, {"reason", reason}});
  }
  for (const std::string& name : changes.replaced) reload(name);
  if (catalogue_.table_changed()) reload_table();
}

void Service::reload_all() {
  for (const ModelSource& source : setup_.models.sources()) reload(source.name);
  if (catalogue_.has_table()) reload_table();
}

void Service::reload_table() {
  try {
    catalogue_.reload_table();
    log("catalogue read", {{"rows", catalogue_.facts().rows}});
  } catch (const std::exception& error) {
    log("catalogue refused", {{"reason", error.what()}});
  }
}

void Service::update_catalogue() {
  try {
    catalogue_.keep_time();
    catalogue_.poll();
    catalogue_is_behind_ = false;
  } catch (const std::exception& error) {
    if (!catalogue_is_behind_.exchange(true)) log("catalogue not updated", {{"reason", error.what()}});
  }
}

void Service::update_new_songs() {
  std::string problem;
  try {
    new_songs_->poll();
    for (const std::string& name : new_songs_->update(unix_now())) {
      const NewSongFacts facts = new_songs_->facts();
      log("new songs placed", {{"model", name}, {"songs", facts.songs}, {"seconds", facts.seconds}});
      count_new_listens();
    }
    problem = new_songs_->facts().problem;
  } catch (const std::exception& error) {
    problem = error.what();
  }
  if (problem != new_songs_problem_ && !problem.empty()) log("new songs not placed", {{"reason", problem}});
  new_songs_problem_ = problem;
}

}  // namespace segue::serve
