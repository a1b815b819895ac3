#include "segue/transitions/teacher_file.h"

#include <algorithm>
#include <string>
#include <utility>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <arrow/util/float16.h>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/data/arrow/arrow_status.h"
#include "segue/data/arrow/table_file.h"

namespace segue::transitions {

namespace {

// With a thousand songs a row, far below 2^31 of them.
constexpr std::size_t kTeacherRowsPerBatch = std::size_t{1} << 16;
constexpr std::size_t kTeacherRowsChecked = 1024;

using arrow::util::Float16;

std::shared_ptr<arrow::Schema> teacher_schema() {
  return arrow::schema({arrow::field("songs", arrow::list(arrow::field("item", arrow::uint32(), false)), false),
                        arrow::field("chances", arrow::list(arrow::field("item", arrow::float16(), false)), false)});
}

// One list column of a record batch.
template <typename Item>
struct ListColumn {
  const std::int32_t* offsets = nullptr;
  const Item* items = nullptr;

  explicit ListColumn(const arrow::Array& column) {
    const auto& list = static_cast<const arrow::ListArray&>(column);
    offsets = list.raw_value_offsets();
    items = list.values()->data()->template GetValues<Item>(1);
  }
  std::span<const Item> of(std::size_t row) const {
    return {items + offsets[row], static_cast<std::size_t>(offsets[row + 1] - offsets[row])};
  }
};

struct TeacherBatch {
  std::size_t first_row;
  std::size_t rows;
  ListColumn<std::uint32_t> songs;
  ListColumn<std::uint16_t> chances;
  std::shared_ptr<arrow::RecordBatch> columns;  // keeps the pointers alive
};

TeacherBatch teacher_batch_of(std::shared_ptr<arrow::RecordBatch> columns, std::size_t first_row,
                              const std::filesystem::path& path) {
  for (int i = 0; i < columns->num_columns(); ++i) {
    data::refuse_nulls(path, columns->schema()->field(i)->name(), *columns->column(i));
  }
  return {.first_row = first_row,
          .rows = static_cast<std::size_t>(columns->num_rows()),
          .songs = ListColumn<std::uint32_t>(*columns->column(0)),
          .chances = ListColumn<std::uint16_t>(*columns->column(1)),
          .columns = std::move(columns)};
}

bool is_chance(float chance) {
  return chance >= 0 && chance <= 1;
}

}  // namespace

struct TeacherFile::State {
  std::string path;
  std::uint32_t song_count;
  data::MappedTable table;
  std::vector<TeacherBatch> batches;

  NextSongs of(std::uint32_t song) const {
    const auto after = std::ranges::upper_bound(batches, std::size_t{song}, {}, &TeacherBatch::first_row);
    SEGUE_ASSERT(after != batches.begin());
    const TeacherBatch& batch = *std::prev(after);
    const std::span<const std::uint32_t> songs = batch.songs.of(song - batch.first_row);
    NextSongs next{.songs = {songs.begin(), songs.end()}, .chances = {}};
    const std::span<const std::uint16_t> chances = batch.chances.of(song - batch.first_row);
    next.chances.reserve(chances.size());
    for (const std::uint16_t bits : chances) next.chances.push_back(Float16::FromBits(bits).ToFloat());
    return next;
  }

  void check(std::uint32_t song) const {
    const NextSongs next = of(song);
    if (next.songs.size() != next.chances.size()) {
      fail(ErrorCode::corrupt, "{}: row {}: expected a chance for each of {} songs, found {}", path, song,
           next.songs.size(), next.chances.size());
    }
    for (std::size_t i = 0; i < next.songs.size(); ++i) {
      const std::uint32_t other = next.songs[i];
      if (other >= song_count || other == song || (i > 0 && other <= next.songs[i - 1])) {
        fail(ErrorCode::corrupt, "{}: row {}: expected ascending songs below {} other than {}, found {}", path, song,
             song_count, song, other);
      }
      if (!is_chance(next.chances[i])) {
        fail(ErrorCode::corrupt, "{}: row {}: expected chances from 0 to 1, found {}", path, song, next.chances[i]);
      }
    }
  }
};

TeacherFile::TeacherFile(const MappedFile& file, std::uint32_t song_count) : state_(std::make_unique<State>()) {
  state_->path = file.path().string();
  state_->song_count = song_count;
  state_->table = data::map_table(file, *teacher_schema(), data::Offsets::copied);
  std::size_t rows = 0;
  for (const auto& columns : state_->table.batches) {
    state_->batches.push_back(teacher_batch_of(columns, rows, file.path()));
    rows += state_->batches.back().rows;
  }
  if (rows != song_count) {
    fail(ErrorCode::corrupt, "{}: expected {} rows, one a song, found {}", state_->path, song_count, rows);
  }
}

TeacherFile::TeacherFile(TeacherFile&&) noexcept = default;
TeacherFile& TeacherFile::operator=(TeacherFile&&) noexcept = default;
TeacherFile::~TeacherFile() = default;

void TeacherFile::check() const {
  parallel_for(state_->song_count, kTeacherRowsChecked, thread_count(0), [&](std::size_t begin, std::size_t end) {
    for (std::size_t song = begin; song < end; ++song) state_->check(static_cast<std::uint32_t>(song));
  });
}

std::vector<NextSongs> TeacherFile::of(std::span<const data::SongRow> songs) const {
  std::vector<NextSongs> lists;
  lists.reserve(songs.size());
  for (const data::SongRow song : songs) lists.push_back(state_->of(song));
  return lists;
}

void write_teacher(const std::filesystem::path& path, std::span<const NextSongs> lists) {
  const auto songs = std::make_shared<arrow::UInt32Builder>();
  const auto chances = std::make_shared<arrow::HalfFloatBuilder>();
  const auto schema = teacher_schema();
  arrow::ListBuilder song_lists(arrow::default_memory_pool(), songs, schema->field(0)->type());
  arrow::ListBuilder chance_lists(arrow::default_memory_pool(), chances, schema->field(1)->type());
  data::TableWriter writer(path, schema);
  const auto check = [&](const arrow::Status& status) {
    data::check_arrow(ErrorCode::io_failed, path.string(), status);
  };
  for (std::size_t begin = 0; begin < lists.size(); begin += kTeacherRowsPerBatch) {
    const std::span<const NextSongs> some = lists.subspan(begin, std::min(kTeacherRowsPerBatch, lists.size() - begin));
    for (const NextSongs& next : some) {
      SEGUE_ASSERT(next.songs.size() == next.chances.size());
      check(song_lists.Append());
      check(songs->AppendValues(next.songs));
      check(chance_lists.Append());
      for (const float chance : next.chances) check(chances->Append(Float16::FromFloat(chance).bits()));
    }
    writer.write(static_cast<std::int64_t>(some.size()), {&song_lists, &chance_lists});
  }
  writer.close();
}

}  // namespace segue::transitions
