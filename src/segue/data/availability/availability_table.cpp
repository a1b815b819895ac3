#include "segue/data/availability/availability_table.h"

#include <algorithm>
#include <array>
#include <map>

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <sys/stat.h>

#include "segue/base/ascii.h"
#include "segue/base/error.h"
#include "segue/data/log/formats/formats.h"
#include "segue/data/log/input/inputs.h"
#include "segue/data/log/log_reader.h"
#include "segue/data/log/times.h"
#include "segue/data/text/text.h"

namespace segue::data {

namespace {

constexpr std::size_t kShownOfCell = 60;

enum class AvailabilityColumn { id, blocked, markets, blocked_markets, explicit_content, from, until };

struct KnownColumn {
  AvailabilityColumn column;
  std::string_view name;
  std::vector<std::string_view> names;  // without case and separators
};

const std::array<KnownColumn, 7>& known_columns() {
  static const std::array<KnownColumn, 7> columns = {{
      {AvailabilityColumn::id,
       "id",
       {"id", "songid", "trackid", "itemid", "recordingid", "recordingmbid", "trackuri", "songuri", "song", "track",
        "item", "uri", "mbid", "isrc"}},
      {AvailabilityColumn::blocked, "blocked", {"blocked", "isblocked", "takendown", "istakendown"}},
      {AvailabilityColumn::markets,
       "markets",
       {"markets", "availablemarkets", "allowedmarkets", "countries", "territories"}},
      {AvailabilityColumn::blocked_markets,
       "blocked_markets",
       {"blockedmarkets", "excludedmarkets", "blockedcountries", "excludedcountries", "excludedterritories"}},
      {AvailabilityColumn::explicit_content, "explicit", {"explicit", "isexplicit", "explicitcontent"}},
      {AvailabilityColumn::from, "from", {"from", "availablefrom", "availabilityfrom", "startdate", "starttime"}},
      {AvailabilityColumn::until, "until", {"until", "availableuntil", "availabilityuntil", "enddate", "endtime"}},
  }};
  return columns;
}

// The slot of a RowBatch that a column takes: readers of rows do not look at what a slot means to logs.
Field slot_of(AvailabilityColumn column) {
  return static_cast<Field>(column);
}

std::string comparable_name(std::string_view name) {
  std::string comparable;
  for (const char letter : name) {
    if (std::string_view("_-. :").find(letter) == std::string_view::npos) comparable += ascii_lower(letter);
  }
  return comparable;
}

std::string shown(const Cell& cell) {
  switch (cell.type()) {
    case Cell::Type::text:
      return fmt::format("\"{}\"", printable(cell.text(), kShownOfCell));
    case Cell::Type::whole:
      return fmt::to_string(cell.whole());
    case Cell::Type::real:
      return fmt::to_string(cell.real());
    case Cell::Type::time:
      return time_for_people(cell.time());
    case Cell::Type::nothing:
      break;
  }
  return "nothing";
}

bool is_blank(const Cell& cell) {
  return cell.empty() || (cell.type() == Cell::Type::text && trimmed(cell.text()).empty());
}

bool is_one_of(std::string_view text, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](std::string_view word) { return is_ignoring_case(text, word); });
}

std::optional<bool> flag_of(const Cell& cell) {
  if (is_blank(cell)) return false;
  if (cell.type() == Cell::Type::whole && (cell.whole() == 0 || cell.whole() == 1)) return cell.whole() == 1;
  if (cell.type() == Cell::Type::real && (cell.real() == 0 || cell.real() == 1)) return cell.real() == 1;
  if (cell.type() != Cell::Type::text) return std::nullopt;
  const std::string_view text = trimmed(cell.text());
  if (is_one_of(text, {"true", "1", "yes", "y", "t"})) return true;
  if (is_one_of(text, {"false", "0", "no", "n", "f"})) return false;
  return std::nullopt;
}

}  // namespace

