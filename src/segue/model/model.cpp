#include "segue/model/model.h"

#include <algorithm>
#include <cmath>
#include <mutex>
#include <optional>
#include <vector>

#include "segue/base/error.h"
#include "segue/base/large_pages.h"
#include "segue/base/options_json.h"
#include "segue/base/parallel.h"
#include "segue/data/dataset/dataset.h"
#include "segue/math/kernels/kernels.h"
#include "segue/model/index_file.h"
#include "segue/model/map_file.h"
#include "segue/model/npy.h"
#include "segue/model/title_terms_file.h"
#include "segue/transitions/transitions_file.h"

namespace segue::model {

namespace fs = std::filesystem;

namespace {

constexpr std::size_t kRowsPerPiece = 4096;
constexpr std::size_t kWidestSearch = 100'000;

// A file that the manifest does not list is ignored.
bool lists(const Manifest& manifest, std::string_view name) {
  return object_at(manifest.fields, "files", kManifestName).contains(name);
}

// Every required file has to be in the manifest, or nothing would vouch for it.
void check_listed(const Manifest& manifest, const fs::path& folder) {
  const std::string subject = (folder / kManifestName).string();
  const json::object& files = object_at(manifest.fields, "files", subject);
  for (const std::string_view name : {data::kSongsName, kVectorsName, kContextName, kTransitionsName}) {
    if (!files.contains(name)) fail(ErrorCode::corrupt, "{}: expected {} among its files, found none", subject, name);
  }
}

void check_shape(const fs::path& file, math::MatrixView<const float> matrix, std::size_t rows, std::size_t columns) {
  if (matrix.rows != rows || matrix.columns != columns || columns == 0) {
    fail(ErrorCode::corrupt, "{}: expected the shape ({}, {}), found ({}, {})", file.string(), rows, columns,
         matrix.rows, matrix.columns);
  }
}

// A vector that has an infinite or undefined number, or whose squared length overflows, has no direction.
LargeArray<float> inverse_norms_of(const fs::path& file, math::MatrixView<const float> vectors) {
  LargeArray<float> inverse(vectors.rows);
  const math::Kernels& kernels = math::best_kernels();
  parallel_for(vectors.rows, kRowsPerPiece, thread_count(0), [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) {
      const float square = kernels.squared_norm(vectors.row(row), vectors.columns);
      if (!std::isfinite(square)) {
        fail(ErrorCode::corrupt, "{}: row {}: expected finite numbers, found others", file.string(), row);
      }
      inverse[row] = square > 0 ? 1 / std::sqrt(square) : 0;
    }
  });
  return inverse;
}

void check_finite(const fs::path& file, math::MatrixView<const float> matrix) {
  (void)inverse_norms_of(file, matrix);
}

// Older models state only the window of training.
std::uint32_t window_of(const Manifest& manifest, const std::string& subject) {
  if (manifest.fields.contains("transition_window")) {
    return static_cast<std::uint32_t>(count_at(manifest.fields, "transition_window", subject));
  }
  return static_cast<std::uint32_t>(count_at(object_at(manifest.fields, "options", subject), "window", subject));
}

// Options that an older model does not state have their defaults.
template <class Options>
Options stored_options(const json::object& stored, Options options, bool numbers_only, const std::string& subject) {
  for (const OptionRow& row : rows_of<Options>()) {
    const json::value* const value = stored.if_contains(row.name);
    if (value == nullptr) continue;
    if (numbers_only && !value->is_number()) {
      fail(ErrorCode::corrupt, "{}: expected {} to be {}, found {}", subject, row.name, row.wanted(),
           json::serialize(*value));
    }
    try {
      row.set(&options, row, option_text(*value));
    } catch (const Error& error) {
      fail(ErrorCode::corrupt, "{}: {}", subject, error.what());
    }
  }
  return options;
}

BlendWeights weights_of(const Manifest& manifest, std::string_view name, BlendWeights weights,
                        const std::string& subject) {
  if (!manifest.fields.contains(name)) return weights;
  return stored_options(object_at(manifest.fields, name, subject), weights, true, subject);
}

bool weighs_context(const BlendWeights& weights) {
  return weights.blend_last_context != 0 || weights.blend_recent_context != 0;
}

// Without weights of its own, what comes next has those of discoveries.
Blend blend_of(const Manifest& manifest, const std::string& subject) {
  Blend blend;
  blend.discover = weights_of(manifest, "blend", blend.discover, subject);
  blend.next = weights_of(manifest, "blend_next", blend.discover, subject);
  return blend;
}

std::optional<plays::ReturnRates> returns_of(const Manifest& manifest, const std::string& subject) {
  if (!manifest.fields.contains("returns")) return std::nullopt;
  const json::object& stored = object_at(manifest.fields, "returns", subject);
  const auto refuse = [&](std::string_view what) {
    fail(ErrorCode::corrupt, "{}: returns: expected {}", subject, what);
  };
  const auto rate = [&](const json::value* value) {
    if (value == nullptr || !value->is_number()) refuse("numbers");
    const auto number = value->to_number<float>();
    if (!(number >= 0 && number <= 1)) refuse("rates from 0 to 1");
    return number;
  };
  plays::ReturnRates rates;
  rates.repeats = rate(stored.if_contains("repeats"));
  const json::value* const rows = stored.if_contains("rates");
  if (rows == nullptr || !rows->is_array() || rows->get_array().size() != rates.rates.size()) {
    refuse(fmt::format("{} rows of rates", rates.rates.size()));
  }
  for (std::size_t gap = 0; gap < rates.rates.size(); ++gap) {
    const json::value& row = rows->get_array()[gap];
    if (!row.is_array() || row.get_array().size() != plays::kPlayGroups) {
      refuse(fmt::format("{} rates in a row", plays::kPlayGroups));
    }
    for (std::size_t plays = 0; plays < plays::kPlayGroups; ++plays) {
      rates.rates[gap][plays] = rate(&row.get_array()[plays]);
    }
  }
  return rates;
}

std::optional<plays::TrendUntil> trend_of(const OpenFolder& folder, const Manifest& manifest, std::size_t songs) {
  if (!lists(manifest, kTrendName)) return std::nullopt;
  const fs::path path = folder.path() / kTrendName;
  const NpyMatrix stored(folder.map(kTrendName));
  check_shape(path, stored.view(), songs, plays::kTrendHalfLives.size());
  std::vector<plays::TrendPlays> plays(songs);
  for (std::size_t song = 0; song < songs; ++song) {
    for (std::size_t i = 0; i < plays[song].size(); ++i) {
      const float value = stored.view().row(song)[i];
      if (!(value >= 0 && value < std::numeric_limits<float>::infinity())) {
        fail(ErrorCode::corrupt, "{}: expected plays, found {} in row {}", path.string(), value, song);
      }
      plays[song][i] = value;
    }
  }
  return plays::TrendUntil(std::move(plays));
}

}  // namespace

