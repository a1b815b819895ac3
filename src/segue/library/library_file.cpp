#include "segue/library/library_file.h"

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/data/arrow/arrow_status.h"
#include "segue/data/arrow/table_file.h"
#include "segue/data/text/text.h"

namespace segue::library {

namespace {

// A path is at most 4,096 bytes and a tag is cut at kMostTag, so offsets stay far below 2^31.
constexpr std::size_t kItemsPerBatch = std::size_t{1} << 16;
constexpr std::size_t kMostTag = 4096;

enum Column : int { id, path, title, artist, album, artist_id, recording_mbid, isrc, length_ms, size, modified };

std::shared_ptr<arrow::Schema> library_schema() {
  const auto text = [](const char* name) { return arrow::field(name, arrow::utf8(), false); };
  return arrow::schema({text("id"), arrow::field("path", arrow::binary(), false), text("title"), text("artist"),
                        text("album"), text("artist_id"), text("recording_mbid"), text("isrc"),
                        arrow::field("length_ms", arrow::uint32(), false), arrow::field("size", arrow::uint64(), false),
                        arrow::field("modified", arrow::int64(), false)});
}

struct LibraryBatch {
  std::size_t first = 0;
  std::shared_ptr<arrow::RecordBatch> columns;

  std::string_view text(Column column, std::size_t row) const {
    // A text column is a binary column whose bytes are checked.
    return static_cast<const arrow::BinaryArray&>(*columns->column(column)).GetView(static_cast<std::int64_t>(row));
  }
  template <class Array>
  auto number(Column column, std::size_t row) const {
    return static_cast<const Array&>(*columns->column(column)).Value(static_cast<std::int64_t>(row));
  }
};

// The columns being filled.
class LibraryColumns {
 public:
  void add(const LibraryItem& item) {
    for (const auto& [builder, value] : {std::pair(&id_, &item.id),
                                         {&title_, &item.title},
                                         {&artist_, &item.artist},
                                         {&album_, &item.album},
                                         {&artist_id_, &item.artist_id},
                                         {&mbid_, &item.recording_mbid},
                                         {&isrc_, &item.isrc}}) {
      check(builder->Append(data::printable(*value, kMostTag)));
    }
    check(path_.Append(item.path));
    check(length_.Append(item.length_ms));
    check(size_.Append(item.size));
    check(modified_.Append(item.modified));
    ++rows_;
  }

  void write_to(data::TableWriter& writer) {
    writer.write(std::exchange(rows_, 0),
                 {&id_, &path_, &title_, &artist_, &album_, &artist_id_, &mbid_, &isrc_, &length_, &size_, &modified_});
  }

 private:
  static void check(const arrow::Status& status) { data::check_arrow(ErrorCode::no_space, "library", status); }

  std::int64_t rows_ = 0;
  arrow::StringBuilder id_, title_, artist_, album_, artist_id_, mbid_, isrc_;
  arrow::BinaryBuilder path_;
  arrow::UInt32Builder length_;
  arrow::UInt64Builder size_;
  arrow::Int64Builder modified_;
};

}  // namespace

struct LibraryFile::State {
  data::MappedTable table;
  std::vector<LibraryBatch> batches;
  std::size_t items = 0;
};

LibraryFile::LibraryFile(const std::filesystem::path& path) : state_(std::make_unique<State>()) {
  const MappedFile file(path);
  state_->table = data::map_table(file, *library_schema(), data::Offsets::copied);
  for (const auto& columns : state_->table.batches) {
    for (int i = 0; i < columns->num_columns(); ++i) {
      data::refuse_nulls(path, columns->schema()->field(i)->name(), *columns->column(i));
    }
    state_->batches.push_back({state_->items, columns});
    state_->items += static_cast<std::size_t>(columns->num_rows());
  }
}

LibraryFile::LibraryFile(LibraryFile&&) noexcept = default;
LibraryFile& LibraryFile::operator=(LibraryFile&&) noexcept = default;
LibraryFile::~LibraryFile() = default;

std::size_t LibraryFile::size() const {
  return state_->items;
}

LibraryItemView LibraryFile::item(std::size_t i) const {
  SEGUE_ASSERT(i < state_->items);
  const auto after = std::ranges::upper_bound(state_->batches, i, {}, &LibraryBatch::first);
  const LibraryBatch& batch = *std::prev(after);
  const std::size_t row = i - batch.first;
  return {.id = batch.text(Column::id, row),
          .path = batch.text(Column::path, row),
          .title = batch.text(Column::title, row),
          .artist = batch.text(Column::artist, row),
          .album = batch.text(Column::album, row),
          .artist_id = batch.text(Column::artist_id, row),
          .recording_mbid = batch.text(Column::recording_mbid, row),
          .isrc = batch.text(Column::isrc, row),
          .length_ms = batch.number<arrow::UInt32Array>(Column::length_ms, row),
          .size = batch.number<arrow::UInt64Array>(Column::size, row),
          .modified = batch.number<arrow::Int64Array>(Column::modified, row)};
}

void write_library(const std::filesystem::path& path, std::span<const LibraryItem> items) {
  AtomicFile file(path);
  data::TableWriter writer(file.path(), library_schema());
  LibraryColumns columns;
  for (std::size_t i = 0; i < items.size(); ++i) {
    columns.add(items[i]);
    if ((i + 1) % kItemsPerBatch == 0 || i + 1 == items.size()) columns.write_to(writer);
  }
  writer.close();
  file.commit();
}

}  // namespace segue::library
