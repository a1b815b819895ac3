// Queues of Python, iterables of iterables of texts, as Arrow batches.
#include <new>
#include <optional>
#include <string>
#include <utility>

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/record_batch.h>
#include <arrow/type.h>
#include <nanobind/stl/string.h>

#include "app/python/bindings/tables.h"

namespace segue::python {

namespace nb = nanobind;

namespace {

constexpr std::int64_t kItemsOfBatch = 1 << 16;

void append_text(arrow::StringBuilder& builder, nb::handle song, std::int64_t queue) {
  Py_ssize_t size = 0;
  const char* const text = PyUnicode_Check(song.ptr()) ? PyUnicode_AsUTF8AndSize(song.ptr(), &size) : nullptr;
  if (text == nullptr && PyErr_Occurred() == nullptr) {
    PyErr_Format(PyExc_TypeError, "queues[%lld]: expected ids of songs as str, found %R", static_cast<long long>(queue),
                 song.ptr());
  }
  if (text == nullptr) throw nb::python_error();
  if (!builder.Append(text, static_cast<std::int32_t>(size)).ok()) throw std::bad_alloc();
}

}  // namespace

class QueueBatches {
 public:
  QueueBatches(const nb::object& queues, const nb::object& names, const char* key)
      : schema_(arrow::schema({arrow::field(key, arrow::utf8()), arrow::field("songs", arrow::list(arrow::utf8()))})),
        iterator_(nb::iter(queues)) {
    if (!names.is_none()) names_ = nb::iter(names);
  }
  ~QueueBatches() {
    const nb::gil_scoped_acquire acquire;
    iterator_.reset();
    names_.reset();
    raised_.reset();
  }
  QueueBatches(const QueueBatches&) = delete;
  QueueBatches& operator=(const QueueBatches&) = delete;

  const std::shared_ptr<arrow::Schema>& schema() const { return schema_; }

  arrow::Status next(std::shared_ptr<arrow::RecordBatch>* batch) {
    const nb::gil_scoped_acquire acquire;
    try {
      *batch = build();
      return arrow::Status::OK();
    } catch (nb::python_error& error) {
      raised_.emplace(std::move(error));
      return arrow::Status::Invalid("the iterable of queues raised an exception");
    } catch (const std::bad_alloc&) {
      return arrow::Status::OutOfMemory("queues");
    }
  }

  void check() {
    if (raised_) throw std::move(*raised_);
  }

 private:
  std::shared_ptr<arrow::RecordBatch> build() {
    arrow::StringBuilder ids;
    auto songs = std::make_shared<arrow::StringBuilder>();
    arrow::ListBuilder lists(arrow::default_memory_pool(), songs);
    while (songs->length() + lists.length() < kItemsOfBatch) {
      const nb::object queue = nb::steal(PyIter_Next(iterator_.ptr()));
      if (!queue.is_valid()) break;
      add(queue, *songs, lists);
      if (!ids.Append(next_name()).ok()) throw std::bad_alloc();
      ++count_;
    }
    if (PyErr_Occurred() != nullptr) throw nb::python_error();
    if (ids.length() == 0) return nullptr;
    std::shared_ptr<arrow::Array> id_column;
    std::shared_ptr<arrow::Array> song_column;
    const std::int64_t rows = ids.length();
    if (!ids.Finish(&id_column).ok() || !lists.Finish(&song_column).ok()) throw std::bad_alloc();
    return arrow::RecordBatch::Make(schema_, rows, {id_column, song_column});
  }

  std::string next_name() {
    if (!names_.is_valid()) return std::to_string(count_);
    const nb::object name = nb::steal(PyIter_Next(names_.ptr()));
    if (!name.is_valid() && PyErr_Occurred() == nullptr) {
      PyErr_Format(PyExc_ValueError, "expected a name for each history, found %lld", static_cast<long long>(count_));
    }
    if (!name.is_valid()) throw nb::python_error();
    return nb::cast<std::string>(nb::str(name));
  }

  void add(nb::handle queue, arrow::StringBuilder& songs, arrow::ListBuilder& lists) const {
    if (!lists.Append().ok()) throw std::bad_alloc();
    // A text is an iterable of texts too, its letters, and never meant as a queue.
    if (PyUnicode_Check(queue.ptr())) {
      PyErr_Format(PyExc_TypeError, "queues[%lld]: expected a list of ids of songs, found %R",
                   static_cast<long long>(count_), queue.ptr());
      throw nb::python_error();
    }
    if (PyList_Check(queue.ptr())) {
      for (Py_ssize_t i = 0; i < PyList_Size(queue.ptr()); ++i) {
        append_text(songs, PyList_GetItem(queue.ptr(), i), count_);
      }
      return;
    }
    for (const nb::handle song : nb::iter(queue)) append_text(songs, song, count_);
  }

  std::shared_ptr<arrow::Schema> schema_;
  nb::object iterator_;
  nb::object names_;
  std::optional<nb::python_error> raised_;
  std::int64_t count_ = 0;
};

namespace {

class QueueReader final : public arrow::RecordBatchReader {
 public:
  explicit QueueReader(std::shared_ptr<QueueBatches> queues) : queues_(std::move(queues)) {}
  std::shared_ptr<arrow::Schema> schema() const override { return queues_->schema(); }
  arrow::Status ReadNext(std::shared_ptr<arrow::RecordBatch>* batch) override { return queues_->next(batch); }

 private:
  std::shared_ptr<QueueBatches> queues_;
};

}  // namespace

std::shared_ptr<QueueBatches> batches_of_queues(const nb::object& queues, const nb::object& names, const char* key) {
  return std::make_shared<QueueBatches>(queues, names, key);
}

std::shared_ptr<arrow::RecordBatchReader> reader_of(const std::shared_ptr<QueueBatches>& queues) {
  return std::make_shared<QueueReader>(queues);
}

void check(QueueBatches& queues) {
  queues.check();
}

}  // namespace segue::python
