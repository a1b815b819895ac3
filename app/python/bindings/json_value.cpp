#include "app/python/bindings/json_value.h"

#include <string_view>

#include "app/python/bindings/errors.h"

namespace segue::python {

namespace nb = nanobind;

nb::object to_python(const json::value& value) {
  switch (value.kind()) {
    case json::kind::null:
      return nb::none();
    case json::kind::bool_:
      return nb::bool_(value.get_bool());
    case json::kind::int64:
      return nb::int_(value.get_int64());
    case json::kind::uint64:
      return nb::int_(value.get_uint64());
    case json::kind::double_:
      return nb::float_(value.get_double());
    case json::kind::string:
      return text_of(std::string_view(value.get_string()));
    case json::kind::array: {
      nb::list list;
      for (const json::value& item : value.get_array()) list.append(to_python(item));
      return list;
    }
    case json::kind::object: {
      nb::dict dict;
      for (const auto& member : value.get_object()) dict[text_of(member.key())] = to_python(member.value());
      return dict;
    }
  }
  return nb::none();
}

}  // namespace segue::python
