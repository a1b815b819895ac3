// Teachers for the splits of an evaluation.
//
// A teacher that has seen the queues it is measured on predicts them too well. So each file of lists has to name the
// split whose training part the teacher learnt from (pipeline/teacher_lists.h), and is used for that split alone: one
// for the part that the blend is measured on, one for the part that its weights are fitted on.
#pragma once

#include <cstdint>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "segue/data/dataset/dataset.h"
#include "segue/evaluate/split.h"
#include "segue/pipeline/teacher_lists.h"
#include "segue/recommend/blend_query.h"

namespace segue::evaluate {

class SplitTeachers {
 public:
  // Reads each file. `option` names them in messages: "--teacher". `heard`: as in split_digest(). Throws as
  // read_teacher_lists() does, and bad_input if a file names no split or two name the same. `dataset` outlives it.
  SplitTeachers(std::string option, std::span<const std::string> files, const data::Dataset& dataset,
                const pipeline::TeacherOptions& options, std::uint32_t heard, const std::stop_token& stop);

  // The teacher of this split, in its songs; nullptr if no file names it.
  recommend::TeacherSource of(const Split& split);
  // The same, but throws bad_input if there is none. `part` describes the split: "the measured split".
  recommend::TeacherSource need(const Split& split, std::string_view part);
  // Throws bad_input if a file was for none of the splits asked for.
  void refuse_unused() const;

 private:
  struct Teacher {
    std::string file;
    pipeline::TeacherLists lists;  // of the rows of the dataset
    bool used = false;
  };

  const std::string option_;
  const std::uint32_t heard_;
  std::vector<Teacher> teachers_;
};

}  // namespace segue::evaluate
