// Stores of files that Arrow reaches by URI: s3://, gs://, file://.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <arrow/filesystem/type_fwd.h>

namespace segue::data {

// "s3://...", with any scheme.
bool is_uri(std::string_view name);

// Sets `path` to what the URI names in it. Throws unavailable, without the URI's password.
std::shared_ptr<arrow::fs::FileSystem> file_system_of(const std::string& uri, std::string& path);

}  // namespace segue::data
