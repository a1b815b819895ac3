// A catalogue's table of availability: a row for each song that it names (docs/catalogue.md).
//
// Any format that logs have (log/formats/formats.h), compressed or not, at a path or a URI. Columns by name:
//   id                        the song's id in the model; needed, and one of the others
//   blocked                   true or false
//   markets, blocked_markets  country codes: a list, or a text with ; | , or space between them; empty: no limit
//   explicit                  true or false
//   from, until               dates or times in UTC; empty: open
// A table is taken whole or not at all.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "segue/data/availability/availability.h"
#include "segue/data/text/text_arena.h"

namespace segue::data {

// Immutable once read; thread safe.
class AvailabilityTable {
 public:
  AvailabilityTable() = default;  // no rows

  std::size_t rows() const { return songs_.size(); }
  // What the table says of a song; an available one if it has no row of it.
  Availability of(std::string_view id) const;
  bool has(std::string_view id) const { return songs_.contains(id); }
  // The columns that were read, by the names above: "id", "blocked".
  const std::vector<std::string>& columns() const { return columns_; }

  // Calls body(id, availability) for each row, in no order.
  template <class Body>
  void for_each(const Body& body) const {
    for (const auto& [id, row] : songs_) body(id, expanded(row));
  }

 private:
  friend class AvailabilityReader;

  // Many songs have the same lists of markets, so a row has their numbers.
  struct Row {
    TimeWindow window{};
    std::uint32_t markets = 0;
    std::uint32_t blocked_markets = 0;
    bool blocked = false;
    bool explicit_content = false;
  };
  Availability expanded(const Row& row) const;

  TextArena ids_;
  boost::unordered_flat_map<std::string_view, Row> songs_;
  std::vector<std::vector<Market>> lists_ = {{}};  // distinct; the first is empty
  std::vector<std::string> columns_;
};

// Changes whenever the file at this path or URI is replaced or written to. Throws as data::Inputs.
std::string version_of_table(const std::string& place);

// Throws bad_input for a table that cannot be read as a whole, naming the row, the column, the value and what was
// expected; for one without rows, and one that changes while it is read; and as data::Inputs.
std::shared_ptr<const AvailabilityTable> read_availability(const std::string& place);

}  // namespace segue::data
