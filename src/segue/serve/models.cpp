#include "segue/serve/models.h"

#include <algorithm>
#include <charconv>

#include "segue/base/error.h"
#include "segue/base/folder.h"
#include "segue/base/lost_pages.h"
#include "segue/base/manifest.h"
#include "segue/base/parallel.h"
#include "segue/base/sealed_text.h"
#include "segue/base/words.h"
#include "segue/data/log/times.h"
#include "segue/recommend/list_id.h"
#include "segue/serve/api/map_replies.h"

namespace segue::serve {

namespace fs = std::filesystem;

namespace {

fs::path resolved(const fs::path& folder) {
  restore_folder(folder);
  std::error_code error;
  fs::path real = fs::canonical(folder, error);
  if (error) fail(ErrorCode::not_found, "{}: {}", folder.string(), error.message());
  return real;
}

std::chrono::system_clock::time_point time_made(const Manifest& manifest) {
  const json::value* const made = manifest.fields.if_contains("made_at");
  if (made == nullptr || !made->is_string()) return {};
  const data::ParsedTime time = data::parse_time(std::string_view(made->get_string()), {});
  return std::chrono::system_clock::time_point(std::chrono::microseconds(time.micros));
}

// The current digest of a folder, "" if it cannot be read.
struct FolderNow {
  std::string digest;
  std::string unreadable;  // why, if it cannot be read
};

FolderNow folder_now(const fs::path& folder) {
  try {
    return {open_manifest(folder, model::kModelFormat).digest, ""};
  } catch (const std::exception& error) {
    return {"", error.what()};
  }
}

// When a file of the folder, or the folder, was last written; the beginning of time if it cannot be read.
fs::file_time_type last_write(const fs::path& folder) {
  std::error_code error;
  fs::file_time_type last = fs::last_write_time(folder, error);
  for (const auto& entry : fs::directory_iterator(folder, error)) {
    std::error_code ignored;
    last = std::max(last, entry.last_write_time(ignored));
  }
  return error ? fs::file_time_type::min() : last;
}

// The beginning of time if there is no such file.
fs::file_time_type file_written(const fs::path& file) {
  std::error_code error;
  const fs::file_time_type written = fs::last_write_time(file, error);
  return error ? fs::file_time_type::min() : written;
}

// Verified are the bytes that are served: both use the maps of one open folder.
model::Model open_model(const fs::path& folder, bool verify) {
  return open_whole(folder, [verify](const OpenFolder& open) {
    if (verify) {
      NoProgress progress;
      verify_files(open, open_manifest(open, model::kModelFormat), progress);
    }
    model::Model model(open);
    model.code_vectors();  // opens and checks the graph first
    return model;
  });
}

std::unique_ptr<plays::LiveTrend> live_trend(const model::Model& model) {
  if (model.trend() == nullptr) return nullptr;
  return std::make_unique<plays::LiveTrend>(model.trend()->plays(), model.trend_until().value());
}

// Does what the first requests would otherwise wait for: hashes the ids, folds the names of all songs, checks the
// transitions and reads the pages of the graph.
void warm(const ServedModel& served) {
  const model::Model& model = served.model;
  if (model.songs().size() == 0) return;
  (void)model.songs().find(model.songs().id(0));
  (void)model.transitions(0);
  constexpr std::size_t kSongsPerPiece = 4096;
  parallel_for(model.songs().size(), kSongsPerPiece, thread_count(0), [&](std::size_t begin, std::size_t end) {
    for (std::size_t row = begin; row < end; ++row) (void)model.songs().keys(static_cast<data::SongRow>(row));
  });
  std::uint32_t row = 0;
  while (row + 1 < model.songs().size() && model.inverse_norms()[row] == 0) ++row;
  if (model.inverse_norms()[row] == 0) return;
  (void)served.recommender.recommend({std::span(&row, 1)}, {.threads = 1});
}

// The share of the true 10 nearest songs that the graph finds, on songs spread over the catalogue; 1 for exact search.
double sampled_recall(const model::Model& model) {
  constexpr std::size_t kNearest = 10;
  constexpr std::uint32_t kSample = 20;
  if (model.index().graph() == nullptr) return 1;
  std::size_t found = 0;
  std::size_t wanted = 0;
  for (std::uint32_t i = 0; i < kSample; ++i) {
    const auto row = static_cast<std::uint32_t>(std::uint64_t{model.trained_songs()} * i / kSample);
    const std::span<const float> vector(model.vectors().row(row), model.vectors().columns);
    const auto exact = model.index().search(vector, kNearest, {}, {.method = index::SearchMethod::exact});
    const auto walked = model.index().search(vector, kNearest, {}, {.method = index::SearchMethod::graph});
    wanted += exact.size();
    for (const math::ScoredRow& one : exact) {
      found += static_cast<std::size_t>(std::ranges::count(walked, one.row, &math::ScoredRow::row));
    }
  }
  return wanted == 0 ? 1 : static_cast<double>(found) / static_cast<double>(wanted);
}

// "NAME=REST"
std::pair<std::string, std::string> named(const std::string& text, std::string_view option, std::string_view wanted) {
  const std::size_t equals = text.find('=');
  if (equals == std::string::npos || equals == 0 || equals + 1 == text.size()) {
    fail(ErrorCode::wrong_use, "--{}: expected NAME={}, found \"{}\"", option, wanted, text);
  }
  return {text.substr(0, equals), text.substr(equals + 1)};
}

std::uint32_t parts_of(const std::string& text) {
  std::uint32_t parts = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), parts);
  if (error != std::errc() || end != text.data() + text.size() || parts > 1'000'000) {
    fail(ErrorCode::wrong_use, "--share: expected a whole number from 0 to 1000000 after =, found \"{}\"", text);
  }
  return parts;
}

