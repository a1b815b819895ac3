// One connection of a server: reads requests, has them answered and writes the replies, until either side ends it. For
// http_server.cpp; the types are Asio's.
#pragma once

#include <atomic>
#include <cstdint>
#include <list>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/thread_pool.hpp>

#include "segue/serve/http/http_server.h"

namespace segue::serve {

// State shared by all connections.
struct ConnectionShare {
  RequestHandler& handler;
  const HttpServerOptions& options;
  boost::asio::thread_pool& pool;
  boost::asio::ssl::context* tls;  // nullptr: plain
  std::atomic<bool> draining{false};
};

// The connections of one io thread that wait for a request: a drain may close them at once. Used by that thread alone.
class WaitingConnections {
 public:
  // The socket counts as waiting while this lives.
  class Wait {
   public:
    Wait(WaitingConnections& all, boost::asio::ip::tcp::socket& socket)
        : all_(all), place_(all.sockets_.insert(all.sockets_.end(), &socket)) {}
    ~Wait() { all_.sockets_.erase(place_); }
    Wait(const Wait&) = delete;
    Wait& operator=(const Wait&) = delete;

   private:
    WaitingConnections& all_;
    std::list<boost::asio::ip::tcp::socket*>::iterator place_;
  };

  void close_all();

 private:
  std::list<boost::asio::ip::tcp::socket*> sockets_;
};

// Serves until the client or the server ends it. Throws only what ends the process.
boost::asio::awaitable<void> serve_connection(boost::asio::ip::tcp::socket socket, ConnectionShare& share,
                                              WaitingConnections& waiting);
// Replies that there are too many clients, and closes.
boost::asio::awaitable<void> refuse_connection(boost::asio::ip::tcp::socket socket, ConnectionShare& share);

}  // namespace segue::serve
