// The sockets of a service: HTTP/1.1 over TCP or TLS, requests to a RequestHandler and replies back.
//
// One io thread per core, each with its own connections, dealt out in turn; a connection is a coroutine. Requests that
// may block run on a separate thread pool, so that no store, disk or long computation holds up others; health probes
// have a thread of their own. Pipelined requests are answered in order. Trailers of chunked bodies are ignored. Bytes
// that are not HTTP or exceed a limit get the fitting status, and the connection is closed; a client that is too slow
// is disconnected without a reply.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>

#include "segue/base/options.h"
#include "segue/serve/http/http.h"

namespace segue::serve {

struct HttpServerOptions {
  std::string host = "127.0.0.1";
  std::uint16_t port = 8080;
  std::uint32_t io_threads = 0;
  std::uint32_t blocking_threads = 16;
  std::uint32_t max_header = 16'384;
  std::uint64_t max_body = 10'485'760;
  std::uint32_t max_connections = 10'000;
  std::uint32_t max_address_connections = 1000;
  std::uint64_t max_buffered = 268'435'456;
  std::chrono::milliseconds idle_timeout{60'000};
  std::chrono::milliseconds request_timeout{20'000};
  std::chrono::milliseconds write_timeout{20'000};
  std::chrono::milliseconds drain_timeout{10'000};
  std::string cors_origin{};
  std::string tls_certificate{};
  std::string tls_key{};
};

}  // namespace segue::serve

namespace segue {

template <>
struct OptionsOf<serve::HttpServerOptions> {
  static constexpr std::string_view section = "http";
  static constexpr std::array rows = {
      option<&serve::HttpServerOptions::host>("host",
                                              "Address to listen on; 0.0.0.0 for every network of this machine"),
      option<&serve::HttpServerOptions::port>("port", "Port to listen on; 0 for any free port", between(0, 65535)),
      option<&serve::HttpServerOptions::io_threads>("io_threads", "Threads for sockets; 0: one per core",
                                                    between(0, 1024)),
      option<&serve::HttpServerOptions::blocking_threads>("blocking_threads", "Threads for requests that may block",
                                                          between(1, 1024)),
      option<&serve::HttpServerOptions::max_header>("max_header", "Largest request header, in bytes",
                                                    between(256, 1 << 20)),
      option<&serve::HttpServerOptions::max_body>("max_body", "Largest request body, in bytes",
                                                  between(0, 4294967295.0)),
      option<&serve::HttpServerOptions::max_connections>(
          "max_connections", "Most clients at once; others are asked to retry later", between(1, 1'000'000)),
      option<&serve::HttpServerOptions::max_address_connections>(
          "max_address_connections",
          "Most connections from one address (for IPv6, one /64 network) at once; 0: no limit", between(0, 1'000'000)),
      option<&serve::HttpServerOptions::max_buffered>("max_buffered",
                                                      "Most bytes of request bodies and replies held at once, all "
                                                      "clients together; others are asked to retry later",
                                                      between(65'536, 1e15)),
      option<&serve::HttpServerOptions::idle_timeout>("idle_timeout",
                                                      "Close a connection after this long without a request"),
      option<&serve::HttpServerOptions::request_timeout>("request_timeout",
                                                         "Longest time from the first to the last byte of a request"),
      option<&serve::HttpServerOptions::write_timeout>("write_timeout", "Longest time for a client to receive a reply"),
      option<&serve::HttpServerOptions::drain_timeout>("drain_timeout",
                                                       "On shutdown, wait this long for requests in flight"),
      option<&serve::HttpServerOptions::cors_origin>("cors_origin",
                                                     "Origin whose pages may send requests (CORS); * for any"),
      option<&serve::HttpServerOptions::tls_certificate>("tls_certificate",
                                                         "PEM file of the certificate chain; enables HTTPS. SIGHUP "
                                                         "reads it and the key again"),
      option<&serve::HttpServerOptions::tls_key>("tls_key", "PEM file of the certificate's private key"),
  };
};
SEGUE_CHECK_OPTIONS(serve::HttpServerOptions);

}  // namespace segue

namespace segue::serve {

class HttpServer {
 public:
  // Listens from now on; connections wait until run(). Throws io_failed, with the address, if it cannot listen there;
  // wrong_use for an invalid address, for a certificate without its key and for either that cannot be read. `handler`
  // outlives it.
  HttpServer(RequestHandler& handler, const HttpServerOptions& options);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;

  // Reads the certificate and key again, for connections from now on; does nothing without TLS. Throws wrong_use for
  // files that cannot be used; then nothing has changed. Thread safe.
  void reload_certificate();

  // Serves until `stop`, then accepts no new connections, waits up to drain_timeout for the requests in flight, closes
  // the other connections and returns once no handler runs any more. REQUIRES: called once.
  void run(const std::stop_token& stop);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace segue::serve
