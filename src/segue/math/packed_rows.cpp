#include "segue/math/packed_rows.h"

namespace segue::math {

PackedRows::PackedRows(std::size_t rows, std::size_t columns)
    : data_((rows + kPanelRows - 1) / kPanelRows, columns * kPanelRows), rows_(rows), columns_(columns) {}

void PackedRows::set_row(std::size_t row, const float* numbers) {
  float* const panel = data_.view().row(row / kPanelRows) + row % kPanelRows;
  for (std::size_t column = 0; column < columns_; ++column) panel[column * kPanelRows] = numbers[column];
}

}  // namespace segue::math
