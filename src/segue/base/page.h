// Pages that segue writes to files: built from the components of the web app, one file each that loads nothing. A page
// comes as a template (app/web/assets.h) and is filled with a JSON document, which its script shows.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace segue {

struct PageContent {
  std::string_view title;     // of the window
  std::string_view document;  // JSON
  std::string plain = {};     // markup for browsers that run no scripts, below the sentence that says so
};

// Where a template takes what it is filled with, each once.
inline constexpr std::string_view kTitleMark = "<!--TITLE-->";
inline constexpr std::string_view kPlainMark = "<!--PLAIN-->";
inline constexpr std::string_view kDocumentMark = "<!--DOCUMENT-->";

inline constexpr std::string_view kVersionMark = "<!--VERSION-->";

// No text of the title or the document can end its element or become markup. REQUIRES: a template with all marks, in
// the order version, title, plain, document.
std::string filled_page(std::string_view page_template, const PageContent& content);

// A table with every text escaped. REQUIRES: a cell for each column in every row.
std::string html_table(std::string_view caption, std::span<const std::string> columns,
                       std::span<const std::vector<std::string>> rows);

// Text for use between tags and in quoted attributes.
std::string escaped(std::string_view text);

}  // namespace segue
