#include "segue/train/checkpoint_folder.h"

#include <atomic>
#include <charconv>
#include <cstring>
#include <optional>
#include <thread>
#include <utility>

#include <fmt/format.h>

#include "segue/base/digest.h"
#include "segue/base/file.h"
#include "segue/base/folder.h"
#include "segue/base/options_json.h"

namespace segue::train {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kVectorsFile = "vectors.bin";
constexpr std::string_view kContextFile = "context.bin";

// Real numbers are stored as texts: the shortest that reads back as the same number. JSON readers, including ours, may
// be one bit off with a number, and a resumed run must end with the very same losses.
std::string exact(double number) {
  return fmt::format("{}", number);
}

double exact_at(const json::object& object, std::string_view key, std::string_view subject) {
  const std::string text = string_at(object, key, subject);
  double number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) {
    fail(ErrorCode::corrupt, "{}: \"{}\": expected a number as a text, found \"{}\"", subject, key, text);
  }
  return number;
}

json::object json_of(const TrainingPosition& position) {
  return {{"epochs_done", position.epochs.size()},
          {"blocks", position.blocks},
          {"blocks_done", position.blocks_done},
          {"plays_done", position.plays_done},
          {"untrained_loss", exact(position.untrained_loss)},
          {"loss_sum", exact(position.loss_sum)},
          {"pairs", position.pairs},
          {"plays_kept", position.plays_kept},
          {"seconds", exact(position.seconds)}};
}

json::array json_of(const std::vector<EpochReport>& epochs) {
  json::array history;
  for (const EpochReport& epoch : epochs) {
    history.push_back({{"epoch", epoch.epoch},
                       {"sample_loss", exact(epoch.sample_loss)},
                       {"mean_loss", exact(epoch.mean_loss)},
                       {"pairs", epoch.pairs},
                       {"plays", epoch.plays},
                       {"seconds", exact(epoch.seconds)}});
  }
  return history;
}

std::vector<EpochReport> history_in(const json::object& fields, const std::string& subject) {
  const json::value* history = fields.if_contains("history");
  if (history == nullptr || !history->is_array()) fail(ErrorCode::corrupt, "{}: \"history\": expected a list", subject);
  std::vector<EpochReport> epochs;
  for (const json::value& value : history->get_array()) {
    if (!value.is_object()) fail(ErrorCode::corrupt, "{}: \"history\": expected a list of objects", subject);
    const json::object& entry = value.get_object();
    EpochReport epoch;
    epoch.epoch = static_cast<std::uint32_t>(epochs.size() + 1);
    if (const std::uint64_t found = count_at(entry, "epoch", subject); found != epoch.epoch) {
      fail(ErrorCode::corrupt, "{}: \"history\": expected epoch {}, found {}", subject, epoch.epoch, found);
    }
    epoch.sample_loss = exact_at(entry, "sample_loss", subject);
    epoch.mean_loss = exact_at(entry, "mean_loss", subject);
    epoch.pairs = count_at(entry, "pairs", subject);
    epoch.plays = count_at(entry, "plays", subject);
    epoch.seconds = exact_at(entry, "seconds", subject);
    epochs.push_back(epoch);
  }
  return epochs;
}

TrainingPosition position_in(const json::object& fields, const std::string& subject) {
  const json::object& found = object_at(fields, "position", subject);
  TrainingPosition position;
  position.epochs = history_in(fields, subject);
  if (const std::uint64_t done = count_at(found, "epochs_done", subject); done != position.epochs.size()) {
    fail(ErrorCode::corrupt, "{}: \"history\": expected {} epochs, found {}", subject, done, position.epochs.size());
  }
  position.blocks = count_at(found, "blocks", subject);
  position.blocks_done = count_at(found, "blocks_done", subject);
  position.plays_done = count_at(found, "plays_done", subject);
  position.untrained_loss = exact_at(found, "untrained_loss", subject);
  position.loss_sum = exact_at(found, "loss_sum", subject);
  position.pairs = count_at(found, "pairs", subject);
  position.plays_kept = count_at(found, "plays_kept", subject);
  position.seconds = exact_at(found, "seconds", subject);
  return position;
}

json::object json_of(const RowBytes& matrix) {
  return {{"rows", matrix.rows}, {"row_bytes", matrix.row_bytes}, {"element", matrix.element}};
}

