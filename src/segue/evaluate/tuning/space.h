// Which training options are searched, and between what.
//
// The options are those of TrainOptions, by their names; what is searched by default is one table in space.cpp. A value
// is always set and read as text through the option's own row, so that the checks are the trainer's.
//
// A point of the space is a number from 0 to 1 for each dimension. Epochs are no dimension: they are what a trial
// costs, and successive halving hands them out (halving.h).
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
  std::uint32_t step = 1;                // of whole numbers: their multiples
  std::vector<std::string> values = {};  // as they are typed; empty for numbers

  bool is_choice() const { return !values.empty(); }
  // Sets the option to the value at `unit` in [0, 1]. Equal stretches of [0, 1] go to each whole number or value
  // (stretches of the logarithm with Scale::log); other numbers are rounded to three digits.
  void set(double unit, train::TrainOptions& options) const;
  // The middle of the stretch that has the option's value; the nearer end for one outside.
  double unit_of(const train::TrainOptions& options) const;
  std::string text(const train::TrainOptions& options) const { return row->text(&options); }
  std::string describe() const;  // "2..50 log", "pair|window"
};

struct Space {
  std::vector<Dimension> dimensions;
  std::uint32_t least_epochs = 1;
  std::uint32_t most_epochs = 1;
  // What is not searched, and where the search begins: the options given, moved into the space where they lie outside.
  train::TrainOptions given;

  std::vector<double> point_of(const train::TrainOptions& options) const;
  train::TrainOptions options_at(std::span<const double> point) const;  // REQUIRES: as many numbers as dimensions
  // Moves every dimension of `options` to the nearest value inside.
  train::TrainOptions moved_inside(const train::TrainOptions& options) const;
};

// `text` changes what is searched by default: items with commas between,
//   window=2..50             a range, with the scale of the default; "log" or "linear" behind it says another
//   dim=128                  not searched
//   negative_sharing=pair|window|block
// `fixed` names options that are not searched either but stay as in `given`. "whole" as an end of window is the length
// that nine of ten plays' queues do not exceed: `whole_queue`. Throws wrong_use for an option that is not known or
// cannot be searched, one that is both fixed and in `text`, and an end that the option does not take.
Space make_space(std::string_view text, std::span<const std::string_view> fixed, const train::TrainOptions& given,
                 std::uint32_t whole_queue);

// Whether the option may be searched: it neither changes what is asked (min_plays) nor is a matter of the machine.
bool is_searchable(std::string_view name);

json::object to_json(const Space& space);

}  // namespace segue::evaluate
