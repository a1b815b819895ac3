// What operators and their programs ask: probes, metrics, status, the API's own document.
#include <chrono>

#include "segue/base/error.h"
#include "segue/serve/evaluation_report.h"
#include "segue/serve/service.h"

namespace segue::serve {

namespace {

constexpr std::chrono::minutes kCountAgain{1};  // the store's listens, which takes long where there are many

}  // namespace

store::StoreFacts Service::store_facts() {
  setup_.store.check();
  const auto now = std::chrono::steady_clock::now();
  const std::scoped_lock lock(counting_);
  if (!counted_at_ || now - *counted_at_ >= kCountAgain) {
    counted_ = setup_.store.facts();
    counted_at_ = now;
  }
  return counted_;
}

Reply Service::ready() {
  if (draining_) return error_reply(503, "unavailable", "this server is about to end");
  setup_.store.check();
  return json_reply({{"status", "ok"}});
}

Reply Service::metrics_text() {
  std::string text = metrics_->text();
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
  append_family(text, "segue_index_recall", "gauge",
                "Share of the 10 nearest songs that searches find: sampled when the model was loaded");
  for (const ModelPointer& served : models) {
    append_sample(text, "segue_index_recall", {"model", served->name}, served->recall);
  }
  append_family(text, "segue_store_up", "gauge", "1 while the store answers");
  try {
    const store::StoreFacts facts = store_facts();
    append_sample(text, "segue_store_up", {"kind", facts.kind}, 1);
    append_family(text, "segue_store_queue", "gauge", "Additions that wait for their commit");
    append_sample(text, "segue_store_queue", {}, static_cast<double>(setup_.store.queued()));
    append_family(text, "segue_store_listens", "gauge", "Listens stored, counted once a minute");
    append_sample(text, "segue_store_listens", {}, static_cast<double>(facts.listens));
  } catch (const Error&) {
    append_sample(text, "segue_store_up", {}, 0);
  }
  return {.content_type = "text/plain; version=0.0.4; charset=utf-8", .body = std::move(text)};
}

Reply Service::status() {
  json::array routes;
  for (std::size_t i = 0; i < router_->routes().size(); ++i) {
    const Route& route = router_->routes()[i];
    const RouteMetrics& of_route = metrics_->route(i);
    if (of_route.requests() == 0) continue;
    routes.push_back({{"method", name_of(route.method)},
                      {"path", route.path},
                      {"requests", of_route.requests()},
                      {"failed", of_route.of_class(5)},
                      {"mean_seconds", of_route.seconds() / static_cast<double>(of_route.requests())},
                      {"p50_seconds", of_route.quantile(0.5)},
                      {"p99_seconds", of_route.quantile(0.99)}});
  }
  json::object store;
  try {
    const store::StoreFacts facts = store_facts();
    store = {
        {"kind", facts.kind}, {"listens", facts.listens}, {"users", facts.users}, {"queued", setup_.store.queued()}};
  } catch (const Error& error) {
    log("store is away", {{"reason", error.what()}});
    store = {{"error", "the store is away"}};
  }
  json::array models;
  for (const ModelPointer& served : setup_.models.all()) {
    models.push_back({{"name", served->name}, {"songs", served->model.songs().size()}, {"recall", served->recall}});
  }
  return json_reply({{"uptime_seconds", metrics_->uptime_seconds()},
                     {"requests_per_second", metrics_->recent_rate()},
                     {"routes", std::move(routes)},
                     {"store", std::move(store)},
                     {"models", std::move(models)},
                     {"evaluation", !setup_.evaluation.empty()}});
}

Reply Service::evaluation() const {
  if (setup_.evaluation.empty()) fail(ErrorCode::not_found, "this service has no report of an evaluation");
  try {
    return {.body = evaluation_report(setup_.evaluation)};
  } catch (const Error& error) {
    // The file was there when the service began: no fault of who asks.
    throw Error(ErrorCode::io_failed, error.what());
  }
}

std::vector<Route> Service::operation_routes() {
  std::vector<Route> routes;
  routes.push_back({.path = "/health/live",
                    .summary = "Whether the process answers",
                    .scope = Scope::none,
                    .reply = "Health",
                    .handle = [](const Exchange&) {
                      return json_reply({{"status", "ok"}});
                    }});
  routes.push_back({.path = "/health/ready",
                    .summary = "Whether requests are welcome: the models are loaded and the store answers",
                    .scope = Scope::none,
                    .may_block = true,
                    .reply = "Health",
                    .handle = [this](const Exchange&) { return ready(); }});
  routes.push_back({.path = "/metrics",
                    .summary = "Counters for Prometheus",
                    .may_block = true,
                    .reply_type = "text/plain; version=0.0.4; charset=utf-8",
                    .handle = [this](const Exchange&) { return metrics_text(); }});
  routes.push_back({.path = "/v1/status",
                    .summary = "Requests, latencies, store and models as an operator looks at them",
                    .may_block = true,
                    .reply = "Status",
                    .handle = [this](const Exchange&) { return status(); }});
  routes.push_back({.path = "/v1/evaluation",
                    .summary = "How well the next song is foretold: the report of an evaluation, where there is one",
                    .may_block = true,
                    .reply = "Object",
                    .handle = [this](const Exchange&) { return evaluation(); }});
  routes.push_back({.path = "/openapi.json",
                    .summary = "This document",
                    .scope = Scope::none,
                    .reply = "Object",
                    .handle = [this](const Exchange&) { return Reply{.body = openapi_}; }});
  return routes;
}

}  // namespace segue::serve
