// Datasets: made of logs, tables and queues, and opened.
#include "segue/data/dataset/dataset.h"

#include <memory>
#include <string>
#include <vector>

#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "segue/base/open_folder.h"
#include "segue/data/arrow/arrow_status.h"
#include "segue/data/dataset/ingest.h"
#include "segue/data/log/formats/arrow_rows.h"

#include "app/python/bindings/bindings.h"
#include "app/python/bindings/dataset.h"
#include "app/python/bindings/errors.h"
#include "app/python/bindings/jobs.h"
#include "app/python/bindings/json_value.h"
#include "app/python/bindings/keywords.h"
#include "app/python/bindings/tables.h"
#include "app/python/bindings/watch.h"

namespace segue::python {

namespace {

data::IngestOptions options_of(const std::string& output, const nb::dict& given) {
  Keywords keywords(given);
  IngestJob job = job_of<IngestJob>(keywords);
  job.options.output = output;
  return job.options;
}

// What a user should know beside the dataset.
nb::list notes_of(const data::IngestReport& report) {
  nb::list notes;
  for (const std::string& note : report.notes) notes.append(text_of(note));
  for (const data::PassedOver& file : report.passed_over) notes.append(text_of("passed over: " + file.why));
  return notes;
}

nb::list ingest(const std::vector<std::string>& inputs, const std::string& output, const nb::dict& given,
                const nb::object& show) {
  const data::IngestOptions options = options_of(output, given);
  return notes_of(watched(show, [&](Progress& progress, const std::stop_token& stop) {
    return data::ingest(inputs, options, progress, stop);
  }));
}

data::IngestReport ingest_batches(const std::shared_ptr<arrow::RecordBatchReader>& batches, const std::string& name,
                                  const data::IngestOptions& options, const nb::object& show) {
  return watched(show, [&](Progress& progress, const std::stop_token& stop) {
    return data::ingest(data::open_batch_rows(batches, name), name, options, progress, stop);
  });
}

nb::list ingest_table(const nb::object& table, const std::string& name, const std::string& output,
                      const nb::dict& given, const nb::object& show) {
  const data::IngestOptions options = options_of(output, given);
  return notes_of(ingest_batches(batches_of(table, name), name, options, show));
}

nb::list ingest_queues(const nb::object& queues, const std::string& output, const nb::dict& given,
                       const nb::object& show) {
  const data::IngestOptions options = options_of(output, given);
  const std::shared_ptr<QueueBatches> batches = batches_of_queues(queues, nb::none(), "playlist");
  try {
    return notes_of(ingest_batches(reader_of(batches), "queues", options, show));
  } catch (const Error&) {
    check(*batches);  // what the iterable raised is the cause
    throw;
  }
}

OpenDataset open_folder(const std::string& path) {
  const nb::gil_scoped_release release;
  return {path, data::open_dataset(path)};
}

Table table_in(const OpenDataset& dataset, std::string_view name) {
  return table_of(OpenFolder(dataset.path).map(name));
}

// Of all shards.
Table queues_in(const OpenDataset& dataset) {
  std::vector<std::shared_ptr<arrow::Table>> tables;
  for (const std::string& name : data::queue_files(data::shards_in(dataset.dataset.manifest))) {
    tables.push_back(table_in(dataset, name).table);
  }
  return {data::arrow_value(ErrorCode::corrupt, "queues", arrow::ConcatenateTables(tables))};
}

}  // namespace

void bind_dataset(nb::module_& m) {
  m.def("ingest", &ingest, nb::arg("inputs"), nb::arg("output"), nb::arg("options"), nb::arg("show").none());
  m.def("ingest_table", &ingest_table, nb::arg("table"), nb::arg("name"), nb::arg("output"), nb::arg("options"),
        nb::arg("show").none());
  m.def("ingest_queues", &ingest_queues, nb::arg("queues"), nb::arg("output"), nb::arg("options"),
        nb::arg("show").none());
  nb::class_<OpenDataset>(m, "Dataset")
      .def_static("open", &open_folder, nb::arg("path"))
      .def_ro("path", &OpenDataset::path)
      .def_prop_ro("manifest",
                   [](const OpenDataset& one) { return nb::cast<nb::dict>(to_python(one.dataset.manifest.fields)); })
      .def_prop_ro("song_count", [](const OpenDataset& one) { return one.dataset.songs.size(); })
      .def_prop_ro("queue_count", [](const OpenDataset& one) { return one.dataset.queues.size(); })
      .def_prop_ro("play_count", [](const OpenDataset& one) { return one.dataset.queues.plays(); })
      .def_prop_ro("songs", [](const OpenDataset& one) { return table_in(one, data::kSongsName); })
      .def_prop_ro("queues", &queues_in);
}

}  // namespace segue::python
