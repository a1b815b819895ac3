#include "segue/serve/http/connection.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <boost/beast/ssl.hpp>
#include <fmt/format.h>

#include "segue/base/ascii.h"
#include "segue/base/error.h"
#include "segue/data/text/text.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/http/coded_body.h"
#include "segue/serve/http/counted_body.h"
#include "segue/serve/http/reply_bytes.h"
#include "segue/serve/http/request_ids.h"
#include "segue/serve/http/router.h"

namespace segue::serve {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::string_view kNoRoom = "the server holds as many bytes of requests and replies as it may; retry later";
constexpr std::string_view kTooManyClients = "too many clients; retry later";
// Accepted with requests that have no use for a body, as some clients send "{}" with everything.
constexpr std::uint64_t kStrayBody = 1024;
constexpr std::chrono::milliseconds kShortVisit{2000};  // of a connection beyond the limits

Method method_of(http::verb verb) {
  switch (verb) {
    case http::verb::get:
      return Method::get;
    case http::verb::head:
      return Method::head;
    case http::verb::post:
      return Method::post;
    case http::verb::put:
      return Method::put;
    case http::verb::delete_:
      return Method::remove;
    case http::verb::options:
      return Method::options;
    default:
      return Method::other;
  }
}

bool is_loopback(const asio::ip::address& address) {
  if (address.is_v6() && address.to_v6().is_v4_mapped()) {
    return asio::ip::make_address_v4(asio::ip::v4_mapped, address.to_v6()).is_loopback();
  }
  return address.is_loopback();
}

using Message = http::request<CountedBody>;
using Parser = http::request_parser<CountedBody>;

// Everything but the body. Called before the body is read, so that no trailer passes for a header.
void take_head(const Message& message, Request& request) {
  request.method = method_of(message.method());
  const std::string_view target = message.target();
  const std::size_t mark = std::min(target.find('?'), target.size());
  request.path = target.substr(0, mark);
  request.query = target.substr(std::min(mark + 1, target.size()));
  request.headers.clear();
  for (const auto& field : message) {
    Header header{std::string(field.name_string()), std::string(field.value())};
    std::ranges::transform(header.name, header.name.begin(), ascii_lower);
    request.headers.push_back(std::move(header));
  }
  take_ids(request);
}

// `limit`: the option that sets it, "" for a limit of the machine's.
Reply retry_reply(std::string_view reason, std::string_view limit = "") {
  Reply reply = error_reply(503, "exhausted", reason);
  reply.notes.limit = limit;
  reply.headers.push_back({"Retry-After", "1"});
  return reply;
}

Reply limited(Reply reply, std::string_view limit) {
  reply.notes.limit = limit;
  return reply;
}

Reply too_large_body(std::uint64_t most) {
  return limited(error_reply(413, "too_large", fmt::format("body: expected at most {} bytes, found more", most)),
                 "max_body");
}

// The reply to bytes that are not a request; nothing if the client is gone.
std::optional<Reply> reply_to(const error_code& error, const HttpServerOptions& options, std::uint64_t body_limit) {
  if (error == http::error::header_limit)
    return limited(
        error_reply(431, "too_large", fmt::format("header: expected at most {} bytes, found more", options.max_header)),
        "max_header");
  if (error == http::error::body_limit) return too_large_body(body_limit);
  if (error == boost::system::errc::not_enough_memory) return retry_reply(kNoRoom, "max_buffered");
  if (error == http::error::bad_version)
    return error_reply(505, "wrong_use", "version: expected HTTP/1.0 or HTTP/1.1, found another");
  if (error == http::error::end_of_stream || error == http::error::partial_message) return std::nullopt;
  if (error == http::error::buffer_overflow ||
      error.category() == make_error_code(http::error::bad_method).category()) {
    return error_reply(400, "wrong_use", "expected an HTTP request: " + error.message());
  }
  return std::nullopt;
}

// Refuses headers that this server and a proxy before it could read differently (RFC 9112, sections 3.2, 6.1, 6.3), so
// that one would see a request where the other sees a body.
std::optional<Reply> refusal_of(const Message& message) {
  const auto count = [&](http::field name) {
    return std::distance(message.equal_range(name).first, message.equal_range(name).second);
  };
  if (count(http::field::transfer_encoding) > 0) {
    if (message.version() < 11)
      return error_reply(400, "wrong_use", "expected no Transfer-Encoding with HTTP/1.0, found one");
    if (count(http::field::content_length) > 0) {
      return error_reply(400, "wrong_use", "expected Content-Length or Transfer-Encoding, found both");
    }
    if (count(http::field::transfer_encoding) > 1 ||
        !beast::iequals(message[http::field::transfer_encoding], "chunked")) {
      return error_reply(501, "unsupported", "Transfer-Encoding: expected chunked, found another");
    }
  }
  if (count(http::field::host) != 1 && message.version() == 11) {
    return error_reply(400, "wrong_use", fmt::format("expected one Host header, found {}", count(http::field::host)));
  }
  if (!message.target().starts_with('/'))
    return error_reply(400, "wrong_use", "target: expected a path that begins with /, found another form");
  return std::nullopt;
}

Reply preflight_reply() {
  return {.status = 204,
          .headers = {{"Access-Control-Allow-Methods", "GET, HEAD, POST, DELETE"},
                      {"Access-Control-Allow-Headers",
                       "Authorization, Content-Type, If-None-Match, traceparent, X-Request-Id"},
                      {"Access-Control-Max-Age", "86400"}},
          .route = kPreflight};
}

std::array<asio::const_buffer, 2> buffers_of(const WireReply& wire) {
  return {asio::buffer(wire.head), asio::buffer(wire.body.data(), wire.body.size())};
}

// Closing a socket while the client still sends could lose the reply (RFC 9112, section 9.6): for a moment, read and
// discard what arrives.
asio::awaitable<void> drain_and_close(beast::tcp_stream& stream) {
  static constexpr std::size_t kMost = std::size_t{1} << 20;
  static constexpr std::chrono::seconds kPatience{2};
  std::array<char, 4096> discarded{};
  error_code error;
  stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, error);
  stream.expires_after(kPatience);
  for (std::size_t read = 0; !error && read < kMost;) {
    read += co_await stream.async_read_some(asio::buffer(discarded), asio::redirect_error(asio::use_awaitable, error));
  }
}

