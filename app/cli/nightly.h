// A new model every night, from within the service: segue serve --retrain.
#pragma once

#include <functional>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include "segue/serve/service.h"

#include "app/cli/retrain_times.h"

namespace segue::cli {

// Runs `segue retrain` with these words at these times, one after another, until it is destroyed or `stop` is
// requested. What it did, and what went wrong, is logged and counted; the service finds the new model itself.
class Nightly {
 public:
  Nightly(RetrainTimes times, std::vector<std::string> words, serve::Service& service, serve::LogEvent log,
          std::stop_token stop);

 private:
  void run(const std::stop_token& stop) const;
  void retrain(const std::stop_token& stop) const;

  const RetrainTimes times_;
  const std::vector<std::string> words_;
  serve::Service& service_;
  const serve::LogEvent log_;
  std::jthread thread_;
  const std::stop_callback<std::function<void()>> on_stop_;  // last: it uses the thread
};

}  // namespace segue::cli
