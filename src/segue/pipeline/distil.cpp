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

}  // namespace segue::pipeline
