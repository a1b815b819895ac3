// Where long work says how far it is. The library never prints; whoever starts the work decides what to show.
#pragma once

#include <cstdint>
#include <string_view>

namespace segue {

// Called from one thread at a time. `total` is 0 where it is not known.
class Progress {
 public:
  virtual ~Progress() = default;
  // A new stretch of work: begin("train", 2500000, "plays"). Ends the one before.
  virtual void begin(std::string_view what, std::uint64_t total, std::string_view unit) = 0;
  // `note` is what else is worth seeing now ("epoch 2/5, loss 2.31"). Cheap enough to call many times a second.
  virtual void update(std::uint64_t done, std::string_view note) = 0;
  virtual void end() = 0;
};

class NoProgress final : public Progress {
 public:
  void begin(std::string_view, std::uint64_t, std::string_view) override {}
  void update(std::uint64_t, std::string_view) override {}
  void end() override {}
};

}  // namespace segue
