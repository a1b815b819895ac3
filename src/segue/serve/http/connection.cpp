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
#include "segue/serve/http/reply_bytes.h"
#include "segue/serve/http/router.h"

namespace segue::serve {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Clock = std::chrono::steady_clock;

namespace {

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

void take_request(http::request<http::string_body>& message, Request& request) {
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
  request.body = std::move(message.body());
}

// The reply to bytes that are not a request; nothing if the client is gone.
std::optional<Reply> reply_to(const error_code& error, const HttpServerOptions& options) {
  if (error == http::error::header_limit)
    return error_reply(431, "too_large",
                       fmt::format("header: expected at most {} bytes, found more", options.max_header));
  if (error == http::error::body_limit)
    return error_reply(413, "too_large", fmt::format("body: expected at most {} bytes, found more", options.max_body));
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
std::optional<Reply> refusal_of(const http::request<http::string_body>& message) {
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
                      {"Access-Control-Allow-Headers", "Authorization, Content-Type, If-None-Match"},
                      {"Access-Control-Max-Age", "86400"}}};
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

template <class Stream>
class Connection {
 public:
  Connection(Stream& stream, ConnectionShare& share, WaitingConnections& waiting)
      : stream_(stream),
        lowest_(beast::get_lowest_layer(stream)),
        share_(share),
        waiting_(waiting),
        // Room for one header and one read, so that neither ever has to wait; endless chunks would need more.
        buffer_(share.options.max_header + kMostAhead) {
    error_code ignored;
    const auto peer = lowest_.socket().remote_endpoint(ignored);
    request_.peer = peer.address().to_string(ignored);
    request_.loopback = is_loopback(peer.address());
  }

  asio::awaitable<void> serve() {
    while (!share_.draining || buffer_.size() > 0) {
      if (buffer_.size() == 0 && !co_await wait_for_bytes()) co_return;
      if (!co_await read_request()) co_return;
      const auto begin = Clock::now();
      co_await answer();
      const bool sent = co_await write();
      share_.handler.sent(request_, reply_, std::chrono::duration<double>(Clock::now() - begin).count());
      if (!sent || !keep_alive_) co_return;
    }
  }

 private:
  // The first byte of the next request may take as long as the idle timeout.
  asio::awaitable<bool> wait_for_bytes() {
    const WaitingConnections::Wait wait(waiting_, lowest_.socket());
    if (request_.body.capacity() > kReadAtOnce) request_.body = std::string();  // idle connections hold little memory
    wire_.own = std::string();
    reply_ = Reply();
    if (share_.draining) co_return false;
    error_code error;
    lowest_.expires_after(share_.options.idle_timeout);
    const std::size_t read = co_await stream_.async_read_some(buffer_.prepare(kReadAtOnce),
                                                              asio::redirect_error(asio::use_awaitable, error));
    buffer_.commit(read);
    co_return !error;
  }

  asio::awaitable<bool> read_request() {
    error_code error;
    http::request_parser<http::string_body> parser;
    parser.header_limit(share_.options.max_header);
    parser.body_limit(share_.options.max_body);
    lowest_.expires_after(share_.options.request_timeout);
    co_await http::async_read_header(stream_, buffer_, parser, asio::redirect_error(asio::use_awaitable, error));
    if (!error) {
      if (std::optional<Reply> refused = refusal_of(parser.get())) {
        co_await refuse(*std::move(refused));
        co_return false;
      }
    }
    if (!error && parser.get().version() == 11 && beast::iequals(parser.get()[http::field::expect], "100-continue")) {
      static constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";
      co_await asio::async_write(stream_, asio::buffer(kContinue), asio::redirect_error(asio::use_awaitable, error));
    }
    if (!error && !parser.is_done()) {
      co_await http::async_read(stream_, buffer_, parser, asio::redirect_error(asio::use_awaitable, error));
    }
    if (error) {
      keep_alive_ = false;
      if (std::optional<Reply> reply = reply_to(error, share_.options)) co_await refuse(*std::move(reply));
      co_return false;
    }
    http_1_0_ = parser.get().version() == 10;
    keep_alive_ = parser.get().keep_alive();
    take_request(parser.get(), request_);
    co_return true;
  }

