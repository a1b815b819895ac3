#include "segue/evaluate/report/html.h"

#include <cmath>

#include <fmt/format.h>

#include "segue/base/version.h"

namespace segue::evaluate {

namespace {

constexpr std::string_view kStyle = R"(
:root { --ink: #1b1f24; --dim: #5f6b7a; --line: #d9dee5; --paper: #fff; --bar: #4c7fd0; --best: #1d8a5b; --heat: 76, 127, 208; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e6e9ee; --dim: #98a4b3; --line: #333b46; --paper: #14181d; --bar: #6c9be6; --best: #46c08b; --heat: 108, 155, 230; } }
body { font: 15px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 1360px; margin: 2em auto; padding: 0 1.5em; }
h1 { font-size: 1.6em; margin-bottom: .2em; } h2 { margin-top: 2em; border-bottom: 1px solid var(--line); } h3 { margin: 1.6em 0 .4em; }
p { max-width: 75ch; } .dim { color: var(--dim); } .wide { overflow-x: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; } th, td { padding: .25em .55em; text-align: right; white-space: nowrap; }
th { font-weight: 600; border-bottom: 1px solid var(--line); vertical-align: bottom; } th:first-child, td:first-child { text-align: left; }
tr.reference td:first-child { font-weight: 600; color: var(--best); } td.left, th.left { text-align: left; white-space: normal; }
td.best { font-weight: 700; color: var(--best); }
.charts { display: flex; flex-wrap: wrap; gap: 2em; } svg text { fill: var(--ink); font: 13px system-ui, sans-serif; } svg .axis { stroke: var(--line); } svg .tick { fill: var(--dim); font-size: 11px; }
svg .bar { fill: var(--bar); opacity: .75; } svg .bar.reference { fill: var(--best); } svg .whisker { stroke: var(--ink); stroke-width: 1.5; }
ol { margin: 0; padding-left: 1.4em; } ol li.hit { font-weight: 700; color: var(--best); }
.examples { display: grid; grid-template-columns: repeat(auto-fill, minmax(340px, 1fr)); gap: 1em; }
.example { border: 1px solid var(--line); border-radius: 6px; padding: .8em 1em; } .example h4 { margin: .5em 0 .1em; font-size: .8em; color: var(--dim); font-weight: 600; }
dl { display: grid; grid-template-columns: max-content auto; gap: 0 1.5em; } dd { margin: 0; } pre { white-space: pre-wrap; }
)";

}  // namespace

std::string html_page(const HtmlPage& page) {
  return fmt::format(
      "<!doctype html>\n<html lang=en><head><meta charset=utf-8><meta name=viewport content=\"width=device-width\">"
      "<title>{}</title><style>{}{}</style></head><body>\n<h1>{}</h1>\n<p class=dim>{} · segue {}</p>\n{}"
      "</body></html>\n",
      escaped(page.title), kStyle, page.style, escaped(page.heading), escaped(page.subject), kVersion, page.body);
}

std::string escaped(std::string_view text) {
  std::string out;
  for (const char letter : text) {
    switch (letter) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      default:
        out += letter;
    }
  }
  return out;
}

double tick_step(double most) {
  double step = std::pow(10, std::floor(std::log10(most / 4)));
  while (most / step > 8) step *= most / step > 20 ? 5 : 2;
  return step;
}

}  // namespace segue::evaluate
