// The interactive map as a page without its data: map_page.html, built in.
#pragma once

#include <string_view>

namespace segue::draw {

// Where the data goes: in front of the script that reads it.
inline constexpr std::string_view kDataMark = "<!--DATA-->";

std::string_view map_page();

}  // namespace segue::draw
