// What the pages that Segue writes have in common: their style, and text made safe.
#pragma once

#include <string>
#include <string_view>

namespace segue::evaluate {

// The style of every page, light and dark as the reader's system is.
std::string_view page_style();

// Text for between tags and in quoted attributes.
std::string escaped(std::string_view text);

// Where ticks from 0 to `most` stand: 1, 2 or 5 times a power of ten apart, four to eight of them.
double tick_step(double most);

}  // namespace segue::evaluate
