#include "segue/evaluate/tuning/space.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <map>
#include <optional>

#include <fmt/format.h>

#include "segue/base/ascii.h"
#include "segue/base/error.h"
#include "segue/base/json.h"
#include "segue/base/words.h"

namespace segue::evaluate {

namespace {

constexpr std::string_view kWhole = "whole";
constexpr std::string_view kEpochs = "epochs";

// Searched by default.
struct Searched {
  std::string_view name;
  std::string_view range;
  Scale scale;
  std::uint32_t step = 1;
};
constexpr std::array kSearched = {
    Searched{"window", "2..whole", Scale::log},         Searched{"negative_exponent", "-1..1", Scale::linear},
    Searched{"subsample", "1e-6..1e-2", Scale::log},    Searched{"negatives", "2..50", Scale::log},
    Searched{"dim", "32..256", Scale::log, 16},  // whole SIMD vectors
    Searched{"learning_rate", "0.01..0.2", Scale::log}, Searched{kEpochs, "5..60", Scale::log},
};

struct NotSearched {
  std::string_view name;
  std::string_view why;
};
constexpr std::array kNotSearched = {
    NotSearched{"min_plays", "it decides which songs are ranked, so that scores would not compare"},
    NotSearched{"place_plays", "it decides which songs are ranked, so that scores would not compare"},
    NotSearched{"threads", "it changes the time, not what is learnt"},
    NotSearched{"seed", "the best of several seeds is luck"},
};

std::vector<std::string_view> split_at(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (std::size_t begin = 0; begin <= text.size();) {
    const std::size_t end = std::min(text.find(separator, begin), text.size());
    parts.push_back(trimmed(text.substr(begin, end - begin), " "));
    begin = end + 1;
  }
  return parts;
}

const OptionRow& row_named(std::string_view name) {
  std::vector<std::string_view> known;
  for (const OptionRow& row : rows_of<train::TrainOptions>()) {
    if (row.name == name) return row;
    known.push_back(row.name);
  }
  fail(ErrorCode::wrong_use, "--space: unknown training option {}{}", name, did_you_mean(name, known));
}

bool is_number(const OptionRow& row) {
  return row.kind == OptionKind::integer || row.kind == OptionKind::real;
}

// The value as the option reads it; throws the option's own error.
double number_of(const OptionRow& row, std::string_view text) {
  train::TrainOptions options;
  row.set(&options, row, text);
  const std::string read = row.text(&options);
  double number = 0;
  std::from_chars(read.data(), read.data() + read.size(), number);
  return number;
}

class SpaceBuilder {
 public:
  SpaceBuilder(const train::TrainOptions& given, std::uint32_t whole_queue) : whole_(fmt::format("{}", whole_queue)) {
    space_.given = given;
  }

  void search(const OptionRow& row, std::string_view range, const Searched* searched) {
    std::optional<Scale> scale;
    for (const auto& [word, meaning] : {std::pair{" log", Scale::log}, std::pair{" linear", Scale::linear}}) {
      if (!range.ends_with(word)) continue;
      scale = meaning;
      range = trimmed(range.substr(0, range.size() - std::string_view(word).size()), " ");
    }
    const std::size_t dots = range.find("..");
    if (range.find('|') != std::string_view::npos) {
      add_values(row, range);
    } else if (dots != std::string_view::npos) {
      add_range(row, trimmed(range.substr(0, dots), " "), trimmed(range.substr(dots + 2), " "),
                scale.value_or(searched != nullptr ? searched->scale : Scale::linear),
                searched != nullptr ? searched->step : 1);
    } else {
      fix(row, range);
    }
  }

  void fix(const OptionRow& row, std::string_view value) {
    row.set(&space_.given, row, value == kWhole && row.name == "window" ? std::string_view(whole_) : value);
    if (row.name == kEpochs) space_.least_epochs = space_.most_epochs = space_.given.epochs;
  }

