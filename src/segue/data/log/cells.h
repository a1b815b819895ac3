// Arrow arrays as columns of texts.
#pragma once

#include <memory>
#include <string_view>

#include <arrow/type_fwd.h>

#include "segue/data/dataset/interner.h"
#include "segue/data/log/rows.h"

namespace segue::data {

// Texts, dictionaries of texts, whole and real numbers, booleans, times and dates, and lists of these. Texts point into
// the array if it holds texts, else into the arena. Throws bad_input with `subject` and the type for any other type.
RowColumn column_of(const arrow::Array& array, TextArena& arena, std::string_view subject);

}  // namespace segue::data