std::uint32_t trained_songs_of(const Manifest& manifest, std::uint32_t songs, const fs::path& folder) {
  const std::string subject = (folder / kManifestName).string();
  const json::object& counts = object_at(manifest.fields, "counts", subject);
  if (!counts.contains("trained")) return songs;
  const std::uint64_t trained = count_at(counts, "trained", subject);
  if (trained > songs) {
    fail(ErrorCode::corrupt, "{}: expected at most {} trained songs, found {}", subject, songs, trained);
  }
  return static_cast<std::uint32_t>(trained);
}

std::uint32_t new_songs_of(const Manifest& manifest, std::uint32_t songs, const fs::path& folder) {
  if (!manifest.fields.contains(kNewSongsKey)) return 0;
  const std::string subject = (folder / kManifestName).string();
  const std::uint64_t most = songs - trained_songs_of(manifest, songs, folder);
  const std::uint64_t count = count_at(object_at(manifest.fields, kNewSongsKey, subject), "songs", subject);
  if (count > most) fail(ErrorCode::corrupt, "{}: expected at most {} new songs, found {}", subject, most, count);
  return static_cast<std::uint32_t>(count);
}

struct Model::State {
  OpenFolder open_folder;
  fs::path folder;
  Manifest manifest;
  data::Catalogue songs;
  NpyMatrix vectors;
  NpyMatrix context;
  transitions::TransitionsFile transitions;
  LargeArray<float> inverse_norms;
  std::once_flag log_plays_made;
  data::LogPlays log_plays;
  std::uint32_t trained;
  std::uint32_t newest;
  std::uint32_t transition_window;
  Blend blend;
  std::optional<plays::ReturnRates> returns;
  std::optional<plays::TrendUntil> trend;
  std::once_flag transitions_checked;
  std::optional<transitions::TeacherFile> teacher;
  std::once_flag teacher_checked;
  std::once_flag index_opened;
  std::optional<index::GraphIndex> graph;
  index::CodedRows codes;
  index::CodedRows context_codes;
  index::SongIndex index;
  std::string index_note;
  std::optional<layout::SongMap> map;

