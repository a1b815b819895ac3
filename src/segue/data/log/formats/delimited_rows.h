// Text with a separator: CSV, TSV and their kin.
//
// The separator is the one of tab, comma, semicolon and bar that divides the first lines alike. Values are quoted as in
// RFC 4180, except in tab-separated text, where a quote is a quote. Lines that begin with '#' before the first row are
// comments, of which the last may hold the names of the columns; a line "sep=;" names the separator.
#pragma once

#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "segue/data/log/input/byte_stream.h"
#include "segue/data/log/rows.h"

namespace segue::data {

class DelimitedRows final : public RowReader {
 public:
  // `header` names the columns of a text that does not begin with their names. Throws bad_input.
  DelimitedRows(std::unique_ptr<ByteStream> text, std::string name, const std::vector<std::string>& header);

  // Lines before the first row that begin with '#', without it.
  const std::vector<std::string>& comments() const { return comments_; }
  // Gives names to columns of a text without any: the line taken for them is a row.
  void name_columns(std::vector<std::string> names);

  const std::vector<std::string>& columns() const override { return columns_; }
  void choose(const FieldColumns& columns) override;
  std::optional<RowBatch> next() override;

 private:
  class Records;
  struct Batch;

  void take_preamble();
  void use_comment_as_names();
  bool fill(std::string& bytes);
  void parse(Batch& owner, RowBatch& batch);
  [[noreturn]] void fail_open_quote(std::uint64_t line, bool at_end) const;

  PeekableStream text_;
  std::string name_;
  char separator_ = ',';
  char preamble_separator_ = '\0';
  std::vector<std::string> comments_;
  bool skips_comments_ = false;
  bool has_names_ = true;  // the next record is the names
  std::vector<std::string> columns_;
  FieldColumns chosen_;
  std::vector<std::vector<Field>> fields_of_;  // each column
  std::string rest_;                           // of a block: a record that is not whole
  std::uint64_t line_ = 0;                     // read so far
  bool ended_ = false;
};

}  // namespace segue::data
