#include "segue/base/page.h"

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/version.h"

namespace segue {

namespace {

// JSON that cannot end its script element. What is replaced occurs within strings only. U+2028 and U+2029 end a line in
// scripts of old browsers.
std::string in_script(std::string_view document) {
  constexpr std::string_view kLineSeparator = "\xe2\x80\xa8";
  constexpr std::string_view kParagraphSeparator = "\xe2\x80\xa9";
  std::string out;
  out.reserve(document.size() + document.size() / 64);
  for (std::size_t at = 0; at < document.size(); ++at) {
    const std::string_view here = document.substr(at, kLineSeparator.size());
    if (document[at] == '<') {
      out += "\\u003c";
    } else if (here == kLineSeparator || here == kParagraphSeparator) {
      out += here == kLineSeparator ? "\\u2028" : "\\u2029";
      at += here.size() - 1;
    } else {
      out += document[at];
    }
  }
  return out;
}

}  // namespace

std::string filled_page(std::string_view page_template, const PageContent& content) {
  std::string out;
  std::string_view rest = page_template;
  for (const auto& [mark, text] :
       {std::pair(kVersionMark, std::string(kVersion)), std::pair(kTitleMark, escaped(content.title)),
        std::pair(kPlainMark, content.plain), std::pair(kDocumentMark, in_script(content.document))}) {
    const std::size_t at = rest.find(mark);
    SEGUE_ASSERT(at != rest.npos);
    out += rest.substr(0, at);
    out += text;
    rest.remove_prefix(at + mark.size());
  }
  out += rest;
  return out;
}

std::string html_table(std::string_view caption, std::span<const std::string> columns,
                       std::span<const std::vector<std::string>> rows) {
  std::string out = fmt::format("<table><caption>{}</caption><tr>", escaped(caption));
  for (const std::string& column : columns) out += fmt::format("<th>{}</th>", escaped(column));
  for (const std::vector<std::string>& row : rows) {
    SEGUE_ASSERT(row.size() == columns.size());
    out += "</tr>\n<tr>";
    for (const std::string& cell : row) out += fmt::format("<td>{}</td>", escaped(cell));
  }
  return out + "</tr></table>\n";
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

}  // namespace segue
