#include "segue/serve/http/http_server.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/serve/http/connection.h"

namespace segue::serve {

namespace asio = boost::asio;
using asio::ip::tcp;
using boost::system::error_code;

namespace {

constexpr std::chrono::milliseconds kAcceptAgain{50};

// The part of the server that belongs to one io thread.
struct Lane {
  WaitingConnections waiting;  // first: the context's unfinished connections still remove themselves from it
  asio::io_context context{1};
  asio::executor_work_guard<asio::io_context::executor_type> work = asio::make_work_guard(context);
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

void use_tls_files(asio::ssl::context& tls, const HttpServerOptions& options) {
  using Context = asio::ssl::context;
  tls.set_options(Context::default_workarounds | Context::no_sslv2 | Context::no_sslv3 | Context::no_tlsv1 |
                  Context::no_tlsv1_1);
  error_code error;
  tls.use_certificate_chain_file(options.tls_certificate, error);
  if (error) fail(ErrorCode::wrong_use, "--tls-certificate {}: {}", options.tls_certificate, error.message());
  tls.use_private_key_file(options.tls_key, asio::ssl::context::pem, error);
  if (error) fail(ErrorCode::wrong_use, "--tls-key {}: {}", options.tls_key, error.message());
}

}  // namespace

struct HttpServer::State {
  State(RequestHandler& handler, const HttpServerOptions& options_in)
      : options(options_in),
        lanes(thread_count(options.io_threads)),
        pool(options.blocking_threads),
        acceptor(lanes.front().context),
        tls(asio::ssl::context::tls_server),
        share{handler, options, pool, options.tls_certificate.empty() ? nullptr : &tls} {}

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

  asio::awaitable<void> accept() {
    asio::steady_timer pause(acceptor.get_executor());
    for (std::size_t next = 0; !share.draining; next = (next + 1) % lanes.size()) {
      Lane& lane = lanes[next];
      error_code error;
      tcp::socket socket(lane.context);
      co_await acceptor.async_accept(socket, asio::redirect_error(asio::use_awaitable, error));
      if (error == asio::error::operation_aborted) co_return;
      if (error) {  // most likely out of file descriptors: some will be free soon
        pause.expires_after(kAcceptAgain);
        co_await pause.async_wait(asio::redirect_error(asio::use_awaitable, error));
        continue;
      }
      const bool too_many = count() >= options.max_connections;
      enter();
      asio::co_spawn(
          lane.context,
          [this, too_many, &lane, socket = std::move(socket)]() mutable -> asio::awaitable<void> {
            if (too_many) {
              co_await refuse_connection(std::move(socket), share);
            } else {
              co_await serve_connection(std::move(socket), share, lane.waiting);
            }
          },
          [this](const std::exception_ptr&) { leave(); });
    }
  }

  void drain() {
    share.draining = true;
    asio::post(acceptor.get_executor(), [this] {
      error_code ignored;
      acceptor.close(ignored);
    });
    for (Lane& lane : lanes) asio::post(lane.context, [&lane] { lane.waiting.close_all(); });
  }

  std::uint64_t count() {
    const std::scoped_lock lock(mutex);
    return connections;
  }
  void enter() {
    const std::scoped_lock lock(mutex);
    ++connections;
  }
  void leave() {
    const std::scoped_lock lock(mutex);
    --connections;
    changed.notify_all();
  }

  const HttpServerOptions options;
  std::uint16_t port = 0;  // the port it listens on
  std::deque<Lane> lanes;
  asio::thread_pool pool;
  tcp::acceptor acceptor;
  asio::ssl::context tls;
  ConnectionShare share;

  std::mutex mutex;  // guards the members below
  std::condition_variable changed;
  std::uint64_t connections = 0;
  bool stopped = false;
};

HttpServer::HttpServer(RequestHandler& handler, const HttpServerOptions& options) {
  if (options.tls_certificate.empty() != options.tls_key.empty()) {
    fail(ErrorCode::wrong_use, "expected --tls-certificate and --tls-key together, found only one of them");
  }
  state_ = std::make_unique<State>(handler, options);
  if (!options.tls_certificate.empty()) use_tls_files(state_->tls, options);
  state_->listen();
}

HttpServer::~HttpServer() {
  state_->pool.join();
}

std::uint16_t HttpServer::port() const {
  return state_->port;
}

void HttpServer::run(const std::stop_token& stop) {
  State& state = *state_;
  asio::co_spawn(
      state.acceptor.get_executor(), [&state] { return state.accept(); }, asio::detached);
  std::vector<std::thread> threads;
  for (Lane& lane : state.lanes) threads.emplace_back([&lane] { lane.context.run(); });
  {
    const std::stop_callback wake(stop, [&state] {
      const std::scoped_lock lock(state.mutex);
      state.stopped = true;
      state.changed.notify_all();
    });
    std::unique_lock lock(state.mutex);
    state.changed.wait(lock, [&state] { return state.stopped; });
  }
  state.drain();
  {
    std::unique_lock lock(state.mutex);
    state.changed.wait_for(lock, state.options.drain_timeout, [&state] { return state.connections == 0; });
  }
  for (Lane& lane : state.lanes) lane.context.stop();
  for (std::thread& thread : threads) thread.join();
  state.pool.join();
}

}  // namespace segue::serve
