#include "segue/data/log/read_ahead.h"

namespace segue::data {

namespace {

class RowsAhead final : public RowReader {
 public:
  explicit RowsAhead(std::unique_ptr<RowReader> rows) : rows_(std::move(rows)) {}

  const std::vector<std::string>& columns() const override { return rows_->columns(); }
  void choose(const FieldColumns& columns) override { rows_->choose(columns); }
  std::optional<RowBatch> next() override {
    if (!ahead_) ahead_.emplace([this] { return rows_->next(); });
    return ahead_->next();
  }

 private:
  std::unique_ptr<RowReader> rows_;
  std::optional<ReadAhead<RowBatch>> ahead_;
};

}  // namespace

std::unique_ptr<RowReader> rows_read_ahead(std::unique_ptr<RowReader> rows) {
  return std::make_unique<RowsAhead>(std::move(rows));
}

}  // namespace segue::data
