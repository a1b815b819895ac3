#include "segue/data/log/cells.h"

#include <cmath>

#include <arrow/array.h>
#include <arrow/type.h>
#include <fmt/format.h>

#include "segue/base/error.h"

namespace segue::data {

namespace {

using Texts = std::vector<std::string_view>;

template <class Array>
void views(const arrow::Array& array, Texts& out) {
  const auto& texts = static_cast<const Array&>(array);
  for (std::int64_t i = 0; i < texts.length(); ++i) {
    out.push_back(texts.IsNull(i) ? std::string_view{} : std::string_view(texts.GetView(i)));
  }
}

template <class Array>
void whole_numbers(const arrow::Array& array, TextArena& arena, Texts& out) {
  const auto& numbers = static_cast<const Array&>(array);
  for (std::int64_t i = 0; i < numbers.length(); ++i) {
    if (numbers.IsNull(i)) {
      out.emplace_back();
    } else {
      const fmt::format_int text(numbers.Value(i));
      out.push_back(arena.keep({text.data(), text.size()}));
    }
  }
}

template <class Array>
void real_numbers(const arrow::Array& array, TextArena& arena, Texts& out) {
  const auto& numbers = static_cast<const Array&>(array);
  for (std::int64_t i = 0; i < numbers.length(); ++i) {
    const double number = numbers.IsNull(i) ? std::nan("") : static_cast<double>(numbers.Value(i));
    if (std::isnan(number)) {
      out.emplace_back();  // how pandas writes "no number"
    } else if (number == std::floor(number)) {
      out.push_back(arena.keep(fmt::format("{:.0f}", number)));
    } else {
      out.push_back(arena.keep(fmt::format("{:.6f}", number)));
    }
  }
}

// Times in units of numerator/denominator microseconds.
template <class Array>
void times(const arrow::Array& array, std::int64_t numerator, std::int64_t denominator, TextArena& arena, Texts& out) {
  const auto& values = static_cast<const Array&>(array);
  for (std::int64_t i = 0; i < values.length(); ++i) {
    std::int64_t micros = 0;
    if (values.IsNull(i)) {
      out.emplace_back();
    } else if (__builtin_mul_overflow(static_cast<std::int64_t>(values.Value(i)), numerator, &micros)) {
      out.emplace_back("out of range");
    } else {
      const fmt::format_int text(micros / denominator);
      out.push_back(arena.keep({text.data(), text.size()}));
    }
  }
}

void timestamps(const arrow::Array& array, TextArena& arena, Texts& out) {
  switch (static_cast<const arrow::TimestampType&>(*array.type()).unit()) {
    case arrow::TimeUnit::SECOND:
      return times<arrow::TimestampArray>(array, 1'000'000, 1, arena, out);
    case arrow::TimeUnit::MILLI:
      return times<arrow::TimestampArray>(array, 1'000, 1, arena, out);
    case arrow::TimeUnit::MICRO:
      return times<arrow::TimestampArray>(array, 1, 1, arena, out);
    case arrow::TimeUnit::NANO:
      return times<arrow::TimestampArray>(array, 1, 1'000, arena, out);
  }
}

void fill(const arrow::Array& array, TextArena& arena, std::string_view subject, Texts& out);

void dictionary(const arrow::Array& array, TextArena& arena, std::string_view subject, Texts& out) {
  const auto& encoded = static_cast<const arrow::DictionaryArray&>(array);
  Texts words;
  fill(*encoded.dictionary(), arena, subject, words);
  for (std::int64_t i = 0; i < encoded.length(); ++i) {
    if (encoded.IsNull(i)) {
      out.emplace_back();
      continue;
    }
    const auto index = static_cast<std::size_t>(encoded.GetValueIndex(i));
    if (index >= words.size()) {
      fail(ErrorCode::bad_input, "{}: expected a dictionary index below {}, found {}", subject, words.size(), index);
    }
    out.push_back(words[index]);
  }
}

void fill(const arrow::Array& array, TextArena& arena, std::string_view subject, Texts& out) {
  out.reserve(out.size() + static_cast<std::size_t>(array.length()));
  switch (array.type_id()) {
    case arrow::Type::STRING:
      return views<arrow::StringArray>(array, out);
    case arrow::Type::BINARY:
      return views<arrow::BinaryArray>(array, out);
    case arrow::Type::LARGE_STRING:
      return views<arrow::LargeStringArray>(array, out);
    case arrow::Type::LARGE_BINARY:
      return views<arrow::LargeBinaryArray>(array, out);
    case arrow::Type::STRING_VIEW:
      return views<arrow::StringViewArray>(array, out);
    case arrow::Type::BINARY_VIEW:
      return views<arrow::BinaryViewArray>(array, out);
    case arrow::Type::DICTIONARY:
      return dictionary(array, arena, subject, out);
    case arrow::Type::INT8:
      return whole_numbers<arrow::Int8Array>(array, arena, out);
    case arrow::Type::INT16:
      return whole_numbers<arrow::Int16Array>(array, arena, out);
    case arrow::Type::INT32:
      return whole_numbers<arrow::Int32Array>(array, arena, out);
    case arrow::Type::INT64:
      return whole_numbers<arrow::Int64Array>(array, arena, out);
    case arrow::Type::UINT8:
      return whole_numbers<arrow::UInt8Array>(array, arena, out);
    case arrow::Type::UINT16:
      return whole_numbers<arrow::UInt16Array>(array, arena, out);
    case arrow::Type::UINT32:
      return whole_numbers<arrow::UInt32Array>(array, arena, out);
    case arrow::Type::UINT64:
      return whole_numbers<arrow::UInt64Array>(array, arena, out);
    case arrow::Type::FLOAT:
      return real_numbers<arrow::FloatArray>(array, arena, out);
    case arrow::Type::DOUBLE:
      return real_numbers<arrow::DoubleArray>(array, arena, out);
    case arrow::Type::TIMESTAMP:
      return timestamps(array, arena, out);
    case arrow::Type::DATE32:
      return times<arrow::Date32Array>(array, 86'400'000'000, 1, arena, out);
    case arrow::Type::DATE64:
      return times<arrow::Date64Array>(array, 1'000, 1, arena, out);
    case arrow::Type::NA:
      out.resize(out.size() + static_cast<std::size_t>(array.length()));
      return;
    default:
      fail(ErrorCode::bad_input, "{}: expected texts, numbers, times or lists of them, found {}", subject,
           array.type()->ToString());
  }
}

// Items of null lists are skipped, so that the lists are contiguous.
template <class List>
void lists(const arrow::Array& array, TextArena& arena, std::string_view subject, RowColumn& column) {
  const auto& rows = static_cast<const List&>(array);
  Texts items;
  fill(*rows.values(), arena, subject, items);
  column.list_begin.push_back(0);
  for (std::int64_t i = 0; i < rows.length(); ++i) {
    if (!rows.IsNull(i)) {
      const auto begin = items.begin() + static_cast<std::ptrdiff_t>(rows.value_offset(i));
      column.texts.insert(column.texts.end(), begin, begin + static_cast<std::ptrdiff_t>(rows.value_length(i)));
    }
    column.list_begin.push_back(static_cast<std::uint32_t>(column.texts.size()));
  }
}

}  // namespace

RowColumn column_of(const arrow::Array& array, TextArena& arena, std::string_view subject) {
  RowColumn column;
  column.present = true;
  switch (array.type_id()) {
    case arrow::Type::LIST:
      lists<arrow::ListArray>(array, arena, subject, column);
      break;
    case arrow::Type::LARGE_LIST:
      lists<arrow::LargeListArray>(array, arena, subject, column);
      break;
    case arrow::Type::TIMESTAMP:
    case arrow::Type::DATE32:
    case arrow::Type::DATE64:
      column.exact_time = true;
      [[fallthrough]];
    default:
      fill(array, arena, subject, column.texts);
  }
  return column;
}

}  // namespace segue::data
