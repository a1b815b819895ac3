#include "app/cli/nightly.h"

#include <fmt/format.h>

#include "segue/base/ascii.h"
#include "segue/base/json.h"

#include "app/cli/child.h"
#include "app/cli/pause.h"

namespace segue::cli {

namespace {

// The last line that is no empty one: what went wrong.
std::string last_line(std::string_view text) {
  text = trimmed(text);
  return std::string(text.substr(text.find_last_of('\n') + 1));
}

}  // namespace

Nightly::Nightly(RetrainTimes times, std::vector<std::string> words, serve::Service& service, serve::LogEvent log,
                 std::stop_token stop)
    : times_(times),
      words_(std::move(words)),
      service_(service),
      log_(std::move(log)),
      thread_([this](const std::stop_token& own) { run(own); }),
      on_stop_(std::move(stop), [this] { thread_.request_stop(); }) {}

void Nightly::run(const std::stop_token& stop) const {
  while (pause(times_.wait_from(std::time(nullptr)), stop)) retrain(stop);
}

void Nightly::retrain(const std::stop_token& stop) const {
  try {
    const ChildResult child = run_child(words_, stop);
    if (stop.stop_requested()) return;
    service_.count_retrain(child.exit_status == 0);
    if (!log_) return;
    if (child.exit_status != 0) {
      log_("retraining failed", {{"exit_status", child.exit_status}, {"reason", last_line(child.errors)}});
      return;
    }
    const json::value printed = parse_json(child.output, "segue retrain");
    json::object facts;
    for (const char* name : {"listens", "songs", "songs_before", "seconds"}) {
      if (const json::value* value = printed.as_object().if_contains(name)) facts[name] = *value;
    }
    log_("model retrained", facts);
  } catch (const std::exception& error) {
    service_.count_retrain(false);
    if (log_) log_("retraining failed", {{"reason", error.what()}});
  }
}

}  // namespace segue::cli
