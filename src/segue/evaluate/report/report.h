// Evaluations as JSON and as an HTML page.
#pragma once

#include <span>
#include <string>

#include "segue/base/json.h"
#include "segue/data/dataset/catalogue.h"
#include "segue/evaluate/evaluation.h"

namespace segue::evaluate {

// Every number of an evaluation, without its example predictions.
json::object to_json(const Evaluation& evaluation);

// The context of the numbers.
struct ReportDescription {
  std::string dataset;
  json::object split_options;
  json::object options;
  json::object train_options;
};

// One self-contained HTML page: nothing is loaded from anywhere. Shows the first run in full. REQUIRES: at least one
// run.
std::string html_report(std::span<const Evaluation> runs, const data::Catalogue& songs,
                        const ReportDescription& description);

}  // namespace segue::evaluate
