// An evaluation as JSON and as a page.
#pragma once

#include <span>
#include <string>

#include "segue/base/json.h"
#include "segue/data/dataset/catalogue.h"
#include "segue/evaluate/evaluation.h"

namespace segue::evaluate {

// Every number of an evaluation but its examples.
json::object to_json(const Evaluation& evaluation);

// What a reader has to know beside the numbers.
struct ReportDescription {
  std::string dataset;
  json::object split_options;
  json::object options;
  json::object train_options;
};

// One self-contained HTML page: nothing is loaded from anywhere. Shows the first run; REQUIRES: there is one.
std::string html_report(std::span<const Evaluation> runs, const data::Catalogue& songs,
                        const ReportDescription& description);

}  // namespace segue::evaluate