std::vector<std::string_view> names_of(const std::vector<ModelSource>& sources) {
  std::vector<std::string_view> names;
  for (const ModelSource& source : sources) names.push_back(source.name);
  return names;
}

}  // namespace

ServedModel::ServedModel(std::string name_in, const fs::path& folder_in, const fs::path& cache, bool verify,
                         const fs::path& library_in, const std::string& source)
    : name(std::move(name_in)),
      folder(resolved(folder_in)),
      model(open_model(folder, verify)),
      trend(live_trend(model)),
      recommender(model, trend.get()),
      matcher(model.songs()),
      // Versions of a model take turns in one file.
      search(model.songs(), cache / ((source.empty() ? model.manifest().digest : "placed-" + source) + ".search"),
             model.manifest().digest),
      loaded(std::chrono::system_clock::now()),
      trained(time_made(model.manifest())) {
  source_digest = source.empty() ? model.manifest().digest : source;
  recall = sampled_recall(model);
  if (!library_in.empty()) {
    library_written = file_written(library_in);
    library.emplace(library_in, model.songs(), matcher);
  }
  if (const layout::SongMap* const song_map = model.map()) {
    map = map_body(*song_map);
    regions = regions_reply(*song_map);
    contours = contours_reply(*song_map);
    tags = tags_reply(model.songs());
  }
  warm(*this);
}

void ServedModel::refuse_damaged() const {
  constexpr std::chrono::seconds kBetweenLooks{1};
  const std::uint64_t lost = lost_pages();
  const auto now = std::chrono::steady_clock::now();
  if (lost == lost_pages_seen_ && now < next_look_.load()) return;
  const std::string damage = model.folder().damage();
  if (!damage.empty()) throw DamagedModel(fmt::format("model {} is damaged: {}", name, damage));
  lost_pages_seen_ = lost;
  next_look_ = now + kBetweenLooks;
}

bool ServedModel::damaged() const {
  return !model.folder().damage().empty() || !search.damage().empty();
}

