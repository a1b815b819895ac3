// A dataset made in parts (data/dataset/parts.h), for the tasks of segue.spark.
#include "segue/data/dataset/parts.h"

#include <memory>
#include <string>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "segue/data/arrow/arrow_status.h"
#include "segue/data/log/formats/arrow_rows.h"

#include "app/python/bindings/bindings.h"
#include "app/python/bindings/jobs.h"
#include "app/python/bindings/json_value.h"
#include "app/python/bindings/keywords.h"
#include "app/python/bindings/tables.h"
#include "app/python/bindings/watch.h"

namespace segue::python {

namespace {

data::IngestOptions ingest_options(const nb::dict& given) {
  Keywords keywords(given);
  return job_of<IngestJob>(keywords).options;
}

std::unique_ptr<data::RowReader> rows_of(const nb::object& table, const std::string& name) {
  return data::open_batch_rows(batches_of(table, name), name);
}

nb::dict columns_in_use(const nb::object& table, const std::string& name, const nb::dict& given) {
  const data::ColumnsInUse used = data::columns_in_use(rows_of(table, name), name, ingest_options(given));
  nb::dict columns;
  columns["user"] = used.user;
  columns["time"] = used.time;
  columns["names"] = used.names;
  return columns;
}

Table count_mentions(const nb::object& table, const std::string& name, const nb::dict& given) {
  const data::IngestOptions options = ingest_options(given);
  std::unique_ptr<data::RowReader> rows = rows_of(table, name);
  return watched(nb::none(), [&](Progress& progress, const std::stop_token& stop) -> Table {
    const auto batch = data::count_mentions(std::move(rows), name, options, progress, stop);
    return {data::arrow_value(ErrorCode::no_space, name, arrow::Table::FromRecordBatches({batch}))};
  });
}

void write_part(const nb::object& table, const std::string& name, const nb::dict& given, const std::string& scratch,
                std::size_t part) {
  const data::IngestOptions options = ingest_options(given);
  std::unique_ptr<data::RowReader> rows = rows_of(table, name);
  watch_work(nb::none(), [&](Progress& progress, const std::stop_token& stop) {
    data::write_part(std::move(rows), name, options, scratch, part, progress, stop);
  });
}

void init_join(data::PartsJoin* self, const nb::dict& given, const std::string& output, const std::string& name,
               const std::string& scratch) {
  data::IngestOptions options = ingest_options(given);
  options.output = output;
  new (self) data::PartsJoin(options, name, scratch);
}

void add_mentions(data::PartsJoin& join, const nb::object& table) {
  const auto batches = batches_of(table, "mentions");
  const nb::gil_scoped_release release;
  for (std::shared_ptr<arrow::RecordBatch> batch;;) {
    data::check_arrow(ErrorCode::bad_input, "mentions", batches->ReadNext(&batch));
    if (batch == nullptr) return;
    join.add_mentions(*batch);
  }
}

void settle(data::PartsJoin& join, const nb::object& show) {
  watch_work(show, [&](Progress& progress, const std::stop_token& stop) { join.settle(progress, stop); });
}

}  // namespace

void bind_parts(nb::module_& m) {
  using Released = nb::call_guard<nb::gil_scoped_release>;
  m.def("columns_in_use", &columns_in_use, nb::arg("table"), nb::arg("name"), nb::arg("options"));
  m.def("count_mentions", &count_mentions, nb::arg("table"), nb::arg("name"), nb::arg("options"));
  m.def("write_part", &write_part, nb::arg("table"), nb::arg("name"), nb::arg("options"), nb::arg("scratch"),
        nb::arg("part"));
  m.def(
      "write_shard", [](const std::string& scratch, std::size_t shard) { data::write_shard(scratch, shard); },
      nb::arg("scratch"), nb::arg("shard"), Released());
  m.def(
      "write_skips", [](const std::string& scratch) { data::write_skips(scratch); }, nb::arg("scratch"), Released());
  nb::class_<data::PartsJoin>(m, "PartsJoin")
      .def("__init__", &init_join, nb::arg("options"), nb::arg("output"), nb::arg("name"), nb::arg("scratch"))
      .def("add_mentions", &add_mentions, nb::arg("table"))
      .def("settle", &settle, nb::arg("show").none())
      .def("order_songs", &data::PartsJoin::order_songs, nb::arg("parts"), Released())
      .def("finish", [](data::PartsJoin& join) {
        const nb::gil_scoped_release release;
        return join.finish().digest;
      });
}

}  // namespace segue::python
