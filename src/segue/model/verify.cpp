#include "segue/model/verify.h"

#include "segue/base/manifest.h"
#include "segue/model/model.h"

namespace segue::model {

void verify_model(const std::filesystem::path& folder, Progress& progress) {
  open_whole(folder, [&](const OpenFolder& open) { verify_model(open, progress); });
}

void verify_model(const OpenFolder& folder, Progress& progress) {
  verify_files(folder, open_manifest(folder, kModelFormat), progress);
  const Model model(folder);
  (void)model.index();
  if (model.has_teacher()) (void)model.teacher();
}

}  // namespace segue::model
