#include "segue/transitions/transitions_file.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <mutex>
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
#include "segue/transitions/coded_list.h"
#include "segue/transitions/plain_lists.h"

namespace segue::transitions {

namespace {

// A list has at most 200 entries of 17 bytes in practice, so 2^16 rows stay far below 2^31 bytes.
constexpr std::size_t kRowsPerBatch = std::size_t{1} << 16;
constexpr std::size_t kRowsChecked = 1024;

std::shared_ptr<arrow::Schema> transitions_schema() {
  return arrow::schema({arrow::field("transitions", arrow::list(arrow::field("item", arrow::uint8(), false)), false)});
}

// One record batch: where each row's bytes begin.
struct CodedBatch {
  std::size_t first_row = 0;
  std::size_t rows = 0;
  const std::int32_t* offsets = nullptr;
  const std::uint8_t* bytes = nullptr;
  std::shared_ptr<arrow::RecordBatch> columns;  // keeps the pointers alive

  std::span<const std::uint8_t> of(std::size_t row) const {
    return {bytes + offsets[row], static_cast<std::size_t>(offsets[row + 1] - offsets[row])};
  }
};

CodedBatch coded_batch_of(std::shared_ptr<arrow::RecordBatch> columns, std::size_t first_row,
                          const std::filesystem::path& path) {
  data::refuse_nulls(path, columns->schema()->field(0)->name(), *columns->column(0));
  const auto& list = static_cast<const arrow::ListArray&>(*columns->column(0));
  return {.first_row = first_row,
          .rows = static_cast<std::size_t>(columns->num_rows()),
          .offsets = list.raw_value_offsets(),
          .bytes = list.values()->data()->GetValues<std::uint8_t>(1),
          .columns = std::move(columns)};
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

void check_list(const TransitionsOf& list, std::uint32_t song, std::uint32_t song_count, std::string_view subject) {
  for (const std::uint32_t neighbour : list.neighbours) {
    if (neighbour >= song_count || neighbour == song) {
      fail(ErrorCode::corrupt, "{}: row {}: expected neighbours to be other songs below {}, found {}", subject, song,
           song_count, neighbour);
    }
  }
  if (!std::ranges::all_of(list.forward, is_weight) || !std::ranges::all_of(list.backward, is_weight)) {
    fail(ErrorCode::corrupt, "{}: row {}: expected weights of 0 or more, found others", subject, song);
  }
}

}  // namespace

struct TransitionsFile::State {
  std::string path;
  std::uint32_t song_count;
  std::optional<PlainLists> plain;  // a file of an early version, or
  data::MappedTable table;
  std::vector<CodedBatch> batches;
  std::size_t longest = 0;  // length of the longest list, set by check()

  const CodedBatch& batch_of(std::uint32_t song) const {
    const auto after = std::ranges::upper_bound(batches, std::size_t{song}, {}, &CodedBatch::first_row);
    SEGUE_ASSERT(after != batches.begin());
    const CodedBatch& batch = *std::prev(after);
    SEGUE_ASSERT(song - batch.first_row < batch.rows);
    return batch;
  }

  std::span<const std::uint8_t> coded(std::uint32_t song) const {
    const CodedBatch& batch = batch_of(song);
    return batch.of(song - batch.first_row);
  }

  TransitionsOf of(std::uint32_t song) const { return plain ? plain->of(song) : CodedList(coded(song)).decode(); }

  std::optional<Transition> find(std::uint32_t song, std::uint32_t neighbour) const {
    return plain ? plain->find(song, neighbour) : CodedList(coded(song)).find(neighbour);
  }

  void prefetch(std::span<const std::uint32_t> songs) const {
    if (plain) return;
    for (const std::uint32_t song : songs) {
      const CodedBatch& batch = batch_of(song);
      math::prefetch(batch.offsets + (song - batch.first_row), 2 * sizeof(std::int32_t));
    }
    for (const std::uint32_t song : songs) math::prefetch_first(coded(song));
  }