void write_rows(FileWriter& file, const RowBytes& matrix) {
  if (matrix.row_bytes == matrix.stride_bytes) {
    file.write(std::span<const std::byte>(matrix.data, matrix.rows * matrix.row_bytes));
    return;
  }
  for (std::size_t row = 0; row < matrix.rows; ++row) {
    file.write(std::span<const std::byte>(matrix.data + row * matrix.stride_bytes, matrix.row_bytes));
  }
}

// The options as read from a manifest, so that both sides of a comparison are rounded alike.
json::object read_back(const json::object& options) {
  return parse_json(pretty(options), "options").as_object();
}

// A checkpoint whose bytes are in the page cache, on its way to the disk.
struct Unfinished {
  FolderWriter folder;
  FileWriter vectors;
  FileWriter context;
  json::object fields;

  explicit Unfinished(const fs::path& target)
      : folder(target, replaces(kCheckpointFormat)),
        vectors(folder.path() / kVectorsFile),
        context(folder.path() / kContextFile) {}

  void finish() {
    vectors.close();
    context.close();
    write_manifest(folder.path(), kCheckpointFormat, fields);
    folder.commit();
  }
};

// Runs `work`; returns the error if it failed.
template <class Work>
std::optional<Error> failure_of(const Work& work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  } catch (const fs::filesystem_error& error) {
    return Error(ErrorCode::io_failed, error.what());
  }
  return std::nullopt;
}

}  // namespace

fs::path checkpoint_of(const fs::path& model) {
  fs::path path = model.lexically_normal();
  if (!path.has_filename()) path = path.parent_path();
  path += ".checkpoint";
  return path;
}

bool is_checkpoint(const fs::path& folder) {
  return has_format(folder, kCheckpointFormat);
}

struct CheckpointFolder::State {
  fs::path folder;
  TrainedOn on;
  json::object options;
  std::chrono::milliseconds every;
  std::function<void(const Error&)> failed;
  std::function<Clock::time_point()> now;
  Clock::time_point last;
  bool last_is_whole = true;
  std::atomic<bool> finishing{false};
  std::optional<Error> failure;  // of the finisher, to be read when `finishing` is false
  std::jthread finisher;

  void tell(const Error& error) {
    last_is_whole = false;
    failed(error);
  }

  void join() {
    if (finisher.joinable()) finisher.join();
    if (const std::optional<Error> error = std::exchange(failure, std::nullopt)) tell(*error);
  }
};

CheckpointFolder::CheckpointFolder(const fs::path& folder, TrainedOn on, const TrainOptions& options,
                                   std::chrono::milliseconds every, std::function<void(const Error&)> failed,
                                   std::function<Clock::time_point()> now)
    : state_(std::make_unique<State>()) {
  // Better refuse a target that cannot be written now than when the first checkpoint is due.
  { const FolderWriter probe(folder, replaces(kCheckpointFormat)); }
  state_->folder = folder;
  state_->on = std::move(on);
  state_->options = options_to_json(options);
  state_->every = every;
  state_->failed = std::move(failed);
  state_->now = std::move(now);
  state_->last = state_->now();
}

CheckpointFolder::~CheckpointFolder() = default;

bool CheckpointFolder::due() {
  if (!state_->finishing && state_->failure) state_->join();
  return !state_->finishing && state_->now() - state_->last >= state_->every;
}

void CheckpointFolder::write(const TrainingPosition& position, const TrainingMatrices& matrices) {
  state_->join();
  state_->last_is_whole = true;
  std::shared_ptr<Unfinished> unfinished;
  const auto failure = failure_of([&] {
    unfinished = std::make_shared<Unfinished>(state_->folder);
    unfinished->fields = {
        {"dataset", state_->on.dataset},
        {"options", state_->options},
        {"position", json_of(position)},
        {"history", json_of(position.epochs)},
        {"matrices", {{kVectorsFile, json_of(matrices.vectors)}, {kContextFile, json_of(matrices.context)}}}};
    if (!state_->on.start.empty()) {
      unfinished->fields["start"] = {{"digest", state_->on.start}, {"fresh_passes", state_->on.fresh_passes}};
    }
    write_rows(unfinished->vectors, matrices.vectors);
    write_rows(unfinished->context, matrices.context);
  });
  if (failure) {
    state_->tell(*failure);
  } else {
    state_->finishing = true;
    state_->finisher = std::jthread([state = state_.get(), work = std::move(unfinished)]() mutable {
      state->failure = failure_of([&] {
        work->finish();
        work.reset();
      });
      state->finishing = false;
    });
  }
  state_->last = state_->now();
}

