#include "segue/transitions/plain_lists.h"

#include <algorithm>
#include <array>
#include <vector>

#include <arrow/array.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "segue/base/error.h"
#include "segue/data/arrow/table_file.h"

namespace segue::transitions {

namespace {

constexpr std::size_t kColumns = 4;

std::shared_ptr<arrow::Schema> plain_schema() {
  const auto list = [](const char* name, const std::shared_ptr<arrow::DataType>& item) {
    return arrow::field(name, arrow::list(arrow::field("item", item, false)), false);
  };
  return arrow::schema({list("neighbours", arrow::uint32()), list("forward", arrow::float32()),
                        list("backward", arrow::float32()), list("counts", arrow::uint32())});
}

// One record batch: the four columns' numbers and where each row's begin in them.
struct PlainBatch {
  std::size_t first_row = 0;
  std::size_t rows = 0;
  std::array<const std::int32_t*, kColumns> offsets{};
  const std::uint32_t* neighbours = nullptr;
  const float* forward = nullptr;
  const float* backward = nullptr;
  const std::uint32_t* counts = nullptr;
  std::shared_ptr<arrow::RecordBatch> columns;  // keeps the pointers alive

  std::size_t length(std::size_t row, std::size_t column = 0) const {
    return static_cast<std::size_t>(offsets[column][row + 1] - offsets[column][row]);
  }
};

PlainBatch plain_batch_of(std::shared_ptr<arrow::RecordBatch> columns, std::size_t first_row,
                          const std::filesystem::path& path) {
  PlainBatch batch;
  batch.first_row = first_row;
  batch.rows = static_cast<std::size_t>(columns->num_rows());
  std::array<const arrow::ArrayData*, kColumns> values{};
  for (std::size_t column = 0; column < kColumns; ++column) {
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

}  // namespace

struct PlainLists::State {
  data::MappedTable table;
  std::vector<PlainBatch> batches;
  std::size_t rows = 0;

  const PlainBatch& batch_of(std::uint32_t song) const {
    return *std::prev(std::ranges::upper_bound(batches, std::size_t{song}, {}, &PlainBatch::first_row));
  }
};

bool PlainLists::is_plain(const MappedFile& file) {
  return data::has_columns(file, *plain_schema());
}

PlainLists::PlainLists(const MappedFile& file) : state_(std::make_unique<State>()) {
  state_->table = data::map_table(file, *plain_schema(), data::Offsets::copied);
  for (const auto& columns : state_->table.batches) {
    state_->batches.push_back(plain_batch_of(columns, state_->rows, file.path()));
    state_->rows += state_->batches.back().rows;
  }
}

PlainLists::PlainLists(PlainLists&&) noexcept = default;
PlainLists& PlainLists::operator=(PlainLists&&) noexcept = default;
PlainLists::~PlainLists() = default;

std::size_t PlainLists::rows() const {
  return state_->rows;
}

bool PlainLists::has_equal_lengths(std::uint32_t song) const {
  const PlainBatch& batch = state_->batch_of(song);
  const std::size_t row = song - batch.first_row;
  for (std::size_t column = 1; column < kColumns; ++column) {
    if (batch.length(row, column) != batch.length(row)) return false;
  }
  return true;
}

TransitionsOf PlainLists::of(std::uint32_t song) const {
  const PlainBatch& batch = state_->batch_of(song);
  const std::size_t row = song - batch.first_row;
  const auto part = [&]<class T>(const T* numbers, std::size_t column) {
    const T* const first = numbers + batch.offsets[column][row];
    return std::vector<T>(first, first + batch.length(row));
  };
  return {part(batch.neighbours, 0), part(batch.forward, 1), part(batch.backward, 2), part(batch.counts, 3)};
}

std::optional<Transition> PlainLists::find(std::uint32_t song, std::uint32_t neighbour) const {
  const PlainBatch& batch = state_->batch_of(song);
  const std::size_t row = song - batch.first_row;
  const auto at = [&](std::size_t column) { return batch.offsets[column][row]; };
  const std::span neighbours(batch.neighbours + at(0), batch.length(row));
  const auto found = std::ranges::find(neighbours, neighbour);
  if (found == neighbours.end()) return std::nullopt;
  const std::ptrdiff_t i = found - neighbours.begin();
  return Transition{neighbour, batch.forward[at(1) + i], batch.backward[at(2) + i], batch.counts[at(3) + i]};
}

}  // namespace segue::transitions
