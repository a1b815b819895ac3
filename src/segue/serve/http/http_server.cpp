#include "segue/serve/http/http_server.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <new>
#include <optional>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "segue/base/error.h"
#include "segue/base/memory_reserve.h"
#include "segue/base/parallel.h"
#include "segue/serve/http/byte_budget.h"
#include "segue/serve/http/client_counts.h"
#include "segue/serve/http/connection.h"
#include "segue/serve/http/context_threads.h"
#include "segue/serve/http/tls.h"

namespace segue::serve {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds kAcceptAgain{50};

constexpr std::chrono::seconds kLookAgain{1};  // whether connections are still being accepted

// The part of the server that belongs to one io thread.
struct Lane {
  WaitingConnections waiting;  // first: the context's unfinished connections still remove themselves from it
  asio::io_context context{1};
  ContextThreads threads{context};
};

// An IP address, or a name of this machine such as localhost.
tcp::endpoint endpoint_of(const HttpServerOptions& options, asio::io_context& context) {
  error_code error;
  const asio::ip::address address = asio::ip::make_address(options.host, error);
  if (!error) return {address, options.port};
  const auto found = tcp::resolver(context).resolve(options.host, "", tcp::resolver::passive, error);
  if (error || found.empty()) {
    fail(ErrorCode::wrong_use, "--host: expected an IP address or a host name, found \"{}\"", options.host);
  }
  return {found.begin()->endpoint().address(), options.port};
}

}  // namespace

struct HttpServer::State {
  State(RequestHandler& handler, const HttpServerOptions& options_in)
      : options(options_in),
        budget(options.max_buffered),
        clients(options.max_connections, options.max_address_connections),
        lanes(thread_count(options.io_threads)),
        acceptor(lanes.front().context) {
    if (!options.tls_certificate.empty()) tls.emplace(options.tls_certificate, options.tls_key);
    share.emplace(handler, options, pool, probes, tls ? &*tls : nullptr, budget);
  }

  void listen() {
    const tcp::endpoint endpoint = endpoint_of(options, lanes.front().context);
    error_code error;
    acceptor.open(endpoint.protocol(), error);
    if (!error) acceptor.set_option(tcp::acceptor::reuse_address(true), error);
    if (!error) acceptor.bind(endpoint, error);
    if (!error) acceptor.listen(asio::socket_base::max_listen_connections, error);
    if (error) fail(ErrorCode::io_failed, "{}:{}: {}", options.host, options.port, error.message());
    port = acceptor.local_endpoint().port();
  }

  // Accepts connections until the acceptor is closed. Out of file descriptors or memory, some will be free soon.
  asio::awaitable<void> accept() {
    asio::steady_timer pause(acceptor.get_executor());
    for (std::size_t next = 0; !share->draining; next = (next + 1) % lanes.size()) {
      error_code error;
      try {
        Lane& lane = lanes[next];
        tcp::socket socket(lane.context);
        co_await acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
        if (error == asio::error::operation_aborted) co_return;
        if (!error) take(std::move(socket), lane);
      } catch (const std::bad_alloc&) {
        error = asio::error::no_memory;
      }
      if (!error) continue;
      pause.expires_after(kAcceptAgain);
      co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
    }
  }

  // Starts to accept, again if need be: accept() ends early if there is no memory even for its timer.
  void keep_accepting() {
    if (accepting.exchange(true)) return;
    try {
      asio::co_spawn(
          acceptor.get_executor(), [this] { return accept(); },
          [this](const std::exception_ptr&) { accepting = false; });
    } catch (const std::bad_alloc&) {
      accepting = false;
    }
  }

  void take(tcp::socket socket, Lane& lane) {
    error_code ignored;
    ClientCounts::Place place = clients.enter(network_of(socket.remote_endpoint(ignored).address()));
    if (!place) return;
    asio::co_spawn(
        lane.context,
        [this, &lane, socket = std::move(socket), place = std::move(place)]() mutable -> asio::awaitable<void> {
          const Room room = place.room();
          co_await serve_connection(std::move(socket), room, *share, lane.waiting);
        },
        [](const std::exception_ptr&) {});
  }

  void start() {
    for (Lane& lane : lanes) lane.threads.start(1);
    pool_threads.start(options.blocking_threads);
    probe_threads.start(1);
  }

  void drain() {
    share->draining = true;
    asio::post(acceptor.get_executor(), [this] {
      error_code ignored;
      acceptor.close(ignored);
    });
    for (Lane& lane : lanes) asio::post(lane.context, [&lane] { lane.waiting.close_all(); });
  }

  void stop() {
    for (Lane& lane : lanes) lane.threads.stop();
    pool_threads.stop();
    probe_threads.stop();
  }

  const HttpServerOptions options;
  std::uint16_t port = 0;  // the port it listens on
  ByteBudget budget;
  ClientCounts clients;
  std::optional<TlsFiles> tls;
  std::optional<ConnectionShare> share;
  std::deque<Lane> lanes;  // after everything that their unfinished connections use
  asio::io_context pool;
  asio::io_context probes;
  tcp::acceptor acceptor;
  std::atomic<bool> accepting{false};
  ContextThreads pool_threads{pool};
  ContextThreads probe_threads{probes};
};

HttpServer::HttpServer(RequestHandler& handler, const HttpServerOptions& options) {
  if (options.tls_certificate.empty() != options.tls_key.empty()) {
    fail(ErrorCode::wrong_use, "expected --tls-certificate and --tls-key together, found only one of them");
  }
  state_ = std::make_unique<State>(handler, options);
  state_->listen();
}

HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const {
  return state_->port;
}

void HttpServer::reload_certificate() {
  if (state_->tls) state_->tls->reload();
}

void HttpServer::run(const std::stop_token& stop) {
  State& state = *state_;
  reserve_memory_for_unwinding();
  state.start();
  {
    std::mutex mutex;
    std::condition_variable_any stopped;
    std::unique_lock lock(mutex);
    while (!stop.stop_requested()) {
      state.keep_accepting();
      refill_memory_reserve();
      stopped.wait_for(lock, stop, kLookAgain, [] { return false; });
    }
  }
  state.drain();
  state.clients.wait_until_empty(state.options.drain_timeout);
  state.stop();
}

}  // namespace segue::serve
