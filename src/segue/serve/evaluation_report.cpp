#include "segue/serve/evaluation_report.h"

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/json.h"

namespace segue::serve {

std::string evaluation_report(const std::filesystem::path& file) {
  std::string text = read_text(file);
  const json::value document = parse_json(text, file.string());
  const json::object* const report = document.if_object();
  const json::value* const runs = report == nullptr ? nullptr : report->if_contains("runs");
  if (runs == nullptr || !runs->is_array() || runs->get_array().empty()) {
    fail(ErrorCode::bad_input, "{}: expected a report of segue evaluate --report, found other JSON", file.string());
  }
  return text;
}

}  // namespace segue::serve
