// Ids in tables of any format.
#pragma once

#include <string>

#include <fmt/format.h>

#include "segue/data/log/cell.h"

namespace segue::pipeline {

// A text, or a number as a text; "" for anything else.
inline std::string id_of(const data::Cell& cell) {
  switch (cell.type()) {
    case data::Cell::Type::text:
      return std::string(cell.text());
    case data::Cell::Type::whole:
      return fmt::format("{}", cell.whole());
    case data::Cell::Type::real:
      return fmt::format("{}", cell.real());
    case data::Cell::Type::nothing:
    case data::Cell::Type::time:
      return "";
  }
  return "";
}

}  // namespace segue::pipeline
