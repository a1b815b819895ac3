#include "segue/evaluate/events/event_export.h"

#include <array>
#include <string>

#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/options.h"
#include "segue/data/arrow/arrow_status.h"
#include "segue/data/arrow/table_output.h"
#include "segue/evaluate/events/list_responses.h"

namespace segue::evaluate {

namespace {

constexpr std::int64_t kRowsOfBatch = 8192;

// Not thread safe.
class EventTable {
 public:
  EventTable(const std::filesystem::path& path, std::string subject, data::TableFormat format)
      : subject_(std::move(subject)), table_(data::open_table_output(path, schema_, format)) {}

  void add(const ListResponses& list, const SongResponses& song) {
    const std::string_view model = list.id.model_of(song.position);
    append(list_, recommend::text_of(list.id));
    append(made_at_, list.id.made_at);
    append(route_, choice_name(list.id.kind));
    append(model_, model);
    append(interleaved_, !list.id.second.empty());
    append(user_, list.user);
    append(position_, static_cast<std::int32_t>(song.position));
    append(song_, song.song);
    append(impression_, song.shown);
    for (std::size_t i = 0; i < responses_.size(); ++i) append(responses_[i], song.is[i]);
    if (song.played_ms) {
      append(played_ms_, *song.played_ms);
    } else {
      data::check_arrow(ErrorCode::io_failed, subject_, played_ms_.AppendNull());
    }
    if (++rows_ % kRowsOfBatch == 0) flush();
  }
  void close() {
    flush();
    table_->close();
  }
  std::uint64_t rows() const { return static_cast<std::uint64_t>(rows_); }

 private:
  template <class Builder, class Value>
  void append(Builder& builder, const Value& value) {
    data::check_arrow(ErrorCode::io_failed, subject_, builder.Append(value));
  }
  void flush() {
    const std::array<arrow::ArrayBuilder*, 14> columns = {
        &list_, &made_at_,    &route_,        &model_,        &interleaved_,  &user_,         &position_,
        &song_, &impression_, &responses_[0], &responses_[1], &responses_[2], &responses_[3], &played_ms_};
    data::write_built(*table_, schema_, columns, subject_);
  }

  // The responses in the order of kResponseNames.
  const std::shared_ptr<arrow::Schema> schema_ = arrow::schema({
      arrow::field("list", arrow::utf8(), false),
      arrow::field("made_at", arrow::int64(), false),
      arrow::field("route", arrow::utf8(), false),
      arrow::field("model", arrow::utf8(), false),
      arrow::field("interleaved", arrow::boolean(), false),
      arrow::field("user", arrow::utf8(), false),
      arrow::field("position", arrow::int32(), false),
      arrow::field("song", arrow::utf8(), false),
      arrow::field("impression", arrow::boolean(), false),
      arrow::field("click", arrow::boolean(), false),
      arrow::field("play", arrow::boolean(), false),
      arrow::field("skip", arrow::boolean(), false),
      arrow::field("save", arrow::boolean(), false),
      arrow::field("played_ms", arrow::int64()),
  });
  const std::string subject_;
  const std::unique_ptr<data::TableOutput> table_;
  arrow::StringBuilder list_, route_, model_, user_, song_;
  arrow::Int64Builder made_at_, played_ms_;
  arrow::Int32Builder position_;
  arrow::BooleanBuilder interleaved_, impression_;
  std::array<arrow::BooleanBuilder, kResponseNames.size()> responses_;
  std::int64_t rows_ = 0;
};

}  // namespace

std::uint64_t export_events(store::ListenStore& store, std::int64_t since, std::chrono::milliseconds played,
                            const std::filesystem::path& file) {
  const data::TableFormat format = data::table_format_of(file, "--output");
  if (format != data::TableFormat::parquet && format != data::TableFormat::arrow) {
    fail(ErrorCode::wrong_use, "--output: expected a name that ends in .parquet or .arrow, found {}", file.string());
  }
  AtomicFile output(file);
  EventTable table(output.path(), file.string(), format);
  for_each_list(store, since, played, [&](const ListResponses& list) {
    for (const SongResponses& song : list.songs) table.add(list, song);
  });
  table.close();
  output.commit();
  return table.rows();
}

}  // namespace segue::evaluate
