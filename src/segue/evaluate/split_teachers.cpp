#include "segue/evaluate/split_teachers.h"

#include <algorithm>
#include <memory>

#include "segue/base/error.h"
#include "segue/evaluate/split_export.h"

namespace segue::evaluate {

namespace {

// The lists of a dataset's rows as lists of the songs of a split, without those that are not in its catalogue.
std::vector<transitions::NextSongs> in_songs_of(const Split& split, std::span<const transitions::NextSongs> by_row) {
  std::vector<transitions::NextSongs> by_song(split.rows.size());
  for (std::uint32_t song = 0; song < by_song.size(); ++song) {
    const transitions::NextSongs& next = by_row[split.rows[song]];
    std::vector<std::pair<data::SongRow, float>> known;
    for (std::size_t i = 0; i < next.songs.size(); ++i) {
      const std::uint32_t other = split.songs[next.songs[i]];
      if (other != kUnknownSong) known.emplace_back(other, next.chances[i]);
    }
    std::ranges::sort(known);
    for (const auto& [other, chance] : known) {
      by_song[song].songs.push_back(other);
      by_song[song].chances.push_back(chance);
    }
  }
  return by_song;
}

}  // namespace

SplitTeachers::SplitTeachers(std::string option, std::span<const std::string> files, const data::Dataset& dataset,
                             const pipeline::TeacherOptions& options, std::uint32_t heard, const std::stop_token& stop)
    : option_(std::move(option)), heard_(heard) {
  for (const std::string& file : files) {
    Teacher teacher{file, pipeline::read_teacher_lists(file, dataset.songs, options, stop)};
    if (teacher.lists.split.empty()) {
      fail(ErrorCode::bad_input,
           "{} {}: expected a column split with the digest of the exported split that the teacher learnt from, found "
           "none; a teacher that has seen the queues it is measured on predicts them too well",
           option_, file);
    }
    for (const Teacher& other : teachers_) {
      if (other.lists.split != teacher.lists.split) continue;
      fail(ErrorCode::bad_input, "{}: expected one file for the split {}, found {} and {}", option_,
           other.lists.split.substr(0, 12), other.file, file);
    }
    teachers_.push_back(std::move(teacher));
  }
}

recommend::TeacherSource SplitTeachers::of(const Split& split) {
  const std::string wanted = split_digest(split, heard_);
  const auto mine = std::ranges::find(teachers_, wanted, [](const Teacher& one) { return one.lists.split; });
  if (mine == teachers_.end()) return nullptr;
  mine->used = true;
  const auto lists = std::make_shared<const std::vector<transitions::NextSongs>>(in_songs_of(split, mine->lists.next));
  return [lists](std::span<const data::SongRow> songs) {
    std::vector<transitions::NextSongs> next;
    next.reserve(songs.size());
    for (const data::SongRow song : songs) next.push_back((*lists)[song]);
    return next;
  };
}

recommend::TeacherSource SplitTeachers::need(const Split& split, std::string_view part) {
  if (recommend::TeacherSource teacher = of(split)) return teacher;
  std::string found;
  for (const Teacher& teacher : teachers_) found += (found.empty() ? "" : ", ") + teacher.lists.split.substr(0, 12);
  fail(ErrorCode::bad_input, "{}: expected lists for {}, {}, found some for {}; export it again with the same options",
       option_, part, split_digest(split, heard_).substr(0, 12), found);
}

void SplitTeachers::refuse_unused() const {
  for (const Teacher& teacher : teachers_) {
    if (teacher.used) continue;
    fail(ErrorCode::bad_input, "{} {}: expected lists for a split that is measured or fitted on, found some for {}",
         option_, teacher.file, teacher.lists.split.substr(0, 12));
  }
}

}  // namespace segue::evaluate
