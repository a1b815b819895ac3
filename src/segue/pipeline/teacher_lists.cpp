#include "segue/pipeline/teacher_lists.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/words.h"
#include "segue/data/log/formats/formats.h"
#include "segue/pipeline/id_cell.h"

namespace segue::pipeline {

namespace {

using data::Cell;
using data::Field;

// The readers of logs know columns by their fields; these stand for the columns of a teacher's list.
constexpr Field kSong = Field::song;
constexpr Field kNext = Field::title;
constexpr Field kScore = Field::played;
constexpr Field kSplit = Field::name;

// Smaller ones would be 0 in the file.
constexpr double kLeastChance = 1e-7;

// NaN if it is no number.
double number_of(const Cell& cell) {
  constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
  if (cell.type() == Cell::Type::real) return cell.real();
  if (cell.type() == Cell::Type::whole) return static_cast<double>(cell.whole());
  if (cell.type() != Cell::Type::text) return kNone;
  const std::string_view text = cell.text();
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size() ? number : kNone;
}

struct ScoredNext {
  data::SongRow song = 0;
  double score = 0;
};

// Turns the scores of one song's list, best first, into chances.
void to_chances(std::vector<ScoredNext>& list, TeacherScores scores, double temperature) {
  if (list.empty()) return;
  const double best = list.front().score;
  double sum = 0;
  for (std::size_t i = 0; i < list.size(); ++i) {
    double& score = list[i].score;
    if (scores == TeacherScores::logits) score = std::exp((score - best) / temperature);
    if (scores == TeacherScores::ranks) score = 1 / static_cast<double>(i + 1);
    sum += score;
  }
  if (scores == TeacherScores::chances && sum <= 1) return;
  for (ScoredNext& next : list) next.score /= sum;
}

class TeacherReader {
 public:
  TeacherReader(std::string file, const data::Catalogue& catalogue, const TeacherOptions& options)
      : file_(std::move(file)), catalogue_(catalogue), options_(options), lists_(catalogue.size()) {}

  void read(data::Input& input, const std::stop_token& stop) {
    data::OpenedRows opened = data::open_rows(input, {});
    choose_columns(*opened.rows);
    while (const std::optional<data::RowBatch> batch = opened.rows->next()) {
      if (stop.stop_requested()) fail(ErrorCode::interrupted, "stopped while reading {}", file_);
      found_.unreadable += batch->rejects.size();
      for (std::size_t row = 0; row < batch->rows; ++row) add(*batch, row);
    }
  }

  TeacherLists take() {
    found_.next.resize(lists_.size());
    for (std::uint32_t song = 0; song < lists_.size(); ++song) finish(song);
    if (found_.entries == 0) {
      fail(ErrorCode::bad_input, "{}: expected pairs of songs of the catalogue, found none among {} rows{}", file_,
           with_commas(rows_),
           first_unknown_.empty() ? "" : fmt::format("; the first unknown song is \"{}\"", first_unknown_));
    }
    return std::move(found_);
  }

 private:
  void choose_columns(data::RowReader& rows) {
    data::FieldColumns columns;
    const auto choose = [&](Field field, std::string_view name) {
      const auto column = std::ranges::find(rows.columns(), name);
      if (column == rows.columns().end()) return false;
      columns[static_cast<std::size_t>(field)] = static_cast<std::size_t>(column - rows.columns().begin());
      return true;
    };
    if (!choose(kSong, "song") || !choose(kNext, "next")) {
      fail(ErrorCode::bad_input, "{}: expected the columns song and next, found {}", file_,
           fmt::join(rows.columns(), ", "));
    }
    const bool has_scores = choose(kScore, "score");
    choose(kSplit, "split");
    scores_ = options_.teacher_scores;
    if (scores_ == TeacherScores::automatic) scores_ = has_scores ? TeacherScores::logits : TeacherScores::ranks;
    if (scores_ != TeacherScores::ranks && !has_scores) {
      fail(ErrorCode::wrong_use, "--teacher-scores {}: expected a column score in {}, found {}", choice_name(scores_),
           file_, fmt::join(rows.columns(), ", "));
    }
    rows.choose(columns);
  }

