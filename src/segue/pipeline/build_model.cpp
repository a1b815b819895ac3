#include "segue/pipeline/build_model.h"

#include <algorithm>
#include <numeric>
#include <optional>
#include <span>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/folder.h"
#include "segue/base/json.h"
#include "segue/base/manifest.h"
#include "segue/base/parallel.h"
#include "segue/base/words.h"
#include "segue/data/dataset/dataset.h"
#include "segue/data/dataset/title_terms.h"
#include "segue/model/model.h"
#include "segue/model/write_model.h"
#include "segue/train/agreement.h"
#include "segue/train/trainer.h"

namespace segue::pipeline {

namespace fs = std::filesystem;

namespace {

// Of the loss of untrained vectors: training that ends above has hardly begun.
constexpr double kHardlyLearned = 0.98;

// A target that cannot be written has to fail now, not after hours of training.
void check_target(const fs::path& output) {
  const FolderWriter probe(output, replaces(model::kModelFormat));
}

// Where the target will be.
fs::path folder_of(const fs::path& output) {
  const fs::path whole = fs::absolute(output).lexically_normal();
  return whole.has_filename() ? whole.parent_path() : whole.parent_path().parent_path();
}

std::vector<std::uint64_t> plays_of(const data::Catalogue& songs) {
  std::vector<std::uint64_t> plays(songs.size());
  for (std::uint32_t song = 0; song < songs.size(); ++song) plays[song] = songs.plays(song);
  return plays;
}

std::string position_text(const train::TrainingPosition& at) {
  return fmt::format("{} epochs and {} of {} blocks", at.epochs.size(), at.blocks_done, at.blocks);
}

std::string resuming_line(const fs::path& folder, const train::TrainingPosition& at, std::uint32_t epochs) {
  const double epoch = static_cast<double>(at.blocks_done) / static_cast<double>(std::max<std::uint64_t>(at.blocks, 1));
  const double done = (static_cast<double>(at.epochs.size()) + epoch) / epochs;
  return fmt::format("resuming from {}: {} of {} epochs and {} of {} blocks of the next done, {:.0f} %",
                     folder.string(), at.epochs.size(), epochs, at.blocks_done, at.blocks, 100 * done);
}

// The checkpoint to resume from, if resuming was requested and there is one.
std::optional<train::Checkpoint> open_checkpoint(const fs::path& folder, const train::TrainedOn& on,
                                                 const BuildOptions& options, const Notes& notes) {
  std::optional<train::Checkpoint> checkpoint;
  if (!options.checkpoints.resume) {
    if (train::is_checkpoint(folder)) {
      const bool replaced = options.checkpoints.checkpoint_every.count() > 0;
      notes(
          fmt::format("{}: left by an unfinished training run; without --resume this run starts from the beginning "
                      "and {}",
                      folder.string(), replaced ? "replaces it with its first checkpoint" : "removes it at the end"));
    }
    return checkpoint;
  }
  if (std::error_code error; !fs::exists(folder, error)) {
    notes(fmt::format("{}: no checkpoint found; training starts from the beginning", folder.string()));
    return checkpoint;
  }
  checkpoint.emplace(folder);
  checkpoint->check_same_training(on, options.train);
  notes(resuming_line(folder, checkpoint->position(), options.train.epochs));
  return checkpoint;
}

train::TrainedVectors train(const data::Dataset& dataset, std::span<const std::uint64_t> plays,
                            const train::TrainedOn& on, const train::Start& start, const BuildOptions& options,
                            Progress& progress, const std::stop_token& stop, const Notes& notes) {
  const fs::path folder = train::checkpoint_of(options.target.output);
  const std::optional<train::Checkpoint> source = open_checkpoint(folder, on, options, notes);
  check_agreement(options.ranks, {on, options.train, source ? position_text(source->position()) : ""});
  std::optional<train::CheckpointFolder> sink;
  if (options.checkpoints.checkpoint_every.count() > 0 && options.ranks.is_first()) {
    sink.emplace(folder, on, options.train, options.checkpoints.checkpoint_every,
                 [&](const Error& error) { notes(fmt::format("no checkpoint: {}", error.what())); });
  }
  try {
    return train::train_vectors(dataset.queues, plays, options.train, progress, stop,
                                {.sink = sink ? &*sink : nullptr, .source = source ? &*source : nullptr}, start,
                                options.ranks);
  } catch (const Error& error) {
    const bool by_other = options.ranks.communicator != nullptr && error.code() == ErrorCode::unavailable;
    if (by_other && sink) sink->wait();
    if (by_other && train::is_checkpoint(folder)) {
      fail(error.code(), "{}; --resume continues from {}", error.what(), folder.string());
    }
    if (!sink || by_other || error.code() != ErrorCode::interrupted) throw;
    fail(error.code(), "{}; {}", error.what(),
         sink->wait() ? fmt::format("--resume continues from {}", folder.string())
                      : "its checkpoint could not be written");
  }
}

// As much memory as training needed, but enough for small models to read their queues only once, and no more than makes
// a difference.
std::size_t counting_memory(const train::TrainedVectors& trained) {
  constexpr std::size_t kLeast = std::size_t{256} << 20;
  constexpr std::size_t kMost = std::size_t{512} << 20;
  return std::clamp(2 * trained.vectors.rows() * trained.vectors.columns() * sizeof(float), kLeast, kMost);
}

transitions::Transitions count(const data::Dataset& dataset, const train::TrainedVectors& trained, std::uint32_t songs,
                               const BuildOptions& options, Progress& progress, const std::stop_token& stop) {
  const transitions::TransitionOptions how{.window = options.counting.transition_window,
                                           .memory_bytes = counting_memory(trained),
                                           .threads = options.train.threads};
  return transitions::count_transitions(dataset.queues, songs, how, progress, stop);
}

json::object start_document(const StartModel& from, const StartReport& report, bool warm) {
  json::object document = to_json(report);
  document["model"] = from.digest();
  document["warm"] = warm;
  return document;
}

void remove_checkpoint(const fs::path& output, const Notes& notes) {
  const fs::path folder = train::checkpoint_of(output);
  if (!train::is_checkpoint(folder)) return;
  try {
    remove_folder(folder, replaces(train::kCheckpointFormat));
  } catch (const Error& error) {
    if (error.code() != ErrorCode::wrong_use) throw;
    notes(fmt::format("{}; the model is complete, the checkpoint stays", error.what()));  // it holds someone's file
  }
}

}  // namespace

BuiltModel build_model(const fs::path& dataset_folder, const BuildOptions& given, Progress& progress,
                       const std::stop_token& stop, const Notes& notes) {
  const fs::path output = given.target.output;
  if (given.ranks.is_first()) check_target(output);
  const data::Dataset dataset = data::open_dataset(dataset_folder);
  BuildOptions options = given;
  options.ranks.scratch = folder_of(output);
  if (options.adjust) options.adjust(dataset, options.train);
  if (options.train.own_weight > 1 && dataset.queues.own() == dataset.queues.size()) {
    notes(fmt::format("--own-weight {}: no effect without the queues of others, which segue ingest --base puts beside",
                      options.train.own_weight));
  }
  const std::vector<std::uint64_t> plays = plays_of(dataset.songs);
  std::optional<StartModel> start;
  if (!options.start.from.empty()) start.emplace(options.start.from, dataset.songs, options.train);
  const bool warm = start && options.start.warm;
  train::TrainedOn on{.dataset = dataset.manifest.digest};
  if (warm) {
    on.start = start->digest();
    on.fresh_passes = options.start.fresh_passes;
  }
  const std::uint32_t songs = train::trained_song_count(plays, train::least_plays(options.train));
  const std::uint32_t trained_songs = train::trained_song_count(plays, options.train.min_plays);
  train::TrainedVectors trained =
      train(dataset, plays, on,
            warm ? start->start(dataset.queues, trained_songs, options.start.fresh_passes) : train::Start{}, options,
            progress, stop, notes);
  if (!options.ranks.is_first()) {
    BuiltModel elsewhere;
    elsewhere.exchange = trained.exchange;
    return elsewhere;
  }
  std::optional<StartReport> started;
  if (start) started = start->align(trained, thread_count(options.train.threads));
  transitions::Transitions transitions = count(dataset, trained, songs, options, progress, stop);
  const std::uint64_t entries = transitions.entries();
  const plays::Habits habits = plays::count_habits(dataset.queues, songs, data::has_sessions(dataset));
  const data::TitleTerms titles = data::count_title_terms(dataset.queues, songs);
  model::write_model(output,
                     {.songs = dataset.songs,
                      .dataset_digest = dataset.manifest.digest,
                      .options = options.train,
                      .trained = trained,
                      .transitions = transitions,
                      .blend = options.fit_blend ? options.fit_blend(dataset) : options.blend,
                      .index = {options.index, options.train.seed, options.train.threads},
                      .habits = &habits,
                      .release =
                          [&] {
                            trained.vectors = {};
                            trained.context = {};
                            transitions = {};
                          },
                      .start = start ? start_document(*start, *started, warm) : json::object{},
                      .titles = &titles},
                     progress, stop);
  remove_checkpoint(output, notes);

  const auto plays_of_first = [&](std::size_t count) {
    return std::accumulate(plays.begin(), plays.begin() + static_cast<std::ptrdiff_t>(count), std::uint64_t{0});
  };
  return {.songs = songs,
          .songs_placed = songs - trained_songs,
          .songs_omitted = dataset.songs.size() - songs,
          .plays = plays_of_first(songs),
          .plays_trained = plays_of_first(trained_songs),
          .transitions = entries,
          .untrained_loss = trained.untrained_loss,
          .epochs = std::move(trained.epochs),
          .start = started,
          .exchange = trained.exchange};
}

std::vector<std::string> doubts_of(const BuiltModel& built, const train::TrainOptions& options) {
  std::uint64_t pairs = 0;
  std::uint64_t kept = 0;
  for (const train::EpochReport& epoch : built.epochs) {
    pairs += epoch.pairs;
    kept += epoch.plays;
  }
  std::vector<std::string> doubts;
  if (pairs < built.songs * built.epochs.size()) {
    const bool sampled = kept * 10 < built.plays * built.epochs.size();
    doubts.push_back(fmt::format("only {} pairs were trained for {} songs, so the vectors are much as they began; {}",
                                 with_commas(pairs), with_commas(built.songs),
                                 sampled ? "--subsample 0 keeps the plays of songs with a large share of all plays"
                                         : "this takes more plays: segue ingest --base puts those of others beside "
                                           "them"));
  }
  const double loss = built.epochs.empty() ? 0 : built.epochs.back().sample_loss;
  if (doubts.empty() && loss < built.untrained_loss && loss > kHardlyLearned * built.untrained_loss) {
    doubts.push_back(
        fmt::format("the loss fell only from {:.3f} to {:.3f}, so the vectors have learned little; this takes more "
                    "plays (segue ingest --base puts those of others beside them), or more than {} --epochs",
                    built.untrained_loss, loss, options.epochs));
  }
  if (pairs > 0 && loss >= built.untrained_loss) {
    doubts.push_back(
        fmt::format("the loss at the end ({:.3f}) is not below that of untrained vectors ({:.3f}); a smaller "
                    "--learning-rate than {} may help",
                    loss, built.untrained_loss, options.learning_rate));
  }
  return doubts;
}

}  // namespace segue::pipeline
