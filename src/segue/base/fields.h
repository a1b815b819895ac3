// Reply structs declared once.
//
// A reply is a plain struct, and next to it one table names and describes its fields:
//
//   struct SimilarSongReply : SongReply { float similarity = 0; std::optional<TogetherReply> together; };
//   template <> struct FieldsOf<SimilarSongReply> {
//     using Base = SongReply;                                    // whose fields come first; optional
//     static constexpr std::string_view name = "SimilarSong";    // in OpenAPI and TypeScript
//     static constexpr std::string_view description = "A song with its similarity";
//     static constexpr std::tuple fields = {
//         field<&SimilarSongReply::similarity>("similarity", "Cosine of the two song vectors"), ...
//     };
//   };
//   SEGUE_CHECK_FIELDS(SimilarSongReply);   // a member without a row does not compile
//
// The JSON writer below, the OpenAPI schemas, app/web/src/data/types.ts (field_documents.h) and the documents of --json
// all walk this table.
//
// Member types: bool, integers, float (six significant digits), double, std::string, std::string_view, enumerations
// with names(), other reply structs, json::object and json::value (free-form), std::vector of these, std::optional
// (left out if empty) and Nullable (null if empty). A table with `rest`, a pointer to a json::object member, has the
// members of that object as further fields.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "segue/base/json_fwd.h"
#include "segue/base/json_text.h"
#include "segue/base/options.h"

namespace segue {

template <class Reply>
struct FieldsOf;

template <class Reply>
concept HasFields = requires {
  FieldsOf<Reply>::fields;
};

// A field that is always there and may be null.
template <class Value>
struct Nullable {
  std::optional<Value> value;
};

template <auto Member>
struct Field {
  using Value = typename detail::MemberOf<decltype(Member)>::Type;
  static constexpr auto member = Member;

