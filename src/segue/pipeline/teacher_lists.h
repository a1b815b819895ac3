// Lists of a teacher: any scorer outside of Segue that says which songs it would play after each song.
//
// A table in any format that logs can have (Parquet, CSV, JSON Lines, ...; data/log/formats/formats.h), a row a pair:
//   song, next   ids of the catalogue
//   score        optional; without it, the order of the rows counts, best first
//   split        optional: the digest of the exported split whose training part the teacher learnt from
//                (evaluate/split_export.h), in any row, also in one without a song
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/options.h"
#include "segue/data/dataset/catalogue.h"
#include "segue/transitions/teacher_file.h"

namespace segue::pipeline {

// What scores are. `logits`: a song's chances are proportional to exp(score / temperature). `chances`: they are the
// scores, from 0 to 1; where those of a song add up to more than 1, their shares. `ranks`: scores are ignored, and
// chances proportional to 1 / place. `automatic`: logits, or ranks in a file without scores.
enum class TeacherScores : std::uint8_t { automatic, logits, chances, ranks };
inline constexpr std::array<std::string_view, 4> kTeacherScoresNames = {"auto", "logits", "chances", "ranks"};
constexpr std::span<const std::string_view> names(TeacherScores) {
  return kTeacherScoresNames;
}

struct TeacherOptions {
  TeacherScores teacher_scores = TeacherScores::automatic;
  double teacher_temperature = 1;
  std::uint32_t teacher_next = 100;
};

}  // namespace segue::pipeline

namespace segue {

template <>
struct OptionsOf<pipeline::TeacherOptions> {
  static constexpr std::string_view section = "distil";
  static constexpr std::array rows = {
      option<&pipeline::TeacherOptions::teacher_scores>(
          "teacher_scores",
          "What the teacher's scores are: logits, chances, or nothing but an order (ranks); auto: logits, or ranks "
          "where there are none"),
      option<&pipeline::TeacherOptions::teacher_temperature>(
          "teacher_temperature", "Logits are divided by this: above 1, chances are more alike", between(1e-3, 1000)),
      option<&pipeline::TeacherOptions::teacher_next>(
          "teacher_next", "Keep this many next songs of each song, the best", between(1, 1000)),
  };
};
SEGUE_CHECK_OPTIONS(pipeline::TeacherOptions);

}  // namespace segue

namespace segue::pipeline {

struct TeacherLists {
  std::string split;                         // "" if the file names none
  std::vector<transitions::NextSongs> next;  // of each song of the catalogue
  std::uint64_t songs = 0;                   // with a list
  std::uint64_t entries = 0;                 // of all lists
  // Pairs that are not used.
  std::uint64_t unknown = 0;     // a song that is not in the catalogue
  std::uint64_t repeated = 0;    // the same pair again, with a score that is no better
  std::uint64_t itself = 0;      // a song after itself
  std::uint64_t bad_scores = 0;  // a score that is missing or not finite; as a chance, not from 0 to 1
  std::uint64_t unreadable = 0;  // rows without two songs, or damaged
  std::uint64_t beyond = 0;      // behind the best `teacher_next`

  // "1,200 of unknown songs, 3 repeated"; "" if every pair is used.
  std::string unused_text() const;
};

// Reads one file. Throws not_found, io_failed, wrong_use if the options need scores that the file does not have,
// bad_input if it lacks a column, names two splits or knows no two songs of the catalogue, and interrupted.
TeacherLists read_teacher_lists(const std::string& file, const data::Catalogue& catalogue,
                                const TeacherOptions& options, const std::stop_token& stop);

}  // namespace segue::pipeline
