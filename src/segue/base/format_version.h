// The kind and version of a folder, which its manifest (base/manifest.h) states first.
#pragma once

#include <cstdint>
#include <string_view>

namespace segue {

// A format and the newest version of it that this program reads.
struct FormatVersion {
  std::string_view name;  // "segue-dataset", "segue-model"
  std::uint64_t version;
};

}  // namespace segue
