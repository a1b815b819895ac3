#include "segue/pipeline/lay_out_map.h"

#include <array>
#include <chrono>

#include "segue/base/error.h"
#include "segue/base/manifest.h"
#include "segue/base/options_json.h"
#include "segue/model/extend.h"
#include "segue/model/map_file.h"
#include "segue/pipeline/map_layout.h"

namespace segue::pipeline {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kManifestKey = "map";

// Everything the layout depends on besides the songs: a map made from the same record is the same map.
json::object record_of(const fs::path& folder, const model::Model& model, const LayoutOptions& options,
                       const layout::TsneOptions& tsne) {
  json::object tsne_options = options_to_json(tsne);
  tsne_options.erase("threads");
  const std::string subject = folder.string();
  const json::object& files = object_at(model.manifest().fields, "files", subject);
  return {{"options", std::move(tsne_options)},
          {"most_played", options.most_played},
          {"like", options.like.empty() ? "" : open_manifest(options.like, model::kModelFormat).digest},
          {"vectors", object_at(files, model::kVectorsName, subject).at("sha256")}};
}

// The record of the model's own map, if it has one that was made as `wanted` says.
const json::object* matching_record(const model::Model& model, const json::object& wanted) {
  const json::value* const stored = model.manifest().fields.if_contains(kManifestKey);
  if (model.map() == nullptr || stored == nullptr || !stored->is_object()) return nullptr;
  // Written and read again before comparing, because 30.0 is read back as 30.
  const json::value as_read = parse_json(pretty(wanted), kManifestName);
  for (const auto& field : as_read.as_object()) {
    const json::value* const found = stored->get_object().if_contains(field.key());
    if (found == nullptr || *found != field.value()) return nullptr;
  }
  return &stored->get_object();
}

void write_into_model(const fs::path& folder, const model::Model& model, const MapResult& result) {
  model::extend_model(
      folder, std::array{model::kMapName, model::kClustersName},
      [&](const fs::path& version) {
        model::write_map(version, result.map);
        return json::object{{kManifestKey, result.record}};
      },
      model.manifest().digest);
}

double number_or_zero(const json::object& record, std::string_view key, const fs::path& folder) {
  return record.contains(key) ? number_at(record, key, folder.string()) : 0;
}

}  // namespace

MapResult lay_out_map(const fs::path& folder, const model::Model& model, const LayoutOptions& options,
                      const layout::TsneOptions& tsne, Progress& progress, const std::stop_token& stop) {
  json::object wanted = record_of(folder, model, options, tsne);
  if (const json::object* stored = options.redo ? nullptr : matching_record(model, wanted)) {
    return {.map = *model.map(),
            .reused = true,
            .record = *stored,
            .kl = number_or_zero(*stored, "kl", folder),
            .mean_displacement = std::nullopt,
            .seconds = number_or_zero(*stored, "seconds", folder)};
  }
  const auto start = std::chrono::steady_clock::now();
  MapLayout made = make_map_layout(model, options, tsne, progress, stop);
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
  MapResult result{.map = std::move(made.map),
                   .reused = false,
                   .record = std::move(wanted),
                   .kl = made.kl,
                   .mean_displacement = made.mean_displacement,
                   .seconds = seconds.count()};
  result.record["kl"] = result.kl;
  if (result.mean_displacement) result.record["mean_displacement"] = *result.mean_displacement;
  result.record["seconds"] = result.seconds;
  write_into_model(folder, model, result);
  return result;
}

}  // namespace segue::pipeline