// While it lives, a request is in flight.
class InFlight {
 public:
  explicit InFlight(RequestHandler& handler) : handler_(handler) { handler_.entered(); }
  ~InFlight() { handler_.left(); }
  InFlight(const InFlight&) = delete;
  InFlight& operator=(const InFlight&) = delete;

 private:
  RequestHandler& handler_;
};

template <class Stream>
class Connection {
 public:
  Connection(Stream& stream, Room room, ConnectionShare& share, WaitingConnections& waiting)
      : stream_(stream),
        lowest_(beast::get_lowest_layer(stream)),
        room_(room),
        share_(share),
        waiting_(waiting),
        // Room for one header and one read, so that neither ever has to wait; endless chunks would need more.
        buffer_(share.options.max_header + kMostAhead),
        lease_(share.budget) {
    error_code ignored;
    const auto peer = lowest_.socket().remote_endpoint(ignored);
    request_.peer = network_of(peer.address());
    request_.loopback = is_loopback(peer.address());
  }

  asio::awaitable<void> serve() {
    while (!share_.draining || buffer_.size() > 0) {
      if (buffer_.size() == 0 && !co_await wait_for_bytes()) co_return;
      if (!co_await read_request()) co_return;
      const auto begin = Clock::now();
      const InFlight in_flight(share_.handler);
      co_await answer();
      const bool sent = co_await write();
      report(std::chrono::duration<double>(Clock::now() - begin).count(), sent);
      lease_.release();
      if (!sent || !keep_alive_) co_return;
    }
  }