bool CheckpointFolder::wait() {
  state_->join();
  return state_->last_is_whole;
}

Checkpoint::Checkpoint(const fs::path& folder)
    : open_(folder),
      folder_(folder),
      manifest_(open_manifest(open_, kCheckpointFormat)),
      position_(position_in(manifest_.fields, (folder / kManifestName).string())) {}

void Checkpoint::check_same_training(const TrainedOn& on, const TrainOptions& options) const {
  const std::string subject = (folder_ / kManifestName).string();
  const std::string dataset = string_at(manifest_.fields, "dataset", subject);
  if (dataset != on.dataset) {
    fail(ErrorCode::wrong_use, "--resume: {}: expected the dataset of digest {} that it was trained on, found {}",
         folder_.string(), dataset, on.dataset);
  }
  const bool is_warm = manifest_.fields.contains("start");
  const json::object none;
  const json::object& stored_start = is_warm ? object_at(manifest_.fields, "start", subject) : none;
  const std::string start = is_warm ? string_at(stored_start, "digest", subject) : "";
  if (start != on.start) {
    const auto named = [](const std::string& digest) {
      return digest.empty() ? "none" : "the model of digest " + digest;
    };
    fail(ErrorCode::wrong_use, "--resume: {}: expected --from {}, as it was started, found {}", folder_.string(),
         named(start), named(on.start));
  }
  const std::uint64_t fresh_passes = is_warm ? count_at(stored_start, "fresh_passes", subject) : 0;
  if (fresh_passes != on.fresh_passes) {
    fail(ErrorCode::wrong_use, "--resume: {}: expected --fresh-passes {} as in the checkpoint, found {}",
         folder_.string(), fresh_passes, on.fresh_passes);
  }
  const json::object& then = object_at(manifest_.fields, "options", subject);
  const json::object now = read_back(options_to_json(options));
  const json::object defaults = read_back(options_to_json(TrainOptions{}));
  for (const OptionRow& row : rows_of<TrainOptions>()) {
    if (row.name == "threads") continue;
    // An option of a later version was at its default.
    const json::value* stored = then.if_contains(row.name);
    const json::value& value = stored != nullptr ? *stored : defaults.at(row.name);
    const std::string wanted = option_text(value);
    if (value != now.at(row.name)) {
      fail(ErrorCode::wrong_use, "--resume: {}: expected {} {} as in the checkpoint, found {}", folder_.string(),
           row.flag(), wanted, row.text(&options));
    }
  }
}

void Checkpoint::load(const TrainingMatrices& matrices) const {
  const std::string subject = (folder_ / kManifestName).string();
  const auto load_one = [&](std::string_view name, const RowBytes& matrix) {
    const fs::path path = folder_ / name;
    const json::object& shape = object_at(object_at(manifest_.fields, "matrices", subject), name, subject);
    const json::object wanted = json_of(matrix);
    if (count_at(shape, "rows", subject) != matrix.rows ||
        count_at(shape, "row_bytes", subject) != matrix.whole_row_bytes ||
        string_at(shape, "element", subject) != matrix.element) {
      fail(ErrorCode::corrupt, "{}: expected {}, found {}", path.string(), json::serialize(wanted),
           json::serialize(shape));
    }
    const std::string digest =
        string_at(object_at(object_at(manifest_.fields, "files", subject), name, subject), "sha256", subject);
    const MappedFile file = open_.map(name);
    if (file.bytes().size() != matrix.rows * matrix.whole_row_bytes) {
      fail(ErrorCode::corrupt, "{}: expected {} bytes, found {}", path.string(), matrix.rows * matrix.whole_row_bytes,
           file.bytes().size());
    }
    Sha256 found;
    for (std::size_t row = 0; row < matrix.rows; ++row) {
      const auto bytes = file.bytes().subspan(row * matrix.whole_row_bytes, matrix.whole_row_bytes);
      found.update(bytes);
      std::memcpy(matrix.data + row * matrix.stride_bytes, bytes.data() + matrix.skipped_bytes, matrix.row_bytes);
    }
    if (const std::string hex = found.hex(); hex != digest) {
      fail(ErrorCode::corrupt, "{}: expected SHA-256 {}, found {}", path.string(), digest, hex);
    }
  };
  load_one(kVectorsFile, matrices.vectors);
  load_one(kContextFile, matrices.context);
}

}  // namespace segue::train
