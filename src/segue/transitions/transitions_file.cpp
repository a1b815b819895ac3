#include "segue/transitions/transitions_file.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/data/arrow/table_file.h"
#include "segue/math/prefetch.h"

namespace segue::transitions {

namespace {

// A row has at most 200 neighbours in practice, so 2^16 rows stay far below 2^31 of them.
constexpr std::size_t kRowsPerBatch = std::size_t{1} << 16;
std::shared_ptr<arrow::Schema> transitions_schema() {
  const auto list = [](const char* name, const std::shared_ptr<arrow::DataType>& item) {
    return arrow::field(name, arrow::list(arrow::field("item", item, false)), false);
  };
  return arrow::schema({list("neighbours", arrow::uint32()), list("forward", arrow::float32()),
                        list("backward", arrow::float32()), list("counts", arrow::uint32())});
}

// One record batch: the four columns' numbers and where each row's begin in them.
struct Batch {
  std::size_t first_row = 0;
  std::size_t rows = 0;
  std::array<const std::int32_t*, 4> offsets{};
  const std::uint32_t* neighbours = nullptr;
  const float* forward = nullptr;
  const float* backward = nullptr;
  const std::uint32_t* counts = nullptr;
  std::shared_ptr<arrow::RecordBatch> columns;  // keeps the pointers alive

  TransitionsOf of(std::size_t row) const {
    const auto count = static_cast<std::size_t>(offsets[0][row + 1] - offsets[0][row]);
    return {{neighbours + offsets[0][row], count},
            {forward + offsets[1][row], count},
            {backward + offsets[2][row], count},
            {counts + offsets[3][row], count}};
  }
};

Batch batch_of(std::shared_ptr<arrow::RecordBatch> columns, std::size_t first_row, const std::filesystem::path& path) {
  Batch batch;
  batch.first_row = first_row;
  batch.rows = static_cast<std::size_t>(columns->num_rows());
  std::array<const arrow::ArrayData*, 4> values{};
  for (std::size_t column = 0; column < 4; ++column) {
    const auto field = static_cast<int>(column);
    data::refuse_nulls(path, columns->schema()->field(field)->name(), *columns->column(field));
    const auto& list = static_cast<const arrow::ListArray&>(*columns->column(field));
    batch.offsets[column] = list.raw_value_offsets();
    values[column] = list.values()->data().get();
  }
  batch.neighbours = values[0]->GetValues<std::uint32_t>(1);
  batch.forward = values[1]->GetValues<float>(1);
  batch.backward = values[2]->GetValues<float>(1);
  batch.counts = values[3]->GetValues<std::uint32_t>(1);
  batch.columns = std::move(columns);
  return batch;
}

std::optional<std::size_t> position_of(std::span<const std::uint32_t> rows, std::uint32_t row) {
  // Usually it is not there, which a loop without an exit finds out faster, several rows at a time.
  std::uint32_t is_there = 0;
  for (const std::uint32_t one : rows) is_there |= one == row ? ~0U : 0U;
  if (is_there == 0) return std::nullopt;
  return static_cast<std::size_t>(std::ranges::find(rows, row) - rows.begin());
}

bool is_weight(float weight) {
  return std::isfinite(weight) && weight >= 0;
}

// Returns the length of the longest list.
std::size_t check_rows(const Batch& batch, std::uint32_t song_count, std::string_view subject) {
  std::size_t longest = 0;
  for (std::size_t row = 0; row < batch.rows; ++row) {
    const std::size_t song = batch.first_row + row;
    for (const std::int32_t* offsets : batch.offsets) {
      const std::int32_t wanted = batch.offsets[0][row + 1] - batch.offsets[0][row];
      if (offsets[row + 1] - offsets[row] != wanted) {
        fail(ErrorCode::corrupt, "{}: row {}: expected four lists of {} items, found {}", subject, song, wanted,
             offsets[row + 1] - offsets[row]);
      }
    }
    const TransitionsOf transitions = batch.of(row);
    longest = std::max(longest, transitions.neighbours.size());
    for (const std::uint32_t neighbour : transitions.neighbours) {
      if (neighbour >= song_count || neighbour == song) {
        fail(ErrorCode::corrupt, "{}: row {}: expected neighbours to be other songs below {}, found {}", subject, song,
             song_count, neighbour);
      }
    }
    if (!std::ranges::all_of(transitions.forward, is_weight) || !std::ranges::all_of(transitions.backward, is_weight)) {
      fail(ErrorCode::corrupt, "{}: row {}: expected weights of 0 or more, found others", subject, song);
    }
  }
  return longest;
}

template <class T>
std::shared_ptr<arrow::Array> list_array(const std::shared_ptr<arrow::DataType>& type,
                                         const std::shared_ptr<arrow::Buffer>& offsets, std::int64_t rows,
                                         std::span<const T> numbers) {
  const auto values = arrow::ArrayData::Make(static_cast<const arrow::ListType&>(*type).value_type(),
                                             static_cast<std::int64_t>(numbers.size()),
                                             {nullptr, arrow::Buffer::Wrap(numbers.data(), numbers.size())}, 0);
  return arrow::MakeArray(arrow::ArrayData::Make(type, rows, {nullptr, offsets}, {values}, 0));
}

}  // namespace

struct TransitionsFile::State {
  std::string path;
  std::uint32_t song_count;
  data::MappedTable table;
  std::vector<Batch> batches;
  std::size_t longest = 0;  // length of the longest list, set by check()

