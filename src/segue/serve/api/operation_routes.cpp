// For operators and their programs: probes, metrics, status, the OpenAPI document.
#include <chrono>

#include "segue/base/error.h"
#include "segue/serve/api/replies.h"
#include "segue/serve/evaluation_report.h"
#include "segue/serve/process_metrics.h"
#include "segue/serve/service.h"

namespace segue::serve {

namespace {

constexpr std::chrono::minutes kCountAgain{1};  // counting many listens takes long

}  // namespace

store::StoreFacts Service::store_facts() {
  store_.check();
  const auto now = std::chrono::steady_clock::now();
  const std::scoped_lock lock(counting_);
  if (!counted_at_ || now - *counted_at_ >= kCountAgain) {
    counted_ = store_.facts();
    counted_at_ = now;
  }
  return counted_;
}

TypedReply<HealthReply> Service::ready() {
  if (draining_) return {error_reply(503, "unavailable", "this server is shutting down")};
  try {
    store_.check();
  } catch (const Error& error) {
    log("not ready", {{"reason", error.what()}});
    const bool is_full = error.code() == ErrorCode::no_space;
    Reply reply = error_reply(503, "unavailable", is_full ? "the store is full" : "the store is unavailable");
    reply.headers.push_back({"Retry-After", "1"});
    return {std::move(reply)};
  }
  for (const ModelPointer& served : setup_.models.all()) served->refuse_damaged();
  return json_reply(HealthReply());
}

Reply Service::metrics_text() {
  std::string text = metrics_->text();
  append_process_metrics(text);
  append_counter(text, "segue_access_log_dropped_total", "Requests that the access log lacks: it did not keep up",
                 setup_.access_log == nullptr ? 0 : setup_.access_log->dropped());
  append_family(text, "segue_model_age_seconds", "gauge", "Since the model was trained");
  const auto now = std::chrono::system_clock::now();
  const std::vector<ModelPointer> models = setup_.models.all();
  for (const ModelPointer& served : models) {
    append_sample(text, "segue_model_age_seconds", {"model", served->name},
                  std::chrono::duration<double>(now - served->trained).count());
  }
  append_family(text, "segue_model_songs", "gauge", "Songs in the model");
  for (const ModelPointer& served : models) {
    append_sample(text, "segue_model_songs", {"model", served->name},
                  static_cast<double>(served->model.songs().size()));
  }
  append_family(text, "segue_trend_listens_total", "counter",
                "Listens counted in the trend since the model was loaded");
  for (const ModelPointer& served : models) {
    if (served->trend) {
      append_sample(text, "segue_trend_listens_total", {"model", served->name},
                    static_cast<double>(served->trend->counted()));
    }
  }
  append_family(text, "segue_index_recall", "gauge",
                "Share of the 10 nearest songs that searches find: sampled when the model was loaded");
  for (const ModelPointer& served : models) {
    append_sample(text, "segue_index_recall", {"model", served->name}, served->recall);
  }
  const NewSongFacts new_songs = new_songs_->facts();
  append_family(text, "segue_new_songs", "gauge", "Songs put into the store that training did not know then");
  append_sample(text, "segue_new_songs", {}, static_cast<double>(new_songs.songs));
  append_counter(text, "segue_new_song_plays_total", "Plays of new songs, in stored sessions that are over",
                 new_songs.plays);
  append_counter(text, "segue_new_song_versions_total", "Versions of models made with new songs",
                 new_songs.versions_made);
  append_family(text, "segue_new_song_version_seconds", "gauge", "The time that the last of them took to write");
  append_sample(text, "segue_new_song_version_seconds", {}, new_songs.seconds);
  append_family(text, "segue_new_songs_behind", "gauge", "1 while new songs cannot be placed");
  append_sample(text, "segue_new_songs_behind", {}, new_songs.problem.empty() ? 0 : 1);
  const CatalogueFacts catalogue = catalogue_.facts();
  append_family(text, "segue_catalogue_rows", "gauge", "Rows of the catalogue's table");
  append_sample(text, "segue_catalogue_rows", {}, static_cast<double>(catalogue.rows));
  append_family(text, "segue_catalogue_blocked", "gauge", "Songs of a model that the catalogue offers to nobody now");
  for (const CatalogueFacts::OfModel& one : catalogue.models) {
    append_sample(text, "segue_catalogue_blocked", {"model", one.model}, static_cast<double>(one.unavailable));
  }
  append_family(text, "segue_catalogue_unknown", "gauge", "Ids of the catalogue that are no songs of the model");
  for (const CatalogueFacts::OfModel& one : catalogue.models) {
    append_sample(text, "segue_catalogue_unknown", {"model", one.model}, static_cast<double>(one.unknown));
  }
  append_family(text, "segue_catalogue_changes_total", "counter", "Changes to songs, by any process on the store");
  append_sample(text, "segue_catalogue_changes_total", {}, static_cast<double>(catalogue.changes_made));
  append_family(text, "segue_catalogue_reloads_total", "counter", "Tables read while serving, by result");
  append_sample(text, "segue_catalogue_reloads_total", {"result", "done"}, static_cast<double>(catalogue.tables_read));
  append_sample(text, "segue_catalogue_reloads_total", {"result", "refused"},
                static_cast<double>(catalogue.tables_refused));
  append_family(text, "segue_store_up", "gauge", "1 while the store answers");
  try {
    const store::StoreFacts facts = store_facts();
    append_sample(text, "segue_store_up", {"kind", facts.kind}, 1);
    append_family(text, "segue_store_queue", "gauge", "Additions that wait for their commit");
    append_sample(text, "segue_store_queue", {}, static_cast<double>(store_.queued()));
    append_family(text, "segue_store_listens", "gauge", "Listens stored, counted once a minute");
    append_sample(text, "segue_store_listens", {}, static_cast<double>(facts.listens));
  } catch (const Error&) {
    append_sample(text, "segue_store_up", {}, 0);
  }
  return {.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = std::move(text)};
}

TypedReply<StatusReply> Service::status() {
  StatusReply reply{.uptime_seconds = metrics_->uptime_seconds(), .requests_per_second = metrics_->recent_rate()};
  for (std::size_t i = 0; i < router_->routes().size(); ++i) {
    const Route& route = router_->routes()[i];
    const RouteMetrics& of_route = metrics_->route(i);
    if (of_route.requests() == 0) continue;
    reply.routes.push_back({.method = name_of(route.method),
                            .path = route.path,
                            .requests = of_route.requests(),
                            .failed = of_route.of_class(5),
                            .mean_seconds = of_route.seconds() / static_cast<double>(of_route.requests()),
                            .p50_seconds = of_route.quantile(0.5),
                            .p99_seconds = of_route.quantile(0.99)});
  }
  try {
    store::StoreFacts facts = store_facts();
    reply.store.kind = std::move(facts.kind);
    reply.store.listens = facts.listens;
    reply.store.users = facts.users;
    reply.store.queued = store_.queued();
  } catch (const Error& error) {
    log("store is unavailable", {{"reason", error.what()}});
    reply.store.error = "the store is unavailable";
  }
  const std::vector<ModelPointer> models = setup_.models.all();
  for (const ModelPointer& served : models) {
    reply.models.push_back({served->name, served->model.songs().size(), served->recall});
  }
  reply.evaluation = !setup_.evaluation.empty();
  return json_reply(reply);
}

TypedReply<FreeFormReply> Service::evaluation() const {
  if (setup_.evaluation.empty()) fail(ErrorCode::not_found, "this server has no evaluation report");
  try {
    return {{.body = evaluation_report(setup_.evaluation)}};
  } catch (const Error& error) {
    // The file was there when the server started, so this is not the client's mistake.
    throw Error(ErrorCode::io_failed, error.what());
  }
}

std::vector<Route> Service::operation_routes() {
  std::vector<Route> routes;
  routes.push_back({.path = "/health/live",
                    .id = "getLiveness",
                    .tag = "Operations",
                    .summary = "Whether the process answers",
                    .scope = Scope::none,
                    .is_probe = true,
                    .handle = [](const Exchange&) { return json_reply(HealthReply()); }});
  routes.push_back(
      {.path = "/health/ready",
       .id = "getReadiness",
       .tag = "Operations",
       .summary = "Whether the server is ready for requests: the models are loaded, the store answers and has room",
       .scope = Scope::none,
       .is_probe = true,
       .may_block = true,
       .handle = [this](const Exchange&) { return ready(); }});
  routes.push_back({.path = "/metrics",
                    .id = "getMetrics",
                    .tag = "Operations",
                    .summary = "Metrics in Prometheus' text format",
                    .scope = Scope::metrics,
                    .for_operators = true,
                    .may_block = true,
                    .reply_type = "text/plain; version=0.0.4; charset=utf-8",
                    .handle = [this](const Exchange&) { return metrics_text(); }});
  routes.push_back({.path = "/v1/song-links",
                    .id = "getSongLinks",
                    .tag = "Operations",
                    .summary = "Where songs are found elsewhere, as addresses to fill in",
                    .handle = [this](const Exchange&) {
                      SongLinksReply reply;
                      for (const SongLink& link : setup_.song_links.links) {
                        reply.items.push_back({link.name, link.address});
                      }
                      reply.cover = setup_.song_links.cover;
                      reply.subsonic = setup_.song_links.subsonic;
                      return json_reply(reply);
                    }});
  routes.push_back({.path = "/v1/status",
                    .id = "getStatus",
                    .tag = "Operations",
                    .summary = "Requests, latencies, store and models",
                    .for_operators = true,
                    .may_block = true,
                    .handle = [this](const Exchange&) { return status(); }});
  routes.push_back({.path = "/v1/evaluation",
                    .id = "getEvaluation",
                    .tag = "Operations",
                    .summary = "Next-song accuracy: the evaluation report, if the server has one",
                    .may_block = true,
                    .handle = [this](const Exchange&) { return evaluation(); }});
  routes.push_back({.path = "/openapi.json",
                    .id = "getOpenApi",
                    .tag = "Operations",
                    .summary = "The OpenAPI document of this API",
                    .scope = Scope::none,
                    .handle = [this](const Exchange&) { return TypedReply<FreeFormReply>{{.body = openapi_}}; }});
  return routes;
}

}  // namespace segue::serve