  std::string_view name;
  std::string_view description;
};

template <auto Member>
constexpr Field<Member> field(std::string_view name, std::string_view description) {
  return {name, description};
}

// What a table says, without the C++ types: for schemas and generated code.
struct ReplyShape;

enum class ValueKind { text, flag, integer, number, choice, object, any, list, reply };

struct ValueShape {
  ValueKind kind = ValueKind::any;
  bool nullable = false;
  std::span<const std::string_view> choices;  // of a choice
  const ValueShape* item = nullptr;           // of a list
  const ReplyShape* reply = nullptr;          // of a reply
};

struct FieldShape {
  std::string_view name;
  std::string_view description;
  bool required = true;
  const ValueShape* value = nullptr;
};

struct ReplyShape {
  std::string_view name;
  std::string_view description;
  const ReplyShape* base = nullptr;
  std::span<const FieldShape> fields;
  bool open = false;  // it may have fields that the table does not name
};

namespace detail {

template <class Type>
struct Wrapped {
  using Inner = Type;
  static constexpr bool optional = false, nullable = false, list = false;
};
template <class Type>
struct Wrapped<std::optional<Type>> {
  using Inner = Type;
  static constexpr bool optional = true, nullable = false, list = false;
};
template <class Type>
struct Wrapped<Nullable<Type>> {
  using Inner = Type;
  static constexpr bool optional = false, nullable = true, list = false;
};
template <class Type>
struct Wrapped<std::vector<Type>> {
  using Inner = Type;
  static constexpr bool optional = false, nullable = false, list = true;
};

template <class Reply>
concept HasBase = requires {
  typename FieldsOf<Reply>::Base;
};
template <class Reply>
concept HasRest = requires {
  FieldsOf<Reply>::rest;
};

template <class Reply>
inline constexpr std::size_t kFields = std::tuple_size_v<std::remove_cvref_t<decltype(FieldsOf<Reply>::fields)>>;

template <class Reply, std::size_t I>
using FieldValue = typename std::tuple_element_t<I, std::remove_cvref_t<decltype(FieldsOf<Reply>::fields)>>::Value;

// How many of the fields from the first up to I, those of the base included, are in every document.
template <class Reply, std::size_t I>
consteval std::size_t required_before() {
  std::size_t count = 0;
  if constexpr (HasBase<Reply>)
    count += required_before<typename FieldsOf<Reply>::Base, kFields<typename FieldsOf<Reply>::Base>>();
  [&]<std::size_t... J>(std::index_sequence<J...>) {
    ((count += Wrapped<FieldValue<Reply, J>>::optional ? 0U : 1U), ...);
  }
  (std::make_index_sequence<I>());
  return count;
}

// `,"name":`, a constant.
template <class Reply, std::size_t I>
constexpr auto make_key() {
  constexpr std::string_view name = std::get<I>(FieldsOf<Reply>::fields).name;
  std::array<char, name.size() + 4> key{};
  std::size_t at = 0;
  key[at++] = ',';
  key[at++] = '"';
  for (const char letter : name) key[at++] = letter;
  key[at++] = '"';
  key[at++] = ':';
  return key;
}
template <class Reply, std::size_t I>
inline constexpr auto kKey = make_key<Reply, I>();

// Converts to any member, to count the members of an aggregate by how many initialisers it takes. An optional is made
// of what it holds: two ways to make one would be ambiguous.
struct AnyField {
  template <class Type>
  requires(!Wrapped<Type>::optional) operator Type() const;  // NOLINT(google-explicit-constructor): never called
};

template <class Reply, class... Members>
consteval std::size_t initialiser_count() {
  if constexpr (requires { Reply{Members{}..., AnyField{}}; }) {
    return initialiser_count<Reply, Members..., AnyField>();
  } else {
    return sizeof...(Members);
  }
}

template <class Reply>
consteval std::size_t declared_count() {
  return kFields<Reply> + (HasBase<Reply> ? 1U : 0U) + (HasRest<Reply> ? 1U : 0U);
}

}  // namespace detail

// The value as JSON. With a reply struct this is what serialising a document would give, in a tenth of the time.
template <class Value>
void write_json(std::string& out, const Value& value);

namespace detail {

template <class Reply, std::size_t I>
void write_field(std::string& out, const Reply& reply) {
  using Value = FieldValue<Reply, I>;
  const Value& value = reply.*std::tuple_element_t<I, std::remove_cvref_t<decltype(FieldsOf<Reply>::fields)>>::member;
  if constexpr (Wrapped<Value>::optional) {
    if (!value) return;
  }
  constexpr std::string_view key(kKey<Reply, I>.data(), kKey<Reply, I>.size());
  if constexpr (required_before<Reply, I>() > 0) {
    out += key;
  } else {
    out += out.back() == '{' ? key.substr(1) : key;
  }
  if constexpr (Wrapped<Value>::optional) {
    write_json(out, *value);
  } else {
    write_json(out, value);
  }
}

template <class Reply>
void write_fields(std::string& out, const Reply& reply) {
  if constexpr (HasBase<Reply>) write_fields<typename FieldsOf<Reply>::Base>(out, reply);
  [&]<std::size_t... I>(std::index_sequence<I...>) {
    (write_field<Reply, I>(out, reply), ...);
  }
  (std::make_index_sequence<kFields<Reply>>());
  if constexpr (HasRest<Reply>) {
    static_assert(required_before<Reply, kFields<Reply>>() > 0);
    append_json_members(out, reply.*FieldsOf<Reply>::rest);
  }
}

}  // namespace detail

template <class Value>
void write_json(std::string& out, const Value& value) {
  using detail::Wrapped;
  if constexpr (Wrapped<Value>::nullable) {
    if (value.value) {
      write_json(out, *value.value);
    } else {
      out += "null";
    }
  } else if constexpr (Wrapped<Value>::list) {
    out += '[';
    bool first = true;
    for (const auto& item : value) {
      if (!first) out += ',';
      first = false;
      write_json(out, item);
    }
    out += ']';
  } else if constexpr (HasFields<Value>) {
    out += '{';
    detail::write_fields(out, value);
    out += '}';
  } else if constexpr (std::is_enum_v<Value>) {
    append_json(out, choice_name(value));
  } else if constexpr (std::is_convertible_v<const Value&, std::string_view>) {
    append_json(out, std::string_view(value));
  } else if constexpr (std::is_integral_v<Value> && !std::is_same_v<Value, bool>) {
    append_json(out, static_cast<std::conditional_t<std::is_signed_v<Value>, std::int64_t, std::uint64_t>>(value));
  } else {
    append_json(out, value);
  }
}

template <HasFields Reply>
std::string json_text(const Reply& reply) {
  std::string out;
  write_json(out, reply);
  return out;
}

namespace detail {

template <class Type>
struct ShapeOf;

template <class Type>
constexpr ValueShape make_value_shape() {
  using Wrapping = Wrapped<Type>;
  if constexpr (Wrapping::optional || Wrapping::nullable) {
    ValueShape shape = ShapeOf<typename Wrapping::Inner>::value;
    shape.nullable = Wrapping::nullable;
    return shape;
  } else if constexpr (Wrapping::list) {
    return {.kind = ValueKind::list, .choices = {}, .item = &ShapeOf<typename Wrapping::Inner>::value};
  } else if constexpr (HasFields<Type>) {
    return {.kind = ValueKind::reply, .choices = {}, .reply = &ShapeOf<Type>::reply};
  } else if constexpr (std::is_enum_v<Type>) {
    return {.kind = ValueKind::choice, .choices = names(Type{})};
  } else if constexpr (std::is_same_v<Type, json::object>) {
    return {.kind = ValueKind::object, .choices = {}};
  } else if constexpr (std::is_same_v<Type, json::value>) {
    return {.kind = ValueKind::any, .choices = {}};
  } else if constexpr (std::is_same_v<Type, bool>) {
    return {.kind = ValueKind::flag, .choices = {}};
  } else if constexpr (std::is_integral_v<Type>) {
    return {.kind = ValueKind::integer, .choices = {}};
  } else if constexpr (std::is_floating_point_v<Type>) {
    return {.kind = ValueKind::number, .choices = {}};
  } else {
    static_assert(std::is_convertible_v<Type, std::string_view>, "a field of a type that JSON has no value for");
    return {.kind = ValueKind::text, .choices = {}};
  }
}

template <class Reply>
constexpr const ReplyShape* base_shape() {
  if constexpr (HasBase<Reply>) {
    return &ShapeOf<typename FieldsOf<Reply>::Base>::reply;
  } else {
    return nullptr;
  }
}

template <class Reply>
constexpr auto make_field_shapes() {
  return []<std::size_t... I>(std::index_sequence<I...>) {
    return std::array<FieldShape, sizeof...(I)>{
        FieldShape{std::get<I>(FieldsOf<Reply>::fields).name, std::get<I>(FieldsOf<Reply>::fields).description,
                   !Wrapped<FieldValue<Reply, I>>::optional, &ShapeOf<FieldValue<Reply, I>>::value}...};
  }
  (std::make_index_sequence<kFields<Reply>>());
}

template <class Type>
struct ShapeOf {
  static constexpr ValueShape value = make_value_shape<Type>();
};
template <HasFields Type>
struct ShapeOf<Type> {
  static constexpr std::array fields = make_field_shapes<Type>();
  static constexpr ReplyShape reply = {FieldsOf<Type>::name, FieldsOf<Type>::description, base_shape<Type>(), fields,
                                       HasRest<Type>};
  static constexpr ValueShape value = make_value_shape<Type>();
};

}  // namespace detail

template <HasFields Reply>
constexpr const ReplyShape& shape_of() {
  return detail::ShapeOf<Reply>::reply;
}

}  // namespace segue

#define SEGUE_CHECK_FIELDS(Reply)                                                                        \
  static_assert(::segue::detail::initialiser_count<Reply>() == ::segue::detail::declared_count<Reply>(), \
                "every member of " #Reply " needs one row in FieldsOf<" #Reply ">")