  const Batch& batch_of(std::uint32_t song) const {
    const auto after = std::ranges::upper_bound(batches, std::size_t{song}, {}, &Batch::first_row);
    SEGUE_ASSERT(after != batches.begin());
    const Batch& batch = *std::prev(after);
    SEGUE_ASSERT(song - batch.first_row < batch.rows);
    return batch;
  }

  // Only the neighbours: a quarter of the memory of a list.
  std::span<const std::uint32_t> neighbours(std::uint32_t song) const {
    const Batch& batch = batch_of(song);
    const std::int32_t* const offset = batch.offsets[0] + (song - batch.first_row);
    return {batch.neighbours + offset[0], static_cast<std::size_t>(offset[1] - offset[0])};
  }

  void prefetch_offsets(std::uint32_t song) const {
    const Batch& batch = batch_of(song);
    math::prefetch(batch.offsets[0] + (song - batch.first_row), 2 * sizeof(std::int32_t));
  }
};

TransitionsFile::TransitionsFile(const std::filesystem::path& path, std::uint32_t song_count)
    : TransitionsFile(MappedFile(path), song_count) {}

TransitionsFile::TransitionsFile(const MappedFile& file, std::uint32_t song_count) : state_(std::make_unique<State>()) {
  const std::filesystem::path& path = file.path();
  state_->path = path.string();
  state_->song_count = song_count;
  state_->table = data::map_table(file, *transitions_schema(), data::Offsets::copied);
  std::size_t rows = 0;
  for (const auto& columns : state_->table.batches) {
    state_->batches.push_back(batch_of(columns, rows, path));
    rows += state_->batches.back().rows;
  }
  if (rows != song_count) {
    fail(ErrorCode::corrupt, "{}: expected {} rows, one a song, found {}", state_->path, song_count, rows);
  }
}

void TransitionsFile::check() const {
  std::vector<std::size_t> longest(state_->batches.size());
  parallel_for(longest.size(), 1, thread_count(0), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      longest[i] = check_rows(state_->batches[i], state_->song_count, state_->path);
    }
  });
  state_->longest = longest.empty() ? 0 : std::ranges::max(longest);
}

TransitionsFile::TransitionsFile(TransitionsFile&&) noexcept = default;
TransitionsFile& TransitionsFile::operator=(TransitionsFile&&) noexcept = default;
TransitionsFile::~TransitionsFile() = default;

TransitionsOf TransitionsFile::of(std::uint32_t song) const {
  const Batch& batch = state_->batch_of(song);
  return batch.of(song - batch.first_row);
}

std::vector<PlayedTogether> TransitionsFile::played_together(std::uint32_t song,
                                                             std::span<const std::uint32_t> others) const {
  std::vector<PlayedTogether> together(others.size());
  const std::span<const std::uint32_t> own = state_->neighbours(song);
  std::vector<std::size_t> missing;
  for (std::size_t i = 0; i < others.size(); ++i) {
    if (const auto at = position_of(own, others[i])) {
      const TransitionsOf list = of(song);
      together[i] = {list.counts[*at], list.forward[*at], list.backward[*at]};
    } else {
      missing.push_back(i);
    }
  }
  // Lists have a maximum length: one shorter than the longest lost nothing, so a song that is missing from it does not
  // have this song in its own list either.
  if (own.size() < state_->longest) return together;
  for (const std::size_t i : missing) state_->prefetch_offsets(others[i]);
  for (const std::size_t i : missing) math::prefetch_first(state_->neighbours(others[i]));
  for (const std::size_t i : missing) {
    if (const auto at = position_of(state_->neighbours(others[i]), song)) {
      const TransitionsOf list = of(others[i]);
      together[i] = {list.counts[*at], list.backward[*at], list.forward[*at]};
    }
  }
  return together;
}

void write_transitions(const std::filesystem::path& path, const Transitions& transitions) {
  const auto schema = transitions_schema();
  data::TableWriter writer(path, schema);
  const std::size_t rows = transitions.offsets.empty() ? 0 : transitions.offsets.size() - 1;
  for (std::size_t begin = 0; begin < rows; begin += kRowsPerBatch) {
    const std::size_t end = std::min(rows, begin + kRowsPerBatch);
    const std::uint64_t first = transitions.offsets[begin];
    const std::uint64_t count = transitions.offsets[end] - first;
    SEGUE_ASSERT(count <= INT32_MAX);
    std::vector<std::int32_t> offsets;
    for (std::size_t row = begin; row <= end; ++row) {
      offsets.push_back(static_cast<std::int32_t>(transitions.offsets[row] - first));
    }
    const auto offset_buffer = arrow::Buffer::FromVector(std::move(offsets));
    const auto batch_rows = static_cast<std::int64_t>(end - begin);
    const auto column = [&]<class T>(int field, const std::vector<T>& numbers) {
      return list_array<T>(schema->field(field)->type(), offset_buffer, batch_rows,
                           std::span(numbers).subspan(first, count));
    };
    const auto batch = arrow::RecordBatch::Make(schema, batch_rows,
                                                {column(0, transitions.neighbours), column(1, transitions.forward),
                                                 column(2, transitions.backward), column(3, transitions.counts)});
    writer.write(*batch);
  }
  writer.close();
}

}  // namespace segue::transitions
