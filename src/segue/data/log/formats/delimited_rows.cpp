// Text with separators, in one pass.
//
// Quotes are looked at only at the start of a field; elsewhere they are text. Columns that nobody chose cost their
// share of finding separators and nothing else.

#include "segue/data/log/formats/delimited_rows.h"

#include <algorithm>

#include "segue/base/error.h"
#include "segue/data/log/formats/separators.h"

namespace segue::data {

namespace {

constexpr std::size_t kBlockBytes = std::size_t{1} << 19;
constexpr std::size_t kMostRowBytes = std::size_t{8} << 20;
constexpr std::size_t kMostTextColumns = 10'000;
constexpr std::size_t kTextSampleBytes = 64 << 10;
constexpr std::size_t kSampleLines = 50;
constexpr std::size_t kMostKeptText = 4096;

// Lines of a sample, without their breaks.
class SampleLines {
 public:
  explicit SampleLines(std::string_view sample) : sample_(sample) {}
  std::optional<std::string_view> next() {
    if (position_ >= sample_.size()) return std::nullopt;
    const std::size_t end = std::min(sample_.find('\n', position_), sample_.size());
    std::string_view line = sample_.substr(position_, end - position_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    position_ = std::min(end + 1, sample_.size());
    return line;
  }
  std::size_t position() const { return position_; }

 private:
  std::string_view sample_;
  std::size_t position_ = 0;
};

std::size_t fields_in(std::string_view line, char separator) {
  std::size_t fields = 1;
  bool quoted = false;
  bool at_start = true;
  for (const char letter : line) {
    if (letter == '"' && separator != '\t' && (at_start || quoted)) quoted = !quoted;
    at_start = letter == separator && !quoted;
    if (at_start) ++fields;
  }
  return fields;
}

// The separator that divides most lines into as many fields as the first, more than one. A tab is rarely text.
char separator_of(const std::vector<std::string_view>& lines, std::size_t columns) {
  char best = ',';
  double best_score = 0;
  for (const char separator : {'\t', ',', ';', '|'}) {
    const std::size_t fields = columns > 0 ? columns : fields_in(lines.front(), separator);
    if (fields < 2) continue;
    const auto alike =
        std::ranges::count_if(lines, [&](std::string_view line) { return fields_in(line, separator) == fields; });
    if (alike == 0) continue;
    const double share = static_cast<double>(alike) / static_cast<double>(lines.size());
    const double score =
        share + (separator == '\t' ? 0.5 : 0.0) + 1e-4 * static_cast<double>(std::min<std::size_t>(fields, 100));
    if (score > best_score) {
      best = separator;
      best_score = score;
    }
  }
  return best;
}

void take(ByteStream& stream, std::size_t bytes) {
  std::string ignored(bytes, '\0');
  read_full(stream, ignored.data(), bytes);
}

// Two quotes are one.
std::string with_single_quotes(std::string_view value) {
  std::string text;
  for (std::size_t i = 0; i < value.size(); ++i) {
    text += value[i];
    if (value[i] == '"' && i + 1 < value.size() && value[i + 1] == '"') ++i;
  }
  return text;
}

}  // namespace

// Reads records from text in memory, field by field.
class DelimitedRows::Records {
 public:
  Records(std::string_view text, char separator, bool last, std::deque<std::string>& unquoted)
      : text_(text),
        scanner_(text.data(), text.size(), separator),
        quoting_(separator != '\t'),
        last_(last),
        unquoted_(unquoted) {}

  std::size_t position() const { return position_; }
  std::string_view record() const { return text_.substr(begin_, end_ - begin_); }  // the last one
  std::uint64_t lines() const { return lines_; }                                   // that it takes
  // The line, from 0 in the text of the record, at which a quote opens that never closes; of a record cut short.
  std::optional<std::uint64_t> open_quote() const { return open_quote_; }

