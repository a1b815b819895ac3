#include "app/python/bindings/tables.h"

#include <utility>
#include <vector>

#include <arrow/array.h>
#include <arrow/buffer.h>
#include <arrow/c/abi.h>
#include <arrow/c/bridge.h>
#include <arrow/io/memory.h>
#include <arrow/ipc/reader.h>
#include <arrow/record_batch.h>
#include <arrow/scalar.h>
#include <arrow/table.h>
#include <nanobind/stl/string.h>

#include "segue/data/arrow/arrow_status.h"

#include "app/python/bindings/bindings.h"
#include "app/python/bindings/errors.h"

namespace segue::python {

namespace {

constexpr const char* kStreamName = "arrow_array_stream";  // of the capsule, as the interface says

// Bytes of a mapped file, which stays mapped as long as a column of them lives.
class MappedBuffer final : public arrow::Buffer {
 public:
  explicit MappedBuffer(const MappedFile& file)
      : arrow::Buffer(reinterpret_cast<const std::uint8_t*>(file.bytes().data()),
                      static_cast<std::int64_t>(file.bytes().size())),
        file_(file) {}

 private:
  MappedFile file_;
};

void release_stream(PyObject* capsule) {
  auto* const stream = static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule, kStreamName));
  if (stream == nullptr) return PyErr_Clear();
  if (stream->release != nullptr) stream->release(stream);  // unless a reader took it
  delete stream;
}

nb::object value_of(const arrow::Array& array, std::int64_t i);

template <class List>
nb::list items_of(const arrow::Array& array, std::int64_t i) {
  const auto& lists = static_cast<const List&>(array);
  nb::list items;
  for (std::int64_t at = lists.value_offset(i); at < lists.value_offset(i + 1); ++at) {
    items.append(value_of(*lists.values(), at));
  }
  return items;
}

// A value as Python has it: texts, numbers, booleans, lists of these, None. Times are microseconds, as they are stored.
nb::object value_of(const arrow::Array& array, std::int64_t i) {
  if (array.IsNull(i)) return nb::none();
  switch (array.type_id()) {
    case arrow::Type::STRING:
      return text_of(static_cast<const arrow::StringArray&>(array).GetView(i));
    case arrow::Type::BOOL:
      return nb::bool_(static_cast<const arrow::BooleanArray&>(array).Value(i));
    case arrow::Type::INT32:
      return nb::int_(static_cast<const arrow::Int32Array&>(array).Value(i));
    case arrow::Type::INT64:
      return nb::int_(static_cast<const arrow::Int64Array&>(array).Value(i));
    case arrow::Type::TIMESTAMP:
      return nb::int_(static_cast<const arrow::TimestampArray&>(array).Value(i));
    case arrow::Type::UINT32:
      return nb::int_(static_cast<const arrow::UInt32Array&>(array).Value(i));
    case arrow::Type::UINT64:
      return nb::int_(static_cast<const arrow::UInt64Array&>(array).Value(i));
    case arrow::Type::FLOAT:
      return nb::float_(static_cast<double>(static_cast<const arrow::FloatArray&>(array).Value(i)));
    case arrow::Type::DOUBLE:
      return nb::float_(static_cast<const arrow::DoubleArray&>(array).Value(i));
    case arrow::Type::LIST:
      return items_of<arrow::ListArray>(array, i);
    default:
      fail(ErrorCode::unsupported, "expected texts, numbers or lists of them, found {}", array.type()->ToString());
  }
}

nb::list column_values(const Table& table, const std::string& name, std::int64_t most) {
  const auto column = table.table->GetColumnByName(name);
  if (column == nullptr) fail(ErrorCode::wrong_use, "table: expected a column, found none of the name {}", name);
  nb::list values;
  for (const auto& chunk : column->chunks()) {
    for (std::int64_t i = 0; i < chunk->length() && static_cast<std::int64_t>(nb::len(values)) < most; ++i) {
      values.append(value_of(*chunk, i));
    }
  }
  return values;
}

}  // namespace

std::shared_ptr<arrow::RecordBatchReader> batches_of(nb::handle object, const std::string& subject) {
  if (!nb::hasattr(object, "__arrow_c_stream__")) {
    fail(ErrorCode::wrong_use,
         "{}: expected a table (of pandas, Polars, pyarrow, DuckDB or another with __arrow_c_stream__), found {}",
         subject,
         nb::cast<std::string>(
             nb::str(nb::handle(reinterpret_cast<PyObject*>(Py_TYPE(object.ptr()))).attr("__name__"))));
  }
  const nb::object capsule = object.attr("__arrow_c_stream__")();
  auto* const stream = static_cast<ArrowArrayStream*>(PyCapsule_GetPointer(capsule.ptr(), kStreamName));
  if (stream == nullptr) throw nb::python_error();
  return data::arrow_value(ErrorCode::bad_input, subject, arrow::ImportRecordBatchReader(stream));
}

nb::object capsule_of(const std::shared_ptr<arrow::RecordBatchReader>& batches) {
  auto stream = std::make_unique<ArrowArrayStream>();
  data::check_arrow(ErrorCode::io_failed, "table", arrow::ExportRecordBatchReader(batches, stream.get()));
  PyObject* const capsule = PyCapsule_New(stream.get(), kStreamName, release_stream);
  if (capsule == nullptr) throw nb::python_error();
  stream.release();  // NOLINT(bugprone-unused-return-value): the capsule owns it
  return nb::steal(capsule);
}

Table table_of(const MappedFile& file) {
  const std::string name = file.path().string();
  const auto opened =
      data::arrow_value(ErrorCode::corrupt, name,
                        arrow::ipc::RecordBatchFileReader::Open(
                            std::make_shared<arrow::io::BufferReader>(std::make_shared<MappedBuffer>(file))));
  std::vector<std::shared_ptr<arrow::RecordBatch>> batches;
  for (int i = 0; i < opened->num_record_batches(); ++i) {
    batches.push_back(data::arrow_value(ErrorCode::corrupt, name, opened->ReadRecordBatch(i)));
  }
  return {data::arrow_value(ErrorCode::corrupt, name, arrow::Table::FromRecordBatches(opened->schema(), batches))};
}

void bind_tables(nb::module_& m) {
  nb::class_<Table>(m, "Table")
      .def(
          "__arrow_c_stream__",
          [](const Table& table, const nb::object&) {
            return capsule_of(std::make_shared<arrow::TableBatchReader>(table.table));
          },
          nb::arg("requested_schema") = nb::none())
      .def("__len__", [](const Table& table) { return table.table->num_rows(); })
      .def_prop_ro("column_names",
                   [](const Table& table) {
                     nb::list names;
                     for (const std::string& name : table.table->ColumnNames()) names.append(text_of(name));
                     return names;
                   })
      .def("column", &column_values, nb::arg("name"), nb::arg("most"));
}

}  // namespace segue::python
