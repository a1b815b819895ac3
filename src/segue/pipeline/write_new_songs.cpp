// place_new_songs(): the vectors, the transitions and the points of new songs, and the files that hold them.
#include <algorithm>
#include <cmath>

#include "segue/base/digest.h"
#include "segue/base/error.h"
#include "segue/base/manifest.h"
#include "segue/base/parallel.h"
#include "segue/data/dataset/dataset.h"
#include "segue/math/kernels/kernels.h"
#include "segue/model/extend.h"
#include "segue/model/map_file.h"
#include "segue/model/npy.h"
#include "segue/pipeline/new_songs.h"
#include "segue/pipeline/place.h"
#include "segue/plays/trend.h"
#include "segue/transitions/coded_list.h"
#include "segue/transitions/teacher_file.h"
#include "segue/transitions/transitions_file.h"

namespace segue::pipeline {

namespace fs = std::filesystem;

namespace {

float length_of(std::span<const float> vector) {
  return std::sqrt(math::best_kernels().squared_norm(vector.data(), vector.size()));
}

float mean_length(math::MatrixView<const float> rows) {
  constexpr std::size_t kSampled = 10'000;  // the most played
  const std::size_t count = std::min(rows.rows, kSampled);
  double sum = 0;
  for (std::size_t row = 0; row < count; ++row) sum += static_cast<double>(length_of(rows[row]));
  return count == 0 ? 0 : static_cast<float>(sum / static_cast<double>(count));
}

std::vector<std::uint64_t> trained_plays(const model::Model& model) {
  std::vector<std::uint64_t> plays(model.trained_songs());
  for (data::SongRow row = 0; row < plays.size(); ++row) plays[row] = model.songs().plays(row);
  return plays;
}

// Ascending by neighbour; the strongest if there are too many.
transitions::TransitionsOf kept_list(std::vector<transitions::Transition> list) {
  if (list.size() > transitions::kTransitionsKept) {
    std::ranges::sort(list, [](const transitions::Transition& a, const transitions::Transition& b) {
      const float of_a = a.forward + a.backward;
      const float of_b = b.forward + b.backward;
      return of_a != of_b ? of_a > of_b : a.neighbour < b.neighbour;
    });
    list.resize(transitions::kTransitionsKept);
  }
  std::ranges::sort(list, {}, &transitions::Transition::neighbour);
  transitions::TransitionsOf kept;
  for (const transitions::Transition& one : list) {
    kept.neighbours.push_back(one.neighbour);
    kept.forward.push_back(one.forward);
    kept.backward.push_back(one.backward);
    kept.counts.push_back(one.count);
  }
  return kept;
}

void add_list(std::vector<transitions::Transition>& list, const transitions::TransitionsOf& stored,
              const std::function<bool(data::SongRow)>& keeps) {
  for (std::size_t i = 0; i < stored.neighbours.size(); ++i) {
    if (!keeps(stored.neighbours[i])) continue;
    list.push_back({stored.neighbours[i], stored.forward[i], stored.backward[i], stored.counts[i]});
  }
}

// What is written again has to be what the manifest says, or the new one would vouch for damage.
void refuse_damaged(const model::Model& model, std::span<const std::string_view> names) {
  const std::string subject = model.folder().path().string();
  const json::object& files = object_at(model.manifest().fields, "files", subject);
  for (const std::string_view name : names) {
    const std::string wanted = string_at(object_at(files, name, subject), "sha256", subject);
    const std::string found = sha256_of(model.folder().map(name).bytes());
    if (found != wanted) {
      fail(ErrorCode::corrupt, "{}: expected SHA-256 {}, found {}", (model.folder().path() / name).string(), wanted,
           found);
    }
  }
}

}  // namespace

class NewSongsPlacer {
 public:
  NewSongsPlacer(const model::Model& model, const NewSongs& songs, std::uint32_t threads)
      : model_(model),
        songs_(songs),
        threads_(thread_count(threads)),
        dim_(model.vectors().columns),
        rows_(static_cast<std::uint32_t>(model.songs().size() + songs.added_.size())),
        vectors_(songs.size(), dim_),
        context_(songs.size(), dim_) {
    for (const NewSongs::Entry& entry : songs_.entries_) {
      for (const auto& [other, transition] : entry.transitions) {
        back_[other].push_back({entry.row, transition.backward, transition.forward, transition.count});
      }
    }
  }

