// The reader of .npy files on arbitrary bytes.
#include <cstdint>
#include <cstring>
#include <span>
#include <vector>

#include "segue/base/error.h"
#include "segue/model/npy.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // As in a mapping: numbers are aligned, and nothing follows the end.
  std::vector<float> aligned(size / sizeof(float) + 1);
  std::memcpy(aligned.data(), data, size);
  try {
    const auto view = segue::model::parse_npy(std::as_bytes(std::span(aligned)).first(size), "fuzz.npy");
    volatile float sum = 0;
    for (std::size_t row = 0; row < view.rows && view.columns > 0; ++row) {
      for (const float number : view[row]) sum = sum + number;
    }
  } catch (const segue::Error&) {
  }
  return 0;
}
