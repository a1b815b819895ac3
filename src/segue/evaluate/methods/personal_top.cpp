// The listener's own most played songs, or those most played of late: a play may count half as much as one `half-life`
// plays later.
#include <cmath>

#include "segue/evaluate/methods/methods.h"
#include "segue/evaluate/methods/past_method.h"

namespace segue::evaluate {

namespace {

class PersonalTop final : public PastMethod {
 public:
  PersonalTop()
      : PastMethod({"half_life_plays", {0, 50, 200, 1000}, 0},
                   [](double age, double half_life) { return half_life == 0 ? 1 : std::exp2(-age / half_life); }) {}

  std::string_view name() const override { return "personal"; }
  std::string_view summary() const override { return "The user's own most played songs"; }
};

}  // namespace

std::unique_ptr<Method> make_personal_top(const MethodOptions&) {
  return std::make_unique<PersonalTop>();
}

}  // namespace segue::evaluate
