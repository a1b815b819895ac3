#include "segue/draw/webp.h"

#include <webp/encode.h>
#include <webp/mux.h>

#include "segue/base/error.h"
#include "segue/base/file.h"

namespace segue::draw {

namespace {

constexpr float kQuality = 80;
constexpr int kMethod = 3;  // 0 fast ... 6 small

struct FreeWebP {
  void operator()(WebPAnimEncoder* encoder) const { WebPAnimEncoderDelete(encoder); }
};

class Picture {
 public:
  explicit Picture(const Raster& frame) {
    SEGUE_ASSERT(WebPPictureInit(&picture_) != 0);
    picture_.use_argb = 1;
    picture_.width = picture_.height = static_cast<int>(frame.side);
    if (WebPPictureAlloc(&picture_) == 0) fail(ErrorCode::no_space, "WebP: no memory for a frame");
    for (std::size_t y = 0; y < frame.side; ++y) {
      for (std::size_t x = 0; x < frame.side; ++x) {
        picture_.argb[y * static_cast<std::size_t>(picture_.argb_stride) + x] =
            0xFF000000U | frame.pixels[y * frame.side + x];
      }
    }
  }
  ~Picture() { WebPPictureFree(&picture_); }
  Picture(const Picture&) = delete;
  Picture& operator=(const Picture&) = delete;
  WebPPicture* get() { return &picture_; }

 private:
  WebPPicture picture_;
};

}  // namespace

struct WebpAnimation::State {
  std::size_t side = 0;
  std::unique_ptr<WebPAnimEncoder, FreeWebP> encoder;
  std::chrono::milliseconds time{0};

  void check(int done) const {
    if (done == 0) fail(ErrorCode::no_space, "WebP: {}", WebPAnimEncoderGetError(encoder.get()));
  }
};

WebpAnimation::WebpAnimation(std::size_t side) : state_(std::make_unique<State>()) {
  WebPAnimEncoderOptions options;
  SEGUE_ASSERT(WebPAnimEncoderOptionsInit(&options) != 0);
  state_->side = side;
  state_->encoder.reset(WebPAnimEncoderNew(static_cast<int>(side), static_cast<int>(side), &options));
  if (!state_->encoder) fail(ErrorCode::no_space, "WebP: no memory for frames of {} pixels a side", side);
}

WebpAnimation::~WebpAnimation() = default;

void WebpAnimation::add(const Raster& frame, std::chrono::milliseconds shown) {
  SEGUE_ASSERT(frame.side == state_->side);
  WebPConfig config;
  SEGUE_ASSERT(WebPConfigInit(&config) != 0);
  config.quality = kQuality;
  config.method = kMethod;
  Picture picture(frame);
  state_->check(
      WebPAnimEncoderAdd(state_->encoder.get(), picture.get(), static_cast<int>(state_->time.count()), &config));
  state_->time += shown;
}

void WebpAnimation::write(const std::filesystem::path& file) {
  state_->check(WebPAnimEncoderAdd(state_->encoder.get(), nullptr, static_cast<int>(state_->time.count()), nullptr));
  WebPData data;
  WebPDataInit(&data);
  const std::unique_ptr<WebPData, decltype(&WebPDataClear)> owned(&data, WebPDataClear);
  state_->check(WebPAnimEncoderAssemble(state_->encoder.get(), &data));
  FileWriter writer(file);
  writer.write(std::as_bytes(std::span(data.bytes, data.size)));
  writer.close();
}

}  // namespace segue::draw
