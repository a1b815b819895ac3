// A model folder, written by `segue train` and opened by everything else.
//
//   manifest.json      options, loss by epoch, the dataset's digest
//   songs.arrow        the songs: first those that are trained, then those placed among them, last those that came
//                      after training (pipeline/new_songs.h)
//   vectors.npy        W1: float32, songs x dim, C order
//   context.npy        W2: the same shape
//   trend.npy          float32, songs x 3: decayed plays (plays/trend.h); only if the dataset has times
//   transitions.arrow  row i: neighbours list<uint32>, forward list<float>, backward list<float>, counts list<uint32>
//   titles.arrow       what playlists with a song are called (title_terms_file.h); only if queues have names
//   teacher.arrow      what a teacher would play after each song (transitions/teacher_file.h); only after `segue
//   distil` index.hnsw         a search graph, if there are many songs (model/index_file.h) map.arrow, clusters.arrow
//   where songs lie on the map (map_file.h); only after `segue map`
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/format_version.h"
#include "segue/base/open_folder.h"
#include "segue/data/dataset/catalogue.h"
#include "segue/data/dataset/log_plays.h"
#include "segue/data/dataset/title_terms.h"
#include "segue/index/song_index.h"
#include "segue/layout/song_map.h"
#include "segue/math/matrix.h"
#include "segue/model/blend_weights.h"
#include "segue/plays/habits.h"
#include "segue/train/options.h"
#include "segue/transitions/teacher_file.h"
#include "segue/transitions/transitions.h"
#include "segue/transitions/transitions_file.h"

namespace segue {
struct Manifest;  // base/manifest.h
}

namespace segue::model {

inline constexpr FormatVersion kModelFormat{"segue-model", 1};
inline constexpr std::string_view kVectorsName = "vectors.npy";
inline constexpr std::string_view kContextName = "context.npy";
inline constexpr std::string_view kTrendName = "trend.npy";
inline constexpr std::string_view kTransitionsName = "transitions.arrow";
inline constexpr std::string_view kTeacherName = "teacher.arrow";

// How many of a model's songs, the first ones, are trained; in an older model all. Throws corrupt if the manifest says
// more.
std::uint32_t trained_songs_of(const Manifest& manifest, std::uint32_t songs, const std::filesystem::path& folder);
// How many, the last ones, came after training. Likewise.
std::uint32_t new_songs_of(const Manifest& manifest, std::uint32_t songs, const std::filesystem::path& folder);

// In the manifest: {"songs": n, "graph_of": "..."}, absent before any song was added. `graph_of`: the digest of
// vectors.npy as it was before, of which the graph may be.
inline constexpr std::string_view kNewSongsKey = "new_songs";

// An open model, mapped read-only. Thread safe.
class Model {
 public:
  // Checks the manifest, sizes, shapes and types of every file. Throws as open_manifest does, and corrupt.
  explicit Model(const std::filesystem::path& folder);
  // All of its files are those of the open folder, also those that are read later.
  explicit Model(OpenFolder folder);
  Model(Model&&) noexcept;
  Model& operator=(Model&&) noexcept;
  ~Model();

  const Manifest& manifest() const;
  const OpenFolder& folder() const;
  const data::Catalogue& songs() const;
  // The first songs are trained. The others, played too rarely for that, are placed among them
  // (transitions/song_placer.h): they are recommended after songs they were played with, but not searched.
  std::uint32_t trained_songs() const;
  // How many songs, the last ones, came after training: they have vectors of their own and are searched like trained
  // ones.
  std::uint32_t new_songs() const;
  math::MatrixView<const float> vectors() const;  // W1, not normalised
  math::MatrixView<const float> context() const;  // W2
  std::span<const float> inverse_norms() const;   // 1/|row of W1|, 0 for a zero row
  const data::LogPlays& log_plays() const;        // computed by the first call
  std::uint32_t transition_window() const;        // transitions count pairs of plays at most this far apart
  const Blend& blend() const;                     // the weights it was trained with, or the defaults
  // What is known of when songs were played; nullptr in a model whose dataset had no times, or of an earlier version.
  const plays::TrendUntil* trend() const;
  // The moment of the trend, in microseconds since 1970-01-01 UTC; none without one.
  std::optional<std::int64_t> trend_until() const;
  const plays::ReturnRates* returns() const;

  // Of one song. The first call reads and checks all transitions, the larger part of a model, which much does without.
  // Throws corrupt where their file is damaged. REQUIRES: song < songs().size()
  transitions::TransitionsOf transitions(std::uint32_t song) const;
  std::vector<transitions::TransitionsOf> transitions(std::span<const std::uint32_t> songs) const;  // of each
  // How often `song` was played close to each of `others`; as TransitionsFile::played_together().
  std::vector<transitions::PlayedTogether> played_together(std::uint32_t song,
                                                           std::span<const std::uint32_t> others) const;

  bool has_teacher() const;
  // The first call reads and checks the file. Throws corrupt where that is damaged. REQUIRES: has_teacher()
  const transitions::TeacherFile& teacher() const;

  // Search among the trained songs and the new ones. The first call maps and checks the graph; without one, or with a
  // graph of other vectors, every search is exact. Throws corrupt if the graph's file is damaged.
  const index::SongIndex& index() const;
  // Makes exact searches of index() about three times as fast, for callers with many of them: index/coded_rows.h. Codes
  // the context vectors too if blend() weighs them. Throws no_space. REQUIRES: no search is running.
  void code_vectors(index::WalkChoice choice = index::WalkChoice::by_speed);
  const index::CodedRows* codes() const;          // nullptr before code_vectors()
  const index::CodedRows* context_codes() const;  // nullptr before code_vectors() and without a weight in blend()
  // A sentence for the user if the graph of index() is stale or missing; else "".
  const std::string& index_note() const;
  // Read from the file by every call; empty in a model whose queues had no names, or of an earlier version. Throws
  // corrupt.
  data::TitleTerms title_terms() const;
  // nullptr if the model has no map.
  const layout::SongMap* map() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// The options that the model was trained with; the default of an option that it does not state. Throws corrupt.
train::TrainOptions train_options_of(const Model& model);

// The first rows of `all`, those of the trained songs. REQUIRES: a matrix of the model
inline math::MatrixView<const float> trained_rows(const Model& model, math::MatrixView<const float> all) {
  return {all.data, model.trained_songs(), all.columns, all.stride};
}

}  // namespace segue::model