  // Returns the length of the list.
  std::size_t check(std::uint32_t song) const {
    if (plain ? !plain->has_equal_lengths(song) : !CodedList(coded(song)).is_sound()) {
      fail(ErrorCode::corrupt, "{}: row {}: expected a list of {}, found another", path, song,
           plain ? "as many weights and counts as neighbours" : "ascending neighbours and its length");
    }
    const TransitionsOf list = of(song);
    check_list(list, song, song_count, path);
    return list.neighbours.size();
  }
};

TransitionsFile::TransitionsFile(const std::filesystem::path& path, std::uint32_t song_count)
    : TransitionsFile(MappedFile(path), song_count) {}

TransitionsFile::TransitionsFile(const MappedFile& file, std::uint32_t song_count) : state_(std::make_unique<State>()) {
  const std::filesystem::path& path = file.path();
  state_->path = path.string();
  state_->song_count = song_count;
  std::size_t rows = 0;
  if (PlainLists::is_plain(file)) {
    rows = state_->plain.emplace(file).rows();
  } else {
    state_->table = data::map_table(file, *transitions_schema(), data::Offsets::copied);
    for (const auto& columns : state_->table.batches) {
      state_->batches.push_back(coded_batch_of(columns, rows, path));
      rows += state_->batches.back().rows;
    }
  }
  if (rows != song_count) {
    fail(ErrorCode::corrupt, "{}: expected {} rows, one a song, found {}", state_->path, song_count, rows);
  }
}

void TransitionsFile::check() const {
  std::mutex mutex;
  std::size_t longest = 0;
  parallel_for(state_->song_count, kRowsChecked, thread_count(0), [&](std::size_t begin, std::size_t end) {
    std::size_t longest_here = 0;
    for (std::size_t song = begin; song < end; ++song) {
      longest_here = std::max(longest_here, state_->check(static_cast<std::uint32_t>(song)));
    }
    const std::lock_guard lock(mutex);
    longest = std::max(longest, longest_here);
  });
  state_->longest = longest;
}

TransitionsFile::TransitionsFile(TransitionsFile&&) noexcept = default;
TransitionsFile& TransitionsFile::operator=(TransitionsFile&&) noexcept = default;
TransitionsFile::~TransitionsFile() = default;

TransitionsOf TransitionsFile::of(std::uint32_t song) const {
  return state_->of(song);
}

std::vector<TransitionsOf> TransitionsFile::of(std::span<const std::uint32_t> songs) const {
  state_->prefetch(songs);
  std::vector<TransitionsOf> lists;
  lists.reserve(songs.size());
  for (const std::uint32_t song : songs) lists.push_back(state_->of(song));
  return lists;
}

std::vector<PlayedTogether> TransitionsFile::played_together(std::uint32_t song,
                                                             std::span<const std::uint32_t> others) const {
  std::vector<PlayedTogether> together(others.size());
  const TransitionsOf own = of(song);
  std::vector<std::size_t> missing;
  std::vector<std::uint32_t> missing_songs;
  for (std::size_t i = 0; i < others.size(); ++i) {
    if (const auto at = position_of(own.neighbours, others[i])) {
      together[i] = {own.counts[*at], own.forward[*at], own.backward[*at]};
    } else {
      missing.push_back(i);
      missing_songs.push_back(others[i]);
    }
  }
  // Lists have a maximum length: one shorter than the longest lost nothing, so a song that is missing from it does not
  // have this song in its own list either.
  if (own.neighbours.size() < state_->longest) return together;
  state_->prefetch(missing_songs);
  for (const std::size_t i : missing) {
    if (const auto found = state_->find(others[i], song)) {
      together[i] = {found->count, found->backward, found->forward};
    }
  }
  return together;
}

void write_transitions(const std::filesystem::path& path, const Transitions& transitions) {
  write_transitions(path, transitions.songs(), [&](std::uint32_t song) {
    const std::span<const std::uint8_t> list = transitions.coded(song);
    return std::vector<std::uint8_t>(list.begin(), list.end());
  });
}

void write_transitions(const std::filesystem::path& path, std::uint32_t songs,
                       const std::function<std::vector<std::uint8_t>(std::uint32_t song)>& coded) {
  const auto schema = transitions_schema();
  const auto& type = schema->field(0)->type();
  data::TableWriter writer(path, schema);
  for (std::size_t begin = 0; begin < songs; begin += kRowsPerBatch) {
    const std::size_t end = std::min<std::size_t>(songs, begin + kRowsPerBatch);
    std::vector<std::int32_t> offsets = {0};
    std::vector<std::uint8_t> bytes;
    for (std::size_t song = begin; song < end; ++song) {
      const std::vector<std::uint8_t> list = coded(static_cast<std::uint32_t>(song));
      bytes.insert(bytes.end(), list.begin(), list.end());
      SEGUE_ASSERT(bytes.size() <= INT32_MAX);
      offsets.push_back(static_cast<std::int32_t>(bytes.size()));
    }
    const auto rows = static_cast<std::int64_t>(end - begin);
    const auto values = arrow::ArrayData::Make(arrow::uint8(), static_cast<std::int64_t>(bytes.size()),
                                               {nullptr, arrow::Buffer::Wrap(bytes)}, 0);
    const auto column = arrow::MakeArray(
        arrow::ArrayData::Make(type, rows, {nullptr, arrow::Buffer::FromVector(std::move(offsets))}, {values}, 0));
    writer.write(*arrow::RecordBatch::Make(schema, rows, {column}));
  }
  writer.close();
}

}  // namespace segue::transitions
