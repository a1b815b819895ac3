// Requests and replies as routes see them: no sockets, no library types. http_server.h converts them from and to bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace segue::serve {

enum class Method { get, head, post, put, remove, options, other };
std::string_view name_of(Method method);  // "GET", ...; "OTHER"

struct Header {
  std::string name;  // in a request: lower case
  std::string value;
};

struct Request {
  Method method = Method::get;
  std::string path;   // as sent, still percent-encoded, without the query: "/v1/songs/a%2Fb"
  std::string query;  // as sent, after the "?": "q=a+b&k=3"
  std::vector<Header> headers;
  std::string body;
  std::string peer;       // the client's address, for logs and limits
  bool loopback = false;  // the peer is on this machine

  // The first header of this (lower-case) name, or "".
  std::string_view header(std::string_view lower_case_name) const;
};

// Bytes shared by many replies (a map, a page), with what the server would otherwise compute for each.
struct SharedBody {
  std::string bytes;
  std::string gzip;  // compressed, "" if not worth it
  std::string etag;  // with its quotes: "\"5f3a...\""
};

struct Reply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body{};
  std::shared_ptr<const SharedBody> shared{};  // instead of `body`
  std::vector<Header> headers{};               // others than Content-Type, Content-Length, ETag, Content-Encoding
  std::int32_t route = -1;                     // index of the handler's route, for sent()

  std::string_view bytes() const { return shared ? std::string_view(shared->bytes) : std::string_view(body); }
};

// A request as prepare() understood it, for answer().
struct Prepared {
  // answer() may wait (for a store, a disk) or compute for more than a few milliseconds: the server then calls it on a
  // thread of the pool.
  bool may_block = false;
  std::int32_t route = -1;             // which of the handler's routes; -1 for none
  std::shared_ptr<const void> body{};  // parsed, of a type that the route knows; nullptr if it is still to be parsed
};

// Answers requests. Thread safe.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;
  // Called on an io thread. Never throws, never waits.
  virtual Prepared prepare(const Request& request) const = 0;
  // REQUIRES: `prepared` was made from this request. Never throws. A HEAD request is answered like GET; the server
  // omits the body.
  virtual Reply answer(const Request& request, const Prepared& prepared) = 0;
  // Called after the reply is sent or the client has gone. `seconds` counts from the request's last byte. For metrics
  // and logs.
  virtual void sent(const Request& request, const Reply& reply, double seconds) {
    static_cast<void>(request), static_cast<void>(reply), static_cast<void>(seconds);
  }
};

}  // namespace segue::serve
