#include "segue/pipeline/features.h"

#include <algorithm>
#include <filesystem>
#include <initializer_list>
#include <memory>
#include <span>
#include <unordered_set>
#include <utility>
#include <vector>

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_nested.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/memory_pool.h>
#include <arrow/type.h>

#include "segue/base/error.h"
#include "segue/base/folder.h"
#include "segue/base/manifest.h"
#include "segue/base/options_json.h"
#include "segue/base/parallel.h"
#include "segue/data/arrow/arrow_status.h"
#include "segue/data/arrow/table_output.h"
#include "segue/data/log/times.h"
#include "segue/math/kernels/kernels.h"
#include "segue/pipeline/blocks.h"
#include "segue/recommend/user_vector.h"

namespace segue::pipeline {

namespace fs = std::filesystem;

namespace {

constexpr std::int64_t kFeaturesAtOnce = 8192;
constexpr std::size_t kUsersPerPiece = 64;

std::int64_t timestamp_of(const FeatureOptions& options, const model::Model& model) {
  const bool is_given = !options.timestamp.empty();
  const std::string text =
      is_given ? options.timestamp
               : string_at(model.manifest().fields, "made_at", model.folder().path().string() + "/manifest.json");
  const data::ParsedTime time = data::parse_time(text, {});
  if (time.fault != data::TimeFault::none) {
    fail(is_given ? ErrorCode::wrong_use : ErrorCode::corrupt,
         "--timestamp: expected a time such as 2026-11-22T12:00:00Z, found {}", text);
  }
  return time.micros;
}

// A table of keys, their time, whole numbers and a vector.
class FeatureTable {
 public:
  FeatureTable(const fs::path& path, const char* key, std::initializer_list<const char*> numbers, std::size_t dim,
               std::int64_t timestamp)
      : subject_(path.string()),
        timestamp_(timestamp),
        numbers_(numbers.size()),
        values_(std::make_shared<arrow::FloatBuilder>()),
        vector_(arrow::default_memory_pool(), values_, vector_type(dim)) {
    arrow::FieldVector fields = {arrow::field(key, arrow::utf8(), false),
                                 arrow::field("event_timestamp", time_type(), false)};
    for (const char* name : numbers) fields.push_back(arrow::field(name, arrow::int64(), false));
    fields.push_back(arrow::field("vector", vector_type(dim), false));
    schema_ = arrow::schema(std::move(fields));
    table_ = data::open_table_output(path, schema_, data::TableFormat::parquet);
  }

  void add(std::string_view key, std::initializer_list<std::uint64_t> numbers, std::span<const float> vector) {
    SEGUE_ASSERT(numbers.size() == numbers_.size());
    check(key_.Append(key));
    check(time_.Append(timestamp_));
    auto builder = numbers_.begin();
    for (const std::uint64_t number : numbers) check((builder++)->Append(static_cast<std::int64_t>(number)));
    check(vector_.Append());
    check(values_->AppendValues(vector.data(), static_cast<std::int64_t>(vector.size())));
    if (key_.length() == kFeaturesAtOnce) flush();
  }

  void close() {
    flush();
    table_->close();
  }

