// The methods by name. Each is a file of its own in this folder, listed in methods.cpp.
#pragma once

#include <memory>
#include <string_view>
#include <vector>

#include "segue/evaluate/method.h"
#include "segue/evaluate/options.h"
#include "segue/model/blend_weights.h"
#include "segue/recommend/blend_query.h"

namespace segue::evaluate {

struct MethodOptions {
  VectorMetric vector_metric = VectorMetric::cosine;  // of sgns and sgns-10
  model::Blend blend = {};
  recommend::TeacherSource teacher = nullptr;  // of the blend, in songs of the split
};

// Every method, in the order of the report, or those in `names`, separated by commas ("all": every one). Throws
// wrong_use for an unknown name; the message names the nearest known one.
std::vector<std::unique_ptr<Method>> make_methods(std::string_view names, const MethodOptions& options = {});

// The method of that name. Throws like make_methods().
std::unique_ptr<Method> make_method(std::string_view name, const MethodOptions& options = {});

}  // namespace segue::evaluate
