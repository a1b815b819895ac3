// How much of a mapped file counts as memory of this process.
#pragma once

#include <cstdint>
#include <fstream>
#include <string>
#include <string_view>

namespace segue::testing {

// Bytes in all maps of files whose path contains `part`.
inline std::uint64_t resident_bytes(std::string_view part) {
  std::ifstream maps("/proc/self/smaps");
  std::uint64_t kilobytes = 0;
  bool counts = false;
  for (std::string line; std::getline(maps, line);) {
    if (line.starts_with("Rss:")) {
      if (counts) kilobytes += std::stoull(line.substr(4));
    } else if (line.find('-') < line.find(':')) {  // the first line of a map: its addresses and its file
      counts = line.find(part) != std::string::npos;
    }
  }
  return kilobytes * 1024;
}

}  // namespace segue::testing
