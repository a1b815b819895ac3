#include <string>
#include <utility>
#include <vector>

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_nested.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/memory_pool.h>
#include <arrow/record_batch.h>
#include <arrow/table_builder.h>
#include <arrow/type.h>

#include "segue/data/arrow/arrow_status.h"
#include "segue/data/arrow/table_output.h"
#include "segue/evaluate/split_files.h"

namespace segue::evaluate {

namespace {

constexpr std::int64_t kSplitRowsAtOnce = 8192;

// A Parquet file whose rows are appended cell by cell, from the first column to the last.
class SplitTable {
 public:
  SplitTable(const std::filesystem::path& path, arrow::FieldVector fields)
      : subject_(path.string()),
        schema_(arrow::schema(std::move(fields))),
        table_(data::open_table_output(path, schema_, data::TableFormat::parquet)),
        builder_(data::arrow_value(ErrorCode::io_failed, subject_,
                                   arrow::RecordBatchBuilder::Make(schema_, arrow::default_memory_pool()))) {}

  SplitTable& number(std::optional<std::int64_t> number) {
    auto* const column = next<arrow::Int64Builder>();
    check(number ? column->Append(*number) : column->AppendNull());
    return *this;
  }
  SplitTable& time(std::optional<std::int64_t> micros) {
    auto* const column = next<arrow::TimestampBuilder>();
    check(micros ? column->Append(*micros) : column->AppendNull());
    return *this;
  }
  SplitTable& text(std::string_view text) {
    check(next<arrow::StringBuilder>()->Append(text));
    return *this;
  }
  SplitTable& songs(std::span<const std::uint32_t> songs) {
    auto* const column = next<arrow::ListBuilder>();
    auto* const items = static_cast<arrow::Int32Builder*>(column->value_builder());
    check(column->Append());
    for (const std::uint32_t song : songs) check(items->Append(static_cast<std::int32_t>(song)));
    return *this;
  }
  void end_row() {
    column_ = 0;
    if (++rows_ == kSplitRowsAtOnce) flush();
  }
  void close() {
    flush();
    table_->close();
  }

 private:
  template <class Builder>
  Builder* next() {
    return builder_->GetFieldAs<Builder>(column_++);
  }
  void check(const arrow::Status& status) const { data::check_arrow(ErrorCode::io_failed, subject_, status); }
  void flush() {
    rows_ = 0;
    table_->write(*data::arrow_value(ErrorCode::io_failed, subject_, builder_->Flush()));
  }

  std::string subject_;
  std::shared_ptr<arrow::Schema> schema_;
  std::unique_ptr<data::TableOutput> table_;
  std::unique_ptr<arrow::RecordBatchBuilder> builder_;
  int column_ = 0;
  std::int64_t rows_ = 0;
};

std::shared_ptr<arrow::Field> number_field(const char* name) {
  return arrow::field(name, arrow::int64());
}
std::shared_ptr<arrow::Field> text_field(const char* name) {
  return arrow::field(name, arrow::utf8(), false);
}
std::shared_ptr<arrow::Field> start_field() {
  return arrow::field("start", arrow::timestamp(arrow::TimeUnit::MICRO, "UTC"));
}
std::shared_ptr<arrow::Field> songs_field(const char* name) {
  return arrow::field(name, arrow::list(arrow::field("item", arrow::int32(), false)), false);
}

std::optional<std::int64_t> wide(std::optional<std::uint32_t> number) {
  return number ? std::optional(std::int64_t{*number}) : std::nullopt;
}

class SplitParquet final : public SplitFiles {
 public:
  explicit SplitParquet(const std::filesystem::path& folder)
      : songs_(folder / "songs.parquet", {number_field("song"), text_field("id"), text_field("artist"),
                                          text_field("title"), number_field("plays")}),
        training_(folder / "training.parquet",
                  {number_field("queue"), number_field("user"), start_field(), songs_field("songs")}),
        positions_(folder / "positions.parquet",
                   {number_field("position"), text_field("task"), number_field("queue"), number_field("user"),
                    start_field(), songs_field("heard"), songs_field("masked")}),
        targets_(folder / "targets.parquet", {number_field("position"), number_field("song")}) {}

  void add(const ExportedSong& song) override {
    songs_.number(song.song).text(song.id).text(song.artist).text(song.title);
    songs_.number(static_cast<std::int64_t>(song.plays)).end_row();
  }
  void add(const ExportedQueue& queue) override {
    training_.number(static_cast<std::int64_t>(queue.queue)).number(wide(queue.user)).time(queue.start);
    training_.songs(queue.songs).end_row();
  }
  void add(const ExportedPosition& position) override {
    const auto number = static_cast<std::int64_t>(position.position);
    positions_.number(number).text(position.task).number(static_cast<std::int64_t>(position.queue));
    positions_.number(wide(position.user)).time(position.start);
    positions_.songs(position.heard).songs(position.masked).end_row();
    targets_.number(number).number(wide(position.target)).end_row();
  }
  void close() override {
    for (SplitTable* table : {&songs_, &training_, &positions_, &targets_}) table->close();
  }

 private:
  SplitTable songs_;
  SplitTable training_;
  SplitTable positions_;
  SplitTable targets_;
};

}  // namespace

std::unique_ptr<SplitFiles> make_split_parquet(const std::filesystem::path& folder) {
  return std::make_unique<SplitParquet>(folder);
}

}  // namespace segue::evaluate
