// The report of an evaluation that a service shows: what `segue evaluate --report` wrote.
#pragma once

#include <filesystem>
#include <string>

namespace segue::serve {

// Its text. Throws not_found, io_failed, and bad_input where the file is no such report.
std::string evaluation_report(const std::filesystem::path& file);

}  // namespace segue::serve
