// Rows of JSON: lines or documents (json_elements.h). Keys inside objects have dotted names (track.name); those inside
// arrays of objects make lists, an item an object.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "segue/base/json.h"
#include "segue/data/log/formats/json_elements.h"
#include "segue/data/log/rows.h"

namespace segue::data {

class JsonRows final : public RowReader {
 public:
  JsonRows(std::unique_ptr<ByteStream> text, std::string name);

  // Changes each row before it is read, and so the columns. Before choose().
  void adapt(void (*change)(json::object& row));

  const std::vector<std::string>& columns() const override { return columns_; }
  void choose(const FieldColumns& columns) override { chosen_ = columns; }
  std::optional<RowBatch> next() override;

  const std::vector<std::pair<std::string, std::string>>& surroundings() const { return elements_.surroundings(); }

 private:
  void find_columns();

  std::string name_;
  JsonElements elements_;
  std::deque<JsonElements::Element> first_;  // read to find the columns
  void (*change_)(json::object& row) = nullptr;
  std::vector<std::string> columns_;
  FieldColumns chosen_;
};

}  // namespace segue::data
