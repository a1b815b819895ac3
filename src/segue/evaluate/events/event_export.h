// Lists and what listeners did with them as a table, for other programs: a row for each song of each list with an
// event. docs/report.md describes the columns.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>

#include "segue/store/store.h"

namespace segue::evaluate {

// Writes lists made at `since` (seconds since 1970) or later, and returns how many rows. Its ending says the format
// (data/arrow/table_output.h). The file appears whole or not at all. Throws wrong_use for another ending, as
// for_each_list(), and no_space and io_failed.
std::uint64_t export_events(store::ListenStore& store, std::int64_t since, std::chrono::milliseconds played,
                            const std::filesystem::path& file);

}  // namespace segue::evaluate