std::vector<ModelSource> model_sources(std::string_view name, const fs::path& folder,
                                       const std::vector<std::string>& also, const std::vector<std::string>& share) {
  std::vector<ModelSource> sources = {{std::string(name), folder, share.empty() ? 1U : 0U}};
  const auto check_length = [](std::string_view called) {
    if (called.size() <= recommend::kMostModelName) return;
    fail(ErrorCode::wrong_use, "model {}: expected a name of at most {} bytes, found {}", called,
         recommend::kMostModelName, called.size());
  };
  check_length(name);
  const auto find = [&](std::string_view wanted) { return std::ranges::find(sources, wanted, &ModelSource::name); };
  for (const std::string& text : also) {
    const auto [other, where] = named(text, "also", "FOLDER");
    if (find(other) != sources.end())
      fail(ErrorCode::wrong_use, "--also: expected a different name for each model, found {} twice", other);
    check_length(other);
    sources.push_back({other, where, 0});
  }
  std::uint64_t parts = share.empty() ? 1 : 0;
  for (const std::string& text : share) {
    const auto [of, number] = named(text, "share", "PARTS");
    const auto source = find(of);
    if (source == sources.end()) {
      fail(ErrorCode::wrong_use, "--share: no model is called {}{}", of, did_you_mean(of, names_of(sources)));
    }
    source->parts = parts_of(number);
    parts += source->parts;
  }
  if (parts == 0) fail(ErrorCode::wrong_use, "--share: expected parts for at least one model, found none");
  return sources;
}

ModelSet::ModelSet(std::vector<ModelSource> sources, fs::path cache, bool verify, fs::path library)
    : sources_(std::move(sources)),
      cache_(std::move(cache)),
      library_(std::move(library)),
      verify_(verify),
      slots_(sources_.size()) {
  survive_lost_pages();
  for (std::size_t i = 0; i < sources_.size(); ++i) slots_[i].now = load(i);
}

std::shared_ptr<const ServedModel> ModelSet::load(std::size_t place) const {
  const ModelSource& source = sources_[place];
  fs::path folder = source.folder;
  std::string digest;
  if (extend_) {
    folder = resolved(folder);
    digest = open_manifest(folder, model::kModelFormat).digest;
    const fs::path extended = extend_(source.name, folder);
    if (extended == folder) digest.clear();
    folder = extended;
  }
  auto model = std::make_shared<const ServedModel>(source.name, folder, cache_, verify_, library_, digest);
  model->model.folder().drop_pages();  // all were checked, but not all are needed
  return model;
}

std::size_t ModelSet::place_of(std::string_view name) const {
  const auto found = std::ranges::find(sources_, name, &ModelSource::name);
  if (found != sources_.end()) return static_cast<std::size_t>(found - sources_.begin());
  fail(ErrorCode::not_found, "no model is called \"{}\"{}", name, did_you_mean(name, names_of(sources_)));
}

void ModelSet::before_serving(std::function<void(const ModelPointer&)> prepare) {
  const std::scoped_lock one(reloading_);
  prepare_ = std::move(prepare);
}

void ModelSet::extend_with(Extend extend) {
  const std::scoped_lock one(reloading_);
  extend_ = std::move(extend);
}

bool ModelSet::refresh(std::string_view name) {
  const std::scoped_lock one(reloading_);
  const std::size_t place = place_of(name);
  const auto served = [&] {
    const std::scoped_lock lock(mutex_);
    return slots_[place].now;
  };
  if (folder_now(sources_[place].folder).digest != served()->source_digest) return false;
  ModelPointer loaded = load(place);
  if (prepare_) prepare_(loaded);
  const std::scoped_lock lock(mutex_);
  slots_[place].now.swap(loaded);
  return true;
}

