// The row objects of a JSON text, one after the other, whatever is around them.
//
//   lines      {"time": ..}              one object a line; each is parsed alone, so a bad line is one reject
//              {"time": ..}
//   document   [{..}, {..}]              an array of objects
//              {"a": 1, "plays": [..]}   ... inside objects
//              [{"track": [..]}, ..]     ... in pages: objects without values of their own are no rows
//
// The text is read once and never held as a whole.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "segue/base/json.h"
#include "segue/data/log/input/byte_stream.h"
#include "segue/data/log/rejects.h"

namespace segue::data {

class JsonElements {
 public:
  struct Element {
    json::value value;  // an object, if there is no fault
    std::uint64_t line = 0;
    std::size_t bytes = 0;  // of its text
    std::optional<Reason> fault;
    std::string text;  // of a faulty element
  };

  // Throws bad_input for a text that is neither.
  JsonElements(std::unique_ptr<ByteStream> text, std::string name);

  // The next row, in memory of `memory`. Throws bad_input for a text that ends too early.
  std::optional<Element> next(const json::storage_ptr& memory);

  // The texts found around the rows of a document so far: {"username", "rj"}.
  const std::vector<std::pair<std::string, std::string>>& surroundings() const { return surroundings_; }

 private:
  std::optional<Element> next_line(const json::storage_ptr& memory);
  std::optional<Element> next_of_document(const json::storage_ptr& memory);
  Element parsed(std::string_view text, std::uint64_t line, const json::storage_ptr& memory) const;
  void take_pages(const json::value& value, std::uint64_t line, const json::storage_ptr& memory);

  bool more();                // reads on; false at the end of the text
  bool skip_space();          // false at the end
  std::string_view string();  // the string that starts here, without quotes
  std::string_view object();  // the object that starts here
  void scalar();
  [[noreturn]] void truncated() const;

  std::unique_ptr<PeekableStream> text_;
  std::string name_;
  bool lines_ = false;
  std::string buffer_;
  std::size_t begin_ = 0;  // what is before has been used
  bool ended_ = false;
  std::uint64_t line_ = 1;
  std::vector<char> open_;  // brackets around the position
  std::string key_;         // the last one outside of rows
  std::string rows_key_;    // of the array that holds the rows
  bool in_rows_ = false;
  bool any_ = false;
  std::deque<Element> pages_;  // rows found in an object that is no row
  std::vector<std::pair<std::string, std::string>> surroundings_;
};

}  // namespace segue::data
