// Evaluations as documents and as a page.
#pragma once

#include <string>
#include <string_view>

#include "segue/base/json.h"
#include "segue/data/dataset/catalogue.h"
#include "segue/evaluate/evaluation.h"
#include "segue/evaluate/report/report_fields.h"

namespace segue::evaluate {

// Every number of an evaluation, without its example predictions.
EvaluationRunReply reply_of(const Evaluation& evaluation);
json::object to_json(const Evaluation& evaluation);

// The example predictions, with songs as people read them.
ExamplesReply examples_of(const Evaluation& evaluation, const data::Catalogue& songs);

// The template filled with the report (base/page.h), which shows the first run in full. REQUIRES: at least one run.
std::string evaluation_page(std::string_view page_template, const EvaluationReply& report);

}  // namespace segue::evaluate