  State(OpenFolder opened, Manifest read)
      : open_folder(std::move(opened)),
        folder(open_folder.path()),
        manifest(std::move(read)),
        songs(open_folder.map(data::kSongsName)),
        vectors(open_folder.map(kVectorsName)),
        context(open_folder.map(kContextName)),
        transitions(open_folder.map(kTransitionsName), songs.size()) {
    check_shape(folder / kVectorsName, vectors.view(), songs.size(), vectors.view().columns);
    check_shape(folder / kContextName, context.view(), songs.size(), vectors.view().columns);
    trained = trained_songs_of(manifest, songs.size(), folder);
    newest = new_songs_of(manifest, songs.size(), folder);
    transition_window = window_of(manifest, (folder / kManifestName).string());
    blend = blend_of(manifest, (folder / kManifestName).string());
    returns = returns_of(manifest, (folder / kManifestName).string());
    trend = trend_of(open_folder, manifest, songs.size());
    inverse_norms = inverse_norms_of(folder / kVectorsName, vectors.view());
    check_finite(folder / kContextName, context.view());
    if (lists(manifest, kTeacherName)) teacher.emplace(open_folder.map(kTeacherName), songs.size());
    if (lists(manifest, kMapName)) map = read_map(open_folder, songs.size());
  }

  void open_index() {
    const std::string subject = (folder / kManifestName).string();
    const json::object& files = object_at(manifest.fields, "files", subject);
    if (files.contains(kIndexName)) {
      graph.emplace(open_folder.map(kIndexName), trained, vectors.view().columns);
      if (graph->vectors_digest() != string_at(files.at(kVectorsName).as_object(), "sha256", subject) &&
          (newest == 0 || graph->vectors_digest() !=
                              string_at(object_at(manifest.fields, kNewSongsKey, subject), "graph_of", subject))) {
        graph.reset();
        index_note = fmt::format("{}: built from other vectors, so every song is compared; `segue index` rebuilds it",
                                 (folder / kIndexName).string());
      }
    } else if (trained >= kGraphPays && !manifest.fields.contains("index")) {
      index_note =
          fmt::format("{}: no search graph, so every song is compared; `segue index` makes one", folder.string());
    }
    std::size_t width = index::kSearchWidth;
    const json::value* made = manifest.fields.if_contains("index");
    if (graph && made != nullptr && made->is_object()) {
      width = std::clamp<std::size_t>(count_at(made->get_object(), "search_width", subject), 1, kWidestSearch);
    }
    index = searching(width);
  }

  // Without the rare songs, whose vectors are means and lie near everything.
  index::SongIndex searching(std::size_t width, index::WalkChoice choice = index::WalkChoice::by_speed) const {
    return {
        vectors.view(), inverse_norms, trained, graph ? &*graph : nullptr, width, codes.rows() > 0 ? &codes : nullptr,
        choice,         newest};
  }

  const transitions::TransitionsFile& checked_transitions() {
    std::call_once(transitions_checked, [this] { transitions.check(); });
    return transitions;
  }

  void code_vectors(index::WalkChoice choice) {
    codes = index::CodedRows(vectors.view(), inverse_norms, 0);
    if (weighs_context(blend.discover) || weighs_context(blend.next)) {
      context_codes = index::CodedRows(context.view(), inverse_norms_of(folder / kContextName, context.view()), 0);
    }
    index = searching(index.width(), choice);
  }
};

