// Lists that another program made for the positions of an exported split (split_export.h), measured as one more
// baseline.
//
// JSON lines, or a table. The first line names the split, every other one is a list, best first, for one position;
// positions without a line have empty lists:
//   {"split": "5e88..."}
//   {"position": 0, "songs": [12, 7, 301]}
//
// A table (Parquet, Arrow, CSV, ...; data/log/formats/formats.h) has a row for each song of a list:
//   position, song   whole numbers, as in the exported split
//   rank             optional; orders a list, the smallest first
//   score            optional; without ranks, orders a list, the largest first, ties by song. Without either, the order
//                    of the rows counts
//   split            names the split; the same in every row
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
// line or row if the file is for another split or anything in it is not as above.
std::unique_ptr<Method> read_outside_lists(const NamedLists& lists, const Split& split, std::uint32_t heard,
                                           std::size_t positions);

}  // namespace segue::evaluate