  // Calls add(column, value) for each field of the next record and returns their number; 0 if no whole record is left.
  template <class Add>
  std::size_t next(Add add) {
    begin_ = position_;
    lines_ = 1;
    open_quote_.reset();
    if (position_ >= text_.size()) return 0;
    std::size_t at = position_;
    for (std::size_t column = 0;; ++column) {
      std::string_view value;
      std::size_t end = 0;
      if (quoting_ && at < text_.size() && text_[at] == '"') {
        if (!quoted(at, value, end)) return 0;
      } else {
        end = scanner_.next(at);
        value = text_.substr(at, end - at);
      }
      if (end == text_.size() && !last_) return 0;
      const bool ends_record = end == text_.size() || text_[end] == '\n';
      if (ends_record && value.ends_with('\r')) value.remove_suffix(1);
      add(column, value);
      if (ends_record) {
        end_ = end;
        position_ = std::min(end + 1, text_.size());
        return column + 1;
      }
      at = end + 1;
    }
  }

 private:
  // A field whose quote opens at `at`; false if it does not close.
  bool quoted(std::size_t at, std::string_view& value, std::size_t& end) {
    bool doubled = false;
    std::size_t quote = at;
    for (;;) {
      quote = text_.find('"', quote + 1);
      if (quote == std::string_view::npos) {
        open_quote_ = lines_ - 1;
        return false;
      }
      if (quote + 1 == text_.size() && !last_) return false;
      if (quote + 1 == text_.size() || text_[quote + 1] != '"') break;
      doubled = true;
      ++quote;
    }
    value = text_.substr(at + 1, quote - at - 1);
    lines_ += static_cast<std::uint64_t>(std::ranges::count(value, '\n'));
    end = scanner_.next(quote + 1);
    std::string_view rest = text_.substr(quote + 1, end - quote - 1);
    if (rest.ends_with('\r')) rest.remove_suffix(1);
    if (doubled || !rest.empty()) {
      value = unquoted_.emplace_back(with_single_quotes(value) + std::string(rest));
    }
    return true;
  }