  std::vector<PlacedSong> place(Progress& progress, const std::stop_token& stop) {
    const NameMeans means(model_, songs_.songs_);
    const auto vectors = model::trained_rows(model_, model_.vectors());
    const auto context = model::trained_rows(model_, model_.context());
    const train::NewVectors fit(vectors, context, trained_plays(model_), songs_.options_);
    // Where the steps of training begin (docs/decisions/0013).
    const float length_of_vectors = mean_length(vectors);
    const float length_of_context = mean_length(context);
    std::vector<PlacedSong> placed(songs_.size());
    progress.begin("place", placed.size(), "songs");
    parallel_for(placed.size(), 16, threads_, [&](std::size_t begin, std::size_t end) {
      if (stop.stop_requested()) fail(ErrorCode::interrupted, "interrupted while placing new songs");
      for (std::size_t i = begin; i < end; ++i) {
        const NewSongs::Entry& entry = songs_.entries_[i];
        const std::span<float> vector = vectors_.view()[i];
        const std::span<float> of_context = context_.view()[i];
        placed[i] = songs_.evidence(i, means.known(i));
        means.mean(model_.vectors(), i, vector);
        means.mean(model_.context(), i, of_context);
        if (length_of(vector) == 0) {
          add_surroundings(model_.vectors(), entry.near, vector);
          add_surroundings(model_.context(), entry.near, of_context);
        }
        math::best_kernels().scale(length_of_vectors, vector.data(), dim_);
        math::best_kernels().scale(length_of_context, of_context.data(), dim_);
        if (placed[i].near > 0) fit.fit(entry.near, placed[i].plays, entry.row, vector, of_context);
      }
    });
    progress.end();
    return placed;
  }

  json::object write(const fs::path& folder, Progress& progress, const std::stop_token& stop) const {
    write_songs(folder / data::kSongsName);
    write_matrix(folder / model::kVectorsName, model_.vectors(), vectors_.view());
    write_matrix(folder / model::kContextName, model_.context(), context_.view());
    const std::uint64_t transitions = write_transitions(folder / model::kTransitionsName);
    if (model_.trend() != nullptr) write_trend(folder / model::kTrendName);
    if (model_.has_teacher()) write_teacher(folder / model::kTeacherName);
    if (model_.map() != nullptr) write_map(folder, progress, stop);
    return fields(folder, transitions);
  }

  std::vector<std::string_view> names() const {
    std::vector<std::string_view> names = {data::kSongsName, model::kVectorsName, model::kContextName,
                                           model::kTransitionsName};
    if (model_.trend() != nullptr) names.push_back(model::kTrendName);
    if (model_.has_teacher()) names.push_back(model::kTeacherName);
    if (model_.map() != nullptr) names.insert(names.end(), {model::kMapName, model::kClustersName});
    return names;
  }

 private:
  std::uint64_t plays_of(std::size_t i) const { return std::max(songs_.entries_[i].plays, songs_.songs_[i].plays); }

  // The mean direction of the songs played near, at length 1, as rare songs are placed: from zeros, a few plays would
  // lead away from noise rather than to these songs.
  void add_surroundings(math::MatrixView<const float> matrix, std::span<const train::NearPlay> near,
                        std::span<float> out) const {
    for (const train::NearPlay& play : near) {
      const float length = length_of(matrix[play.song]);
      const auto plays = static_cast<float>(std::max<std::uint64_t>(model_.songs().plays(play.song), 1));
      const float weight = 1 / (static_cast<float>(play.distance) * std::sqrt(plays));
      if (length > 0) math::best_kernels().axpy(weight / length, matrix.row(play.song), out.data(), out.size());
    }
    const float length = length_of(out);
    if (length > 0) math::best_kernels().scale(1 / length, out.data(), out.size());
  }

