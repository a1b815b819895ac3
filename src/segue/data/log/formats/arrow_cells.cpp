#include "segue/data/log/formats/arrow_cells.h"

#include <cmath>

#include <arrow/array.h>
#include <arrow/type.h>
#include <arrow/util/decimal.h>

#include "segue/base/error.h"

namespace segue::data {

namespace {

using Cells = std::vector<Cell>;
using Path = std::span<const std::string>;

template <class Array, class Make>
void fill_with(const arrow::Array& array, Cells& out, Make make) {
  const auto& values = static_cast<const Array&>(array);
  const std::size_t begin = out.size();
  out.resize(begin + static_cast<std::size_t>(values.length()));
  Cell* cell = out.data() + begin;
  const bool nulls = values.null_count() > 0;
  for (std::int64_t i = 0; i < values.length(); ++i, ++cell) {
    if (!nulls || !values.IsNull(i)) *cell = make(values, i);
  }
}

template <class Array>
void texts(const arrow::Array& array, Cells& out) {
  fill_with<Array>(array, out, [](const Array& values, std::int64_t i) {
    return Cell::of_text(std::string_view(values.GetView(i)));
  });
}

template <class Array>
void whole_numbers(const arrow::Array& array, Cells& out) {
  fill_with<Array>(array, out, [](const Array& values, std::int64_t i) {
    return Cell::of_whole(static_cast<std::int64_t>(values.Value(i)));
  });
}

Cell real_cell(double number) {
  return std::isnan(number) ? Cell() : Cell::of_real(number);  // NaN is how pandas writes "no number"
}

template <class Array>
void real_numbers(const arrow::Array& array, Cells& out) {
  fill_with<Array>(array, out,
                   [](const Array& values, std::int64_t i) { return real_cell(static_cast<double>(values.Value(i))); });
}

template <class Array, class Decimal, class Type>
void decimals(const arrow::Array& array, Cells& out) {
  const int scale = static_cast<const Type&>(*array.type()).scale();
  fill_with<Array>(array, out, [scale](const Array& values, std::int64_t i) {
    return real_cell(Decimal(values.GetValue(i)).ToDouble(scale));
  });
}

// Times in units of numerator/denominator microseconds. One out of range becomes the last time of all.
template <class Array>
void times(const arrow::Array& array, std::int64_t numerator, std::int64_t denominator, Cells& out) {
  fill_with<Array>(array, out, [=](const Array& values, std::int64_t i) {
    std::int64_t micros = 0;
    if (__builtin_mul_overflow(static_cast<std::int64_t>(values.Value(i)), numerator, &micros)) {
      micros = std::numeric_limits<std::int64_t>::max();
    }
    return Cell::of_time(micros / denominator);
  });
}

void timestamps(const arrow::Array& array, Cells& out) {
  switch (static_cast<const arrow::TimestampType&>(*array.type()).unit()) {
    case arrow::TimeUnit::SECOND:
      return times<arrow::TimestampArray>(array, 1'000'000, 1, out);
    case arrow::TimeUnit::MILLI:
      return times<arrow::TimestampArray>(array, 1'000, 1, out);
    case arrow::TimeUnit::MICRO:
      return times<arrow::TimestampArray>(array, 1, 1, out);
    case arrow::TimeUnit::NANO:
      return times<arrow::TimestampArray>(array, 1, 1'000, out);
  }
}

void fill(const arrow::Array& array, std::string_view subject, Cells& out);

std::size_t checked_index(const arrow::DictionaryArray& values, std::int64_t i, std::size_t words,
                          std::string_view subject) {
  const auto index = static_cast<std::size_t>(values.GetValueIndex(i));
  if (index >= words) {
    fail(ErrorCode::bad_input, "{}: expected a dictionary index below {}, found {}", subject, words, index);
  }
  return index;
}

// Of the words only those that occur: a dictionary may be much longer than the array.
template <class Words>
void text_dictionary(const arrow::DictionaryArray& array, std::string_view subject, Cells& out) {
  const auto& words = static_cast<const Words&>(*array.dictionary());
  fill_with<arrow::DictionaryArray>(array, out, [&](const arrow::DictionaryArray& values, std::int64_t i) {
    const std::size_t index = checked_index(values, i, static_cast<std::size_t>(words.length()), subject);
    return words.IsNull(static_cast<std::int64_t>(index))
               ? Cell()
               : Cell::of_text(std::string_view(words.GetView(static_cast<std::int64_t>(index))));
  });
}

void dictionary(const arrow::Array& array, std::string_view subject, Cells& out) {
  const auto& encoded = static_cast<const arrow::DictionaryArray&>(array);
  switch (encoded.dictionary()->type_id()) {
    case arrow::Type::STRING:
    case arrow::Type::BINARY:
      return text_dictionary<arrow::BinaryArray>(encoded, subject, out);
    case arrow::Type::LARGE_STRING:
    case arrow::Type::LARGE_BINARY:
      return text_dictionary<arrow::LargeBinaryArray>(encoded, subject, out);
    case arrow::Type::STRING_VIEW:
    case arrow::Type::BINARY_VIEW:
      return text_dictionary<arrow::BinaryViewArray>(encoded, subject, out);
    default:
      break;
  }
  Cells words;
  fill(*encoded.dictionary(), subject, words);
  fill_with<arrow::DictionaryArray>(array, out, [&](const arrow::DictionaryArray& values, std::int64_t i) {
    return words[checked_index(values, i, words.size(), subject)];
  });
}

void fill(const arrow::Array& array, std::string_view subject, Cells& out) {
  switch (array.type_id()) {
    case arrow::Type::STRING:
      return texts<arrow::StringArray>(array, out);
    case arrow::Type::BINARY:
      return texts<arrow::BinaryArray>(array, out);
    case arrow::Type::LARGE_STRING:
      return texts<arrow::LargeStringArray>(array, out);
    case arrow::Type::LARGE_BINARY:
      return texts<arrow::LargeBinaryArray>(array, out);
    case arrow::Type::STRING_VIEW:
      return texts<arrow::StringViewArray>(array, out);
    case arrow::Type::BINARY_VIEW:
      return texts<arrow::BinaryViewArray>(array, out);
    case arrow::Type::DICTIONARY:
      return dictionary(array, subject, out);
    case arrow::Type::BOOL:
      return whole_numbers<arrow::BooleanArray>(array, out);
    case arrow::Type::INT8:
      return whole_numbers<arrow::Int8Array>(array, out);
    case arrow::Type::INT16:
      return whole_numbers<arrow::Int16Array>(array, out);
    case arrow::Type::INT32:
      return whole_numbers<arrow::Int32Array>(array, out);
    case arrow::Type::INT64:
      return whole_numbers<arrow::Int64Array>(array, out);
    case arrow::Type::UINT8:
      return whole_numbers<arrow::UInt8Array>(array, out);
    case arrow::Type::UINT16:
      return whole_numbers<arrow::UInt16Array>(array, out);
    case arrow::Type::UINT32:
      return whole_numbers<arrow::UInt32Array>(array, out);
    case arrow::Type::UINT64:
      return whole_numbers<arrow::UInt64Array>(array, out);
    case arrow::Type::FLOAT:
      return real_numbers<arrow::FloatArray>(array, out);
    case arrow::Type::DOUBLE:
      return real_numbers<arrow::DoubleArray>(array, out);
    case arrow::Type::DECIMAL128:
      return decimals<arrow::Decimal128Array, arrow::Decimal128, arrow::Decimal128Type>(array, out);
    case arrow::Type::DECIMAL256:
      return decimals<arrow::Decimal256Array, arrow::Decimal256, arrow::Decimal256Type>(array, out);
    case arrow::Type::TIMESTAMP:
      return timestamps(array, out);
    case arrow::Type::DATE32:
      return times<arrow::Date32Array>(array, 86'400'000'000, 1, out);
    case arrow::Type::DATE64:
      return times<arrow::Date64Array>(array, 1'000, 1, out);
    case arrow::Type::NA:
      out.resize(out.size() + static_cast<std::size_t>(array.length()));
      return;
    default:
      fail(ErrorCode::bad_input, "{}: expected texts, numbers, times or lists of them, found {}", subject,
           array.type()->ToString());
  }
}

// The array at `path`; nulls of the structs around it are nulls in it.
std::shared_ptr<arrow::Array> inner(const arrow::Array& array, Path& path, std::string_view subject) {
  std::shared_ptr<arrow::Array> at = arrow::MakeArray(array.data());
  while (at->type_id() == arrow::Type::STRUCT && !path.empty()) {
    const auto& members = static_cast<const arrow::StructArray&>(*at);
    const int index = static_cast<const arrow::StructType&>(*at->type()).GetFieldIndex(path.front());
    if (index < 0) fail(ErrorCode::bad_input, "{}: expected a member \"{}\"", subject, path.front());
    auto member = members.GetFlattenedField(index);
    if (!member.ok()) fail(ErrorCode::bad_input, "{}: {}", subject, member.status().message());
    at = std::move(member).ValueUnsafe();
    path = path.subspan(1);
  }
  return at;
}

void join_lists(const arrow::Array& array, TextArena& arena, std::string_view subject, Cells& out);

void fill_items(const arrow::Array& array, TextArena& arena, std::string_view subject, Cells& out) {
  const bool list = array.type_id() == arrow::Type::LIST || array.type_id() == arrow::Type::LARGE_LIST;
  return list ? join_lists(array, arena, subject, out) : fill(array, subject, out);
}

// The items of all rows: of a part of a longer array only its own.
template <class List>
std::shared_ptr<arrow::Array> items_of(const List& rows) {
  if (rows.length() == 0) return rows.values()->Slice(0, 0);
  const std::int64_t begin = rows.value_offset(0);
  return rows.values()->Slice(begin, rows.value_offset(rows.length()) - begin);
}

template <class List>
void join_lists_of(const arrow::Array& array, TextArena& arena, std::string_view subject, Cells& out) {
  const auto& rows = static_cast<const List&>(array);
  Cells items;
  fill(*items_of(rows), subject, items);
  const std::int64_t first = rows.length() > 0 ? rows.value_offset(0) : 0;
  std::string joined;
  for (std::int64_t row = 0; row < rows.length(); ++row) {
    joined.clear();
    for (std::int64_t i = 0; !rows.IsNull(row) && i < rows.value_length(row); ++i) {
      const Cell& item = items.at(static_cast<std::size_t>(rows.value_offset(row) - first + i));
      if (item.type() != Cell::Type::text || item.empty()) continue;
      if (!joined.empty()) joined += ", ";
      joined += item.text();
    }
    out.push_back(Cell::of_text(arena.keep(joined)));
  }
}

// Lists inside lists: the artists of each song of a playlist, as one text.
void join_lists(const arrow::Array& array, TextArena& arena, std::string_view subject, Cells& out) {
  return array.type_id() == arrow::Type::LIST ? join_lists_of<arrow::ListArray>(array, arena, subject, out)
                                              : join_lists_of<arrow::LargeListArray>(array, arena, subject, out);
}

// Items of null lists are skipped, so that the lists are contiguous.
template <class List>
void lists(const arrow::Array& array, Path path, TextArena& arena, std::string_view subject, RowColumn& column) {
  const auto& rows = static_cast<const List&>(array);
  Cells items;
  fill_items(*inner(*items_of(rows), path, subject), arena, subject, items);
  const std::int64_t first = rows.length() > 0 ? rows.value_offset(0) : 0;
  column.list_begin.push_back(0);
  for (std::int64_t i = 0; i < rows.length(); ++i) {
    if (!rows.IsNull(i)) {
      const auto begin = items.begin() + static_cast<std::ptrdiff_t>(rows.value_offset(i) - first);
      column.cells.insert(column.cells.end(), begin, begin + static_cast<std::ptrdiff_t>(rows.value_length(i)));
    }
    column.list_begin.push_back(static_cast<std::uint32_t>(column.cells.size()));
  }
}

}  // namespace

RowColumn column_of(const arrow::Array& array, std::span<const std::string> path, TextArena& arena,
                    std::string_view subject) {
  RowColumn column;
  column.present = true;
  const std::shared_ptr<arrow::Array> at = inner(array, path, subject);
  if (at->type_id() == arrow::Type::LIST) {
    lists<arrow::ListArray>(*at, path, arena, subject, column);
  } else if (at->type_id() == arrow::Type::LARGE_LIST) {
    lists<arrow::LargeListArray>(*at, path, arena, subject, column);
  } else {
    fill(*at, subject, column.cells);
  }
  return column;
}

}  // namespace segue::data
