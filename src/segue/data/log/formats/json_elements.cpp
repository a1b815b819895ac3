#include "segue/data/log/formats/json_elements.h"

#include <algorithm>
#include <array>

#include "segue/base/error.h"
#include "segue/data/text/text.h"

namespace segue::data {

namespace {

constexpr std::size_t kReadBytes = std::size_t{1} << 20;
constexpr std::size_t kMostElementBytes = std::size_t{64} << 20;
constexpr std::size_t kMostKeptJson = 4096;
constexpr std::size_t kMostSurroundings = 100;
constexpr std::string_view kSpace = " \t\r\n";

bool is_blank(std::string_view line) {
  return line.find_first_not_of(kSpace) == std::string_view::npos;
}

// Whether the object has a value of its own, beside arrays and objects.
bool is_row(const json::object& object) {
  return std::ranges::any_of(object, [](const auto& member) {
    const json::value& value = member.value();
    return !value.is_array() && !value.is_object() && !value.is_null();
  });
}

bool holds_rows(const json::value& value) {
  if (const json::array* array = value.if_array()) {
    return std::ranges::any_of(*array, [](const json::value& item) {
      return item.is_object() ? is_row(item.get_object()) || holds_rows(item) : holds_rows(item);
    });
  }
  const json::object* object = value.if_object();
  return object != nullptr &&
         std::ranges::any_of(*object, [](const auto& member) { return holds_rows(member.value()); });
}

// A whole playlist with its songs, which is a row although it holds an array of objects.
bool is_playlist(const json::object& object) {
  constexpr std::array<std::string_view, 4> kLists = {"tracks", "songs", "items", "track"};
  return is_row(object) && std::ranges::any_of(kLists, [&](std::string_view name) {
           const json::value* list = object.if_contains(name);
           return list != nullptr && list->is_array();
         });
}

// Whether an object that is the whole text is a row, not a document around rows.
bool is_only_row(const json::value& value) {
  return value.is_object() && (is_playlist(value.get_object()) || !holds_rows(value));
}

// Whether the text has one object a line. The first value tells: what follows it makes lines, what it holds rows in is
// a document, what is no JSON a bad first line.
bool are_lines(std::string_view sample, bool whole) {
  const std::size_t first = sample.find_first_not_of(kSpace);
  if (first == std::string_view::npos || sample[first] == '[') return false;
  json::stream_parser parser;
  json::error_code error;
  const std::size_t used = parser.write_some(sample.data(), sample.size(), error);
  if (error) return true;
  if (!parser.done()) return false;
  if (!is_blank(sample.substr(used)) || !whole) return true;
  return is_only_row(parser.release());
}

}  // namespace

JsonElements::JsonElements(std::unique_ptr<ByteStream> text, std::string name)
    : text_(std::make_unique<PeekableStream>(std::move(text))), name_(std::move(name)) {
  const std::string_view sample = text_->peek(kReadBytes);
  lines_ = are_lines(sample, sample.size() < kReadBytes);
}

bool JsonElements::more() {
  if (ended_) return false;
  const std::size_t before = buffer_.size();
  buffer_.resize(before + kReadBytes);
  buffer_.resize(before + read_full(*text_, buffer_.data() + before, kReadBytes));
  ended_ = buffer_.size() < before + kReadBytes;
  return buffer_.size() > before;
}

std::optional<JsonElements::Element> JsonElements::next(const json::storage_ptr& memory) {
  if (begin_ > kReadBytes) {
    buffer_.erase(0, begin_);
    begin_ = 0;
  }
  return lines_ ? next_line(memory) : next_of_document(memory);
}

JsonElements::Element JsonElements::parsed(std::string_view text, std::uint64_t line,
                                           const json::storage_ptr& memory) const {
  Element element;
  element.line = line;
  element.bytes = text.size();
  const auto fault = [&](Reason reason) {
    element.fault = reason;
    element.text = text.substr(0, kMostKeptJson);
  };
  const TextFault found = fault_of(text);
  if (found == TextFault::nul_byte) {
    fault(Reason::nul_byte);
  } else if (found == TextFault::invalid_utf8) {
    fault(Reason::invalid_utf8);
  } else {
    json::error_code error;
    element.value = json::parse(text, error, memory);
    if (error || !element.value.is_object()) fault(Reason::malformed_json);
  }
  return element;
}

std::optional<JsonElements::Element> JsonElements::next_line(const json::storage_ptr& memory) {
  for (;;) {
    std::size_t searched = begin_;
    std::size_t end = 0;
    while ((end = buffer_.find('\n', searched)) == std::string::npos) {
      searched = buffer_.size();
      if (searched - begin_ > kMostElementBytes) {
        fail(ErrorCode::bad_input, "{}:{}: expected a line of at most {} bytes", name_, line_, kMostElementBytes);
      }
      if (!more()) break;
    }
    if (end == std::string::npos) end = buffer_.size();
    if (begin_ >= buffer_.size()) return std::nullopt;
    std::string_view line = std::string_view(buffer_).substr(begin_, end - begin_);
    if (line.ends_with('\r')) line.remove_suffix(1);
    begin_ = std::min(end + 1, buffer_.size());
    const std::uint64_t number = line_++;
    if (!is_blank(line)) return parsed(line, number, memory);
  }
}

void JsonElements::truncated() const {
  fail(ErrorCode::bad_input, "{}: the file ends inside a JSON document, at line {}", name_, line_);
}

bool JsonElements::skip_space() {
  for (;;) {
    while (begin_ < buffer_.size()) {
      const char letter = buffer_[begin_];
      if (letter == '\n') ++line_;
      if (kSpace.find(letter) == std::string_view::npos) return true;
      ++begin_;
    }
    if (!more()) return false;
  }
}

std::string_view JsonElements::string() {
  std::size_t at = begin_ + 1;
  for (;; ++at) {
    if (at >= buffer_.size() && !more()) truncated();
    if (buffer_[at] == '"') break;
    if (buffer_[at] == '\\') ++at;
    if (at - begin_ > kMostElementBytes) {
      fail(ErrorCode::bad_input, "{}:{}: expected a text of at most {} bytes", name_, line_, kMostElementBytes);
    }
  }
  const std::string_view text = std::string_view(buffer_).substr(begin_ + 1, at - begin_ - 1);
  begin_ = at + 1;
  return text;
}

std::string_view JsonElements::object() {
  std::size_t depth = 0;
  bool quoted = false;
  std::size_t at = begin_;
  for (;; ++at) {
    if (at >= buffer_.size() && !more()) truncated();
    if (at - begin_ > kMostElementBytes) {
      fail(ErrorCode::bad_input, "{}:{}: expected an object of at most {} bytes", name_, line_, kMostElementBytes);
    }
    const char letter = buffer_[at];
    if (letter == '\n') ++line_;
    if (quoted) {
      if (letter == '\\') {
        ++at;
      } else if (letter == '"') {
        quoted = false;
      }
    } else if (letter == '"') {
      quoted = true;
    } else if (letter == '{') {
      ++depth;
    } else if (letter == '}' && --depth == 0) {
      break;
    }
  }
  const std::string_view text = std::string_view(buffer_).substr(begin_, at + 1 - begin_);
  begin_ = at + 1;
  return text;
}

// A number or a word such as null.
void JsonElements::scalar() {
  while (begin_ < buffer_.size() || more()) {
    if (std::string_view(",]}\n \t\r").find(buffer_[begin_]) != std::string_view::npos) return;
    ++begin_;
  }
}

// The rows in arrays inside an object that is no row itself.
void JsonElements::take_pages(const json::value& value, std::uint64_t line, const json::storage_ptr& memory) {
  if (const json::array* array = value.if_array()) {
    for (const json::value& item : *array) {
      if (item.is_object() && is_row(item.get_object())) {
        pages_.push_back({json::value(item, memory), line, 0, std::nullopt, ""});
      } else {
        take_pages(item, line, memory);
      }
    }
  } else if (const json::object* object = value.if_object()) {
    for (const auto& member : *object) take_pages(member.value(), line, memory);
  }
}

std::optional<JsonElements::Element> JsonElements::next_of_document(const json::storage_ptr& memory) {
  for (;;) {
    if (!pages_.empty()) {
      Element element = std::move(pages_.front());
      pages_.pop_front();
      return element;
    }
    if (!skip_space()) {
      if (!open_.empty()) truncated();
      return std::nullopt;
    }
    const char letter = buffer_[begin_];
    const bool in_array = !open_.empty() && open_.back() == '[';
    if (letter == '{' && (in_array || (key_ == "playlist" && !open_.empty()))) {
      if (any_ && in_array && !in_rows_) {
        object();  // of another array than the one with the rows
        continue;
      }
      const std::uint64_t line = line_;
      Element element = parsed(object(), line, memory);
      if (in_array && !in_rows_) rows_key_ = key_;
      in_rows_ = in_rows_ || in_array;
      any_ = true;
      if (element.fault || !in_array || is_row(element.value.get_object())) return element;
      take_pages(element.value, line, memory);
    } else if (letter == '{' || letter == '[') {
      open_.push_back(letter);
      ++begin_;
      if (letter == '[') in_rows_ = any_ && key_ == rows_key_;
    } else if (letter == '}' || letter == ']') {
      if (open_.empty()) fail(ErrorCode::bad_input, "{}:{}: expected JSON, found \"{}\"", name_, line_, letter);
      if (letter == ']') in_rows_ = false;
      open_.pop_back();
      ++begin_;
    } else if (letter == '"') {
      const std::string text(string());
      if (!skip_space()) continue;
      if (buffer_[begin_] == ':') {
        key_ = text;
      } else if (!any_ && !in_array && surroundings_.size() < kMostSurroundings) {
        json::error_code error;
        const json::value value = json::parse("\"" + text + "\"", error);
        if (!error) surroundings_.emplace_back(key_, std::string(value.get_string()));
      }
    } else if (letter == ',' || letter == ':') {
      ++begin_;
    } else {
      const std::size_t before = begin_;
      scalar();
      const std::string_view word = std::string_view(buffer_).substr(before, begin_ - before);
      if (word.empty() || (std::string_view("-0123456789tfn").find(word.front()) == std::string_view::npos)) {
        fail(ErrorCode::bad_input, "{}:{}: expected JSON, found \"{}\"", name_, line_,
             printable(word.empty() ? std::string_view(buffer_).substr(begin_, 1) : word, 40));
      }
    }
  }
}

}  // namespace segue::data
