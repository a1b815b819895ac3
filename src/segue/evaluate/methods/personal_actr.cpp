// How active songs are in the listener's memory: the base-level activation of ACT-R, ln(sum over the plays of a song of
// age^-decay), which grows with their number and their recency. The age of a play is counted in plays since. As in PISA
// (Tran et al. 2024, arXiv:2408.16578), without its spreading of activation.
#include <cmath>

#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/methods/past_method.h"

namespace segue::evaluate {

namespace {

class PersonalActr final : public PastMethod {
 public:
  // By the sum itself: its logarithm ranks alike.
  PersonalActr()
      : PastMethod({"decay", {0.3, 0.5, 0.8, 1.2, 1.7}, 0.5},
                   [](double age, double decay) { return std::pow(age + 1, -decay); }) {}

  std::string_view name() const override { return "personal-actr"; }
  std::string_view summary() const override { return "The user's own songs by base-level activation (ACT-R)"; }
};

}  // namespace

std::unique_ptr<Method> make_personal_actr(const MethodOptions&) {
  return std::make_unique<PersonalActr>();
}

}  // namespace segue::evaluate
