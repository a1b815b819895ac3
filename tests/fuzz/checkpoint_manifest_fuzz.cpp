// The manifest of a checkpoint with arbitrary text, in an otherwise valid folder.
#include <chrono>
#include <cstdint>
#include <fstream>

#include "segue/base/digest.h"
#include "segue/base/error.h"
#include "segue/train/checkpoint_folder.h"

#include "tests/support/scratch.h"

namespace {

struct Folder {
  segue::testing::Scratch scratch;
  std::filesystem::path checkpoint = scratch / "m.checkpoint";
  segue::math::Matrix matrix = segue::math::Matrix(3, 2);

  Folder() {
    segue::train::CheckpointFolder sink(checkpoint, {"d"}, {}, std::chrono::milliseconds(0),
                                        [](const segue::Error&) {});
    sink.write({}, rows());
  }
  segue::train::TrainingMatrices rows() {
    return {segue::train::row_bytes_of(matrix.view()), segue::train::row_bytes_of(matrix.view())};
  }
};

void open_with(Folder& folder, const std::string& manifest) {
  std::ofstream(folder.checkpoint / segue::kManifestName, std::ios::binary | std::ios::trunc) << manifest;
  try {
    const segue::train::Checkpoint checkpoint(folder.checkpoint);
    checkpoint.load(folder.rows());
    checkpoint.check_same_training({"d"}, {});
  } catch (const segue::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Folder folder;
  const std::string text(reinterpret_cast<const char*>(data), size);
  open_with(folder, text);
  // Again with the right digest, to get past its check.
  const std::string key = ",\n  \"digest\": ";
  const std::string body = text.substr(0, text.rfind(key));
  open_with(folder, body + key + "\"" + segue::sha256_of(body) + "\"\n}\n");
  return 0;
}