Model::Model(const fs::path& folder) : Model(open_whole(folder, [](const OpenFolder& open) { return Model(open); })) {}

Model::Model(OpenFolder folder) {
  Manifest manifest = open_manifest(folder, kModelFormat);
  check_listed(manifest, folder.path());
  state_ = std::make_unique<State>(std::move(folder), std::move(manifest));
}

Model::Model(Model&&) noexcept = default;
Model& Model::operator=(Model&&) noexcept = default;
Model::~Model() = default;

const Manifest& Model::manifest() const {
  return state_->manifest;
}
const OpenFolder& Model::folder() const {
  return state_->open_folder;
}
const data::Catalogue& Model::songs() const {
  return state_->songs;
}
std::uint32_t Model::new_songs() const {
  return state_->newest;
}
math::MatrixView<const float> Model::vectors() const {
  return state_->vectors.view();
}
math::MatrixView<const float> Model::context() const {
  return state_->context.view();
}
std::span<const float> Model::inverse_norms() const {
  return state_->inverse_norms;
}
const data::LogPlays& Model::log_plays() const {
  std::call_once(state_->log_plays_made, [this] {
    state_->log_plays = data::LogPlays(songs().size(), [this](std::uint32_t row) { return songs().plays(row); });
  });
  return state_->log_plays;
}
std::uint32_t Model::trained_songs() const {
  return state_->trained;
}
std::uint32_t Model::transition_window() const {
  return state_->transition_window;
}
const Blend& Model::blend() const {
  return state_->blend;
}
const plays::TrendUntil* Model::trend() const {
  return state_->trend ? &*state_->trend : nullptr;
}

std::optional<std::int64_t> Model::trend_until() const {
  if (!state_->trend) return std::nullopt;
  const std::string subject = (folder().path() / kManifestName).string();
  const json::object& trend = object_at(manifest().fields, "trend", subject);
  const json::value* const until = trend.if_contains("until");
  if (until == nullptr || !until->is_int64()) {
    fail(ErrorCode::corrupt, "{}: trend: expected until, in microseconds", subject);
  }
  return until->get_int64();
}
const plays::ReturnRates* Model::returns() const {
  return state_->returns ? &*state_->returns : nullptr;
}
const index::SongIndex& Model::index() const {
  std::call_once(state_->index_opened, [this] { state_->open_index(); });
  return state_->index;
}
void Model::code_vectors(index::WalkChoice choice) {
  (void)index();
  state_->code_vectors(choice);
}
const index::CodedRows* Model::codes() const {
  return state_->codes.rows() > 0 ? &state_->codes : nullptr;
}
const index::CodedRows* Model::context_codes() const {
  return state_->context_codes.rows() > 0 ? &state_->context_codes : nullptr;
}
const std::string& Model::index_note() const {
  (void)index();
  return state_->index_note;
}
transitions::TransitionsOf Model::transitions(std::uint32_t song) const {
  return state_->checked_transitions().of(song);
}
std::vector<transitions::TransitionsOf> Model::transitions(std::span<const std::uint32_t> songs) const {
  return state_->checked_transitions().of(songs);
}
std::vector<transitions::PlayedTogether> Model::played_together(std::uint32_t song,
                                                                std::span<const std::uint32_t> others) const {
  return state_->checked_transitions().played_together(song, others);
}
data::TitleTerms Model::title_terms() const {
  if (!lists(manifest(), kTitlesName)) return {};
  return read_title_terms(folder().map(kTitlesName), songs().size());
}

bool Model::has_teacher() const {
  return state_->teacher.has_value();
}
const transitions::TeacherFile& Model::teacher() const {
  SEGUE_ASSERT(has_teacher());
  std::call_once(state_->teacher_checked, [this] { state_->teacher->check(); });
  return *state_->teacher;
}
const layout::SongMap* Model::map() const {
  return state_->map ? &*state_->map : nullptr;
}

train::TrainOptions train_options_of(const Model& model) {
  const std::string subject = (model.folder().path() / kManifestName).string();
  return stored_options(object_at(model.manifest().fields, "options", subject), train::TrainOptions{}, false, subject);
}

}  // namespace segue::model
