// The sockets of a service: HTTP/1.1 over TCP or TLS, requests to a RequestHandler and replies back.
//
// One io thread a core, each with connections of its own that are dealt to them in turn; a connection is a coroutine.
// Requests that may block run on a pool of threads beside, so that no store, disk or long computation holds up others.
// Requests that are sent ahead (pipelining) are answered in order. What is not HTTP or too large is answered with the
// fitting status and the connection closed; who is too slow is closed without a word.
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
                                              "Address to listen at; 0.0.0.0 for every network of this machine"),
      option<&serve::HttpServerOptions::port>("port", "Port to listen at, 0 for any that is free", between(0, 65535)),
      option<&serve::HttpServerOptions::io_threads>("io_threads", "Threads for sockets, 0 for one a core",
                                                    between(0, 1024)),
      option<&serve::HttpServerOptions::blocking_threads>(
          "blocking_threads", "Threads for requests that may have to wait", between(1, 1024)),
      option<&serve::HttpServerOptions::max_header>("max_header", "Bytes that the header of a request may have",
                                                    between(256, 1 << 20)),
      option<&serve::HttpServerOptions::max_body>("max_body", "Bytes that the body of a request may have",
                                                  between(0, 4294967295.0)),
      option<&serve::HttpServerOptions::max_connections>(
          "max_connections", "Clients at once; more are told to come again", between(1, 1'000'000)),
      option<&serve::HttpServerOptions::idle_timeout>("idle_timeout",
                                                      "A connection without a request is closed after this"),
      option<&serve::HttpServerOptions::request_timeout>("request_timeout",
                                                         "From the first to the last byte of a request at most"),
      option<&serve::HttpServerOptions::write_timeout>("write_timeout", "For a client to take a reply at most"),
      option<&serve::HttpServerOptions::drain_timeout>("drain_timeout",
                                                       "When asked to end, wait so long for requests in flight"),
      option<&serve::HttpServerOptions::cors_origin>("cors_origin",
                                                     "Pages of this origin may ask too (CORS); * for pages of any"),
      option<&serve::HttpServerOptions::tls_certificate>("tls_certificate", "PEM file of the certificate chain: HTTPS"),
      option<&serve::HttpServerOptions::tls_key>("tls_key", "PEM file of the certificate's private key"),
  };
};
SEGUE_CHECK_OPTIONS(serve::HttpServerOptions);

}  // namespace segue

namespace segue::serve {

class HttpServer {
 public:
  // Listens from now on; connections wait until run(). Throws io_failed, with the address, where that cannot be;
  // wrong_use for what is no address, for a certificate without its key and for either that cannot be read. `handler`
  // outlives it.
  HttpServer(RequestHandler& handler, const HttpServerOptions& options);
  ~HttpServer();
  HttpServer(const HttpServer&) = delete;
  HttpServer& operator=(const HttpServer&) = delete;

  std::uint16_t port() const;

  // Serves until `stop`, then takes no new connection, finishes the requests in flight and returns. REQUIRES: called
  // once.
  void run(const std::stop_token& stop);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace segue::serve
