// Puts what a teacher would play next into a model: teacher.arrow, and its weight in the blend.
#pragma once

#include <filesystem>
#include <string_view>

#include "segue/model/model.h"
#include "segue/pipeline/teacher_lists.h"
#include "segue/train/options.h"

namespace segue::pipeline {

struct NewTeacher {
  const TeacherLists& lists;  // of the model's songs
  const TeacherOptions& options;
  model::Blend blend;  // the model's from now on
};

// Replaces the model in `folder`, or writes the model with its teacher to `target` if that is not empty. `digest` is
// that of the model whose songs the lists are of. Throws as model::extend_model does.
void add_teacher(const std::filesystem::path& folder, const std::filesystem::path& target, const NewTeacher& teacher,
                 std::string_view digest);

}  // namespace segue::pipeline