ModelPointer ModelSet::choose(std::string_view name, std::string_view user) const {
  std::size_t place = 0;
  if (!name.empty()) {
    place = place_of(name);
  } else if (!user.empty()) {
    std::uint64_t all = 0;
    for (const ModelSource& source : sources_) all += source.parts;
    SEGUE_ASSERT(all > 0);  // model_sources() checks it
    std::uint64_t part = stable_hash(user) % all;
    while (part >= sources_[place].parts) part -= sources_[place++].parts;
  }
  ModelPointer model;
  {
    const std::scoped_lock lock(mutex_);
    model = slots_[place].now;
  }
  model->refuse_damaged();
  return model;
}

std::vector<ModelPointer> ModelSet::all() const {
  const std::scoped_lock lock(mutex_);
  std::vector<ModelPointer> models;
  for (const Slot& slot : slots_) models.push_back(slot.now);
  return models;
}

ModelPointer ModelSet::replaced(std::string_view name) const {
  const std::size_t place = place_of(name);
  ModelPointer before;
  {
    const std::scoped_lock lock(mutex_);
    before = slots_[place].before;
  }
  return before == nullptr || before->damaged() ? nullptr : before;
}

void ModelSet::reload(std::string_view name) {
  const std::scoped_lock one(reloading_);
  std::vector<std::size_t> places;
  if (!name.empty()) {
    places.push_back(place_of(name));
  } else {
    for (std::size_t i = 0; i < sources_.size(); ++i) places.push_back(i);
  }
  std::vector<ModelPointer> loaded;
  for (const std::size_t place : places) {
    try {
      loaded.push_back(load(place));
    } catch (...) {
      std::string tried = folder_now(sources_[place].folder).digest;
      const fs::file_time_type tried_files = last_write(sources_[place].folder);
      const fs::file_time_type tried_library = file_written(library_);
      const std::scoped_lock lock(mutex_);
      slots_[place].tried = std::move(tried);
      slots_[place].tried_files = tried_files;
      slots_[place].tried_library = tried_library;
      throw;
    }
  }
  if (prepare_) std::ranges::for_each(loaded, prepare_);
  std::vector<ModelPointer> gone;  // destroyed after the lock is released
  const std::scoped_lock lock(mutex_);
  for (std::size_t i = 0; i < places.size(); ++i) {
    Slot& slot = slots_[places[i]];
    gone.push_back(std::exchange(slot.before, std::exchange(slot.now, loaded[i])));
    slot.before->model.folder().drop_pages();  // kept for a rollback only
    slot.tried.clear();
    slot.tried_files = {};
    slot.tried_library = {};
  }
}

void ModelSet::rollback(std::string_view name) {
  const std::scoped_lock one(reloading_);
  const std::size_t place = name.empty() ? 0 : place_of(name);
  const std::scoped_lock lock(mutex_);
  Slot& slot = slots_[place];
  if (slot.before == nullptr)
    fail(ErrorCode::not_found, "model {}: expected a previous model to roll back to, found none", slot.now->name);
  slot.before->refuse_damaged();
  slot.tried = slot.now->source_digest;  // the model just rolled back is not reloaded automatically
  std::swap(slot.now, slot.before);
}

ModelSet::Changes ModelSet::changed() {
  Changes changes;
  const fs::file_time_type library = file_written(library_);
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const FolderNow folder = folder_now(sources_[i].folder);
    const fs::file_time_type written = last_write(sources_[i].folder);
    const std::scoped_lock lock(mutex_);
    Slot& slot = slots_[i];
    const std::string& digest = folder.digest;
    const bool is_new = !digest.empty() && digest != slot.now->source_digest && digest != slot.tried;
    const bool may_be_repaired = !digest.empty() && slot.now->damaged() && written != slot.tried_files;
    const bool new_library = slot.now->library && library != fs::file_time_type::min() &&
                             library != slot.now->library_written && library != slot.tried_library;
    if (is_new || may_be_repaired || new_library) changes.replaced.push_back(sources_[i].name);
    if (!folder.unreadable.empty() && folder.unreadable != slot.unreadable) {
      changes.unreadable.push_back({sources_[i].name, folder.unreadable});
    }
    slot.unreadable = folder.unreadable;
  }
  return changes;
}

}  // namespace segue::serve