  // Unconditional, uncompressed, and closes the connection.
  asio::awaitable<void> refuse(Reply reply) {
    keep_alive_ = false;
    request_.method = Method::other;
    request_.path.clear();
    request_.headers.clear();
    reply_ = std::move(reply);
    make_wire();
    co_await write();
    share_.handler.sent(request_, reply_, 0);
    co_await drain_and_close(lowest_);
  }

  asio::awaitable<void> answer() {
    prepared_ = is_preflight() ? Prepared() : share_.handler.prepare(request_);
    if (!prepared_.may_block) {
      make_reply();
    } else {
      lowest_.expires_never();
      co_await asio::co_spawn(
          share_.pool,
          [this]() -> asio::awaitable<void> {
            make_reply();
            co_return;
          },
          asio::use_awaitable);
    }
  }

  bool is_preflight() const { return request_.method == Method::options && !share_.options.cors_origin.empty(); }

  // Makes reply_ and wire_ on the same thread, which also compresses if needed.
  void make_reply() {
    reply_ = is_preflight() ? preflight_reply() : share_.handler.answer(request_, prepared_);
    prepared_.body.reset();
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
    lowest_.expires_after(share_.options.write_timeout);
    co_await asio::async_write(stream_, buffers_of(wire_), asio::redirect_error(asio::use_awaitable, error));
    co_return !error;
  }

  static constexpr std::size_t kReadAtOnce = 4096;
  static constexpr std::size_t kMostAhead = std::size_t{64} << 10;

  Stream& stream_;
  beast::tcp_stream& lowest_;
  ConnectionShare& share_;
  WaitingConnections& waiting_;
  beast::flat_buffer buffer_;
  Request request_;
  Prepared prepared_;
  Reply reply_;
  WireReply wire_;  // views reply_
  bool keep_alive_ = true;
  bool http_1_0_ = false;
};

asio::awaitable<void> serve_tls(asio::ip::tcp::socket socket, ConnectionShare& share, WaitingConnections& waiting) {
  beast::ssl_stream<beast::tcp_stream> stream(beast::tcp_stream(std::move(socket)), *share.tls);
  error_code error;
  {
    // There is no request yet: a drain need not wait for it.
    const WaitingConnections::Wait wait(waiting, beast::get_lowest_layer(stream).socket());
    beast::get_lowest_layer(stream).expires_after(share.options.request_timeout);
    co_await stream.async_handshake(asio::ssl::stream_base::server, asio::redirect_error(asio::use_awaitable, error));
  }
  if (error || share.draining) co_return;
  Connection connection(stream, share, waiting);
  co_await connection.serve();
  beast::get_lowest_layer(stream).expires_after(share.options.write_timeout);
  co_await stream.async_shutdown(asio::redirect_error(asio::use_awaitable, error));
}

asio::awaitable<void> serve_plain(asio::ip::tcp::socket socket, ConnectionShare& share, WaitingConnections& waiting) {
  beast::tcp_stream stream(std::move(socket));
  Connection connection(stream, share, waiting);
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

asio::awaitable<void> serve_connection(asio::ip::tcp::socket socket, ConnectionShare& share,
                                       WaitingConnections& waiting) {
  error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  if (share.tls != nullptr) {
    co_await serve_tls(std::move(socket), share, waiting);
  } else {
    co_await serve_plain(std::move(socket), share, waiting);
  }
}

asio::awaitable<void> refuse_connection(asio::ip::tcp::socket socket, ConnectionShare& share) {
  const Reply reply = error_reply(503, "unavailable", "too many clients; retry later");
  Request none;
  none.method = Method::other;
  share.handler.sent(none, reply, 0);
  if (share.tls != nullptr) co_return;  // a handshake costs more than the reply is worth
  WireReply wire;
  make_wire_reply({}, reply, {.keep_alive = false, .http_1_0 = false, .cors_origin = {}}, wire);
  error_code ignored;
  beast::tcp_stream stream(std::move(socket));
  stream.expires_after(std::chrono::seconds(2));
  co_await asio::async_write(stream, buffers_of(wire), asio::redirect_error(asio::use_awaitable, ignored));
  co_await drain_and_close(stream);
}

}  // namespace segue::serve
