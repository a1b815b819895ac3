// Lists for many: histories in, lists out, as Arrow batches.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <arrow/c/abi.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/vector.h>

#include "segue/base/words.h"
#include "segue/data/arrow/arrow_status.h"
#include "segue/data/log/formats/arrow_rows.h"
#include "segue/pipeline/list_columns.h"
#include "segue/pipeline/make_lists.h"
#include "segue/recommend/typed_seeds.h"

#include "app/python/bindings/bindings.h"
#include "app/python/bindings/dataset.h"
#include "app/python/bindings/errors.h"
#include "app/python/bindings/jobs.h"
#include "app/python/bindings/keywords.h"
#include "app/python/bindings/model.h"
#include "app/python/bindings/tables.h"
#include "app/python/bindings/watch.h"

namespace segue::python {

namespace {

using Batches = std::vector<std::shared_ptr<arrow::RecordBatch>>;
using Block = std::vector<pipeline::ListenerHistory>;

// What is recommended to everybody, with all that it views.
class RecommendToMany {
 public:
  RecommendToMany(std::shared_ptr<model::Model> model, RecommendJob job)
      : model_(std::move(model)), job_(std::move(job)), recommender_(*model_) {
    interests_ = recommend::interests_wanted(job_.interests);
    for (const std::string& typed : job_.dislike.dislike) {
      const std::vector seed = {recommend::find_seed(*model_, typed)};
      for (const data::SongRow row : recommend::songs_of(seed)) disliked_.push_back(row);
      for (const data::SongRow row : recommend::all_songs_of(seed)) excluded_.push_back(row);
    }
    passing_ = recommend::songs_passing(job_.filter, model_->songs());
  }
  RecommendToMany(const RecommendToMany&) = delete;
  RecommendToMany& operator=(const RecommendToMany&) = delete;

  const model::Model& model() const { return *model_; }
  std::size_t threads() const { return job_.options.threads; }
  pipeline::ListColumns columns() const {
    return {{.key = pipeline::ListKey::user, .reasons = job_.options.explain}, job_.table.names, model_->songs()};
  }
  std::vector<pipeline::MadeList> lists(const Block& block) const {
    return pipeline::recommend_lists(recommender_, *model_, block,
                                     {.options = job_.options,
                                      .list = job_.list,
                                      .interests = interests_,
                                      .disliked = disliked_,
                                      .excluded = excluded_,
                                      .keeps = passing_ ? &*passing_ : nullptr});
  }

 private:
  std::shared_ptr<model::Model> model_;
  RecommendJob job_;
  recommend::Recommender recommender_;
  std::uint32_t interests_ = 1;
  std::vector<data::SongRow> disliked_;
  std::vector<data::SongRow> excluded_;
  std::optional<index::RowSet> passing_;
};

// Lists of the histories in batches, a block of them at a time and only as far as somebody reads.
class ListBatches final : public arrow::RecordBatchReader {
 public:
  ListBatches(std::shared_ptr<const RecommendToMany> wanted, std::shared_ptr<arrow::RecordBatchReader> histories,
              std::string name, std::shared_ptr<QueueBatches> queues)
      : wanted_(std::move(wanted)),
        histories_(std::move(histories)),
        name_(std::move(name)),
        queues_(std::move(queues)),
        schema_(wanted_->columns().schema()) {}

  std::shared_ptr<arrow::Schema> schema() const override { return schema_; }

  // nullptr at the end. Throws what reading the histories and making the lists throw.
  std::shared_ptr<arrow::RecordBatch> next() {
    std::shared_ptr<arrow::RecordBatch> block = next_histories();
    if (block == nullptr) return nullptr;
    const auto one = data::arrow_value(ErrorCode::bad_input, name_, arrow::RecordBatchReader::Make({std::move(block)}));
    pipeline::RowHistories source(data::open_batch_rows(one, name_), name_, wanted_->model().songs());
    pipeline::ListColumns columns = wanted_->columns();
    source.read(0, [&](Block&& histories) {
      for (const pipeline::MadeList& list : wanted_->lists(histories)) columns.add(list);
    });
    return columns.take();
  }

  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override {
    try {
      *batch = next();
      return arrow::Status::OK();
    } catch (const Error& error) {
      return arrow::Status::Invalid(error.what());
    } catch (const std::bad_alloc&) {
      return arrow::Status::OutOfMemory(name_);
    }
  }

