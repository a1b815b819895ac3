#include "segue/pipeline/list_columns.h"

#include <vector>

#include <arrow/array.h>
#include <arrow/array/builder_binary.h>
#include <arrow/array/builder_primitive.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "segue/data/arrow/arrow_status.h"

namespace segue::pipeline {

namespace {

void check(const arrow::Status& status) {
  data::check_arrow(ErrorCode::io_failed, "lists", status);
}

}  // namespace

std::shared_ptr<arrow::Schema> list_schema(const ListLayout& layout, bool names) {
  const auto text = [](const char* name) { return arrow::field(name, arrow::utf8(), false); };
  arrow::FieldVector fields = {text(layout.key == ListKey::user ? "user" : "seed"),
                               arrow::field("rank", arrow::int32(), false), text("song"),
                               arrow::field("score", arrow::float32(), false)};
  if (names) {
    fields.push_back(text("artist"));
    fields.push_back(text("title"));
  }
  if (layout.reasons) fields.push_back(text("reason"));
  return arrow::schema(fields);
}

struct ListColumns::State {
  bool reasons;
  bool names;
  const data::Catalogue& songs;
  std::shared_ptr<arrow::Schema> schema;
  arrow::StringBuilder key{};
  arrow::Int32Builder rank{};
  arrow::StringBuilder song{};
  arrow::FloatBuilder score{};
  arrow::StringBuilder artist{};
  arrow::StringBuilder title{};
  arrow::StringBuilder reason{};
};

ListColumns::ListColumns(const ListLayout& layout, bool names, const data::Catalogue& songs)
    : state_(new State{layout.reasons, names, songs, list_schema(layout, names)}) {}

ListColumns::~ListColumns() = default;

void ListColumns::add(const MadeList& list) {
  State& at = *state_;
  for (std::size_t i = 0; i < list.songs.size(); ++i) {
    const ListedSong& one = list.songs[i];
    check(at.key.Append(list.key));
    check(at.rank.Append(static_cast<std::int32_t>(i + 1)));
    check(at.score.Append(one.score));
    if (at.names) {
      const data::Song song = at.songs.song(one.song);
      check(at.song.Append(song.id));
      check(at.artist.Append(song.artist));
      check(at.title.Append(song.title));
    } else {
      check(at.song.Append(at.songs.id(one.song)));
    }
    if (at.reasons) check(at.reason.Append(one.reason));
  }
}

std::int64_t ListColumns::rows() const {
  return state_->rank.length();
}

const std::shared_ptr<arrow::Schema>& ListColumns::schema() const {
  return state_->schema;
}

std::shared_ptr<arrow::RecordBatch> ListColumns::take() {
  State& at = *state_;
  const std::int64_t count = rows();
  std::vector<arrow::ArrayBuilder*> builders = {&at.key, &at.rank, &at.song, &at.score};
  if (at.names) builders.insert(builders.end(), {&at.artist, &at.title});
  if (at.reasons) builders.push_back(&at.reason);
  arrow::ArrayVector columns;
  for (arrow::ArrayBuilder* builder : builders) {
    columns.push_back(data::arrow_value(ErrorCode::io_failed, "lists", builder->Finish()));
  }
  return arrow::RecordBatch::Make(at.schema, count, std::move(columns));
}

}  // namespace segue::pipeline
