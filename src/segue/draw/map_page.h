// The interactive map without its data: map_page.html, built in.
#pragma once

#include <string_view>

namespace segue::draw {

// The data is inserted before the script that reads it.
inline constexpr std::string_view kDataMark = "<!--DATA-->";

std::string_view map_page();

}  // namespace segue::draw
