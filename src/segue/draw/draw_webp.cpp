#include "segue/base/file.h"
#include "segue/draw/draw.h"
#include "segue/draw/webp.h"

namespace segue::draw {

namespace {

constexpr int kFadeFrames = 8;
constexpr std::chrono::milliseconds kFadeFrame{50};
constexpr std::chrono::milliseconds kHold{2200};
constexpr std::chrono::milliseconds kHoldLast{4500};

// A mix of two pictures, `part` of 256 of the second.
Raster faded(const Raster& from, const Raster& to, std::uint32_t part) {
  Raster result = from;
  for (std::size_t i = 0; i < result.pixels.size(); ++i) {
    std::uint32_t pixel = 0;
    for (const std::uint32_t shift : {0U, 8U, 16U}) {
      const std::uint32_t a = from.pixels[i] >> shift & 0xFFU;
      const std::uint32_t b = to.pixels[i] >> shift & 0xFFU;
      pixel |= ((a * (256 - part) + b * part) / 256) << shift;
    }
    result.pixels[i] = pixel;
  }
  return result;
}

}  // namespace

void MapDrawing::write_webp(const std::filesystem::path& file, const Highlight& highlight) const {
  AtomicFile target(file);
  WebpAnimation animation(options_.size);
  Raster before = step(highlight, 1);
  animation.add(before, kHold);
  for (int number = 2; number <= kSteps; ++number) {
    Raster after = step(highlight, number);
    for (int i = 1; i < kFadeFrames; ++i) {
      animation.add(faded(before, after, static_cast<std::uint32_t>(256 * i / kFadeFrames)), kFadeFrame);
    }
    animation.add(after, number == kSteps ? kHoldLast : kHold);
    before = std::move(after);
  }
  animation.write(target.path());
  target.commit();
}

}  // namespace segue::draw
