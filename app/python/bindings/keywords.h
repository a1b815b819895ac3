// Keyword arguments as options: a keyword is the name of a row of an option table (base/options.h).
#pragma once

#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nanobind/nanobind.h>

#include "segue/base/options.h"

namespace segue::python {

using Names = std::initializer_list<std::string_view>;

class Keywords {
 public:
  explicit Keywords(nanobind::dict given) : given_(std::move(given)) {}

  // Sets the options that were given, except those in `omitted`. None leaves the default. Throws wrong_use.
  template <class Options>
  void read(Options& options, Names omitted = {}) {
    read(rows_of<Options>(), &options, omitted);
  }
  // Throws wrong_use for a keyword that is no option read so far, with the nearest name.
  void refuse_others() const;

  bool has_given(const void* options) const;
  std::function<bool(std::string_view name)> given_of(const void* options) const;

 private:
  void read(std::span<const OptionRow> rows, void* options, Names omitted);

  nanobind::dict given_;
  std::vector<std::string> known_;
  std::vector<std::pair<const void*, std::string_view>> set_;  // the rows that were given, and whose they are
};

// The rows of one job, for docstrings and generated pages: a dict each with name, help, kind, wanted, choices, default.
class OptionList {
 public:
  template <class Options>
  void read(Options& options, Names omitted = {}) {
    add(rows_of<Options>(), &options, omitted);
  }
  const nanobind::list& list() const { return list_; }

 private:
  void add(std::span<const OptionRow> rows, const void* defaults, Names omitted);

  nanobind::list list_;
};

}  // namespace segue::python
