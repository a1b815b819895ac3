// Models in folders with a date, and a link to the one in service: `model` leads to `model-20261129T040000Z`, and those
// before it stay beside it, to go back to.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>

namespace segue::pipeline {

// Throws wrong_use if there is something at `link` that is no link.
void check_can_be_link(const std::filesystem::path& link);

// LINK-20261129T040000Z (UTC), with -2, -3, ... behind it where that exists.
std::filesystem::path dated_folder(const std::filesystem::path& link, std::chrono::system_clock::time_point now);

// Lets the link lead to a folder next to it, in one step that survives a crash. Throws io_failed.
void point_to(const std::filesystem::path& link, const std::filesystem::path& folder);

// Removes models with a date in their names but for the `kept` newest and the one that the link leads to. Folders that
// are no models stay. Throws as remove_folder() does.
void remove_old_models(const std::filesystem::path& link, std::size_t kept);

}  // namespace segue::pipeline
