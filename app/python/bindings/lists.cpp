#include "app/python/bindings/bindings.h"
namespace segue::python {
void bind_lists(nb::module_&) {}
}  // namespace segue::python
