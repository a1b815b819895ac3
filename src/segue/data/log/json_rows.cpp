// JSON Lines: one object a line, each parsed separately, so that one bad line is one reject.
//
// Members of nested objects have dotted names: track_metadata.artist_name.

#include <algorithm>
#include <deque>

#include <arrow/buffer.h>
#include <arrow/io/interfaces.h>
#include <fmt/format.h>

#include "segue/base/json.h"
#include "segue/data/arrow/arrow_status.h"
#include "segue/data/dataset/interner.h"
#include "segue/data/log/input.h"
#include "segue/data/log/input_stream.h"
#include "segue/data/text/text.h"

namespace segue::data {

namespace {

constexpr std::int64_t kReadBytes = 1 << 20;
constexpr std::size_t kMostLineBytes = std::size_t{64} << 20;
constexpr std::size_t kBatchLines = 1 << 14;
constexpr std::size_t kBatchBytes = std::size_t{32} << 20;
constexpr std::size_t kPeekedLines = 1000;
constexpr std::size_t kMostKeptBytes = 4096;

// A stream, line by line.
class Lines {
 public:
  Lines(const InputFile& file, OpenInput input) : subject_(file.path.string()), input_(std::move(input)) {}

  // The next line without its line break; valid until the next call. Nothing at the end of the stream.
  std::optional<std::string_view> next() {
    std::size_t searched = begin_;
    for (;;) {
      const std::size_t at = std::string_view(buffer_.data(), buffer_.size()).find('\n', searched);
      if (at != std::string_view::npos) return take(at, at + 1);
      if (ended_) {
        if (begin_ == buffer_.size()) return std::nullopt;
        return take(buffer_.size(), buffer_.size());
      }
      if (buffer_.size() - begin_ > kMostLineBytes) {
        fail(ErrorCode::bad_input, "{}:{}: expected a line of at most {} bytes", subject_, line_ + 1, kMostLineBytes);
      }
      searched = buffer_.size() - begin_;
      read_more();
    }
  }

  std::uint64_t line() const { return line_; }  // number of the line from next()
  std::uint64_t bytes_read() const { return input_.bytes->load(); }

 private:
  std::string_view take(std::size_t end, std::size_t next) {
    std::string_view line(buffer_.data() + begin_, end - begin_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    begin_ = next;
    ++line_;
    return line;
  }

  void read_more() {
    buffer_.erase(0, begin_);
    begin_ = 0;
    const std::size_t before = buffer_.size();
    buffer_.resize(before + static_cast<std::size_t>(kReadBytes));
    const auto read =
        arrow_value(ErrorCode::bad_input, subject_, input_.stream->Read(kReadBytes, buffer_.data() + before));
    buffer_.resize(before + static_cast<std::size_t>(read));
    ended_ = read == 0;
  }

  std::string subject_;
  OpenInput input_;
  std::string buffer_;
  std::size_t begin_ = 0;
  std::uint64_t line_ = 0;
  bool ended_ = false;
};

std::string_view without_mark(std::string_view line, std::uint64_t number) {
  if (number == 1 && line.starts_with("\xef\xbb\xbf")) line.remove_prefix(3);
  return line;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

// Owns the texts of a batch.
struct JsonBatch {
  json::monotonic_resource memory{1 << 16};
  std::deque<json::value> documents;
  TextArena numbers;
};

void add_keys(const json::object& object, const std::string& prefix, std::vector<std::string>& keys) {
  constexpr std::size_t kMostKeys = 1000;
  for (const auto& member : object) {
    const std::string name = prefix + std::string(member.key());
    if (const json::object* inside = member.value().if_object()) {
      add_keys(*inside, name + ".", keys);
    } else if (keys.size() < kMostKeys && std::ranges::find(keys, name) == keys.end()) {
      keys.push_back(name);
    }
  }
}

// The member with this name, which may be inside nested objects.
const json::value* find_member(const json::object& object, std::string_view name) {
  if (const json::value* value = object.if_contains(name)) return value;
  for (std::size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1)) {
    const json::value* value = object.if_contains(name.substr(0, dot));
    if (value == nullptr || !value->is_object()) continue;
    if (const json::value* found = find_member(value->get_object(), name.substr(dot + 1))) return found;
  }
  return nullptr;
}

std::string_view text_of(const json::value* value, TextArena& numbers) {
  if (value == nullptr) return {};
  if (const json::string* text = value->if_string()) return {text->data(), text->size()};
  if (const std::int64_t* number = value->if_int64()) return numbers.keep(fmt::format_int(*number).c_str());
  if (const std::uint64_t* number = value->if_uint64()) return numbers.keep(fmt::format_int(*number).c_str());
  if (const double* number = value->if_double()) return numbers.keep(fmt::format("{:.6f}", *number));
  return {};
}

class JsonRows final : public RowReader {
 public:
  explicit JsonRows(const InputFile& file) : lines_(file, open_input(file)) {
    Lines peeked(file, open_input(file));
    while (peeked.line() < kPeekedLines) {
      const auto line = peeked.next();
      if (!line) break;
      json::error_code error;
      const json::value document = json::parse(without_mark(*line, peeked.line()), error);
      if (!error && document.is_object()) add_keys(document.get_object(), "", columns_);
    }
    if (columns_.empty()) {
      fail(ErrorCode::bad_input, "{}: expected JSON Lines, one object a line; found none in the first lines",
           file.path.string());
    }
  }