 private:
  static std::shared_ptr<arrow::DataType> time_type() { return arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"); }
  static std::shared_ptr<arrow::DataType> vector_type(std::size_t dim) {
    return arrow::fixed_size_list(arrow::field("item", arrow::float32(), false), static_cast<int>(dim));
  }
  void check(const arrow::Status& status) const { data::check_arrow(ErrorCode::io_failed, subject_, status); }

  void flush() {
    std::vector<arrow::ArrayBuilder*> builders = {&key_, &time_};
    for (arrow::Int64Builder& number : numbers_) builders.push_back(&number);
    builders.push_back(&vector_);
    data::write_built(*table_, schema_, builders, subject_);
  }

  std::string subject_;
  std::int64_t timestamp_;
  std::shared_ptr<arrow::Schema> schema_;
  std::unique_ptr<data::TableOutput> table_;
  arrow::StringBuilder key_;
  arrow::TimestampBuilder time_{time_type(), arrow::default_memory_pool()};
  std::vector<arrow::Int64Builder> numbers_;
  std::shared_ptr<arrow::FloatBuilder> values_;
  arrow::FixedSizeListBuilder vector_;
};

std::uint64_t write_song_features(const model::Model& model, const FeatureOptions& options, std::int64_t timestamp,
                                  const fs::path& path, Progress& progress, const std::stop_token& stop) {
  const data::Catalogue& songs = model.songs();
  const std::size_t dim = model.vectors().columns;
  FeatureTable table(path, "song", {"plays"}, dim, timestamp);
  std::vector<float> unit(dim);
  progress.begin("song vectors", songs.size(), "songs");
  for (data::SongRow row = 0; row < songs.size(); ++row) {
    if (row % kFeaturesAtOnce == 0) {
      if (stop.stop_requested()) fail(ErrorCode::interrupted, "stopped; nothing was written");
      progress.update(row, "");
    }
    std::span<const float> vector = model.vectors()[row];
    if (options.normalise) {
      std::ranges::copy(vector, unit.begin());
      math::best_kernels().scale(model.inverse_norms()[row], unit.data(), dim);
      vector = unit;
    }
    table.add(songs.id(row), {songs.plays(row)}, vector);
  }
  progress.end();
  table.close();
  return songs.size();
}

struct UserFeatures {
  std::string user;
  std::uint64_t plays = 0;
  std::uint64_t songs = 0;
  std::vector<float> vector;  // empty if there is no direction
};

UserFeatures features_of(const model::Model& model, const ListenerHistory& history, double half_life) {
  UserFeatures user{.user = history.user, .plays = history.songs.size(), .songs = 0, .vector = {}};
  user.songs = std::unordered_set<data::SongRow>(history.songs.begin(), history.songs.end()).size();
  std::vector<float> direction = recommend::mean_direction(model, history.songs, half_life);
  if (std::ranges::any_of(direction, [](float number) { return number != 0; })) user.vector = std::move(direction);
  return user;
}

void write_user_features(const model::Model& model, HistorySource& source, const FeatureOptions& options,
                         std::int64_t timestamp, const fs::path& path, FeatureCounts& counts, Progress& progress,
                         const std::stop_token& stop) {
  FeatureTable table(path, "user", {"plays", "songs"}, model.vectors().columns, timestamp);
  using Users = std::vector<UserFeatures>;
  in_blocks<Users>(
      source, 0, "user vectors", "nothing was written",
      [&](std::vector<ListenerHistory>&& block) {
        Users users(block.size());
        parallel_for(block.size(), kUsersPerPiece, thread_count(options.threads),
                     [&](std::size_t begin, std::size_t end) {
                       for (std::size_t i = begin; i < end; ++i)
                         users[i] = features_of(model, block[i], options.half_life);
                     });
        return users;
      },
      [&](Users&& users) {
        for (const UserFeatures& user : users) {
          if (user.vector.empty()) {
            ++counts.without_vector;
            continue;
          }
          table.add(user.user, {user.plays, user.songs}, user.vector);
          ++counts.users;
        }
      },
      progress, stop);
  table.close();
}

}  // namespace

FeatureCounts write_features(const model::Model& model, HistorySource* users, const FeatureOptions& options,
                             const std::string& output, Progress& progress, const std::stop_token& stop) {
  const std::int64_t timestamp = timestamp_of(options, model);
  FolderWriter folder(output, replaces(kFeaturesFormat));
  FeatureCounts counts;
  counts.songs = write_song_features(model, options, timestamp, folder.path() / "songs.parquet", progress, stop);
  if (users != nullptr) {
    write_user_features(model, *users, options, timestamp, folder.path() / "users.parquet", counts, progress, stop);
  }
  json::object described = options_to_json(options);
  described.erase("threads");
  described["timestamp"] = timestamp;
  write_manifest(folder.path(), kFeaturesFormat,
                 {{"model", model.manifest().digest},
                  {"options", std::move(described)},
                  {"dim", model.vectors().columns},
                  {"songs", counts.songs},
                  {"users", counts.users},
                  {"without_vector", counts.without_vector}});
  folder.commit();
  return counts;
}

}  // namespace segue::pipeline
