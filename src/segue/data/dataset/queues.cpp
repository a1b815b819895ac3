#include "segue/data/dataset/queues.h"

#include <algorithm>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/data/arrow/arrow_status.h"
#include "segue/data/arrow/table_file.h"

namespace segue::data {

namespace fs = std::filesystem;

namespace {

enum Column { kUser, kStart, kSongs, kName };

std::shared_ptr<arrow::Schema> queues_schema(bool names) {
  arrow::FieldVector fields{
      arrow::field("user", arrow::utf8(), false),
      arrow::field("start", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"), true),
      arrow::field("songs", arrow::list(arrow::uint32()), false),
  };
  if (names) fields.push_back(arrow::field("name", arrow::utf8(), false));
  return arrow::schema(std::move(fields));
}

struct Batch {
  std::size_t first_row = 0;
  std::shared_ptr<arrow::RecordBatch> owner;
  const arrow::StringArray* users = nullptr;
  const arrow::TimestampArray* starts = nullptr;
  const arrow::ListArray* songs = nullptr;
  const arrow::StringArray* names = nullptr;
  std::span<const std::uint32_t> values;
};

void check_songs(const fs::path& path, std::span<const std::uint32_t> songs, std::uint32_t song_count) {
  std::uint32_t largest = 0;
  for (const std::uint32_t song : songs) largest = std::max(largest, song);
  if (!songs.empty() && largest >= song_count) {
    fail(ErrorCode::corrupt, "{}: expected songs below {}, found {}", path.string(), song_count, largest);
  }
}

}  // namespace

struct Queues::State {
  std::vector<MappedTable> tables;
  std::vector<Batch> batches;
  // In memory: queue i is values[offsets[i] .. offsets[i + 1]).
  std::vector<std::uint32_t> values;
  std::vector<std::size_t> offsets;

  const Batch& batch_of(std::size_t queue) const {
    if (batches.size() == 1) return batches.front();
    return *(std::ranges::upper_bound(batches, queue, {}, &Batch::first_row) - 1);
  }
};

Queues::Queues() : state_(std::make_unique<State>()) {}
Queues::Queues(Queues&&) noexcept = default;
Queues& Queues::operator=(Queues&&) noexcept = default;
Queues::~Queues() = default;

Queues::Queues(const fs::path& queues_arrow, std::uint32_t song_count, bool names)
    : Queues(MappedFile(queues_arrow), song_count, names) {}

Queues::Queues(const MappedFile& file, std::uint32_t song_count, bool names)
    : Queues(std::vector<MappedFile>{file}, song_count, names) {}

Queues::Queues(const std::vector<MappedFile>& shards, std::uint32_t song_count, bool names) : Queues() {
  for (const MappedFile& shard : shards) {
    if (shards.size() > 1) shard_starts_.push_back(size_);
    add_shard(shard, song_count, names);
  }
}

void Queues::add_shard(const MappedFile& file, std::uint32_t song_count, bool names) {
  const fs::path& queues_arrow = file.path();
  const auto schema = queues_schema(names);
  state_->tables.push_back(map_table(file, *schema));
  for (const auto& record_batch : state_->tables.back().batches) {
    if (record_batch->num_rows() == 0) continue;
    for (const Column column : {kUser, kSongs, kName}) {
      if (column == kName && !names) continue;
      refuse_nulls(queues_arrow, schema->field(column)->name(), *record_batch->column(column));
    }
    Batch batch;
    batch.first_row = size_;
    batch.owner = record_batch;
    batch.users = static_cast<const arrow::StringArray*>(record_batch->column(kUser).get());
    batch.starts = static_cast<const arrow::TimestampArray*>(record_batch->column(kStart).get());
    batch.songs = static_cast<const arrow::ListArray*>(record_batch->column(kSongs).get());
    if (names) batch.names = static_cast<const arrow::StringArray*>(record_batch->column(kName).get());
    const auto* values = static_cast<const arrow::UInt32Array*>(batch.songs->values().get());
    batch.values = {values->raw_values(), static_cast<std::size_t>(values->length())};
    check_songs(queues_arrow, batch.values, song_count);
    size_ += static_cast<std::size_t>(record_batch->num_rows());
    plays_ +=
        static_cast<std::uint64_t>(batch.songs->value_offset(record_batch->num_rows()) - batch.songs->value_offset(0));
    state_->batches.push_back(std::move(batch));
  }
}

Queues::Queues(const std::vector<std::vector<std::uint32_t>>& queues) : Queues() {
  state_->offsets.push_back(0);
  for (const std::vector<std::uint32_t>& queue : queues) {
    state_->values.insert(state_->values.end(), queue.begin(), queue.end());
    state_->offsets.push_back(state_->values.size());
  }
  size_ = queues.size();
  plays_ = state_->values.size();
}

std::span<const std::uint32_t> Queues::songs(std::size_t queue) const {
  if (!state_->offsets.empty()) {
    const std::size_t begin = state_->offsets[queue];
    return std::span(state_->values).subspan(begin, state_->offsets[queue + 1] - begin);
  }
  const Batch& batch = state_->batch_of(queue);
  const auto row = static_cast<std::int64_t>(queue - batch.first_row);
  return batch.values.subspan(static_cast<std::size_t>(batch.songs->value_offset(row)),
                              static_cast<std::size_t>(batch.songs->value_length(row)));
}

std::string_view Queues::user(std::size_t queue) const {
  if (state_->batches.empty()) return {};
  const Batch& batch = state_->batch_of(queue);
  return batch.users->GetView(static_cast<std::int64_t>(queue - batch.first_row));
}

std::string_view Queues::name(std::size_t queue) const {
  if (state_->batches.empty()) return {};
  const Batch& batch = state_->batch_of(queue);
  if (batch.names == nullptr) return {};
  return batch.names->GetView(static_cast<std::int64_t>(queue - batch.first_row));
}

std::optional<std::int64_t> Queues::start(std::size_t queue) const {
  if (state_->batches.empty()) return std::nullopt;
  const Batch& batch = state_->batch_of(queue);
  const auto row = static_cast<std::int64_t>(queue - batch.first_row);
  if (batch.starts->IsNull(row)) return std::nullopt;
  return batch.starts->Value(row);
}

struct QueuesWriter::State {
  // Small, as a batch is in memory until it is written.
  static constexpr std::int64_t kMostRows = 1 << 18;
  static constexpr std::int64_t kMostSongs = 1 << 22;
  static constexpr std::int64_t kMostBytes = std::int64_t{64} << 20;

