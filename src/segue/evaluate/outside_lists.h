// Lists that another program made for the positions of an exported split (split_export.h), measured as one more
// baseline.
//
// A file of JSON lines. The first names the split, every other one is a list, best first, for one position; positions
// without a line have empty lists:
//   {"split": "5e88..."}
//   {"position": 0, "songs": [12, 7, 301]}
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "segue/evaluate/method.h"
#include "segue/evaluate/split.h"

namespace segue::evaluate {

// `named`: "NAME=FILE" of each. Throws wrong_use if one has another form, its name has other characters than a-z, 0-9
// and -, or its name is `taken` or another's.
struct NamedLists {
  std::string name;
  std::string file;
};
std::vector<NamedLists> parse_named_lists(std::span<const std::string> named, std::span<const std::string_view> taken);

// Reads the file whole. Masked songs are dropped from its lists. Throws not_found, io_failed, and bad_input with the
// line if the file is for another split or anything in it is not as above.
std::unique_ptr<Method> read_outside_lists(const NamedLists& lists, const Split& split, std::uint32_t heard,
                                           std::size_t positions);

}  // namespace segue::evaluate
