// The training options that are searched, and their ranges.
//
// The options are those of TrainOptions, by name; a table in space.cpp lists those searched by default. Values are
// always set and read as text through the option's own row, so that the trainer's checks apply.
//
// A point of the space is a number from 0 to 1 for each dimension. Epochs are not a dimension: they are the cost of a
// trial, and successive halving sets them (halving.h).
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/json_fwd.h"
#include "segue/base/options.h"
#include "segue/train/options.h"

namespace segue::evaluate {

enum class Scale { linear, log };

// One option that is searched: numbers from low to high, or one of `values`.
struct Dimension {
  const OptionRow* row = nullptr;
  Scale scale = Scale::linear;
  double low = 0;
  double high = 0;
  std::uint32_t step = 1;                // whole numbers are multiples of it
  std::vector<std::string> values = {};  // as typed; empty for numbers

  bool is_choice() const { return !values.empty(); }
  // Sets the option to the value at `unit` in [0, 1]. Each whole number or value has an equal share of [0, 1] (of the
  // logarithm, with Scale::log); other numbers are rounded to three digits.
  void set(double unit, train::TrainOptions& options) const;
  // The middle of the share of the option's value, or the nearer end if the value is outside.
  double unit_of(const train::TrainOptions& options) const;
  std::string text(const train::TrainOptions& options) const { return row->text(&options); }
  std::string describe() const;  // "2..50 log", "pair|window"
};

struct Space {
  std::vector<Dimension> dimensions;
  std::uint32_t least_epochs = 1;
  std::uint32_t most_epochs = 1;
  // The given options, moved into the space: the start of the search, and the values of all options not searched.
  train::TrainOptions given;

  std::vector<double> point_of(const train::TrainOptions& options) const;
  train::TrainOptions options_at(std::span<const double> point) const;  // REQUIRES: as many numbers as dimensions
  // Moves every dimension of `options` to the nearest value inside.
  train::TrainOptions moved_inside(const train::TrainOptions& options) const;
};

// `text` changes the default space with items separated by commas:
//   window=2..50             a range, on the default scale unless "log" or "linear" follows
//   dim=128                  not searched
//   negative_sharing=pair|window|block
// `fixed` names options that are not searched but stay as in `given`. "whole" as an end of window is `whole_queue`, see
// whole_queue_length(). Throws wrong_use for an option that is unknown or cannot be searched, one that is both in
// `fixed` and in `text`, and an end outside the range of the option.
Space make_space(std::string_view text, std::span<const std::string_view> fixed, const train::TrainOptions& given,
                 std::uint32_t whole_queue);

// Whether the option can be searched. Excluded are options that would make scores incomparable (min_plays) or that do
// not affect what is learnt.
bool is_searchable(std::string_view name);

json::object to_json(const Space& space);

}  // namespace segue::evaluate