  explicit State(const fs::path& queues_arrow)
      : path(queues_arrow.string()),
        schema(queues_schema(true)),
        file(queues_arrow, schema),
        starts(schema->field(kStart)->type(), arrow::default_memory_pool()),
        values(std::make_shared<arrow::UInt32Builder>()),
        songs(arrow::default_memory_pool(), values) {}

  void check(const arrow::Status& status) const { check_arrow(ErrorCode::io_failed, path, status); }

  void end_batch() { file.write(users.length(), {&users, &starts, &songs, &names}); }

  std::string path;
  std::shared_ptr<arrow::Schema> schema;
  TableWriter file;
  arrow::StringBuilder users;
  arrow::TimestampBuilder starts;
  std::shared_ptr<arrow::UInt32Builder> values;
  arrow::ListBuilder songs;
  arrow::StringBuilder names;
};

QueuesWriter::QueuesWriter(const fs::path& queues_arrow) : state_(std::make_unique<State>(queues_arrow)) {}
QueuesWriter::~QueuesWriter() = default;

void QueuesWriter::add(std::string_view user, std::optional<std::int64_t> start, std::span<const std::uint32_t> songs,
                       std::string_view name) {
  State& state = *state_;
  state.check(state.users.Append(user));
  state.check(start ? state.starts.Append(*start) : state.starts.AppendNull());
  state.check(state.names.Append(name));
  state.check(state.songs.Append());
  if (!songs.empty()) state.check(state.values->AppendValues(songs.data(), static_cast<std::int64_t>(songs.size())));
  if (state.users.length() >= State::kMostRows || state.values->length() >= State::kMostSongs ||
      state.users.value_data_length() + state.names.value_data_length() >= State::kMostBytes) {
    state.end_batch();
  }
}

void QueuesWriter::close() {
  if (state_->users.length() > 0) state_->end_batch();
  state_->file.close();
}

std::size_t shard_of(std::uint64_t written, std::uint64_t plays, std::size_t shards) {
  const std::uint64_t shard = plays == 0 ? shards : written * shards / plays;
  return static_cast<std::size_t>(std::min<std::uint64_t>(shard, shards - 1));
}

std::vector<std::string> queue_files(std::size_t shards) {
  if (shards <= 1) return {"queues.arrow"};
  std::vector<std::string> names;
  for (std::size_t shard = 0; shard < shards; ++shard) names.push_back(fmt::format("queues-{:04}.arrow", shard));
  return names;
}

QueueShardsWriter::QueueShardsWriter(const fs::path& folder, std::size_t shards, std::uint64_t plays)
    : folder_(folder), files_(queue_files(shards)), plays_(plays) {
  open_next();
}

void QueueShardsWriter::open_next() {
  if (writer_) writer_->close();
  writer_.emplace(folder_ / files_[opened_++]);
}

void QueueShardsWriter::add(std::string_view user, std::optional<std::int64_t> start, std::span<const SongRow> songs,
                            std::string_view name) {
  while (opened_ <= shard_of(written_, plays_, files_.size())) open_next();
  writer_->add(user, start, songs, name);
  written_ += songs.size();
}

void QueueShardsWriter::close() {
  while (opened_ < files_.size()) open_next();
  writer_->close();
}

}  // namespace segue::data
