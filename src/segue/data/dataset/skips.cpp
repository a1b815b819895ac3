#include "segue/data/dataset/skips.h"

#include <algorithm>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "segue/base/error.h"
#include "segue/data/arrow/arrow_status.h"
#include "segue/data/arrow/table_file.h"

namespace segue::data {

namespace fs = std::filesystem;

namespace {

std::shared_ptr<arrow::Schema> skips_schema() {
  return arrow::schema({
      arrow::field("user", arrow::utf8(), false),
      arrow::field("song", arrow::uint32(), false),
      arrow::field("skips", arrow::uint32(), false),
  });
}

struct SkipsBatch {
  std::size_t first_row = 0;
  const arrow::StringArray* users = nullptr;
  const arrow::UInt32Array* songs = nullptr;
  const arrow::UInt32Array* times = nullptr;
};

}  // namespace

struct Skips::State {
  MappedTable table;
  std::vector<SkipsBatch> batches;

  const SkipsBatch& batch_of(std::size_t i) const {
    return *(std::ranges::upper_bound(batches, i, {}, &SkipsBatch::first_row) - 1);
  }
};

Skips::Skips() : state_(std::make_unique<State>()) {}
Skips::Skips(Skips&&) noexcept = default;
Skips& Skips::operator=(Skips&&) noexcept = default;
Skips::~Skips() = default;

Skips::Skips(const MappedFile& file, std::uint32_t song_count) : Skips() {
  const fs::path& skips_arrow = file.path();
  const auto schema = skips_schema();
  state_->table = map_table(file, *schema);
  for (const auto& records : state_->table.batches) {
    for (int column = 0; column < schema->num_fields(); ++column) {
      refuse_nulls(skips_arrow, schema->field(column)->name(), *records->column(column));
    }
    SkipsBatch batch;
    batch.first_row = size_;
    batch.users = static_cast<const arrow::StringArray*>(records->column(0).get());
    batch.songs = static_cast<const arrow::UInt32Array*>(records->column(1).get());
    batch.times = static_cast<const arrow::UInt32Array*>(records->column(2).get());
    for (std::int64_t i = 0; i < batch.songs->length(); ++i) {
      if (batch.songs->Value(i) >= song_count) {
        fail(ErrorCode::corrupt, "{}: expected songs below {}, found {}", skips_arrow.string(), song_count,
             batch.songs->Value(i));
      }
    }
    size_ += static_cast<std::size_t>(records->num_rows());
    state_->batches.push_back(batch);
  }
}

std::string_view Skips::user(std::size_t i) const {
  const SkipsBatch& batch = state_->batch_of(i);
  return batch.users->GetView(static_cast<std::int64_t>(i - batch.first_row));
}

SongRow Skips::song(std::size_t i) const {
  const SkipsBatch& batch = state_->batch_of(i);
  return batch.songs->Value(static_cast<std::int64_t>(i - batch.first_row));
}

std::uint32_t Skips::times(std::size_t i) const {
  const SkipsBatch& batch = state_->batch_of(i);
  return batch.times->Value(static_cast<std::int64_t>(i - batch.first_row));
}

struct SkipsWriter::State {
  static constexpr std::int64_t kMostRows = 1 << 18;

  explicit State(const fs::path& skips_arrow) : path(skips_arrow.string()), file(skips_arrow, skips_schema()) {}

  void check(const arrow::Status& status) const { check_arrow(ErrorCode::io_failed, path, status); }

  void end_batch() { file.write(users.length(), {&users, &songs, &times}); }

  struct OfUser {
    SongRow song;
    std::uint32_t times;
  };

  std::string path;
  TableWriter file;
  std::string user;
  std::vector<OfUser> of_user;
  arrow::StringBuilder users;
  arrow::UInt32Builder songs;
  arrow::UInt32Builder times;
};

SkipsWriter::SkipsWriter(const fs::path& skips_arrow) : state_(std::make_unique<State>(skips_arrow)) {}
SkipsWriter::~SkipsWriter() = default;

void SkipsWriter::add(std::string_view user, SongRow song, std::uint32_t times) {
  if (user != state_->user) {
    end_user();
    state_->user = user;
  }
  state_->of_user.push_back({song, times});
}

void SkipsWriter::end_user() {
  State& state = *state_;
  std::ranges::sort(state.of_user, {}, &State::OfUser::song);
  for (const auto& [song, times] : state.of_user) {
    state.check(state.users.Append(state.user));
    state.check(state.songs.Append(song));
    state.check(state.times.Append(times));
    if (state.users.length() >= State::kMostRows) state.end_batch();
  }
  state.of_user.clear();
}

void SkipsWriter::close() {
  end_user();
  if (state_->users.length() > 0) state_->end_batch();
  state_->file.close();
}

}  // namespace segue::data
