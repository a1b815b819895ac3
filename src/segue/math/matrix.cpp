#include "segue/math/matrix.h"

#include <new>

#include "segue/base/error.h"

namespace segue::math {

template <class T>
MatrixOf<T>::MatrixOf(std::size_t rows, std::size_t columns) try
    : numbers_(rows * padded(columns)), rows_(rows), columns_(columns) {
} catch (const std::bad_alloc&) {
  fail(ErrorCode::no_space, "a matrix of {} x {} numbers: expected {} bytes of memory, found less", rows, columns,
       rows * padded(columns) * sizeof(T));
}

template class MatrixOf<float>;
template class MatrixOf<Bf16>;

}  // namespace segue::math
