// The frame that all HTML reports share: one self-contained page that loads nothing.
#pragma once

#include <string>
#include <string_view>

namespace segue::evaluate {

// Texts are not escaped yet, except `style` and `body`, which are taken as they are.
struct HtmlPage {
  std::string_view title;  // of the window
  std::string_view heading;
  std::string_view subject;     // what the report is about, shown below the heading with the version of Segue
  std::string_view style = {};  // CSS in addition to that of every page
  std::string_view body;
};

// Light or dark, as the system of whoever opens it.
std::string html_page(const HtmlPage& page);

// Text for use between tags and in quoted attributes.
std::string escaped(std::string_view text);

// The distance between ticks from 0 to `most`: 1, 2 or 5 times a power of ten, which gives four to eight ticks.
double tick_step(double most);

}  // namespace segue::evaluate
