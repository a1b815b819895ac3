// The manifest of a model with arbitrary text, in an otherwise valid folder.
#include <cstdint>
#include <fstream>
#include <optional>

#include "segue/base/digest.h"
#include "segue/base/error.h"
#include "segue/base/manifest.h"
#include "segue/model/model.h"

#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace {

struct Folder {
  segue::testing::Scratch scratch;
  std::filesystem::path model = scratch / "model";
  Folder() { segue::testing::write_small_model(model, segue::testing::small_model(3, 2)); }
};

void open_with(const std::filesystem::path& folder, const std::string& manifest) {
  std::ofstream(folder / segue::kManifestName, std::ios::binary | std::ios::trunc) << manifest;
  try {
    const segue::model::Model model(folder);
  } catch (const segue::Error&) {
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const Folder folder;
  const std::string text(reinterpret_cast<const char*>(data), size);
  open_with(folder.model, text);
  // Again with the right digest, to get past its check.
  const std::string key = ",\n  \"digest\": ";
  const std::string body = text.substr(0, text.rfind(key));
  open_with(folder.model, body + key + "\"" + segue::sha256_of(body) + "\"\n}\n");
  return 0;
}
