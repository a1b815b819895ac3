// Models: trained, opened, saved, and their parts as arrays and tables.
#include "app/python/bindings/model.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>

#include "segue/evaluate/fitted_model.h"
#include "segue/model/extend.h"
#include "segue/pipeline/remote_model.h"
#include "segue/ranks/connect.h"

#include "app/python/bindings/bindings.h"
#include "app/python/bindings/errors.h"
#include "app/python/bindings/jobs.h"
#include "app/python/bindings/json_value.h"
#include "app/python/bindings/keywords.h"
#include "app/python/bindings/tables.h"
#include "app/python/bindings/watch.h"

namespace segue::python {

namespace {

using Vectors = nb::ndarray<nb::numpy, const float, nb::ndim<2>, nb::c_contig>;
using Counts = nb::ndarray<nb::numpy, const std::uint64_t, nb::ndim<1>, nb::c_contig>;

// `rank`: which of several processes this is, or none.
nb::list train_model(const std::string& dataset, const std::string& output, const nb::dict& given,
                     const std::optional<ranks::Launch>& rank, const nb::object& show) {
  Keywords keywords(given);
  TrainJob job = job_of<TrainJob>(keywords);
  job.build.target.output = output;
  const std::vector<std::string> notes = watched(show, [&](Progress& progress, const std::stop_token& stop) {
    std::unique_ptr<train::Communicator> others;
    if (rank && !rank->alone()) others = ranks::connect_ranks(*rank, job.build.ranks.options.rank_timeout);
    job.build.ranks.communicator = others.get();
    std::vector<std::string> lines;
    evaluate::build_fitted_model(dataset, job, {keywords.given_of(&job.build.train), keywords.has_given(&job.blend)},
                                 progress, stop, [&](std::string_view line) { lines.emplace_back(line); });
    return lines;
  });
  nb::list list;
  for (const std::string& note : notes) list.append(text_of(note));
  return list;
}

std::string published_digest(const std::string& uri, const std::string& cache) {
  const nb::gil_scoped_release release;
  return pipeline::RemoteModel(uri, cache).published_digest();
}

std::string fetch_model(const std::string& uri, const std::string& cache, const std::string& digest,
                        const nb::object& show) {
  return watched(show, [&](Progress& progress, const std::stop_token& stop) {
    return pipeline::RemoteModel(uri, cache).fetch(digest, progress, stop).string();
  });
}

OpenModel open_model(const std::string& path) {
  const nb::gil_scoped_release release;
  return OpenModel(path);
}

// Keeps the model alive for an array that points into it.
nb::capsule owner_of(const OpenModel& one) {
  auto held = std::make_unique<std::shared_ptr<model::Model>>(one.model());
  nb::capsule owner(held.get(),
                    [](void* pointer) noexcept { delete static_cast<std::shared_ptr<model::Model>*>(pointer); });
  held.release();  // NOLINT(bugprone-unused-return-value): the capsule owns it
  return owner;
}

Vectors vectors_of(const OpenModel& one, math::MatrixView<const float> matrix) {
  SEGUE_ASSERT(matrix.stride == matrix.columns);
  return {matrix.data, {matrix.rows, matrix.columns}, owner_of(one)};
}

Counts plays_of(const OpenModel& one) {
  const data::Catalogue& songs = one.model()->songs();
  auto plays = std::make_unique<std::vector<std::uint64_t>>(songs.size());
  for (data::SongRow row = 0; row < songs.size(); ++row) (*plays)[row] = songs.plays(row);
  const std::uint64_t* const numbers = plays->data();
  const nb::capsule owner(plays.get(),
                          [](void* pointer) noexcept { delete static_cast<std::vector<std::uint64_t>*>(pointer); });
  plays.release();  // NOLINT(bugprone-unused-return-value): the capsule owns it
  return {numbers, {songs.size()}, owner};
}

nb::list ids_of(const OpenModel& one) {
  const data::Catalogue& songs = one.model()->songs();
  nb::list ids;
  for (data::SongRow row = 0; row < songs.size(); ++row) ids.append(text_of(songs.id(row)));
  return ids;
}

void save(const OpenModel& one, const std::string& target) {
  const nb::gil_scoped_release release;
  model::extend_model(
      one.path(), {}, [](const auto&) { return json::object(); }, one.model()->manifest().digest, target);
}

}  // namespace

struct OpenModel::Coded {
  std::mutex mutex;
  std::shared_ptr<model::Model> model;
};

OpenModel::OpenModel(std::string path)
    : path_(std::move(path)), model_(std::make_shared<model::Model>(path_)), coded_(std::make_shared<Coded>()) {}

std::shared_ptr<model::Model> OpenModel::model_for_many() const {
  const std::lock_guard lock(coded_->mutex);
  if (coded_->model == nullptr) {
    auto coded = std::make_shared<model::Model>(model_->folder());
    coded->code_vectors(index::WalkChoice::as_without_codes);
    coded_->model = std::move(coded);
  }
  return coded_->model;
}

void bind_model(nb::module_& m) {
  nb::class_<ranks::Launch>(m, "Rank").def(
      "__init__",
      [](ranks::Launch* self, std::size_t rank, std::size_t ranks, std::string address, std::uint16_t port) {
        new (self) ranks::Launch{rank, ranks, std::move(address), port};
      },
      nb::arg("rank"), nb::arg("ranks"), nb::arg("address"), nb::arg("port"));
  m.def("train", &train_model, nb::arg("dataset"), nb::arg("output"), nb::arg("options"), nb::arg("rank").none(),
        nb::arg("show").none());
  m.def("is_remote", &pipeline::is_remote, nb::arg("model"));
  m.def("published_digest", &published_digest, nb::arg("uri"), nb::arg("cache"));
  m.def("fetch_model", &fetch_model, nb::arg("uri"), nb::arg("cache"), nb::arg("digest"), nb::arg("show").none());
  nb::class_<OpenModel>(m, "Model")
      .def_static("open", &open_model, nb::arg("path"))
      .def("save", &save, nb::arg("path"))
      .def_prop_ro("path", &OpenModel::path)
      .def_prop_ro("manifest",
                   [](const OpenModel& one) { return nb::cast<nb::dict>(to_python(one.model()->manifest().fields)); })
      .def_prop_ro("song_count", [](const OpenModel& one) { return one.model()->songs().size(); })
      .def_prop_ro(
          "vectors", [](const OpenModel& one) { return vectors_of(one, one.model()->vectors()); },
          nb::rv_policy::automatic)
      .def_prop_ro(
          "context_vectors", [](const OpenModel& one) { return vectors_of(one, one.model()->context()); },
          nb::rv_policy::automatic)
      .def_prop_ro("ids", &ids_of)
      .def_prop_ro("plays", &plays_of, nb::rv_policy::automatic)
      .def_prop_ro("songs", [](const OpenModel& one) { return table_of(one.model()->folder().map(data::kSongsName)); });
}

}  // namespace segue::python