  // The place of a new song among those of songs_; nothing for other rows.
  std::optional<std::size_t> place_of(data::SongRow row) const {
    const auto found = songs_.by_row_.find(row);
    return found == songs_.by_row_.end() ? std::nullopt : std::optional(found->second);
  }

  void write_songs(const fs::path& file) const {
    data::CatalogueWriter writer(file);
    for (data::SongRow row = 0; row < rows_; ++row) {
      if (const auto i = place_of(row)) {
        const data::SongRecord& song = songs_.songs_[*i];
        const std::vector<std::string_view> tags(song.tags.begin(), song.tags.end());
        writer.add({song.id, song.title, song.artist, song.album, plays_of(*i)}, tags);
      } else {
        writer.add(model_.songs().song(row), model_.songs().tags(row));
      }
    }
    writer.close();
  }

  void write_matrix(const fs::path& file, math::MatrixView<const float> old,
                    math::MatrixView<const float> placed) const {
    model::NpyWriter writer(file, rows_, dim_);
    for (data::SongRow row = 0; row < rows_; ++row) {
      const auto i = place_of(row);
      writer.add(i ? placed[*i] : old[row]);
    }
    writer.close();
  }

  // Of a new song: what it was played near. Of another one: what it has, and the new songs played near it.
  std::vector<transitions::Transition> list_of(data::SongRow row) const {
    std::vector<transitions::Transition> list;
    if (const auto i = place_of(row)) {
      for (const auto& [other, transition] : songs_.entries_[*i].transitions) list.push_back(transition);
      return list;
    }
    add_list(list, model_.transitions(row), [&](data::SongRow other) { return !place_of(other); });
    const auto back = back_.find(row);
    if (back != back_.end()) list.insert(list.end(), back->second.begin(), back->second.end());
    return list;
  }

  std::uint64_t write_transitions(const fs::path& file) const {
    std::uint64_t entries = 0;
    transitions::write_transitions(file, rows_, [&](data::SongRow row) {
      const transitions::TransitionsOf list = kept_list(list_of(row));
      entries += list.neighbours.size();
      return transitions::encode(list);
    });
    return entries;
  }

  // Nothing is known of when new songs were played.
  void write_trend(const fs::path& file) const {
    model::NpyWriter writer(file, rows_, plays::kTrendHalfLives.size());
    const std::span<const plays::TrendPlays> known = model_.trend()->plays();
    static constexpr plays::TrendPlays kNone{};
    for (data::SongRow row = 0; row < rows_; ++row) writer.add(row < known.size() ? known[row] : kNone);
    writer.close();
  }

  void write_teacher(const fs::path& file) const {
    std::vector<data::SongRow> all(model_.songs().size());
    for (data::SongRow row = 0; row < all.size(); ++row) all[row] = row;
    std::vector<transitions::NextSongs> lists = model_.teacher().of(all);
    lists.resize(rows_);
    transitions::write_teacher(file, lists);
  }

  // All other songs keep their points. A new one lies among its nearest songs, in the region of the nearest; one
  // without a vector in the middle. Where a song lay when it was placed before says nothing.
  void write_map(const fs::path& folder, Progress& progress, const std::stop_token& stop) const {
    layout::SongMap map = *model_.map();
    math::Matrix units(songs_.size(), dim_);
    std::vector<data::SongRow> before;
    for (std::size_t i = 0; i < songs_.size(); ++i) {
      const std::span<const float> vector = vectors_.view()[i];
      const float length = length_of(vector);
      std::ranges::transform(vector, units.view().row(i),
                             [&](float number) { return length > 0 ? number / length : 0; });
      if (songs_.entries_[i].row < model_.songs().size()) before.push_back(songs_.entries_[i].row);
    }
    progress.begin("place on the map", 0, "songs");
    const layout::Layout points = place_vectors(model_, *model_.map(), units.view(), before, threads_);
    progress.end();
    map.layout.resize(rows_);
    map.region.resize(rows_, layout::kNoRegion);
    for (std::size_t i = 0; i < songs_.size(); ++i) {
      if (stop.stop_requested()) fail(ErrorCode::interrupted, "interrupted while placing new songs");
      const data::SongRow row = songs_.entries_[i].row;
      map.layout[row] = points[i];
      count_in_regions(map, map.region[row], -1);
      map.region[row] = region_of(units.view()[i], before);
      count_in_regions(map, map.region[row], 1);
    }
    model::write_map(folder, map);
  }

