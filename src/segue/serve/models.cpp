#include "segue/serve/models.h"

#include <algorithm>
#include <charconv>

#include "segue/base/error.h"
#include "segue/base/manifest.h"
#include "segue/base/parallel.h"
#include "segue/base/random.h"
#include "segue/base/words.h"
#include "segue/data/log/times.h"
#include "segue/model/verify.h"
#include "segue/serve/api/map_replies.h"

namespace segue::serve {

namespace fs = std::filesystem;

namespace {

fs::path checked(const fs::path& folder, bool verify) {
  std::error_code error;
  fs::path real = fs::canonical(folder, error);
  if (error) fail(ErrorCode::not_found, "{}: {}", folder.string(), error.message());
  if (verify) {
    NoProgress progress;
    model::verify_model(real, progress);
  }
  return real;
}

std::chrono::system_clock::time_point time_made(const Manifest& manifest) {
  const json::value* const made = manifest.fields.if_contains("made_at");
  if (made == nullptr || !made->is_string()) return {};
  const data::ParsedTime time = data::parse_time(std::string_view(made->get_string()), {});
  return std::chrono::system_clock::time_point(std::chrono::microseconds(time.micros));
}

// The current digest of a folder, "" if it cannot be read.
std::string digest_of(const fs::path& folder) {
  try {
    return open_manifest(folder, model::kModelFormat).digest;
  } catch (const Error&) {
    return "";
  }
}

model::Model with_codes(const fs::path& folder) {
  model::Model model(folder);
  model.code_vectors();
  return model;
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
    const auto row = static_cast<std::uint32_t>(std::uint64_t{model.songs().size()} * i / kSample);
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

ServedModel::ServedModel(std::string name_in, const fs::path& folder_in, const fs::path& cache, bool verify)
    : name(std::move(name_in)),
      folder(checked(folder_in, verify)),
      model(with_codes(folder)),
      recommender(model),
      matcher(model.songs()),
      search(model.songs(), cache / (model.manifest().digest + ".search"), model.manifest().digest),
      loaded(std::chrono::system_clock::now()),
      trained(time_made(model.manifest())) {
  recall = sampled_recall(model);
  if (const layout::SongMap* const song_map = model.map()) {
    map = map_body(*song_map);
    regions = regions_reply(*song_map);
    tags = tags_reply(model.songs());
  }
  warm(*this);
}

std::vector<ModelSource> model_sources(std::string_view name, const fs::path& folder,
                                       const std::vector<std::string>& also, const std::vector<std::string>& share) {
  std::vector<ModelSource> sources = {{std::string(name), folder, share.empty() ? 1U : 0U}};
  const auto find = [&](std::string_view wanted) { return std::ranges::find(sources, wanted, &ModelSource::name); };
  for (const std::string& text : also) {
    const auto [other, where] = named(text, "also", "FOLDER");
    if (find(other) != sources.end())
      fail(ErrorCode::wrong_use, "--also: expected a different name for each model, found {} twice", other);
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

ModelSet::ModelSet(std::vector<ModelSource> sources, fs::path cache, bool verify)
    : sources_(std::move(sources)), cache_(std::move(cache)), verify_(verify), slots_(sources_.size()) {
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    slots_[i].now = std::make_shared<const ServedModel>(sources_[i].name, sources_[i].folder, cache_, verify_);
  }
}

std::size_t ModelSet::place_of(std::string_view name) const {
  const auto found = std::ranges::find(sources_, name, &ModelSource::name);
  if (found != sources_.end()) return static_cast<std::size_t>(found - sources_.begin());
  fail(ErrorCode::not_found, "no model is called \"{}\"{}", name, did_you_mean(name, names_of(sources_)));
}

ModelPointer ModelSet::choose(std::string_view name, std::string_view user) const {
  std::size_t place = 0;
  if (!name.empty()) {
    place = place_of(name);
  } else if (!user.empty()) {
    std::uint64_t all = 0;
    for (const ModelSource& source : sources_) all += source.parts;
    // FNV-1a, then mixed: the same in every process, whatever the standard library.
    std::uint64_t hash = 0xcbf29ce484222325U;
    for (const char letter : user) hash = (hash ^ static_cast<unsigned char>(letter)) * 0x100000001b3U;
    SEGUE_ASSERT(all > 0);  // model_sources() checks it
    std::uint64_t part = mix64(hash) % all;
    while (part >= sources_[place].parts) part -= sources_[place++].parts;
  }
  const std::scoped_lock lock(mutex_);
  return slots_[place].now;
}

std::vector<ModelPointer> ModelSet::all() const {
  const std::scoped_lock lock(mutex_);
  std::vector<ModelPointer> models;
  for (const Slot& slot : slots_) models.push_back(slot.now);
  return models;
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
      loaded.push_back(
          std::make_shared<const ServedModel>(sources_[place].name, sources_[place].folder, cache_, verify_));
    } catch (...) {
      std::string tried = digest_of(sources_[place].folder);
      const std::scoped_lock lock(mutex_);
      slots_[place].tried = std::move(tried);
      throw;
    }
  }
  std::vector<ModelPointer> gone;  // destroyed after the lock is released
  const std::scoped_lock lock(mutex_);
  for (std::size_t i = 0; i < places.size(); ++i) {
    Slot& slot = slots_[places[i]];
    gone.push_back(std::exchange(slot.before, std::exchange(slot.now, loaded[i])));
    slot.tried.clear();
  }
}

void ModelSet::rollback(std::string_view name) {
  const std::scoped_lock one(reloading_);
  const std::size_t place = name.empty() ? 0 : place_of(name);
  const std::scoped_lock lock(mutex_);
  Slot& slot = slots_[place];
  if (slot.before == nullptr)
    fail(ErrorCode::not_found, "model {}: expected a previous model to roll back to, found none", slot.now->name);
  slot.tried = slot.now->model.manifest().digest;  // the model just rolled back is not reloaded automatically
  std::swap(slot.now, slot.before);
}

std::vector<std::string> ModelSet::changed() const {
  std::vector<std::string> names;
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    const std::string digest = digest_of(sources_[i].folder);
    const std::scoped_lock lock(mutex_);
    const Slot& slot = slots_[i];
    if (!digest.empty() && digest != slot.now->model.manifest().digest && digest != slot.tried) {
      names.push_back(sources_[i].name);
    }
  }
  return names;
}

}  // namespace segue::serve
