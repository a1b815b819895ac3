// Methods that rank songs by the listener's own plays, each weighted by how many plays ago it was.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "segue/evaluate/tunable.h"

namespace segue::evaluate {

// Scores the songs of Query::past by the sums of the weights of their plays. Applies where something is known of pasts.
class PastMethod : public TunableMethod {
 public:
  // weight(age, value of the setting), of a play `age` plays before the last one: above 0, and falling with the age.
  PastMethod(Setting setting, double (*weight)(double age, double value))
      : TunableMethod({again_setting(), std::move(setting)}), weight_(weight) {}

  bool fit(Ingredients& ingredients) final;
  std::unique_ptr<Ranker> ranker() const final;

 private:
  double (*const weight_)(double age, double value);
  std::uint32_t song_count_ = 0;
  LearntForTasks<std::vector<float>> weights_;  // by age
};

}  // namespace segue::evaluate