  Space take() {
    space_.given = space_.moved_inside(space_.given);
    return std::move(space_);
  }

 private:
  void add_values(const OptionRow& row, std::string_view text) {
    if (row.name == kEpochs)
      fail(ErrorCode::wrong_use, "--space: epochs: expected a range or a number, found {}", text);
    Dimension dimension{.row = &row};
    train::TrainOptions options;
    for (const std::string_view value : split_at(text, '|')) {
      row.set(&options, row, value);
      dimension.values.push_back(row.text(&options));  // as it is read back
    }
    space_.dimensions.push_back(std::move(dimension));
  }

  void add_range(const OptionRow& row, std::string_view low, std::string_view high, Scale scale, std::uint32_t step) {
    if (!is_number(row)) {
      fail(ErrorCode::wrong_use, "--space: {}: expected values with | between, found the range {}..{}", row.name, low,
           high);
    }
    const auto end = [&](std::string_view text) {
      return number_of(row, text == kWhole && row.name == "window" ? std::string_view(whole_) : text);
    };
    Dimension dimension{.row = &row, .scale = scale, .low = end(low), .high = end(high), .step = step};
    if (dimension.low > dimension.high) {
      fail(ErrorCode::wrong_use, "--space: {}: expected a range from low to high, found {}..{}", row.name, low, high);
    }
    if (scale == Scale::log && dimension.low <= 0) {
      fail(ErrorCode::wrong_use, "--space: {}: expected a range above 0 for a logarithmic scale, found {}..{}",
           row.name, low, high);
    }
    if (row.name == kEpochs) {
      space_.least_epochs = static_cast<std::uint32_t>(dimension.low);
      space_.most_epochs = static_cast<std::uint32_t>(dimension.high);
      return;
    }
    if (dimension.low == dimension.high) return fix(row, low);
    for (const double one_end : {dimension.low, dimension.high}) {
      if (std::fmod(one_end, step) != 0) dimension.step = 1;
    }
    space_.dimensions.push_back(std::move(dimension));
  }

  Space space_;
  std::string whole_;
};

// The scale on which equal lengths are equally likely, and its ends, half a step further out for whole numbers.
struct Axis {
  double low;
  double high;
  bool is_log;

