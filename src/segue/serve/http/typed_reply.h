// Replies with the type of their body.
//
// A handler that returns TypedReply<RadioReply> can only write a RadioReply: Handler takes the type from the handler
// itself, so the schema in the OpenAPI document and the bytes that are sent come from one table (base/fields.h).
#pragma once

#include <concepts>
#include <functional>
#include <memory>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "segue/base/fields.h"
#include "segue/serve/http/http.h"

namespace segue::serve {

struct Exchange;

// `reply` has a Body as JSON, is an error, or has the same content as another media type.
template <HasFields Body>
struct TypedReply {
  Reply reply;
};

template <HasFields Body>
TypedReply<Body> json_reply(const Body& body, int status = 200) {
  return {{.status = status, .body = json_text(body)}};
}

// A reply whose JSON is a list of items, for protocols: v1 wraps its lists in an object.
template <HasFields Item>
struct ListReply {
  Reply reply;
};

template <HasFields Item>
ListReply<Item> json_list(const std::vector<Item>& items) {
  ListReply<Item> list;
  write_json(list.reply.body, items);
  return list;
}

// A body serialised once and sent many times.
template <HasFields Body>
struct SharedReply {
  std::shared_ptr<const SharedBody> body;
};

// JSON without a fixed shape.
struct FreeFormReply {};

namespace detail {

template <class Type>
struct BodyOf {
  static constexpr const ReplyShape* shape = nullptr;
  static constexpr bool is_list = false;
  static Reply reply(Type&& reply) { return std::move(reply); }
};
template <class Body>
struct BodyOf<TypedReply<Body>> {
  static constexpr const ReplyShape* shape = &shape_of<Body>();
  static constexpr bool is_list = false;
  static Reply reply(TypedReply<Body>&& reply) { return std::move(reply.reply); }
};
template <class Item>
struct BodyOf<ListReply<Item>> {
  static constexpr const ReplyShape* shape = &shape_of<Item>();
  static constexpr bool is_list = true;
  static Reply reply(ListReply<Item>&& reply) { return std::move(reply.reply); }
};

}  // namespace detail

// How a route answers: a function from an exchange to a TypedReply or ListReply, or to a plain Reply if its body is not
// JSON.
class Handler {
 public:
  // Larger bodies are parsed on a thread of the pool.
  static constexpr std::size_t kInlineBody = 8192;

  Handler() = default;
  template <class Handle>
  requires(!std::same_as<std::remove_cvref_t<Handle>, Handler> && std::invocable<Handle, const Exchange&>)
      Handler(Handle handle)  // NOLINT(google-explicit-constructor)
      : shape_(detail::BodyOf<std::invoke_result_t<Handle, const Exchange&>>::shape),
        is_list_(detail::BodyOf<std::invoke_result_t<Handle, const Exchange&>>::is_list),
        answer_([handle = std::move(handle)](const Exchange& exchange, const void*) {
          return detail::BodyOf<std::invoke_result_t<Handle, const Exchange&>>::reply(handle(exchange));
        }) {}

  // For a route whose body decides whether it blocks. `parse` makes a Body of a request or throws; `blocks` looks at
  // it; `handle` takes it with the exchange. A small body is parsed once, before the thread is chosen.
  template <class Parse, class Blocks, class Handle>
  static Handler with_body(Parse parse, Blocks blocks, Handle handle) {
    using Body = std::invoke_result_t<Parse, const Request&>;
    using Result = detail::BodyOf<std::invoke_result_t<Handle, const Exchange&, const Body&>>;
    Handler handler;
    handler.shape_ = Result::shape;
    handler.is_list_ = Result::is_list;
    handler.parse_ = [parse = std::move(parse)](const Request& request) -> std::shared_ptr<const void> {
      return std::make_shared<const Body>(parse(request));
    };
    handler.blocks_ = [blocks = std::move(blocks)](const void* body) {
      return std::invoke(blocks, *static_cast<const Body*>(body));
    };
    handler.answer_ = [handle = std::move(handle)](const Exchange& exchange, const void* body) {
      return Result::reply(handle(exchange, *static_cast<const Body*>(body)));
    };
    return handler;
  }

  // The shape of the JSON body, or of each item if the body is a list; nullptr if the body is not JSON.
  const ReplyShape* shape() const { return shape_; }
  bool is_list() const { return is_list_; }
  bool parses_bodies() const { return static_cast<bool>(parse_); }
  // The parsed body and whether answering may block. REQUIRES: parses_bodies(). Throws as `parse` does.
  std::pair<std::shared_ptr<const void>, bool> parsed(const Request& request) const {
    std::shared_ptr<const void> body = parse_(request);
    const bool may_block = blocks_(body.get());
    return {std::move(body), may_block};
  }
  // `body`: what parsed() returned for this request, or nullptr. Throws as the handler does.
  Reply operator()(const Exchange& exchange, const void* body = nullptr) const;

 private:
  const ReplyShape* shape_ = nullptr;
  bool is_list_ = false;
  std::function<std::shared_ptr<const void>(const Request&)> parse_;
  std::function<bool(const void*)> blocks_;
  std::function<Reply(const Exchange&, const void*)> answer_;
};

}  // namespace segue::serve

namespace segue {

template <>
struct FieldsOf<serve::FreeFormReply> {
  static constexpr std::string_view name = "FreeForm";
  static constexpr std::string_view description = "A JSON object whose fields are described elsewhere";
  static constexpr std::tuple<> fields = {};
};
SEGUE_CHECK_FIELDS(serve::FreeFormReply);

}  // namespace segue
