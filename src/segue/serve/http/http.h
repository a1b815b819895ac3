// Requests and replies as routes see them: no sockets, no library types. http_server.h converts them from and to bytes.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
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
  std::string path;             // as sent, still percent-encoded, without the query: "/v1/songs/a%2Fb"
  std::string query;            // as sent, after the "?": "q=a+b&k=3"
  std::vector<Header> headers;  // without the trailers of a chunked body
  std::string body;
  std::string peer;         // the client's address, for limits; of IPv6 its network, "2001:db8:0:1::/64"
  bool loopback = false;    // the peer is on this machine
  std::string id;           // see request_ids.h
  std::string traceparent;  // likewise; "" without one

  // The first header of this (lower-case) name, or "".
  std::string_view header(std::string_view lower_case_name) const;
};

// Bytes shared by many replies (a map, a page), with what the server would otherwise compute for each.
struct SharedBody {
  std::string bytes;
  std::string gzip;  // compressed, "" if not worth it
  std::string etag;  // with its quotes: "\"5f3a...\""
};

// What a reply does not say about its request, for the access log and the metrics.
struct RequestNotes {
  std::string_view asker = "nobody";  // "user", "service" or "admin" by the token; "local": this machine, without one
  std::string model{};                // that made the reply, "" for none
  std::string_view limit{};           // the option whose limit the request exceeded, "" for none
};

// Values of Reply::route for what no route of the handler answers.
inline constexpr std::int32_t kNoRoute = -1;
inline constexpr std::int32_t kStaticFile = -2;
inline constexpr std::int32_t kNoRequest = -3;  // bytes that are no HTTP request
inline constexpr std::int32_t kPreflight = -4;  // of CORS

struct Reply {
  int status = 200;
  std::string content_type = "application/json";
  std::string body{};
  std::shared_ptr<const SharedBody> shared{};  // instead of `body`
  std::vector<Header> headers{};               // others than Content-Type, Content-Length, ETag, Content-Encoding
  std::int32_t route = kNoRoute;               // index of the handler's route, or one of the values above
  RequestNotes notes{};

  std::string_view bytes() const { return shared ? std::string_view(shared->bytes) : std::string_view(body); }
};

// A request by its header alone, before its body is read.
struct HeadFacts {
  bool reads_body = true;       // otherwise the server accepts no more than a stray kilobyte of body
  bool is_probe = false;        // a health probe: answered even while there are too many clients
  std::uint64_t most_body = 0;  // bytes, instead of the server's limit; 0: that limit
};

// What admit() decided.
struct Admission {
  std::optional<Reply> refusal{};        // the reply, whatever the body says
  std::shared_ptr<const void> caller{};  // who asks, for answer(); nullptr if it is still to be found out
};

// A request as prepare() understood it, for answer().
struct Prepared {
  // answer() may wait (for a store, a disk) or compute for more than a few milliseconds: the server then calls it on a
  // thread of the pool.
  bool may_block = false;
  bool is_probe = false;          // what may block does so on a thread of its own, whatever the pool is busy with
  std::int32_t route = kNoRoute;  // which of the handler's routes
  std::shared_ptr<const void> caller{};  // from admit(), if it was called
  std::shared_ptr<const void> body{};    // parsed, of a type that the route knows; nullptr if it is still to be parsed
};

// How a request and its reply went over the wire.
struct Delivery {
  int status = 200;             // 304 instead of the reply's 200 if the client has the bytes
  double seconds = 0;           // from the last byte of the request to the last of the reply
  std::uint64_t bytes_in = 0;   // of the body as it was sent, without the header
  std::uint64_t bytes_out = 0;  // likewise
  bool complete = true;         // false: the client has gone
};

// Answers requests. Thread safe.
class RequestHandler {
 public:
  virtual ~RequestHandler() = default;
  // `head`: a request without its body. Called on an io thread. Never throws, never waits.
  virtual HeadFacts facts_of(const Request& head) const {
    static_cast<void>(head);
    return {};
  }
  // Whether admit() may wait; the server then calls it on a thread of the pool. As facts_of().
  virtual bool admit_may_block(const Request& head) const {
    static_cast<void>(head);
    return false;
  }
  // Whether to read the body that follows: who asks is checked before a client may make the server hold megabytes. Not
  // called if the whole request has arrived anyway; answer() checks then. Never throws.
  virtual Admission admit(const Request& head) {
    static_cast<void>(head);
    return {};
  }
  // The reply to a request whose body the server itself refuses: in the form that the clients of its path read.
  // `code` as error_reply() has it. Never throws, never waits.
  virtual Reply refusal(const Request& head, int status, std::string_view code, std::string_view message) const;
  // Called on an io thread. Never throws, never waits.
  virtual Prepared prepare(const Request& request) const = 0;
  // REQUIRES: `prepared` was made from this request. Never throws. A HEAD request is answered like GET; the server
  // omits the body.
  virtual Reply answer(const Request& request, const Prepared& prepared) = 0;
  // Called after the reply is sent or the client has gone. For metrics and logs.
  virtual void sent(const Request& request, const Reply& reply, const Delivery& delivery) {
    static_cast<void>(request), static_cast<void>(reply), static_cast<void>(delivery);
  }
  // A request has arrived whole; it is in flight until left() is called.
  virtual void entered() {}
  virtual void left() {}
};

}  // namespace segue::serve