  double at(double unit) const {
    const double place = low + unit * (high - low);
    return is_log ? std::exp(place) : place;
  }
  double of(double value) const { return ((is_log ? std::log(value) : value) - low) / (high - low); }
};

Axis axis_of(const Dimension& dimension) {
  const double margin = dimension.row->kind == OptionKind::integer ? dimension.step / 2.0 : 0;
  const bool is_log = dimension.scale == Scale::log;
  const double low = dimension.low - margin;
  const double high = dimension.high + margin;
  return {is_log ? std::log(low) : low, is_log ? std::log(high) : high, is_log};
}

}  // namespace

void Dimension::set(double unit, train::TrainOptions& options) const {
  if (is_choice()) {
    const auto at = static_cast<std::size_t>(unit * static_cast<double>(values.size()));
    row->set(&options, *row, values[std::min(at, values.size() - 1)]);
    return;
  }
  double value = axis_of(*this).at(unit);
  if (row->kind == OptionKind::integer) {
    value = std::clamp(std::round(value / step) * step, low, high);
    row->set(&options, *row, fmt::format("{:.0f}", value));
    return;
  }
  value = std::clamp(number_of(*row, fmt::format("{:.3g}", std::clamp(value, low, high))), low, high);
  row->set(&options, *row, fmt::format("{}", value));
}

double Dimension::unit_of(const train::TrainOptions& options) const {
  if (is_choice()) {
    const auto found = std::ranges::find(values, text(options));
    const auto at = found == values.end() ? 0 : found - values.begin();
    return (static_cast<double>(at) + 0.5) / static_cast<double>(values.size());
  }
  return axis_of(*this).of(std::clamp(number_of(*row, text(options)), low, high));
}

std::string Dimension::describe() const {
  if (is_choice()) return fmt::format("{}", fmt::join(values, "|"));
  return fmt::format("{}..{}{}", low, high, scale == Scale::log ? " log" : "");
}

std::vector<double> Space::point_of(const train::TrainOptions& options) const {
  std::vector<double> point;
  for (const Dimension& dimension : dimensions) point.push_back(dimension.unit_of(options));
  return point;
}

train::TrainOptions Space::options_at(std::span<const double> point) const {
  SEGUE_ASSERT(point.size() == dimensions.size());
  train::TrainOptions options = given;
  for (std::size_t i = 0; i < point.size(); ++i) dimensions[i].set(point[i], options);
  return options;
}

train::TrainOptions Space::moved_inside(const train::TrainOptions& options) const {
  train::TrainOptions inside = options;
  for (const Dimension& dimension : dimensions) {
    if (dimension.is_choice()) {
      dimension.set(dimension.unit_of(options), inside);
      continue;
    }
    const double value = number_of(*dimension.row, dimension.text(options));
    const double nearest = std::clamp(value, dimension.low, dimension.high);
    if (nearest != value) dimension.row->set(&inside, *dimension.row, fmt::format("{}", nearest));
  }
  inside.epochs = std::clamp(inside.epochs, least_epochs, most_epochs);
  return inside;
}

bool is_searchable(std::string_view name) {
  return std::ranges::find(kNotSearched, name, &NotSearched::name) == kNotSearched.end();
}

Space make_space(std::string_view text, std::span<const std::string_view> fixed, const train::TrainOptions& given,
                 std::uint32_t whole_queue) {
  std::map<std::string_view, std::string_view> ranges;  // by name of the option
  for (const std::string_view item : split_at(text, ',')) {
    if (item.empty()) continue;
    const std::size_t equals = item.find('=');
    if (equals == std::string_view::npos) {
      fail(ErrorCode::wrong_use, "--space: expected NAME=LOW..HIGH, NAME=VALUE or NAME=VALUE|VALUE, found \"{}\"",
           item);
    }
    std::string name(trimmed(item.substr(0, equals), " "));
    std::ranges::replace(name, '-', '_');
    const OptionRow& row = row_named(name);
    if (const auto found = std::ranges::find(kNotSearched, name, &NotSearched::name); found != kNotSearched.end()) {
      fail(ErrorCode::wrong_use, "--space: {} cannot be searched: {}", name, found->why);
    }
    if (std::ranges::find(fixed, row.name) != fixed.end()) {
      fail(ErrorCode::wrong_use, "--space: {} is also given by {}, which fixes it: expected one of the two", name,
           row.flag());
    }
    if (!ranges.try_emplace(row.name, trimmed(item.substr(equals + 1), " ")).second) {
      fail(ErrorCode::wrong_use, "--space: expected {} once, found it twice", name);
    }
  }
  // The table first, so that `text` changes the ranges but not the order of the dimensions.
  SpaceBuilder builder(given, whole_queue);
  for (const Searched& searched : kSearched) {
    if (const auto found = ranges.find(searched.name); found != ranges.end()) {
      builder.search(row_named(searched.name), found->second, &searched);
      ranges.erase(found);
    } else if (std::ranges::find(fixed, searched.name) == fixed.end()) {
      builder.search(row_named(searched.name), searched.range, &searched);
    }
  }
  for (const auto& [name, range] : ranges) builder.search(row_named(name), range, nullptr);
  for (const std::string_view name : fixed) builder.fix(row_named(name), row_named(name).text(&given));
  return builder.take();
}

json::object to_json(const Space& space) {
  json::object object;
  for (const Dimension& dimension : space.dimensions) object[dimension.row->name] = dimension.describe();
  object[kEpochs] = fmt::format("{}..{}", space.least_epochs, space.most_epochs);
  return object;
}

}  // namespace segue::evaluate
