#include "segue/serve/catalogue_control.h"

#include <algorithm>
#include <chrono>

#include "segue/base/error.h"
#include "segue/base/json.h"
#include "segue/base/unix_time.h"

namespace segue::serve {

namespace {

std::int64_t micros_of_clock() {
  return std::chrono::duration_cast<std::chrono::microseconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

}  // namespace

CatalogueControl::CatalogueControl(ModelSet& models, store::ListenStore& store, CatalogueSetup setup)
    : models_(models), store_(store), setup_(std::move(setup)) {
  if (!setup_.micros_now) setup_.micros_now = micros_of_clock;
  sources_.table = std::make_shared<const data::AvailabilityTable>();
  if (has_table()) {
    tried_ = data::version_of_table(setup_.table);
    sources_.table = data::read_availability(setup_.table);
    counts_.read = unix_now();
  }
  poll();
  counts_.changes_made = 0;
  models_.before_serving([this](const ModelPointer& served) { prepare(served); });
  for (const ModelPointer& served : models_.all()) prepare(served);
}

CatalogueControl::~CatalogueControl() {
  models_.before_serving({});
}

data::Availability CatalogueControl::Sources::of(std::string_view id) const {
  const auto found = changes.empty() ? changes.end() : changes.find(std::string(id));
  const bool is_changed = found != changes.end() && !found->second.withdrawn;
  return is_changed ? data::changed(table->of(id), found->second.change) : table->of(id);
}

std::vector<CatalogueControl::OfModel> CatalogueControl::models_now() const {
  const std::scoped_lock lock(mutex_);
  return of_models_;
}

CatalogueControl::Sources CatalogueControl::sources_now() const {
  const std::scoped_lock lock(mutex_);
  return sources_;
}

// REQUIRES: changing_ is held.
void CatalogueControl::publish(std::vector<OfModel> models) {
  std::erase_if(models, [](const OfModel& one) { return one.model.expired(); });
  const std::scoped_lock lock(mutex_);
  of_models_.swap(models);
}

CatalogueControl::OfModel CatalogueControl::built(const ModelPointer& served, const Sources& sources) const {
  const auto for_each = [&](const auto& add) {
    sources.table->for_each([&](std::string_view id, const data::Availability& song) {
      add(id, sources.changes.empty() ? song : sources.of(id));
    });
    for (const auto& [id, change] : sources.changes) {
      if (!change.withdrawn && !sources.table->has(id)) add(id, data::changed({}, change.change));
    }
  };
  return {served, served.get(),
          std::make_shared<const recommend::AvailableSongs>(served->model.songs(), for_each, now())};
}

// Publishes what was built, brought up to the changes that were made since. REQUIRES: building_ is held.
void CatalogueControl::take(const Sources& built_from, std::vector<OfModel> models) {
  const std::scoped_lock one(changing_);
  for (const auto& [id, change] : sources_.changes) {
    const auto before = built_from.changes.find(id);
    if (before != built_from.changes.end() && before->second.version == change.version) continue;
    const data::Availability song =
        change.withdrawn ? built_from.table->of(id) : data::changed(built_from.table->of(id), change.change);
    for (OfModel& each : models) {
      const ModelPointer served = each.model.lock();
      const auto row = served == nullptr ? std::nullopt : served->model.songs().find(id);
      if (row) each.songs = each.songs->with(*row, song);
    }
  }
  for (const OfModel& other : models_now()) {
    if (std::ranges::find(models, other.address, &OfModel::address) == models.end()) models.push_back(other);
  }
  std::erase_if(models, [](const OfModel& each) { return each.model.expired(); });
  const std::scoped_lock lock(mutex_);
  sources_.table = built_from.table;
  of_models_.swap(models);
}

void CatalogueControl::prepare(const ModelPointer& served) {
  const std::scoped_lock building(building_);
  const Sources sources = sources_now();
  take(sources, {built(served, sources)});
}

std::shared_ptr<const recommend::AvailableSongs> CatalogueControl::of(const ModelPointer& served) {
  const auto known = [&]() -> std::shared_ptr<const recommend::AvailableSongs> {
    const std::scoped_lock lock(mutex_);
    const auto found = std::ranges::find(of_models_, served.get(), &OfModel::address);
    return found == of_models_.end() ? nullptr : found->songs;
  };
  std::shared_ptr<const recommend::AvailableSongs> songs = known();
  if (songs == nullptr) {  // loaded while nobody prepared models
    prepare(served);
    songs = known();
  }
  if (songs->is_current(now())) return songs;
  keep_time();
  return known();
}

void CatalogueControl::keep_time() {
  const std::scoped_lock one(changing_);
  const std::int64_t time = now();
  std::vector<OfModel> models = models_now();
  bool any = false;
  for (OfModel& each : models) {
    if (each.songs->is_current(time)) continue;
    each.songs = each.songs->at(time);
    any = true;
  }
  if (any) publish(std::move(models));
}

data::Audience CatalogueControl::audience_of(const recommend::CatalogueChoice& choice) const {
  data::Audience audience = recommend::audience_of(choice);
  if (!audience.market) audience.market = setup_.audience.market;
  audience.with_explicit = audience.with_explicit && setup_.audience.with_explicit;
  return audience;
}

CatalogueSong CatalogueControl::song(std::string_view id) const {
  const std::scoped_lock lock(mutex_);
  CatalogueSong song{.availability = sources_.of(id), .in_table = sources_.table->has(id)};
  const auto found = sources_.changes.find(std::string(id));
  if (found != sources_.changes.end() && !found->second.withdrawn) {
    song.change = {found->second.change, found->second.changed};
  }
  return song;
}

data::TimeWindow CatalogueControl::window_after(std::string_view id, const data::AvailabilityChange& change) const {
  const std::scoped_lock lock(mutex_);
  return data::changed(sources_.table->of(id), change).window;
}

bool CatalogueControl::offers(std::string_view id, const data::Audience& audience) const {
  return data::is_available(song(id).availability, audience, now());
}

// REQUIRES: changing_ is held. Does nothing for what is known already.
void CatalogueControl::apply(const store::StoredSongChange& stored) {
  Change change{
      .change = {}, .withdrawn = stored.content.empty(), .version = stored.version, .changed = stored.changed};
  if (!change.withdrawn) {
    change.change = data::change_of(parse_json(stored.content, "a change to the catalogue in the store").as_object());
  }
  bool was_in_force = false;
  const bool is_in_force = !change.withdrawn;
  {
    const std::scoped_lock lock(mutex_);
    Change& known = sources_.changes[stored.song_id];
    if (known.version >= stored.version) return;
    was_in_force = known.version > 0 && !known.withdrawn;
    known = std::move(change);
    counts_.changes += is_in_force ? 1 : 0;
    counts_.changes -= was_in_force ? 1 : 0;
    ++counts_.changes_made;
  }
  const CatalogueSong now_so = song(stored.song_id);
  std::vector<OfModel> models = models_now();
  for (OfModel& each : models) {
    const ModelPointer served = each.model.lock();
    if (served == nullptr) continue;
    if (const auto row = served->model.songs().find(stored.song_id)) {
      each.songs = each.songs->with(*row, now_so.availability);
    } else if (!now_so.in_table && is_in_force != was_in_force) {
      each.songs = each.songs->with_unknown(is_in_force ? each.songs->unknown() + 1 : each.songs->unknown() - 1);
    }
  }
  publish(std::move(models));
}

void CatalogueControl::change(const std::string& id, const data::AvailabilityChange& change) {
  const std::scoped_lock one(changing_);
  apply(store_.set_catalogue_change(id, json::serialize(data::json_of(change)), unix_now()));
}

bool CatalogueControl::withdraw(const std::string& id) {
  const std::scoped_lock one(changing_);
  const bool was_in_force = song(id).change.has_value();
  const store::StoredSongChange stored = store_.set_catalogue_change(id, "", unix_now());
  if (stored.version > 0) apply(stored);
  return was_in_force;
}

void CatalogueControl::poll() {
  const std::scoped_lock one(changing_);
  for (const store::StoredSongChange& stored : store_.catalogue_changes(polled_)) {
    apply(stored);
    polled_ = stored.version;
  }
}

bool CatalogueControl::table_changed() {
  if (!has_table()) return false;
  std::string version;
  try {
    version = data::version_of_table(setup_.table);
  } catch (const Error& error) {
    version = error.what();  // reading it will report that, once
  }
  const std::scoped_lock lock(mutex_);
  return version != tried_;
}

void CatalogueControl::reload_table() {
  if (!has_table()) return;
  const std::scoped_lock building(building_);
  std::string version;
  try {
    version = data::version_of_table(setup_.table);
    Sources sources = sources_now();
    sources.table = data::read_availability(setup_.table);
    std::vector<OfModel> models;
    for (const OfModel& each : models_now()) {
      if (const ModelPointer served = each.model.lock()) models.push_back(built(served, sources));
    }
    take(sources, std::move(models));
  } catch (const Error& error) {
    const std::scoped_lock lock(mutex_);
    tried_ = version.empty() ? error.what() : version;
    counts_.refused = error.what();
    ++counts_.tables_refused;
    throw;
  }
  const std::scoped_lock lock(mutex_);
  tried_ = version;
  counts_.read = unix_now();
  counts_.refused.clear();
  ++counts_.tables_read;
}

CatalogueFacts CatalogueControl::facts() const {
  const std::vector<ModelPointer> served = models_.all();
  const std::scoped_lock lock(mutex_);
  CatalogueFacts facts = counts_;
  facts.rows = sources_.table->rows();
  facts.columns = sources_.table->columns();
  for (const ModelPointer& one : served) {
    const auto found = std::ranges::find(of_models_, one.get(), &OfModel::address);
    if (found == of_models_.end()) continue;
    facts.models.push_back({one->name, found->songs->unavailable(), found->songs->explicit_songs(),
                            found->songs->limited(), found->songs->unknown()});
  }
  return facts;
}

}  // namespace segue::serve
