// Text in the columns of a terminal: measured, cut and wrapped.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace segue::cli {

// The columns of the terminal behind a descriptor: COLUMNS if it is set to a number, else what the terminal says, else
// 80. 0 if the descriptor is no terminal, whose lines have any length.
std::size_t terminal_columns(int descriptor);

// The columns that a text takes on a terminal: combining marks take none, East Asian wide letters two.
// REQUIRES: valid UTF-8, as for the functions below.
std::size_t display_width(std::string_view text);

// The text, or as much of it as takes `columns` with "…" at its end.
std::string cut_to(std::string_view text, std::size_t columns);

// The lines of the text, broken at spaces, or inside a word that takes more than `columns`. At least one line.
// REQUIRES: columns >= 2
std::vector<std::string> wrapped(std::string_view text, std::size_t columns);

// What --help prints, its descriptions wrapped to `columns` and aligned, long examples continued with a backslash. 0
// leaves it as it is.
std::string wrapped_help(std::string_view help, std::size_t columns);

}  // namespace segue::cli