  std::string_view text_;
  SeparatorScanner scanner_;
  bool quoting_;
  bool last_;
  std::deque<std::string>& unquoted_;
  std::size_t position_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
  std::uint64_t lines_ = 1;
  std::optional<std::uint64_t> open_quote_;
};

DelimitedRows::DelimitedRows(std::unique_ptr<ByteStream> text, std::string name, const std::vector<std::string>& header)
    : text_(std::move(text)), name_(std::move(name)) {
  take_preamble();
  // The names may need more than the sample.
  std::vector<std::string> first;
  std::size_t sample_bytes = kTextSampleBytes;
  std::deque<std::string> unquoted;
  for (;; sample_bytes *= 4) {
    const std::string_view sample = text_.peek(sample_bytes);
    std::vector<std::string_view> lines;
    SampleLines all(sample);
    for (auto line = all.next(); line && lines.size() < kSampleLines; line = all.next()) {
      if (!line->empty()) lines.push_back(*line);
    }
    if (lines.empty()) fail(ErrorCode::bad_input, "{}: expected rows, found none", name_);
    if (preamble_separator_ == '\0') separator_ = separator_of(lines, header.size());
    const bool whole = sample.size() < sample_bytes;
    Records records(sample, separator_, whole, unquoted);
    const bool found = records.next([&](std::size_t, std::string_view value) { first.emplace_back(value); }) > 0;
    if (found) break;
    first.clear();
    if (!whole && sample_bytes < kMostRowBytes) continue;
    if (records.open_quote()) fail_open_quote(line_ + 1 + *records.open_quote(), whole);
    fail(ErrorCode::bad_input, "{}: expected rows of at most {} MiB, found a longer one", name_, kMostRowBytes >> 20);
  }
  has_names_ = header.empty();
  columns_ = has_names_ ? first : header;
  if (has_names_) use_comment_as_names();
  if (columns_.size() > kMostTextColumns) {
    fail(ErrorCode::bad_input, "{}: expected at most {} columns, found {}", name_, kMostTextColumns, columns_.size());
  }
}

void DelimitedRows::take_preamble() {
  const std::string_view sample = text_.peek(kTextSampleBytes);
  SampleLines lines(sample);
  std::size_t taken = 0;
  while (const auto line = lines.next()) {
    if (line->starts_with('#')) {
      comments_.emplace_back(line->substr(1));
    } else if (line->size() == 5 && line->starts_with("sep=")) {
      separator_ = preamble_separator_ = line->back();
    } else if (line->find_first_not_of(' ') != std::string_view::npos) {
      break;
    }
    ++line_;
    taken = lines.position();
  }
  take(text_, taken);
  skips_comments_ = !comments_.empty() && comments_.front().starts_with("AUDIOSCROBBLER");
  if (skips_comments_) separator_ = preamble_separator_ = '\t';
}

// "#ARTIST\t#ALBUM": the names may stand in the last comment.
void DelimitedRows::use_comment_as_names() {
  if (comments_.empty()) return;
  std::vector<std::string> names(1);
  for (const char letter : comments_.back()) {
    if (letter == separator_) {
      names.emplace_back();
    } else if (letter != '#' && !(letter == ' ' && names.back().empty())) {
      names.back() += letter;
    }
  }
  if (names.size() != columns_.size() || names.size() < 2) return;
  columns_ = std::move(names);
  has_names_ = false;
}

void DelimitedRows::name_columns(std::vector<std::string> names) {
  has_names_ = false;
  columns_ = std::move(names);
}

void DelimitedRows::fail_open_quote(std::uint64_t line, bool at_end) const {
  if (at_end) fail(ErrorCode::bad_input, "{}: the quote opened in line {} is never closed", name_, line);
  fail(ErrorCode::bad_input, "{}: the quote opened in line {} is not closed within {} MiB", name_, line,
       kMostRowBytes >> 20);
}

void DelimitedRows::choose(const FieldColumns& columns) {
  chosen_ = columns;
  fields_of_.assign(columns_.size(), {});
  for (std::size_t field = 0; field < kFieldCount; ++field) {
    if (columns[field]) fields_of_.at(*columns[field]).push_back(static_cast<Field>(field));
  }
}

struct DelimitedRows::Batch {
  std::string bytes;
  std::deque<std::string> unquoted;
};

std::optional<RowBatch> DelimitedRows::next() {
  RowBatch batch;
  while (batch.rows == 0 && batch.rejects.empty()) {
    auto owner = std::make_shared<Batch>();
    if (!fill(owner->bytes)) return std::nullopt;
    parse(*owner, batch);
    batch.owner = std::move(owner);
  }
  return batch;
}

// What is left of the last block and a new one; false at the end.
bool DelimitedRows::fill(std::string& bytes) {
  if (ended_) return false;
  bytes = std::move(rest_);
  rest_.clear();
  const std::size_t before = bytes.size();
  bytes.resize(before + kBlockBytes);
  bytes.resize(before + read_full(text_, bytes.data() + before, kBlockBytes));
  ended_ = bytes.size() < before + kBlockBytes;
  return !bytes.empty();
}

void DelimitedRows::parse(Batch& owner, RowBatch& batch) {
  for (std::size_t field = 0; field < kFieldCount; ++field) batch.columns[field].present = chosen_[field].has_value();
  std::vector<std::string_view> values(columns_.size());
  Records records(owner.bytes, separator_, ended_, owner.unquoted);
  const auto keep = [&](std::size_t column, std::string_view value) {
    if (column < values.size()) values[column] = value;
  };
  for (;;) {
    const std::size_t fields = records.next(keep);
    if (fields == 0) break;
    const std::uint64_t line = line_ + 1;
    line_ += records.lines();
    if (has_names_) {
      has_names_ = false;
    } else if (fields == 1 && values[0].empty() && records.record().size() < 2) {
      batch.rejects.push_back({Reason::empty_row, line});
    } else if (skips_comments_ && records.record().starts_with('#')) {
    } else if (fields != columns_.size()) {
      batch.rejects.push_back(
          {Reason::wrong_number_of_fields, line, std::string(records.record().substr(0, kMostKeptText))});
    } else {
      batch.lines.push_back(line);
      ++batch.rows;
      for (std::size_t column = 0; column < values.size(); ++column) {
        for (const Field field : fields_of_[column]) batch[field].cells.push_back(Cell::of_text(values[column]));
      }
    }
  }
  const std::size_t left = owner.bytes.size() - records.position();
  if (left == 0) return;
  if (ended_ || left > kMostRowBytes) {
    if (records.open_quote()) fail_open_quote(line_ + 1 + *records.open_quote(), ended_);
    fail(ErrorCode::bad_input, "{}: expected rows of at most {} MiB, found a longer one after line {}", name_,
         kMostRowBytes >> 20, line_);
  }
  rest_ = owner.bytes.substr(records.position());
}

}  // namespace segue::data
