#include "segue/evaluate/outside_lists.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <optional>
#include <tuple>
#include <utility>

#include <fmt/ranges.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/json.h"
#include "segue/data/log/formats/formats.h"
#include "segue/evaluate/split_export.h"
#include "segue/pipeline/id_cell.h"

namespace segue::evaluate {

namespace {

bool is_name(std::string_view name) {
  return !name.empty() &&
         std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

// The lists of all positions, one after another.
struct ListsByPosition {
  struct Place {
    std::size_t begin = 0;
    std::size_t size = 0;
  };
  std::vector<Place> places;
  std::vector<std::uint32_t> songs;

  std::span<const std::uint32_t> of(std::uint64_t position) const {
    return std::span(songs).subspan(places[position].begin, places[position].size);
  }
};

class OutsideRanker final : public Ranker {
 public:
  explicit OutsideRanker(const ListsByPosition& lists) : lists_(lists) {}

  void rank(std::span<const Query> queries, std::size_t k, std::span<std::vector<math::ScoredRow>> lists) override {
    for (std::size_t i = 0; i < queries.size(); ++i) {
      lists[i].clear();
      for (const std::uint32_t song : lists_.of(queries[i].number)) {
        if (lists[i].size() == k) break;
        if (std::ranges::binary_search(queries[i].masked, song)) continue;
        lists[i].push_back({song, -static_cast<float>(lists[i].size())});
      }
    }
  }

 private:
  const ListsByPosition& lists_;
};

class OutsideLists final : public Method {
 public:
  OutsideLists(const NamedLists& named, ListsByPosition lists)
      : name_(named.name), summary_("Lists of " + named.file), lists_(std::move(lists)) {}

  std::string_view name() const override { return name_; }
  std::string_view summary() const override { return summary_; }
  bool fit(Ingredients&) override { return true; }
  std::unique_ptr<Ranker> ranker() const override { return std::make_unique<OutsideRanker>(lists_); }

 private:
  const std::string name_;
  const std::string summary_;
  const ListsByPosition lists_;
};

class ListsReader {
 public:
  ListsReader(const std::string& file, const Split& split, std::size_t positions)
      : file_(file), songs_(split.training.song_count()), has_line_(positions), listed_at_(songs_, 0) {
    lists_.places.resize(positions);
  }

  void check_split(std::string_view line, const std::string& wanted) {
    const json::object header = object_in(line);
    const json::value* const split = header.if_contains("split");
    if (split == nullptr || !split->is_string()) {
      fail(ErrorCode::bad_input, "{}:1: expected {{\"split\": \"...\"}}, found {}", file_, shortened(line));
    }
    if (split->get_string() != wanted) {
      fail(ErrorCode::bad_input,
           "{}:1: expected lists for the split {}, found some for {}; export the split again with the same options",
           file_, wanted.substr(0, 12), std::string(split->get_string()).substr(0, 12));
    }
  }

  void add(std::string_view line) {
    const json::object object = object_in(line);
    const std::uint64_t position = number(object, "position", lists_.places.size(), line);
    if (has_line_[position]) fail(ErrorCode::bad_input, "{}:{}: a second list for position {}", file_, line_, position);
    has_line_[position] = true;
    const json::value* const songs = object.if_contains("songs");
    if (songs == nullptr || !songs->is_array()) {
      fail(ErrorCode::bad_input, "{}:{}: expected \"songs\" with a list of numbers, found {}", file_, line_,
           shortened(line));
    }
    lists_.places[position] = {lists_.songs.size(), songs->get_array().size()};
    for (const json::value& one : songs->get_array()) add_song(one);
  }

  void next_line() { ++line_; }
  ListsByPosition take() { return std::move(lists_); }

 private:
  static std::string shortened(std::string_view line) { return std::string(line.substr(0, 60)); }

  json::object object_in(std::string_view line) const {
    boost::system::error_code error;
    json::value value = json::parse(line, error);
    if (error || !value.is_object()) {
      fail(ErrorCode::bad_input, "{}:{}: expected a JSON object, found {}", file_, line_,
           line.empty() ? "an empty line" : shortened(line));
    }
    return std::move(value.get_object());
  }

  // Below `end`.
  std::uint64_t number(const json::object& object, std::string_view key, std::uint64_t end,
                       std::string_view line) const {
    const json::value* const value = object.if_contains(key);
    if (value == nullptr || !value->is_int64() || value->get_int64() < 0 ||
        static_cast<std::uint64_t>(value->get_int64()) >= end) {
      fail(ErrorCode::bad_input, "{}:{}: expected \"{}\" with a whole number below {}, found {}", file_, line_, key,
           end, value == nullptr ? shortened(line) : json::serialize(*value));
    }
    return static_cast<std::uint64_t>(value->get_int64());
  }

  void add_song(const json::value& value) {
    if (!value.is_int64() || value.get_int64() < 0 || value.get_int64() >= songs_) {
      fail(ErrorCode::bad_input, "{}:{}: expected a song below {}, found {}", file_, line_, songs_,
           json::serialize(value));
    }
    const auto song = static_cast<std::uint32_t>(value.get_int64());
    if (std::exchange(listed_at_[song], line_) == line_) {
      fail(ErrorCode::bad_input, "{}:{}: expected different songs, found {} twice", file_, line_, song);
    }
    lists_.songs.push_back(song);
  }

  const std::string& file_;
  const std::uint32_t songs_;
  std::size_t line_ = 0;
  std::vector<bool> has_line_;          // of each position
  std::vector<std::size_t> listed_at_;  // of each song, the last line with it
  ListsByPosition lists_;
};

// Lists as a table with a row for each of their songs.
class ListTableReader {
 public:
  ListTableReader(const std::string& file, const Split& split, std::string digest, std::size_t positions)
      : file_(file), songs_(split.training.song_count()), digest_(std::move(digest)), positions_(positions) {}

  void read(data::Input& input) {
    const data::OpenedRows opened = data::open_rows(input, {});
    choose_columns(*opened.rows);
    while (const std::optional<data::RowBatch> batch = opened.rows->next()) {
      if (!batch->rejects.empty()) {
        fail(ErrorCode::bad_input, "{}:{}: expected a row of a list, found one that cannot be read", file_,
             batch->rejects.front().line);
      }
      for (std::size_t row = 0; row < batch->rows; ++row) add(*batch, row);
    }
  }

  ListsByPosition take() {
    std::ranges::stable_sort(rows_, [&](const Row& a, const Row& b) {
      if (a.position != b.position || a.order != b.order || !by_score_) {
        return std::tie(a.position, a.order) < std::tie(b.position, b.order);
      }
      return a.song < b.song;
    });
    ListsByPosition lists;
    lists.places.resize(positions_);
    std::vector<std::uint64_t> listed_at(songs_, positions_);  // of each song, the last position with it
    for (const Row& row : rows_) {
      if (std::exchange(listed_at[row.song], row.position) == row.position) {
        fail(ErrorCode::bad_input, "{}: position {}: expected different songs, found {} twice", file_, row.position,
             row.song);
      }
      ListsByPosition::Place& place = lists.places[row.position];
      if (place.size++ == 0) place.begin = lists.songs.size();
      lists.songs.push_back(row.song);
    }
    return lists;
  }

 private:
  struct Row {
    std::uint32_t position = 0;
    std::uint32_t song = 0;
    double order = 0;  // ascending
  };

  // The readers of logs know columns by their fields; these stand for the columns of lists.
  static constexpr data::Field kPosition = data::Field::user;
  static constexpr data::Field kListed = data::Field::song;
  static constexpr data::Field kRank = data::Field::played;
  static constexpr data::Field kListScore = data::Field::length;
  static constexpr data::Field kListSplit = data::Field::name;

  void choose_columns(data::RowReader& rows) {
    data::FieldColumns columns;
    const auto choose = [&](data::Field field, std::string_view name) {
      const auto column = std::ranges::find(rows.columns(), name);
      if (column == rows.columns().end()) return false;
      columns[static_cast<std::size_t>(field)] = static_cast<std::size_t>(column - rows.columns().begin());
      return true;
    };
    if (!choose(kPosition, "position") || !choose(kListed, "song") || !choose(kListSplit, "split")) {
      fail(ErrorCode::bad_input, "{}: expected the columns position, song and split, found {}", file_,
           fmt::join(rows.columns(), ", "));
    }
    by_rank_ = choose(kRank, "rank");
    by_score_ = !by_rank_ && choose(kListScore, "score");
    rows.choose(columns);
  }

  void add(const data::RowBatch& batch, std::size_t row) {
    const std::uint64_t line = batch.lines[row];
    const auto cell = [&](data::Field field) {
      const data::RowColumn& column = batch[field];
      return column.present && !column.is_list() ? column.cells[row] : data::Cell();
    };
    const std::string split = pipeline::id_of(cell(kListSplit));
    if (split != digest_) {
      fail(ErrorCode::bad_input,
           "{}:{}: expected lists for the split {}, found some for {}; export the split again with the same options",
           file_, line, digest_.substr(0, 12), split.empty() ? "none" : split.substr(0, 12));
    }
    const auto position = static_cast<std::uint32_t>(whole(cell(kPosition), "position", positions_, line));
    const auto song = static_cast<std::uint32_t>(whole(cell(kListed), "song", songs_, line));
    double order = 0;
    if (by_rank_) order = real(cell(kRank), "rank", line);
    if (by_score_) order = -real(cell(kListScore), "score", line);
    rows_.push_back({position, song, order});
  }

  // NaN if it is no number.
  static double number_in(const data::Cell& cell) {
    const std::string text = pipeline::id_of(cell);
    double number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    const bool is_number = error == std::errc() && end == text.data() + text.size();
    return is_number ? number : std::numeric_limits<double>::quiet_NaN();
  }

  std::uint64_t whole(const data::Cell& cell, std::string_view what, std::uint64_t end, std::uint64_t line) const {
    const double number = number_in(cell);
    if (!(number >= 0 && number < static_cast<double>(end)) || number != std::floor(number)) {
      fail(ErrorCode::bad_input, "{}:{}: expected a {} below {}, found \"{}\"", file_, line, what, end,
           pipeline::id_of(cell));
    }
    return static_cast<std::uint64_t>(number);
  }

  double real(const data::Cell& cell, std::string_view what, std::uint64_t line) const {
    const double number = cell.type() == data::Cell::Type::real ? cell.real() : number_in(cell);
    if (!std::isfinite(number)) {
      fail(ErrorCode::bad_input, "{}:{}: expected a {} that is a finite number, found \"{}\"", file_, line, what,
           pipeline::id_of(cell));
    }
    return number;
  }

  const std::string& file_;
  const std::uint32_t songs_;
  const std::string digest_;
  const std::size_t positions_;
  bool by_rank_ = false;
  bool by_score_ = false;
  std::vector<Row> rows_;
};

ListsByPosition read_list_lines(const std::string& name, const Split& split, const std::string& digest,
                                std::size_t positions) {
  const MappedFile file(name);
  ListsReader reader(name, split, positions);
  std::string_view text = file.text();
  for (bool is_first = true; is_first || !text.empty(); is_first = false) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    reader.next_line();
    if (is_first) {
      reader.check_split(line, digest);
    } else {
      reader.add(line);
    }
  }
  return reader.take();
}

// By the first bytes: everything that is not known to be another format is read as lines, whose errors name them.
bool is_list_table(const std::string& name) {
  constexpr std::size_t kFirst = 4096;
  const MappedFile file(name);
  const std::string_view first = file.text().substr(0, kFirst);
  const std::size_t begin = first.find_first_not_of(" \t\r\n");
  if (begin == std::string_view::npos || first[begin] == '{') return false;
  const data::FileFormat format = data::format_of(first, name);
  if (format == data::FileFormat::text) return first.substr(0, first.find('\n')).find("position") != first.npos;
  return format == data::FileFormat::parquet || format == data::FileFormat::arrow;
}

}  // namespace

std::vector<NamedLists> parse_named_lists(std::span<const std::string> named, std::span<const std::string_view> taken) {
  std::vector<NamedLists> lists;
  for (const std::string& text : named) {
    const std::size_t equals = text.find('=');
    NamedLists one{text.substr(0, equals), equals == std::string::npos ? "" : text.substr(equals + 1)};
    if (!is_name(one.name) || one.file.empty()) {
      fail(ErrorCode::wrong_use, "--lists: expected NAME=FILE with a name of a-z, 0-9 and -, found \"{}\"", text);
    }
    if (std::ranges::find(taken, one.name) != taken.end() ||
        std::ranges::find(lists, one.name, &NamedLists::name) != lists.end()) {
      fail(ErrorCode::wrong_use, "--lists: expected a name of its own, found {} again", one.name);
    }
    lists.push_back(std::move(one));
  }
  return lists;
}

std::unique_ptr<Method> read_outside_lists(const NamedLists& named, const Split& split, std::uint32_t heard,
                                           std::size_t positions) {
  const std::string digest = split_digest(split, heard);
  if (!is_list_table(named.file)) {
    return std::make_unique<OutsideLists>(named, read_list_lines(named.file, split, digest, positions));
  }
  ListTableReader reader(named.file, split, digest, positions);
  data::Inputs inputs(std::span(&named.file, 1));
  inputs.for_each([&](data::Input& input) { reader.read(input); });
  return std::make_unique<OutsideLists>(named, reader.take());
}

}  // namespace segue::evaluate
