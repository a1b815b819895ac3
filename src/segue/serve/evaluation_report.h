// The evaluation report that a service shows, written by `segue evaluate --report`.
#pragma once

#include <filesystem>
#include <string>

namespace segue::serve {

// Its text. Throws not_found, io_failed, and bad_input if the file is no such report.
std::string evaluation_report(const std::filesystem::path& file);

}  // namespace segue::serve