  const std::vector<std::string>& columns() const override { return columns_; }
  void choose(const FieldColumns& columns) override { chosen_ = columns; }
  std::uint64_t bytes_read() const override { return lines_.bytes_read(); }

  std::optional<RowBatch> next() override {
    auto owner = std::make_shared<JsonBatch>();
    RowBatch batch;
    std::size_t bytes = 0;
    while (batch.rows < kBatchLines && batch.rejects.size() < kBatchLines && bytes < kBatchBytes) {
      const auto line = lines_.next();
      if (!line) break;
      bytes += line->size();
      if (!is_blank(*line)) add_line(without_mark(*line, lines_.line()), *owner, batch);
    }
    if (batch.rows == 0 && batch.rejects.empty()) return std::nullopt;
    make_columns(*owner, batch);
    batch.owner = std::move(owner);
    return batch;
  }

 private:
  void add_line(std::string_view line, JsonBatch& owner, RowBatch& batch) const {
    const auto reject = [&](Reason reason) {
      batch.rejects.push_back({reason, lines_.line(), std::string(line.substr(0, kMostKeptBytes))});
    };
    const TextFault fault = fault_of(line);
    if (fault == TextFault::nul_byte) return reject(Reason::nul_byte);
    if (fault == TextFault::invalid_utf8) return reject(Reason::invalid_utf8);
    json::error_code error;
    json::value document = json::parse(line, error, &owner.memory);
    if (error || !document.is_object()) return reject(Reason::malformed_json);
    owner.documents.push_back(std::move(document));
    batch.lines.push_back(lines_.line());
    ++batch.rows;
  }

  void make_columns(JsonBatch& owner, RowBatch& batch) const {
    for (std::size_t field = 0; field < kFieldCount; ++field) {
      if (!chosen_[field]) continue;
      const std::string& name = columns_[*chosen_[field]];
      RowColumn& column = batch.columns[field];
      column.present = true;
      const bool is_list = std::ranges::any_of(owner.documents, [&](const json::value& document) {
        const json::value* value = find_member(document.get_object(), name);
        return value != nullptr && value->is_array();
      });
      if (is_list) column.list_begin.push_back(0);
      for (const json::value& document : owner.documents) {
        const json::value* value = find_member(document.get_object(), name);
        if (value != nullptr && value->is_array()) {
          for (const json::value& item : value->get_array()) column.texts.push_back(item_text(item, owner.numbers));
        } else if (!is_list || value != nullptr) {
          column.texts.push_back(text_of(value, owner.numbers));
        }
        if (is_list) column.list_begin.push_back(static_cast<std::uint32_t>(column.texts.size()));
      }
    }
  }

  // An item of a list may be an object with an id or a name (Last.fm, ListenBrainz).
  static std::string_view item_text(const json::value& item, TextArena& numbers) {
    const json::object* object = item.if_object();
    if (object == nullptr) return text_of(&item, numbers);
    for (const std::string_view key : {"id", "uri", "track_uri", "track_id", "name"}) {
      if (const json::value* value = object->if_contains(key)) return text_of(value, numbers);
    }
    return {};
  }

  Lines lines_;
  std::vector<std::string> columns_;
  FieldColumns chosen_;
};

}  // namespace

std::unique_ptr<RowReader> open_json_rows(const InputFile& file) {
  return std::make_unique<JsonRows>(file);
}

}  // namespace segue::data