// Reads one file after the other into a table.
class AvailabilityReader {
 public:
  void read(Input& input) {
    OpenedRows opened = open_rows(input, {});
    name_ = input.name;
    unit_ = opened.format == FileFormat::text || opened.format == FileFormat::json ? "line" : "row";
    opened.rows->choose(recognised(opened.rows->columns()));
    while (std::optional<RowBatch> batch = opened.rows->next()) {
      if (!batch->rejects.empty()) {
        const Reject& first = batch->rejects.front();
        fail(ErrorCode::bad_input, "{}: {} {}: {}: \"{}\"", name_, unit_, first.line,
             kReasonNames[static_cast<std::size_t>(first.reason)], printable(first.text, kShownOfCell));
      }
      for (std::size_t row = 0; row < batch->rows; ++row) add(*batch, row);
    }
  }

  std::shared_ptr<const AvailabilityTable> table() { return std::move(table_); }

 private:
  FieldColumns recognised(const std::vector<std::string>& columns) {
    FieldColumns found{};
    std::vector<std::string> names;
    for (const KnownColumn& known : known_columns()) {
      auto& slot = found[static_cast<std::size_t>(slot_of(known.column))];
      for (const std::string_view name : known.names) {
        for (std::size_t i = 0; i < columns.size() && !slot; ++i) {
          if (comparable_name(columns[i]) == name) slot = i;
        }
      }
      if (slot) names.emplace_back(known.name);
    }
    if (!found[static_cast<std::size_t>(slot_of(AvailabilityColumn::id))] || names.size() < 2) {
      fail(ErrorCode::bad_input,
           "{}: expected a column id and at least one of blocked, markets, blocked_markets, explicit, from and until; "
           "found the columns {}",
           name_, fmt::join(columns, ", "));
    }
    table_->columns_ = std::move(names);
    return found;
  }

  [[noreturn]] void refuse(const RowBatch& batch, std::size_t row, AvailabilityColumn column,
                           std::string_view problem) const {
    fail(ErrorCode::bad_input, "{}: {} {}: column {}: {}", name_, unit_, batch.lines[row],
         known_columns()[static_cast<std::size_t>(column)].name, problem);
  }

  void add(const RowBatch& batch, std::size_t row) {
    AvailabilityTable::Row read;
    const std::string id = id_of(batch, row);
    read.blocked = flag(batch, row, AvailabilityColumn::blocked);
    read.explicit_content = flag(batch, row, AvailabilityColumn::explicit_content);
    read.markets = markets(batch, row, AvailabilityColumn::markets);
    read.blocked_markets = markets(batch, row, AvailabilityColumn::blocked_markets);
    read.window.from = time(batch, row, AvailabilityColumn::from, TimeWindow::kAlways);
    read.window.until = time(batch, row, AvailabilityColumn::until, TimeWindow::kForever);
    if (read.window.until <= read.window.from) {
      refuse(batch, row, AvailabilityColumn::until,
             fmt::format("expected a time after from ({}), found {}", utc_text(read.window.from),
                         utc_text(read.window.until)));
    }
    if (table_->songs_.contains(id)) {
      refuse(batch, row, AvailabilityColumn::id,
             fmt::format("expected one row for each song, found a second one of \"{}\"", printable(id, kShownOfCell)));
    }
    table_->songs_.emplace(table_->ids_.keep(id), read);
  }

  static const Cell& cell(const RowBatch& batch, std::size_t row, AvailabilityColumn column) {
    static const Cell kNothing{};
    const RowColumn& cells = batch[slot_of(column)];
    return cells.present && !cells.is_list() ? cells.cells[row] : kNothing;
  }

  std::string id_of(const RowBatch& batch, std::size_t row) const {
    const Cell& value = cell(batch, row, AvailabilityColumn::id);
    std::string id;
    if (value.type() == Cell::Type::text) id = value.text();
    if (value.type() == Cell::Type::whole) id = fmt::to_string(value.whole());
    if (id.empty())
      refuse(batch, row, AvailabilityColumn::id, fmt::format("expected the id of a song, found {}", shown(value)));
    if (id.size() > kMostIdBytes) {
      refuse(batch, row, AvailabilityColumn::id,
             fmt::format("expected at most {} bytes, found {}", kMostIdBytes, id.size()));
    }
    if (fault_of(id) != TextFault::none) {
      refuse(batch, row, AvailabilityColumn::id, fmt::format("expected UTF-8 without NUL, found {}", shown(value)));
    }
    return id;
  }

