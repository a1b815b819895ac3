// How long-running work reports its progress. The library never prints; the caller decides what to show.
#pragma once

#include <cstdint>
#include <string_view>

namespace segue {

// Called from one thread at a time. `total` is 0 if it is unknown.
class Progress {
 public:
  virtual ~Progress() = default;
  // Starts a new stage: begin("train", 2500000, "plays"). Ends the previous one.
  virtual void begin(std::string_view what, std::uint64_t total, std::string_view unit) = 0;
  // `note` is anything else worth showing ("epoch 2/5, loss 2.31"). Cheap enough to call many times a second.
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
