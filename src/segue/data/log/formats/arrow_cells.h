// Arrow arrays as cells.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <arrow/type_fwd.h>

#include "segue/data/log/rows.h"
#include "segue/data/text/text_arena.h"

namespace segue::data {

// The values of `array` at `path` inside it: members of structs, also of those in lists. Texts, dictionaries of texts,
// numbers, decimals, booleans, times and dates, and lists of these. Texts point into the array, or into `texts` if they
// had to be made. Throws bad_input with `subject` and the type for any other type.
RowColumn column_of(const arrow::Array& array, std::span<const std::string> path, TextArena& texts,
                    std::string_view subject);

}  // namespace segue::data
