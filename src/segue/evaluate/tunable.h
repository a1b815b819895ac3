// Methods whose numbers are chosen on validation, for each task separately.
#pragma once

#include <array>
#include <cstddef>
#include <map>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include "segue/evaluate/method.h"
#include "segue/evaluate/rankers.h"

namespace segue::evaluate {

// The setting that make_tuned_ranker() reads. It makes no difference to discovery, and more to `next` than any other
// setting, so it is the first to be chosen.
inline Setting again_setting() {
  return {"again", {0, 0.03, 0.2, 1}, 1};
}

class TunableMethod : public Method {
 public:
  explicit TunableMethod(std::vector<Setting> settings) : settings_(std::move(settings)) {
    for (std::vector<double>& values : values_) {
      for (const Setting& setting : settings_) values.push_back(setting.value);
    }
  }
  std::span<const Setting> settings() const final { return settings_; }
  std::span<const double> values(Task task) const final { return values_[static_cast<std::size_t>(task)]; }
  void set(Task task, std::span<const double> values) final {
    values_[static_cast<std::size_t>(task)].assign(values.begin(), values.end());
  }

 protected:
  // As make_sparse_ranker(), with the scores of the songs just heard multiplied by the setting: they score high with
  // most methods, and rarely come next. Views the method. REQUIRES: its first setting is again_setting().
  std::unique_ptr<Ranker> make_tuned_ranker(std::uint32_t song_count, SparseScorer scorer) const;

 private:
  const std::vector<Setting> settings_;
  std::array<std::vector<double>, kAllTasks.size()> values_;
};

// What a method learns with the value that one of its settings has for each task: learnt once where the values agree,
// and not again while they stay.
template <typename Learnt>
class LearntForTasks {
 public:
  // `learn(value)` returns a Learnt.
  template <typename Learn>
  void update(const Method& method, std::size_t setting, const Learn& learn) {
    std::map<double, std::shared_ptr<const Learnt>> kept;
    for (const Task task : kAllTasks) {
      const double value = method.values(task)[setting];
      std::shared_ptr<const Learnt>& mine = kept[value];
      if (const auto known = known_.find(value); !mine && known != known_.end()) mine = known->second;
      if (!mine) mine = std::make_shared<const Learnt>(learn(value));
      of_[static_cast<std::size_t>(task)] = mine.get();
    }
    known_ = std::move(kept);
  }
  const Learnt& of(Task task) const { return *of_[static_cast<std::size_t>(task)]; }

 private:
  std::map<double, std::shared_ptr<const Learnt>> known_;
  std::array<const Learnt*, kAllTasks.size()> of_{};
};

}  // namespace segue::evaluate
