// What replies hold, by their tables of fields (base/fields.h), for the generated classes of the package.
#include "segue/recommend/replies.h"

#include <array>
#include <string>
#include <unordered_set>

#include "segue/base/fields.h"

#include "app/python/bindings/bindings.h"
#include "app/python/bindings/errors.h"

namespace segue::python {

namespace {

std::string type_of(const ValueShape& shape) {
  switch (shape.kind) {
    case ValueKind::text:
    case ValueKind::choice:
      return "str";
    case ValueKind::flag:
      return "bool";
    case ValueKind::integer:
      return "int";
    case ValueKind::number:
      return "float";
    case ValueKind::list:
      return "list[" + type_of(*shape.item) + "]";
    case ValueKind::reply:
      return std::string(shape.reply->name);
    case ValueKind::object:
    case ValueKind::any:
      break;
  }
  return "Any";
}

// Lists each reply after those that it is made of.
class ReplyList {
 public:
  void add(const ReplyShape& shape) {
    if (!listed_.insert(&shape).second) return;
    if (shape.base != nullptr) add(*shape.base);
    nb::list fields;
    for (const FieldShape& field : shape.fields) {
      const ValueShape& value = field.value->kind == ValueKind::list ? *field.value->item : *field.value;
      if (value.kind == ValueKind::reply) add(*value.reply);
      nb::dict described;
      described["name"] = text_of(field.name);
      described["description"] = text_of(field.description);
      described["type"] = text_of(type_of(*field.value));
      described["required"] = field.required && !field.value->nullable;
      fields.append(described);
    }
    nb::dict described;
    described["name"] = text_of(shape.name);
    described["description"] = text_of(shape.description);
    described["base"] = shape.base == nullptr ? nb::none() : text_of(shape.base->name);
    described["fields"] = fields;
    list_.append(described);
  }
  const nb::list& list() const { return list_; }

 private:
  std::unordered_set<const ReplyShape*> listed_;
  nb::list list_;
};

nb::list replies() {
  ReplyList list;
  for (const ReplyShape* shape : {&shape_of<recommend::SimilarSongReply>(),
                                  &shape_of<recommend::RecommendedSongReply>(), &shape_of<recommend::RadioSongReply>(),
                                  &shape_of<recommend::JourneySongReply>(), &shape_of<recommend::TakenSeedReply>()}) {
    list.add(*shape);
  }
  return list.list();
}

}  // namespace

void bind_replies(nb::module_& m) {
  m.def("replies", &replies);
}

}  // namespace segue::python
