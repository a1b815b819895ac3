// A search as an HTML page.
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include "segue/evaluate/tuning/best_options.h"
#include "segue/evaluate/tuning/search.h"

namespace segue::evaluate {

// One self-contained HTML page: nothing is loaded from anywhere. REQUIRES: best_of(trials).
std::string search_page(const SearchPlan& plan, std::span<const Trial> trials, const BestOptions& result,
                        const json::object& about);

}  // namespace segue::evaluate
