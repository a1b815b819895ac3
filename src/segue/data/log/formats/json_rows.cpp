#include "segue/data/log/formats/json_rows.h"

#include <algorithm>

#include "segue/base/error.h"
#include "segue/data/text/text_arena.h"

namespace segue::data {

namespace {

constexpr std::size_t kJsonBatchRows = 1 << 14;
constexpr std::size_t kJsonBatchBytes = std::size_t{32} << 20;
constexpr std::size_t kFirstRows = 1000;
constexpr std::size_t kFirstBytes = std::size_t{4} << 20;
constexpr std::size_t kMostJsonColumns = 1000;
constexpr int kMostDepth = 8;

// Owns the texts of a batch.
struct JsonBatch {
  json::monotonic_resource memory{1 << 16};
  std::deque<json::value> rows;
  TextArena texts;
};

void add_column(std::vector<std::string>& columns, std::string name) {
  if (columns.size() < kMostJsonColumns && std::ranges::find(columns, name) == columns.end()) {
    columns.push_back(std::move(name));
  }
}

void add_columns(const json::value& value, const std::string& name, int depth, std::vector<std::string>& columns) {
  if (depth > kMostDepth) return;
  if (const json::object* object = value.if_object()) {
    for (const auto& member : *object) {
      add_columns(member.value(), name.empty() ? std::string(member.key()) : name + "." + std::string(member.key()),
                  depth + 1, columns);
    }
    return;
  }
  const json::array* array = value.if_array();
  const bool of_objects = array != nullptr && !array->empty() && array->front().is_object();
  if (!of_objects) return add_column(columns, name);
  add_column(columns, name);
  for (std::size_t i = 0; i < std::min<std::size_t>(array->size(), 3); ++i) {
    add_columns((*array)[i], name, depth + 1, columns);
  }
}

Cell cell_of(const json::value& value, TextArena& texts);

std::string_view joined(const json::array& items, TextArena& texts) {
  std::string all;
  for (const json::value& item : items) {
    const json::string* text = item.if_string();
    if (text == nullptr || text->empty()) continue;
    if (!all.empty()) all += ", ";
    all += std::string_view(*text);
  }
  return texts.keep(all);
}

// An item of a list may be an object with an id or a name.
Cell cell_of_object(const json::object& object, TextArena& texts) {
  for (const std::string_view key : {"id", "uri", "track_uri", "track_id", "name", "#text"}) {
    if (const json::value* value = object.if_contains(key)) return cell_of(*value, texts);
  }
  return {};
}

Cell cell_of(const json::value& value, TextArena& texts) {
  switch (value.kind()) {
    case json::kind::string:
      return Cell::of_text(std::string_view(value.get_string()));
    case json::kind::int64:
      return Cell::of_whole(value.get_int64());
    case json::kind::uint64:
      return Cell::of_real(static_cast<double>(value.get_uint64()));
    case json::kind::double_:
      return Cell::of_real(value.get_double());
    case json::kind::bool_:
      return Cell::of_whole(value.get_bool() ? 1 : 0);
    case json::kind::array:
      return Cell::of_text(joined(value.get_array(), texts));
    case json::kind::object:
      return cell_of_object(value.get_object(), texts);
    case json::kind::null:
      break;
  }
  return {};
}

// The values of the column `name` below `value`: appends to `cells` and returns whether they are a list.
bool collect(const json::value& value, std::string_view name, bool in_list, TextArena& texts,
             std::vector<Cell>& cells) {
  if (const json::array* array = value.if_array()) {
    if (in_list && name.empty()) {
      cells.push_back(cell_of(value, texts));
      return true;
    }
    for (const json::value& item : *array) {
      const std::size_t before = cells.size();
      collect(item, name, true, texts, cells);
      if (cells.size() == before) cells.emplace_back();  // lists of one row have an item each
    }
    return true;
  }
  if (name.empty()) {
    cells.push_back(cell_of(value, texts));
    return false;
  }
  const json::object* object = value.if_object();
  if (object == nullptr) return false;
  if (const json::value* member = object->if_contains(name)) return collect(*member, {}, in_list, texts, cells);
  for (std::size_t dot = name.find('.'); dot != std::string_view::npos; dot = name.find('.', dot + 1)) {
    const json::value* member = object->if_contains(name.substr(0, dot));
    if (member == nullptr) continue;
    const std::size_t before = cells.size();
    const bool list = collect(*member, name.substr(dot + 1), in_list, texts, cells);
    if (cells.size() > before || list) return list;
  }
  return false;
}

RowColumn column_of(const std::deque<json::value>& rows, const std::string& name, TextArena& texts) {
  RowColumn column;
  column.present = true;
  std::vector<std::uint32_t> ends;
  bool list = false;
  for (const json::value& row : rows) {
    const std::size_t before = column.cells.size();
    const bool is_list = collect(row, name, false, texts, column.cells);
    if (is_list && !list) {
      list = true;
      // So far each row had one value.
      for (std::size_t i = 0; i < before; ++i) ends.push_back(static_cast<std::uint32_t>(i + 1));
    }
    if (!list && column.cells.size() == before) column.cells.emplace_back();
    if (list) ends.push_back(static_cast<std::uint32_t>(column.cells.size()));
  }
  if (list) {
    column.list_begin.push_back(0);
    column.list_begin.insert(column.list_begin.end(), ends.begin(), ends.end());
  }
  return column;
}

}  // namespace

JsonRows::JsonRows(std::unique_ptr<ByteStream> text, std::string name)
    : name_(std::move(name)), elements_(std::move(text), name_) {
  std::size_t bytes = 0;
  while (first_.size() < kFirstRows && bytes < kFirstBytes) {
    auto element = elements_.next({});
    if (!element) break;
    bytes += element->bytes;
    first_.push_back(std::move(*element));
  }
  find_columns();
  if (columns_.empty()) {
    fail(ErrorCode::bad_input,
         "{}: expected JSON Lines, one object a line, or a document with an array of objects; found neither", name_);
  }
}

void JsonRows::adapt(void (*change)(json::object& row)) {
  change_ = change;
  for (JsonElements::Element& element : first_) {
    if (!element.fault) change(element.value.get_object());
  }
  find_columns();
}

void JsonRows::find_columns() {
  columns_.clear();
  for (const JsonElements::Element& element : first_) {
    if (!element.fault) add_columns(element.value, "", 0, columns_);
  }
}

std::optional<RowBatch> JsonRows::next() {
  auto owner = std::make_shared<JsonBatch>();
  RowBatch batch;
  std::size_t used = 0;
  while (batch.rows < kJsonBatchRows && batch.rejects.size() < kJsonBatchRows && used < kJsonBatchBytes) {
    std::optional<JsonElements::Element> element;
    if (!first_.empty()) {
      element = std::move(first_.front());
      first_.pop_front();
    } else {
      element = elements_.next(&owner->memory);
      if (element && !element->fault && change_ != nullptr) change_(element->value.get_object());
    }
    if (!element) break;
    if (element->fault) {
      batch.rejects.push_back({*element->fault, element->line, std::move(element->text)});
      continue;
    }
    used += element->bytes;
    owner->rows.push_back(std::move(element->value));
    batch.lines.push_back(element->line);
    ++batch.rows;
  }
  if (batch.rows == 0 && batch.rejects.empty()) return std::nullopt;
  for (std::size_t field = 0; field < kFieldCount; ++field) {
    if (chosen_[field]) batch.columns[field] = column_of(owner->rows, columns_[*chosen_[field]], owner->texts);
  }
  batch.owner = std::move(owner);
  return batch;
}

}  // namespace segue::data
