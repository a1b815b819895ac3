// Bytes in memory as a stream.
#pragma once

#include <algorithm>
#include <cstring>
#include <string>

#include "segue/data/log/input/byte_stream.h"

namespace segue::testing {

class MemoryStream final : public data::ByteStream {
 public:
  // Reads come in pieces of at most `piece` bytes, as from a pipe.
  explicit MemoryStream(std::string bytes, std::size_t piece = std::string::npos)
      : bytes_(std::move(bytes)), piece_(piece) {}

  std::size_t read(char* out, std::size_t size) override {
    const std::size_t taken = std::min({size, piece_, bytes_.size() - at_});
    std::memcpy(out, bytes_.data() + at_, taken);
    at_ += taken;
    return taken;
  }

 private:
  std::string bytes_;
  std::size_t piece_;
  std::size_t at_ = 0;
};

}  // namespace segue::testing
