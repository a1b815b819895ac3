#include "app/python/bindings/bindings.h"
namespace segue::python {
void bind_evaluate(nb::module_&) {}
}  // namespace segue::python
