// Arrow tables to and from Python by the Arrow PyCapsule interface, so that nothing here needs pyarrow.
// https://arrow.apache.org/docs/format/CDataInterface/PyCapsuleInterface.html
#pragma once

#include <memory>
#include <string>

#include <arrow/type_fwd.h>
#include <nanobind/nanobind.h>

#include "segue/base/file.h"

namespace segue::python {

// What Python sees as segue._core.Table.
struct Table {
  std::shared_ptr<arrow::Table> table;
};

// The batches of an object with __arrow_c_stream__, read where they are. Throws bad_input for any other object;
// `subject` names it in messages.
std::shared_ptr<arrow::RecordBatchReader> batches_of(nanobind::handle object, const std::string& subject);

// A capsule with these batches, read as far as its owner reads.
nanobind::object capsule_of(const std::shared_ptr<arrow::RecordBatchReader>& batches);

// The table of an Arrow IPC file, whose columns stay where the file is mapped. Throws corrupt.
Table table_of(const MappedFile& file);

// Queues, each an iterable of texts, as batches with the columns `key` and `songs`. The key of a queue is the next of
// `names`, or its number, from 0, if that is None. Takes the GIL for each batch. What Python raises meanwhile is kept,
// and raised again by check().
class QueueBatches;
std::shared_ptr<QueueBatches> batches_of_queues(const nanobind::object& queues, const nanobind::object& names,
                                                const char* key);
std::shared_ptr<arrow::RecordBatchReader> reader_of(const std::shared_ptr<QueueBatches>& queues);
void check(QueueBatches& queues);

}  // namespace segue::python
