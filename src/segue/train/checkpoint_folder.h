// Checkpoints as folders: MODEL.checkpoint next to the model that is being trained (docs/formats-checkpoint.md).
//
//   manifest.json   dataset, options, position, history; size and SHA-256 of the others
//   vectors.bin     W1: rows one after another, without padding
//   context.bin     W2: the same
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>

#include "segue/base/error.h"
#include "segue/base/manifest.h"
#include "segue/base/options.h"
#include "segue/train/checkpoint.h"
#include "segue/train/options.h"

namespace segue::train {

inline constexpr FormatVersion kCheckpointFormat{"segue-checkpoint", 1};

struct CheckpointOptions {
  std::chrono::milliseconds checkpoint_every{0};
  bool resume = false;
};

}  // namespace segue::train

namespace segue {

template <>
struct OptionsOf<train::CheckpointOptions> {
  static constexpr std::string_view section = "train";
  static constexpr std::array rows = {
      option<&train::CheckpointOptions::checkpoint_every>(
          "checkpoint_every", "Write MODEL.checkpoint this often, and on Ctrl-C; 0s writes none"),
      option<&train::CheckpointOptions::resume>(
          "resume", "Resume from MODEL.checkpoint if it exists; otherwise start from the beginning"),
  };
};
SEGUE_CHECK_OPTIONS(train::CheckpointOptions);

}  // namespace segue

namespace segue::train {

// The folder that holds the checkpoint of a model: "model" and "model/" have "model.checkpoint".
std::filesystem::path checkpoint_of(const std::filesystem::path& model);

// What a training run reads.
struct TrainedOn {
  std::string dataset;             // its digest
  std::string start{};             // the digest of the model that it starts from, "" if from nothing
  std::uint32_t fresh_passes = 0;  // over queues that are new to that model; 0 if from nothing
};

// Writes checkpoints to a folder, each replacing the one before.
//
// Training halts only until the matrices are copied to the system's page cache; a separate thread then syncs them,
// computes the digests and gives the folder its name. If a checkpoint cannot be written, `failed` is called and the
// next one is tried when it is due: a full disk must not throw hours of training away. The checkpoint before it stays.
class CheckpointFolder final : public CheckpointSink {
 public:
  using Clock = std::chrono::steady_clock;

  // `on` and `options` describe the training run. `failed` is called on the thread that calls a member.
  // Throws wrong_use if the folder holds something else, not_found if its parent is missing, io_failed, no_space.
  CheckpointFolder(const std::filesystem::path& folder, TrainedOn on, const TrainOptions& options,
                   std::chrono::milliseconds every, std::function<void(const Error&)> failed,
                   std::function<Clock::time_point()> now = Clock::now);
  ~CheckpointFolder() override;  // waits for the last one

  // True when `every` has passed since the last one was written, unless that is still on its way to the disk.
  bool due() override;
  void write(const TrainingPosition& position, const TrainingMatrices& matrices) override;

  // Waits until the last one is complete. False if it could not be written; true if there was none to write.
  bool wait();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// An open checkpoint. Thread safe.
class Checkpoint final : public CheckpointSource {
 public:
  // Reads the manifest. Throws as open_manifest does, and corrupt.
  explicit Checkpoint(const std::filesystem::path& folder);

  // Throws wrong_use, naming both values, if the dataset, the start or an option that changes the result (all but
  // threads) differs from those of the checkpoint.
  void check_same_training(const TrainedOn& on, const TrainOptions& options) const;

  const TrainingPosition& position() const override { return position_; }
  void load(const TrainingMatrices& matrices) const override;  // compares the digests

 private:
  OpenFolder open_;
  std::filesystem::path folder_;
  Manifest manifest_;
  TrainingPosition position_;
};

// Whether a folder of that name is a checkpoint, complete or not.
bool is_checkpoint(const std::filesystem::path& folder);

}  // namespace segue::train
