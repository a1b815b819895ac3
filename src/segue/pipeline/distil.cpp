#include "segue/pipeline/distil.h"

#include <array>

#include "segue/base/error.h"
#include "segue/base/manifest.h"
#include "segue/base/options_json.h"
#include "segue/model/extend.h"

namespace segue::pipeline {

void add_teacher(const std::filesystem::path& folder, const std::filesystem::path& target, const NewTeacher& teacher,
                 std::string_view digest) {
  const auto write = [&](const std::filesystem::path& version) {
    transitions::write_teacher(version / model::kTeacherName, teacher.lists.next);
    json::object document = options_to_json(teacher.options);
    document["songs"] = teacher.lists.songs;
    document["entries"] = teacher.lists.entries;
    document["split"] = teacher.lists.split;
    return json::object{{"teacher", document},
                        {"blend", options_to_json(teacher.blend.discover)},
                        {"blend_next", options_to_json(teacher.blend.next)}};
  };
  model::extend_model(folder, std::array{model::kTeacherName}, write, digest, target);
}

train::TrainOptions train_options_of(const model::Model& model) {
  const std::string subject = (model.folder().path() / kManifestName).string();
  const json::object& stored = object_at(model.manifest().fields, "options", subject);
  train::TrainOptions options;
  for (const OptionRow& row : OptionsOf<train::TrainOptions>::rows) {
    const json::value* const value = stored.if_contains(row.name);
    if (value == nullptr) continue;
    try {
      row.set(&options, row, option_text(*value));
    } catch (const Error& error) {
      fail(ErrorCode::corrupt, "{}: {}", subject, error.what());
    }
  }
  return options;
}

}  // namespace segue::pipeline