  std::int32_t region_of(std::span<const float> unit, std::span<const data::SongRow> excluded) const {
    if (length_of(unit) == 0) return layout::kNoRegion;
    const auto nearest = model_.index().search(unit, 1, {excluded}, {.threads = 1});
    return nearest.empty() ? layout::kNoRegion : model_.map()->region[nearest.front().row];
  }

  static void count_in_regions(layout::SongMap& map, std::int32_t region, int songs) {
    for (; region != layout::kNoRegion; region = map.regions[static_cast<std::size_t>(region)].parent) {
      map.regions[static_cast<std::size_t>(region)].size += static_cast<std::uint32_t>(songs);
    }
  }

  json::object fields(const fs::path& folder, std::uint64_t transitions) const {
    const json::object& old = model_.manifest().fields;
    const std::string subject = model_.folder().path().string();
    const std::string before =
        string_at(object_at(old, "files", subject).at(model::kVectorsName).as_object(), "sha256", subject);
    json::object fields;
    json::object counts = object_at(old, "counts", subject);
    std::uint64_t plays = count_at(counts, "plays", subject);
    for (std::size_t i = 0; i < songs_.size(); ++i) {
      const data::SongRow row = songs_.entries_[i].row;
      plays += plays_of(i);
      if (row < model_.songs().size()) plays -= std::min(plays, model_.songs().plays(row));
    }
    counts["songs"] = rows_;
    counts["trained"] = model_.trained_songs();
    counts["plays"] = plays;
    counts["transitions"] = transitions;
    fields["counts"] = std::move(counts);
    const std::string graph_of =
        model_.new_songs() == 0 ? before : string_at(object_at(old, model::kNewSongsKey, subject), "graph_of", subject);
    // The graph may have been built again since.
    const bool is_of_now = model_.index().graph() != nullptr && model_.index().graph()->vectors_digest() == before;
    fields[model::kNewSongsKey] = {{"songs", model_.new_songs() + songs_.added_.size()},
                                   {"graph_of", is_of_now ? before : graph_of}};
    if (model_.map() != nullptr && old.contains("map")) {
      json::object map = object_at(old, "map", subject);
      map["vectors"] = sha256_of_file(folder / model::kVectorsName);  // the map is of these vectors too
      fields["map"] = std::move(map);
    }
    return fields;
  }

  const model::Model& model_;
  const NewSongs& songs_;
  const std::size_t threads_;
  const std::size_t dim_;
  const std::uint32_t rows_;  // of the model with the new songs
  math::Matrix vectors_;
  math::Matrix context_;
  std::unordered_map<data::SongRow, std::vector<transitions::Transition>> back_;  // of other songs: the new ones near
};

std::vector<PlacedSong> place_new_songs(const fs::path& folder, const model::Model& model, const NewSongs& songs,
                                        std::uint32_t threads, Progress& progress, const std::stop_token& stop,
                                        const fs::path& target) {
  if (songs.size() == 0) {
    fail(ErrorCode::bad_input, "{}: expected songs that the model does not have, found none", folder.string());
  }
  NewSongsPlacer placer(model, songs, threads);
  refuse_damaged(model, placer.names());
  const std::vector<PlacedSong> placed = placer.place(progress, stop);
  model::extend_model(
      folder, placer.names(), [&](const fs::path& version) { return placer.write(version, progress, stop); },
      model.manifest().digest, target);
  return placed;
}

}  // namespace segue::pipeline