  bool flag(const RowBatch& batch, std::size_t row, AvailabilityColumn column) const {
    if (batch[slot_of(column)].is_list()) refuse(batch, row, column, "expected true or false, found a list");
    const Cell& value = cell(batch, row, column);
    const std::optional<bool> flag = flag_of(value);
    if (!flag) refuse(batch, row, column, fmt::format("expected true or false, found {}", shown(value)));
    return *flag;
  }

  std::uint32_t markets(const RowBatch& batch, std::size_t row, AvailabilityColumn column) {
    const RowColumn& cells = batch[slot_of(column)];
    if (!cells.present) return 0;
    std::string text;
    const std::size_t begin = cells.is_list() ? cells.list_begin[row] : row;
    const std::size_t end = cells.is_list() ? cells.list_begin[row + 1] : row + 1;
    for (std::size_t i = begin; i < end; ++i) {
      if (is_blank(cells.cells[i])) continue;
      if (cells.cells[i].type() != Cell::Type::text) {
        refuse(batch, row, column, fmt::format("expected country codes such as DE, found {}", shown(cells.cells[i])));
      }
      text += (text.empty() ? "" : ";") + std::string(cells.cells[i].text());
    }
    if (text.empty()) return 0;
    const auto known = lists_.find(text);
    if (known != lists_.end()) return known->second;
    std::vector<Market> list;
    try {
      list = parse_markets(text);
    } catch (const Error& error) {
      refuse(batch, row, column, error.what());
    }
    const auto same = std::ranges::find(table_->lists_, list);
    const auto number = static_cast<std::uint32_t>(same - table_->lists_.begin());
    if (same == table_->lists_.end()) table_->lists_.push_back(std::move(list));
    lists_.emplace(std::move(text), number);
    return number;
  }

  std::int64_t time(const RowBatch& batch, std::size_t row, AvailabilityColumn column, std::int64_t open) const {
    if (batch[slot_of(column)].is_list()) refuse(batch, row, column, "expected a date or time, found a list");
    const Cell& value = cell(batch, row, column);
    if (is_blank(value)) return open;
    const ParsedTime parsed = parse_time(value, {});
    if (parsed.fault == TimeFault::none) return parsed.micros;
    constexpr std::string_view kWanted = "a date or time such as 2027-01-01 or 2027-01-01T06:00:00Z";
    refuse(batch, row, column,
           fmt::format("expected {}, found {}{}", kWanted, shown(value),
                       parsed.fault == TimeFault::ambiguous ? ", which can be read in two ways" : ""));
  }

  std::shared_ptr<AvailabilityTable> table_ = std::make_shared<AvailabilityTable>();
  std::map<std::string, std::uint32_t, std::less<>> lists_;  // lists of markets as they were written
  std::string name_;
  std::string_view unit_;
};

Availability AvailabilityTable::expanded(const Row& row) const {
  return {.blocked = row.blocked,
          .explicit_content = row.explicit_content,
          .markets = lists_[row.markets],
          .blocked_markets = lists_[row.blocked_markets],
          .window = row.window};
}

Availability AvailabilityTable::of(std::string_view id) const {
  const auto found = songs_.find(id);
  return found == songs_.end() ? Availability() : expanded(found->second);
}

std::string version_of_table(const std::string& place) {
  std::string version;
  const Inputs inputs(std::span(&place, 1));
  for (const Inputs::File& file : inputs.files()) {
    // Two tables of one size may be written within a tick of the clock: a file that was renamed into place is another.
    struct stat local {};
    const bool is_local = ::stat(file.name.c_str(), &local) == 0;
    version += fmt::format("{} {} {} {}\n", file.name, file.bytes, file.modified, is_local ? local.st_ino : 0);
  }
  return version;
}

std::shared_ptr<const AvailabilityTable> read_availability(const std::string& place) {
  const std::string before = version_of_table(place);
  AvailabilityReader reader;
  Inputs inputs(std::span(&place, 1));
  inputs.for_each([&](Input& input) { reader.read(input); });
  std::shared_ptr<const AvailabilityTable> table = reader.table();
  if (version_of_table(place) != before) {
    fail(ErrorCode::bad_input, "{}: expected a table that stays as it is, found one that changed while it was read",
         inputs.files().front().name);
  }
  if (table->rows() == 0) {
    fail(ErrorCode::bad_input, "{}: expected at least one row, found none", inputs.files().front().name);
  }
  return table;
}

}  // namespace segue::data
