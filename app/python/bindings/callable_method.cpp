#include "app/python/bindings/callable_method.h"

#include <algorithm>
#include <optional>
#include <unordered_set>
#include <utility>
#include <vector>

#include <nanobind/stl/string.h>

#include "app/python/bindings/errors.h"

namespace segue::python {

namespace nb = nanobind;

namespace {

// Called with the GIL only, also where it ends.
struct Function {
  explicit Function(nb::object callable_in) : callable(std::move(callable_in)) {}
  ~Function() {
    const nb::gil_scoped_acquire acquire;
    callable.reset();
  }
  Function(const Function&) = delete;
  Function& operator=(const Function&) = delete;

  nb::object callable;
};

class CallableRanker final : public evaluate::Ranker {
 public:
  CallableRanker(const std::string& name, const Function& function, const data::Dataset& dataset,
                 const evaluate::Split& split)
      : name_(name), function_(function), dataset_(dataset), split_(split) {}

  void rank(std::span<const evaluate::Query> queries, std::size_t k,
            std::span<std::vector<math::ScoredRow>> lists) override {
    const nb::gil_scoped_acquire acquire;
    for (std::size_t i = 0; i < queries.size(); ++i) lists[i] = list_of(queries[i], k);
  }

 private:
  std::vector<math::ScoredRow> list_of(const evaluate::Query& query, std::size_t k) const {
    nb::list history;
    for (const std::uint32_t song : query.heard) history.append(text_of(dataset_.songs.id(split_.rows[song])));
    const nb::object given = function_.callable(history, k + query.masked.size());
    std::vector<math::ScoredRow> list;
    std::unordered_set<std::uint32_t> seen;
    for (const nb::handle id : nb::iter(given)) {
      if (list.size() == k) break;
      const std::optional<std::uint32_t> song = song_of(id);
      if (!song || std::ranges::binary_search(query.masked, *song) || !seen.insert(*song).second) continue;
      list.push_back({*song, -static_cast<float>(list.size())});
    }
    return list;
  }

  std::optional<std::uint32_t> song_of(nb::handle id) const {
    if (!nb::isinstance<nb::str>(id)) {
      fail(ErrorCode::wrong_use, "{}: expected ids of songs as str, found {}", name_,
           nb::cast<std::string>(nb::repr(id)));
    }
    const std::optional<data::SongRow> row = dataset_.songs.find(nb::cast<std::string>(id));
    if (!row || split_.songs[*row] == evaluate::kUnknownSong) return std::nullopt;
    return split_.songs[*row];
  }

  const std::string& name_;
  const Function& function_;
  const data::Dataset& dataset_;
  const evaluate::Split& split_;
};

class CallableMethod final : public evaluate::Method {
 public:
  CallableMethod(std::string name, nb::object function, const data::Dataset& dataset, const evaluate::Split& split)
      : name_(std::move(name)), function_(std::move(function)), dataset_(dataset), split_(split) {}

  std::string_view name() const override { return name_; }
  std::string_view summary() const override { return "a function of Python"; }
  bool is_baseline() const override { return false; }
  bool fit(evaluate::Ingredients&) override { return true; }
  std::unique_ptr<evaluate::Ranker> ranker() const override {
    return std::make_unique<CallableRanker>(name_, function_, dataset_, split_);
  }

 private:
  std::string name_;
  Function function_;
  const data::Dataset& dataset_;
  const evaluate::Split& split_;
};

}  // namespace

std::unique_ptr<evaluate::Method> callable_method(std::string name, nb::object function, const data::Dataset& dataset,
                                                  const evaluate::Split& split) {
  return std::make_unique<CallableMethod>(std::move(name), std::move(function), dataset, split);
}

}  // namespace segue::python