 private:
  std::chrono::milliseconds visit(std::chrono::milliseconds of_full) const {
    return room_ == Room::full ? of_full : std::min(of_full, kShortVisit);
  }

  // The first byte of the next request may take as long as the idle timeout.
  asio::awaitable<bool> wait_for_bytes() {
    const WaitingConnections::Wait wait(waiting_, lowest_.socket());
    wire_.own = std::string();
    reply_ = Reply();
    if (share_.draining) co_return false;
    error_code error;
    lowest_.expires_after(visit(share_.options.idle_timeout));
    const std::size_t read = co_await stream_.async_read_some(buffer_.prepare(kReadAtOnce),
                                                              asio::redirect_error(asio::use_awaitable, error));
    buffer_.commit(read);
    co_return !error;
  }

  asio::awaitable<bool> read_request() {
    Parser parser;
    parser.get().body().lease = &lease_;
    parser.header_limit(share_.options.max_header);
    parser.body_limit(boost::none);  // read_body() knows whose it is
    read_by_ = Clock::now() + visit(share_.options.request_timeout);
    lowest_.expires_at(read_by_);
    error_code error;
    co_await http::async_read_header(stream_, buffer_, parser, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return co_await unreadable(error, share_.options.max_body);
    if (std::optional<Reply> refused = refusal_of(parser.get())) {
      co_await refuse_unread(*std::move(refused));
      co_return false;
    }
    take_head(parser.get(), request_);
    http_1_0_ = parser.get().version() == 10;
    keep_alive_ = parser.get().keep_alive() && room_ == Room::full;
    prepared_ = Prepared();
    if (room_ != Room::full && !(room_ == Room::probes && share_.handler.facts_of(request_).is_probe)) {
      co_await refuse(
          retry_reply(kTooManyClients, room_ == Room::probes ? "max_connections" : "max_address_connections"));
      co_return false;
    }
    request_.body.clear();
    bytes_in_ = 0;
    co_return parser.is_done() || co_await read_body(parser);
  }

  asio::awaitable<bool> read_body(Parser& parser) {
    const HeadFacts facts = share_.handler.facts_of(request_);
    const std::uint64_t usual = facts.most_body > 0 ? facts.most_body : share_.options.max_body;
    const std::uint64_t most = facts.reads_body ? usual : kStrayBody;
    const std::uint64_t length = parser.content_length().value_or(0);
    parser.body_limit(most);
    if (length > most) {
      co_await refuse(limited(
          refusal(ErrorCode::too_large, fmt::format("body: expected at most {} bytes, found more", most)), "max_body"));
      co_return false;
    }
    const ContentCoding coding = content_coding(request_.header("content-encoding"));
    if (coding == ContentCoding::unknown) {
      co_await refuse(
          share_.handler.refusal(request_, 415, "wrong_use",
                                 fmt::format("Content-Encoding: expected gzip or identity, found {}",
                                             data::printable(request_.header("content-encoding"), kShownBytes))));
      co_return false;
    }
    const bool has_arrived = parser.content_length() && buffer_.size() >= length;
    // Only for those who may ask: a small body may be a large text.
    if ((!has_arrived || coding == ContentCoding::gzip) && !co_await admit()) co_return false;
    error_code error;
    if (!has_arrived && beast::iequals(parser.get()[http::field::expect], "100-continue") && !http_1_0_) {
      static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await asio::async_write(stream_, asio::buffer(kContinue), asio::redirect_error(asio::use_awaitable, error));
    }
    if (!error) co_await http::async_read(stream_, buffer_, parser, asio::redirect_error(asio::use_awaitable, error));
    if (error) co_return co_await unreadable(error, most);
    request_.body = std::move(parser.get().body().text);
    bytes_in_ = request_.body.size();
    if (coding == ContentCoding::gzip) co_return co_await decompress(most);
    co_return true;
  }

  // Replaces the body with its text; or refuses it and returns false.
  asio::awaitable<bool> decompress(std::uint64_t most) {
    std::optional<Error> error;
    co_await run_on(share_.pool, [this, most, &error] {
      try {
        const std::uint64_t own = request_.body.capacity();
        const auto may_hold = [this, own](std::uint64_t bytes) { return lease_.hold(2 * own + bytes); };
        request_.body = gunzipped_body(request_.body, most, may_hold);
      } catch (const Error& caught) {
        error = caught;
      } catch (const std::bad_alloc&) {
        error = Error(ErrorCode::exhausted, "out of memory; retry later");
      }
    });
    if (error) {
      const bool is_too_large = error->code() == ErrorCode::too_large;
      co_await refuse(limited(refusal(error->code(), error->what()), is_too_large ? "max_body" : ""));
    }
    co_return !error;
  }

  // In the form of the request's path.
  Reply refusal(ErrorCode code, std::string_view message) const {
    const ErrorMeaning& meaning = meaning_of(code);
    Reply reply = share_.handler.refusal(request_, meaning.http_status, meaning.name, message);
    const bool may_retry =
        std::ranges::any_of(reply.headers, [](const Header& one) { return one.name == "Retry-After"; });
    if (meaning.http_status == 503 && !may_retry) reply.headers.push_back({"Retry-After", "1"});
    return reply;
  }

  // Whether to read the body of a request whose header has arrived; the refusal is sent otherwise.
  asio::awaitable<bool> admit() {
    Admission admission;
    const auto decide = [this, &admission] { admission = share_.handler.admit(request_); };
    if (share_.handler.admit_may_block(request_)) {
      co_await run_on(share_.pool, decide);
      lowest_.expires_at(read_by_);
    } else {
      decide();
    }
    prepared_.caller = std::move(admission.caller);
    if (admission.refusal) co_await refuse(*std::move(admission.refusal));
    co_return !admission.refusal;
  }

  // Runs `work` on a thread of another context, without a limit of time.
  template <class Work>
  asio::awaitable<void> run_on(asio::io_context& context, Work work) {
    lowest_.expires_never();
    co_await asio::co_spawn(
        context,
        [work]() -> asio::awaitable<void> {
          work();
          co_return;
        },
        asio::use_awaitable);
  }

  asio::awaitable<bool> unreadable(error_code error, std::uint64_t body_limit) {
    keep_alive_ = false;
    if (std::optional<Reply> reply = reply_to(error, share_.options, body_limit)) {
      co_await refuse_unread(*std::move(reply));
    }
    co_return false;
  }

  // For bytes that are not a whole request: nothing of it may decide how the reply is written.
  asio::awaitable<void> refuse_unread(Reply reply) {
    request_.method = Method::other;
    request_.path.clear();
    request_.headers.clear();
    take_ids(request_);
    bytes_in_ = 0;
    reply.route = kNoRequest;
    co_await refuse(std::move(reply));
  }

  // Replies before the body was read, and closes the connection.
  asio::awaitable<void> refuse(Reply reply) {
    keep_alive_ = false;
    reply_ = std::move(reply);
    make_wire();
    report(0, co_await write());
    co_await drain_and_close(lowest_);
  }

  void report(double seconds, bool complete) {
    share_.handler.sent(request_, reply_,
                        {.status = wire_.status,
                         .seconds = seconds,
                         .bytes_in = bytes_in_,
                         .bytes_out = complete ? wire_.body.size() : 0,
                         .complete = complete});
  }

  asio::awaitable<void> answer() {
    if (!is_preflight()) {
      std::shared_ptr<const void> caller = std::move(prepared_.caller);
      prepared_ = share_.handler.prepare(request_);
      prepared_.caller = std::move(caller);
    }
    if (!prepared_.may_block) {
      make_reply();
    } else {
      co_await run_on(prepared_.is_probe ? share_.probes : share_.pool, [this] { make_reply(); });
    }
  }

  bool is_preflight() const { return request_.method == Method::options && !share_.options.cors_origin.empty(); }

  // Makes reply_ and wire_ on the same thread, which also compresses if needed.
  void make_reply() {
    try {
      reply_ = is_preflight() ? preflight_reply() : share_.handler.answer(request_, prepared_);
      prepared_.body.reset();
      prepared_.caller.reset();
      // From here on the reply is held instead of the body.
      if (request_.body.capacity() > kReadAtOnce) request_.body = std::string();
      make_wire();
      const std::uint64_t own = reply_.body.capacity() + wire_.own.capacity();
      if (!lease_.hold(own)) replace_reply(retry_reply(kNoRoom, "max_buffered"));
    } catch (const std::bad_alloc&) {
      replace_reply(retry_reply("out of memory; retry later"));
    }
  }

  void replace_reply(Reply reply) {
    const std::int32_t route = reply_.route;
    wire_.own = std::string();
    reply_ = std::move(reply);
    reply_.route = route;
    make_wire();
  }

  void make_wire() {
    if (share_.draining) keep_alive_ = false;
    make_wire_reply(request_, reply_,
                    {.keep_alive = keep_alive_, .http_1_0 = http_1_0_, .cors_origin = share_.options.cors_origin},
                    wire_);
  }

  asio::awaitable<bool> write() {
    error_code error;
    lowest_.expires_after(visit(share_.options.write_timeout));
    co_await asio::async_write(stream_, buffers_of(wire_), asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
  }

  static constexpr std::size_t kReadAtOnce = 4096;
  static constexpr std::size_t kMostAhead = std::size_t{64} << 10;

  Stream& stream_;
  beast::tcp_stream& lowest_;
  const Room room_;
  ConnectionShare& share_;
  WaitingConnections& waiting_;
  beast::flat_buffer buffer_;
  ByteLease lease_;  // what request_ and reply_ hold
  Clock::time_point read_by_;
  Request request_;
  Prepared prepared_;
  Reply reply_;
  WireReply wire_;  // views reply_
  std::uint64_t bytes_in_ = 0;
  bool keep_alive_ = true;
  bool http_1_0_ = false;
};

asio::awaitable<void> serve_tls(asio::ip::tcp::socket socket, Room room, ConnectionShare& share,
                                WaitingConnections& waiting) {
  const std::shared_ptr<asio::ssl::context> tls = share.tls->context();
  beast::ssl_stream<beast::tcp_stream> stream(beast::tcp_stream(std::move(socket)), *tls);
  error_code error;
  {
    // There is no request yet: a drain need not wait for it.
    const WaitingConnections::Wait wait(waiting, beast::get_lowest_layer(stream).socket());
    beast::get_lowest_layer(stream).expires_after(room == Room::full ? share.options.request_timeout : kShortVisit);
    co_await stream.async_handshake(asio::ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, error));
  }
  if (error || share.draining) co_return;
  Connection connection(stream, room, share, waiting);
  co_await connection.serve();
  beast::get_lowest_layer(stream).expires_after(share.options.write_timeout);
  co_await stream.async_shutdown(asio::redirect_error(asio::use_awaitable, error));
}

asio::awaitable<void> serve_plain(asio::ip::tcp::socket socket, Room room, ConnectionShare& share,
                                  WaitingConnections& waiting) {
  beast::tcp_stream stream(std::move(socket));
  Connection connection(stream, room, share, waiting);
  co_await connection.serve();
  error_code ignored;
  stream.socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
}

}  // namespace

void WaitingConnections::close_all() {
  for (asio::ip::tcp::socket* const socket : sockets_) {
    error_code ignored;
    socket->cancel(ignored);
  }
}

asio::awaitable<void> serve_connection(asio::ip::tcp::socket socket, Room room, ConnectionShare& share,
                                       WaitingConnections& waiting) {
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  if (share.tls == nullptr) {
    co_await serve_plain(std::move(socket), room, share, waiting);
  } else if (room != Room::refusal) {  // a handshake costs more than a refusal is worth
    co_await serve_tls(std::move(socket), room, share, waiting);
  }
}

}  // namespace segue::serve