  void add(const data::RowBatch& batch, std::size_t row) {
    const auto cell = [&](Field field) {
      const data::RowColumn& column = batch[field];
      return column.present && !column.is_list() ? column.cells[row] : Cell();
    };
    const bool names_split = take_split(cell(kSplit));
    if (names_split && cell(kSong).empty() && cell(kNext).empty()) return;
    ++rows_;
    if (cell(kSong).empty() || cell(kNext).empty()) {
      ++found_.unreadable;
      return;
    }
    const std::optional<data::SongRow> song = find(id_of(cell(kSong)));
    const std::optional<data::SongRow> next = find(id_of(cell(kNext)));
    const double score = scores_ == TeacherScores::ranks ? -static_cast<double>(rows_) : number_of(cell(kScore));
    if (!song || !next) {
      ++found_.unknown;
    } else if (*song == *next) {
      ++found_.itself;
    } else if (!is_score(score)) {
      ++found_.bad_scores;
    } else {
      lists_[*song].push_back({*next, score});
    }
  }

  bool take_split(const Cell& cell) {
    if (cell.empty()) return false;
    const std::string split = id_of(cell);
    if (!found_.split.empty() && found_.split != split) {
      fail(ErrorCode::bad_input, "{}: expected lists for one split, found {} and {}", file_, found_.split.substr(0, 12),
           split.substr(0, 12));
    }
    found_.split = split;
    return true;
  }

  std::optional<data::SongRow> find(const std::string& id) {
    const std::optional<data::SongRow> row = catalogue_.find(id);
    if (!row && first_unknown_.empty()) first_unknown_ = id;
    return row;
  }

  bool is_score(double score) const {
    return std::isfinite(score) && (scores_ != TeacherScores::chances || (score >= 0 && score <= 1));
  }

  // Keeps the best of a list, each song once, as chances.
  void finish(std::uint32_t song) {
    std::vector<ScoredNext>& list = lists_[song];
    std::ranges::sort(list, [](const ScoredNext& a, const ScoredNext& b) {
      return a.song != b.song ? a.song < b.song : a.score > b.score;
    });
    const auto again = std::ranges::unique(list, {}, &ScoredNext::song);
    found_.repeated += again.size();
    list.erase(again.begin(), again.end());
    std::ranges::stable_sort(list, std::ranges::greater{}, &ScoredNext::score);
    const std::size_t kept = std::min<std::size_t>(list.size(), options_.teacher_next);
    found_.beyond += list.size() - kept;
    list.resize(kept);
    to_chances(list, scores_, options_.teacher_temperature);
    std::erase_if(list, [](const ScoredNext& next) { return next.score < kLeastChance; });
    std::ranges::sort(list, {}, &ScoredNext::song);
    transitions::NextSongs& next = found_.next[song];
    for (const ScoredNext& one : list) {
      next.songs.push_back(one.song);
      next.chances.push_back(static_cast<float>(one.score));
    }
    found_.entries += list.size();
    found_.songs += list.empty() ? 0 : 1;
    std::vector<ScoredNext>().swap(list);
  }

  const std::string file_;
  const data::Catalogue& catalogue_;
  const TeacherOptions& options_;
  TeacherScores scores_ = TeacherScores::ranks;
  std::vector<std::vector<ScoredNext>> lists_;  // of each song, as they come
  std::uint64_t rows_ = 0;
  std::string first_unknown_;
  TeacherLists found_;
};

}  // namespace

std::string TeacherLists::unused_text() const {
  std::string text;
  const auto add = [&](std::uint64_t count, std::string_view what) {
    if (count > 0) text += fmt::format("{}{} {}", text.empty() ? "" : ", ", with_commas(count), what);
  };
  add(unknown, "of unknown songs");
  add(repeated, "repeated");
  add(itself, "of a song after itself");
  add(bad_scores, "without a valid score");
  add(unreadable, "without two songs or damaged");
  add(beyond, "beyond --teacher-next");
  return text;
}

TeacherLists read_teacher_lists(const std::string& file, const data::Catalogue& catalogue,
                                const TeacherOptions& options, const std::stop_token& stop) {
  TeacherReader reader(file, catalogue, options);
  data::Inputs inputs(std::span(&file, 1));
  inputs.for_each([&](data::Input& input) { reader.read(input, stop); });
  return reader.take();
}

}  // namespace segue::pipeline
