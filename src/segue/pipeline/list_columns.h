// Lists as the columns of a table, in memory: the rows that list_output.h describes.
#pragma once

#include <cstdint>
#include <memory>

#include <arrow/type_fwd.h>

#include "segue/data/dataset/catalogue.h"
#include "segue/pipeline/list_output.h"

namespace segue::pipeline {

// The columns of such a table; `names`: with artist and title.
std::shared_ptr<arrow::Schema> list_schema(const ListLayout& layout, bool names);

// Not thread safe. Views the catalogue.
class ListColumns {
 public:
  ListColumns(const ListLayout& layout, bool names, const data::Catalogue& songs);
  ~ListColumns();
  ListColumns(const ListColumns&) = delete;
  ListColumns& operator=(const ListColumns&) = delete;

  void add(const MadeList& list);  // throws no_space
  std::int64_t rows() const;
  const std::shared_ptr<arrow::Schema>& schema() const;
  // The rows added so far, which are gone then.
  std::shared_ptr<arrow::RecordBatch> take();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace segue::pipeline