  // Throws what the iterables of the histories raised, if that is why next() threw.
  void check_queues() const {
    if (queues_ != nullptr) check(*queues_);
  }

 private:
  std::shared_ptr<arrow::RecordBatch> next_histories() {
    constexpr auto kAtOnce = static_cast<std::int64_t>(pipeline::kListenersAtOnce);
    while (whole_ == nullptr || at_ >= whole_->num_rows()) {
      data::check_arrow(ErrorCode::bad_input, name_, histories_->ReadNext(&whole_));
      if (whole_ == nullptr) return nullptr;
      at_ = 0;
    }
    auto block = whole_->Slice(at_, kAtOnce);
    at_ += kAtOnce;
    return block;
  }

  std::shared_ptr<const RecommendToMany> wanted_;
  std::shared_ptr<arrow::RecordBatchReader> histories_;
  std::string name_;
  std::shared_ptr<QueueBatches> queues_;
  std::shared_ptr<arrow::Schema> schema_;
  std::shared_ptr<arrow::RecordBatch> whole_;
  std::int64_t at_ = 0;
};

Table collected(const std::shared_ptr<arrow::Schema>& schema, const Batches& batches) {
  return {data::arrow_value(ErrorCode::io_failed, "lists", arrow::Table::FromRecordBatches(schema, batches))};
}

[[noreturn]] void fail_stopped() {
  fail(ErrorCode::interrupted, "stopped while making lists");
}

// What Python sees as segue._core.ListStream.
struct ListStream {
  std::shared_ptr<ListBatches> batches;

  // The lists of the next block.
  std::optional<Table> next() const {
    try {
      const nb::gil_scoped_release release;
      const auto batch = batches->next();
      if (batch == nullptr) return std::nullopt;
      return collected(batches->schema(), {batch});
    } catch (const Error&) {
      batches->check_queues();
      throw;
    }
  }

