#include "segue/model/title_terms_file.h"

#include <memory>
#include <unordered_map>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>

#include "segue/base/error.h"
#include "segue/data/arrow/arrow_status.h"
#include "segue/data/arrow/table_file.h"

namespace segue::model {

namespace {

std::shared_ptr<arrow::Schema> titles_schema() {
  return arrow::schema({arrow::field("terms", arrow::list(arrow::field("item", arrow::utf8(), false)), false),
                        arrow::field("people", arrow::list(arrow::field("item", arrow::uint32(), false)), false)});
}

constexpr std::size_t kRowsOfTitles = std::size_t{1} << 16;  // in a batch

}  // namespace

void write_title_terms(const std::filesystem::path& file, const data::TitleTerms& titles) {
  const std::string subject = file.string();
  const auto check = [&](const arrow::Status& status) { data::check_arrow(ErrorCode::io_failed, subject, status); };
  const auto schema = titles_schema();
  data::TableWriter writer(file, schema);
  const auto text = std::make_shared<arrow::StringBuilder>();
  const auto number = std::make_shared<arrow::UInt32Builder>();
  arrow::ListBuilder terms(arrow::default_memory_pool(), text, schema->field(0)->type());
  arrow::ListBuilder people(arrow::default_memory_pool(), number, schema->field(1)->type());
  for (std::size_t song = 0; song < titles.of_song.size(); ++song) {
    check(terms.Append());
    check(people.Append());
    for (const data::TitleTerms::Use& use : titles.of_song[song]) {
      check(text->Append(titles.texts[use.term]));
      check(number->Append(use.people));
    }
    if (terms.length() < static_cast<std::int64_t>(kRowsOfTitles) && song + 1 < titles.of_song.size()) continue;
    const std::int64_t rows = terms.length();
    writer.write(*arrow::RecordBatch::Make(schema, rows,
                                           {data::arrow_value(ErrorCode::io_failed, subject, terms.Finish()),
                                            data::arrow_value(ErrorCode::io_failed, subject, people.Finish())}));
  }
  writer.close();
}

data::TitleTerms read_title_terms(const MappedFile& file, std::uint32_t songs) {
  const std::filesystem::path& path = file.path();
  const data::MappedTable table = data::map_table(file, *titles_schema(), data::Offsets::copied);
  data::TitleTerms titles;
  std::unordered_map<std::string, std::uint32_t> numbers;
  for (const auto& batch : table.batches) {
    for (int column = 0; column < 2; ++column) {
      data::refuse_nulls(path, batch->schema()->field(column)->name(), *batch->column(column));
    }
    const auto& terms = static_cast<const arrow::ListArray&>(*batch->column(0));
    const auto& people = static_cast<const arrow::ListArray&>(*batch->column(1));
    const auto& texts = static_cast<const arrow::StringArray&>(*terms.values());
    const auto& counts = static_cast<const arrow::UInt32Array&>(*people.values());
    for (std::int64_t row = 0; row < batch->num_rows(); ++row) {
      if (terms.value_length(row) != people.value_length(row)) {
        fail(ErrorCode::corrupt, "{}: row {}: expected a number of people for each of {} terms, found {}",
             path.string(), titles.of_song.size(), terms.value_length(row), people.value_length(row));
      }
      std::vector<data::TitleTerms::Use>& uses = titles.of_song.emplace_back();
      for (std::int32_t i = 0; i < terms.value_length(row); ++i) {
        const auto [number, added] = numbers.try_emplace(std::string(texts.GetView(terms.value_offset(row) + i)),
                                                         static_cast<std::uint32_t>(titles.texts.size()));
        if (added) titles.texts.push_back(number->first);
        uses.push_back({number->second, counts.Value(people.value_offset(row) + i)});
      }
    }
  }
  if (titles.of_song.size() != songs) {
    fail(ErrorCode::corrupt, "{}: expected {} rows, one a song, found {}", path.string(), songs, titles.of_song.size());
  }
  return titles;
}

}  // namespace segue::model
