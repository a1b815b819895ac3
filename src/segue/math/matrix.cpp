#include "segue/math/matrix.h"

#include <sys/mman.h>

#include "segue/base/error.h"

namespace segue {

template <class T>
MatrixOf<T>::MatrixOf(std::size_t rows, std::size_t columns) : rows_(rows), columns_(columns) {
  const std::size_t bytes = rows * padded(columns) * sizeof(T);
  if (bytes == 0) return;
  // Anonymous pages come zeroed and untouched: each is placed where it is first written.
  void* address = ::mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (address == MAP_FAILED) {
    fail(ErrorCode::no_space, "a matrix of {} x {} numbers: expected {} bytes of memory, found less", rows, columns,
         bytes);
  }
  (void)::madvise(address, bytes, MADV_HUGEPAGE);
  data_ = std::unique_ptr<T[], Free>(static_cast<T*>(address), Free{bytes});
}

template <class T>
void MatrixOf<T>::Free::operator()(T* data) const {
  ::munmap(data, bytes);
}

template class MatrixOf<float>;
template class MatrixOf<Bf16>;

}  // namespace segue