  Table collect(const nb::object& show) const {
    try {
      return watched(show, [&](Progress& progress, const std::stop_token& stop) {
        Batches made;
        std::uint64_t rows = 0;
        progress.begin("recommend", 0, "rows");
        while (const auto batch = batches->next()) {
          made.push_back(batch);
          rows += static_cast<std::uint64_t>(batch->num_rows());
          progress.update(rows, "");
          if (stop.stop_requested()) fail_stopped();
        }
        progress.end();
        return collected(batches->schema(), made);
      });
    } catch (const Error&) {
      batches->check_queues();
      throw;
    }
  }
};

std::shared_ptr<const RecommendToMany> wanted_of(const OpenModel& open, const nb::dict& given, bool coded) {
  Keywords keywords(given);
  auto job = job_of<RecommendJob>(keywords);
  const nb::gil_scoped_release release;
  return std::make_shared<RecommendToMany>(coded ? open.model_for_many() : open.model(), std::move(job));
}

ListStream recommend_table(const OpenModel& open, const nb::object& table, const std::string& name,
                           const nb::dict& given) {
  auto histories = batches_of(table, name);
  return {std::make_shared<ListBatches>(wanted_of(open, given, true), std::move(histories), name, nullptr)};
}

ListStream recommend_queues(const OpenModel& open, const nb::object& queues, const nb::object& names,
                            const nb::dict& given, bool many) {
  auto batches = batches_of_queues(queues, names, "user");
  auto reader = reader_of(batches);
  return {
      std::make_shared<ListBatches>(wanted_of(open, given, many), std::move(reader), "histories", std::move(batches))};
}

// Reads a whole source into one table.
template <class ListsOf>
Batches batches_of_source(pipeline::HistorySource& source, pipeline::ListColumns& columns, const char* what,
                          ListsOf lists_of, Progress& progress, const std::stop_token& stop) {
  Batches batches;
  std::uint64_t done = 0;
  progress.begin(what, source.size(), source.unit());
  source.read(0, [&](Block&& block) {
    if (stop.stop_requested()) fail_stopped();
    for (const pipeline::MadeList& list : lists_of(block)) columns.add(list);
    batches.push_back(columns.take());
    done += block.size();
    progress.update(done, "");
  });
  progress.end();
  return batches;
}

Table recommend_users(const OpenModel& open, const OpenDataset& dataset,
                      const std::optional<std::vector<std::string>>& users, const nb::dict& given,
                      const nb::object& show) {
  const auto wanted = wanted_of(open, given, true);
  return watched(show, [&](Progress& progress, const std::stop_token& stop) {
    const data::Catalogue& songs = wanted->model().songs();
    pipeline::DatasetHistories source =
        users ? pipeline::DatasetHistories(dataset.dataset, songs, *users, wanted->threads())
              : pipeline::DatasetHistories(dataset.dataset, songs, wanted->threads());
    if (source.unknown_users() > 0) {
      fail(ErrorCode::not_found, "users: {} not in the dataset, such as {}", with_commas(source.unknown_users()),
           source.first_unknown());
    }
    pipeline::ListColumns columns = wanted->columns();
    const auto lists_of = [&](const Block& block) { return wanted->lists(block); };
    const Batches batches = batches_of_source(source, columns, "recommend", lists_of, progress, stop);
    return collected(columns.schema(), batches);
  });
}

// Every song by its id; all of them if there is no list.
pipeline::SongsAsHistories seeds_in(const model::Model& model, const std::optional<std::vector<std::string>>& ids,
                                    bool skip_unknown) {
  if (!ids) return {model.songs(), model.trained_songs()};
  pipeline::SongsAsHistories seeds(model.songs(), *ids);
  if (seeds.unknown_songs() > 0 && !skip_unknown) {
    fail(ErrorCode::not_found, "songs: {} not in the model, such as {}", with_commas(seeds.unknown_songs()),
         seeds.first_unknown());
  }
  return seeds;
}

Table similar_many(const OpenModel& open, const std::optional<std::vector<std::string>>& songs, const nb::dict& given,
                   bool skip_unknown, const nb::object& show) {
  Keywords keywords(given);
  const auto job = job_of<SimilarJob>(keywords);
  return watched(show, [&](Progress& progress, const std::stop_token& stop) {
    const std::shared_ptr<model::Model> model = open.model_for_many();
    const std::optional<index::RowSet> passing = recommend::songs_passing(job.filter, model->songs());
    pipeline::SongsAsHistories source = seeds_in(*model, songs, skip_unknown);
    pipeline::ListColumns columns({.key = pipeline::ListKey::seed}, job.table.names, model->songs());
    const auto lists_of = [&](const Block& block) {
      return pipeline::similar_lists(*model, block, job.options, passing ? &*passing : nullptr);
    };
    const Batches batches = batches_of_source(source, columns, "similar", lists_of, progress, stop);
    return collected(columns.schema(), batches);
  });
}

// A table without rows, of the columns that these options give. Throws wrong_use for options out of range.
Table no_lists(const std::string& job, const nb::dict& given) {
  Keywords keywords(given);
  if (job == "similar") {
    const auto similar = job_of<SimilarJob>(keywords);
    return collected(pipeline::list_schema({.key = pipeline::ListKey::seed}, similar.table.names), {});
  }
  const auto recommend = job_of<RecommendJob>(keywords);
  const pipeline::ListLayout layout{.key = pipeline::ListKey::user, .reasons = recommend.options.explain};
  return collected(pipeline::list_schema(layout, recommend.table.names), {});
}

}  // namespace

void bind_many_lists(nb::module_& m) {
  nb::class_<ListStream>(m, "ListStream")
      .def("next", &ListStream::next)
      .def("collect", &ListStream::collect, nb::arg("show").none())
      .def(
          "__arrow_c_stream__", [](const ListStream& stream, const nb::object&) { return capsule_of(stream.batches); },
          nb::arg("requested_schema") = nb::none());
  m.def("recommend_table", &recommend_table, nb::arg("model"), nb::arg("table"), nb::arg("name"), nb::arg("options"));
  m.def("recommend_queues", &recommend_queues, nb::arg("model"), nb::arg("queues"), nb::arg("names").none(),
        nb::arg("options"), nb::arg("many"));
  m.def("recommend_users", &recommend_users, nb::arg("model"), nb::arg("dataset"), nb::arg("users").none(),
        nb::arg("options"), nb::arg("show").none());
  m.def("similar_many", &similar_many, nb::arg("model"), nb::arg("songs").none(), nb::arg("options"),
        nb::arg("skip_unknown"), nb::arg("show").none());
  m.def("no_lists", &no_lists, nb::arg("job"), nb::arg("options"));
}

}  // namespace segue::python
