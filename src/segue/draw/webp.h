// WebP animations, by libwebp.
#pragma once

#include <chrono>
#include <cstddef>
#include <filesystem>
#include <memory>

#include "segue/draw/raster.h"

namespace segue::draw {

// Frames of one size, shown in a loop. Not thread safe.
class WebpAnimation {
 public:
  explicit WebpAnimation(std::size_t side);
  ~WebpAnimation();
  WebpAnimation(const WebpAnimation&) = delete;
  WebpAnimation& operator=(const WebpAnimation&) = delete;

  void add(const Raster& frame, std::chrono::milliseconds shown);  // throws no_space
  // Writes the file. Throws no_space, io_failed.
  void write(const std::filesystem::path& file);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace segue::draw
