#include "segue/data/dataset/song_numbers.h"

#include <algorithm>
#include <numeric>
#include <utility>

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

using SongKey = std::pair<bool, std::string_view>;

std::shared_ptr<arrow::Schema> numbers_schema() {
  return arrow::schema({arrow::field("by_name", arrow::uint8(), false), arrow::field("id", arrow::utf8(), false),
                        arrow::field("number", arrow::uint32(), false)});
}

std::shared_ptr<arrow::Schema> numbered_plays_schema() {
  return arrow::schema({arrow::field("number", arrow::uint32(), false), arrow::field("plays", arrow::uint64(), false)});
}

struct NumbersBatch {
  const arrow::UInt8Array* by_name;
  const arrow::StringArray* ids;
  const arrow::UInt32Array* numbers;

  SongKey key(std::int64_t i) const { return {by_name->Value(i) != 0, ids->GetView(i)}; }
  std::int64_t size() const { return ids->length(); }
};

}  // namespace

struct SongNumbers::State {
  fs::path path;
  MappedTable table;
  std::vector<NumbersBatch> batches;
};

SongNumbers::SongNumbers(const fs::path& numbers_arrow) : state_(std::make_unique<State>()) {
  state_->path = numbers_arrow;
  state_->table = map_table(MappedFile(numbers_arrow), *numbers_schema());
  for (const auto& batch : state_->table.batches) {
    for (int column = 0; column < batch->num_columns(); ++column) {
      refuse_nulls(numbers_arrow, batch->schema()->field(column)->name(), *batch->column(column));
    }
    if (batch->num_rows() == 0) continue;
    state_->batches.push_back({static_cast<const arrow::UInt8Array*>(batch->column(0).get()),
                               static_cast<const arrow::StringArray*>(batch->column(1).get()),
                               static_cast<const arrow::UInt32Array*>(batch->column(2).get())});
  }
}

SongNumbers::~SongNumbers() = default;

std::uint32_t SongNumbers::of(bool by_name, std::string_view id) const {
  const SongKey key(by_name, id);
  const auto& batches = state_->batches;
  const auto after = std::ranges::upper_bound(batches, key, {}, [](const NumbersBatch& one) { return one.key(0); });
  if (after != batches.begin()) {
    const NumbersBatch& batch = *(after - 1);
    std::int64_t begin = 0;
    std::int64_t end = batch.size();
    while (begin < end) {
      const std::int64_t middle = begin + (end - begin) / 2;
      batch.key(middle) < key ? begin = middle + 1 : end = middle;
    }
    if (begin < batch.size() && batch.key(begin) == key) return batch.numbers->Value(begin);
  }
  fail(ErrorCode::bad_input, "{}: expected the songs that were counted first, found \"{}\" too: the table has changed",
       state_->path.string(), id);
}

void write_numbers(const fs::path& numbers_arrow, const SongRegister& songs, std::span<const std::uint32_t> number_of) {
  constexpr std::int64_t kMostRows = 1 << 18;
  constexpr std::int64_t kMostBytes = std::int64_t{64} << 20;
  const auto key = [&](std::uint32_t song) { return SongKey(songs.is_by_name(song), songs.id(song)); };
  std::vector<std::uint32_t> order(songs.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::sort(order, {}, key);
  const auto check = [&](const arrow::Status& status) {
    check_arrow(ErrorCode::io_failed, numbers_arrow.string(), status);
  };
  TableWriter file(numbers_arrow, numbers_schema());
  arrow::UInt8Builder by_name;
  arrow::StringBuilder ids;
  arrow::UInt32Builder numbers;
  for (const std::uint32_t song : order) {
    check(by_name.Append(songs.is_by_name(song) ? 1 : 0));
    check(ids.Append(songs.id(song)));
    check(numbers.Append(number_of[song]));
    if (ids.length() < kMostRows && ids.value_data_length() < kMostBytes) continue;
    file.write(ids.length(), {&by_name, &ids, &numbers});
  }
  if (ids.length() > 0) file.write(ids.length(), {&by_name, &ids, &numbers});
  file.close();
}

void write_numbered_plays(const fs::path& folder, std::span<const std::uint64_t> plays,
                          std::span<const std::uint32_t> numbers) {
  const fs::path path = folder / kNumberedPlaysName;
  TableWriter file(path, numbered_plays_schema());
  arrow::UInt32Builder played;
  arrow::UInt64Builder times;
  for (std::size_t song = 0; song < plays.size(); ++song) {
    if (plays[song] == 0) continue;
    check_arrow(ErrorCode::io_failed, path.string(), played.Append(numbers[song]));
    check_arrow(ErrorCode::io_failed, path.string(), times.Append(plays[song]));
  }
  if (played.length() > 0) file.write(played.length(), {&played, &times});
  file.close();
}

void add_numbered_plays(const fs::path& folder, std::span<std::uint64_t> plays) {
  const fs::path path = folder / kNumberedPlaysName;
  const MappedTable table = map_table(MappedFile(path), *numbered_plays_schema());
  for (const auto& batch : table.batches) {
    const auto& numbers = static_cast<const arrow::UInt32Array&>(*batch->column(0));
    const auto& times = static_cast<const arrow::UInt64Array&>(*batch->column(1));
    for (std::int64_t i = 0; i < numbers.length(); ++i) {
      if (numbers.Value(i) >= plays.size()) {
        fail(ErrorCode::corrupt, "{}: expected numbers below {}, found {}", path.string(), plays.size(),
             numbers.Value(i));
      }
      plays[numbers.Value(i)] += times.Value(i);
    }
  }
}

}  // namespace segue::data
