// One connection of a server: reads requests, has them answered and writes the replies, until either side ends it. For
// http_server.cpp; the types are Asio's.
#pragma once

#include <atomic>
#include <list>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "segue/serve/http/byte_budget.h"
#include "segue/serve/http/client_counts.h"
#include "segue/serve/http/http_server.h"
#include "segue/serve/http/tls.h"

namespace segue::serve {

// State shared by all connections.
struct ConnectionShare {
  RequestHandler& handler;
  const HttpServerOptions& options;
  boost::asio::io_context& pool;    // for requests that may block
  boost::asio::io_context& probes;  // for health probes that may block
  const TlsFiles* tls;              // nullptr: plain
  ByteBudget& budget;
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

// Serves until the client or the server ends it: every request with Room::full; one health probe with Room::probes,
// and a refusal of anything else. Throws bad_alloc, which ends the connection.
boost::asio::awaitable<void> serve_connection(boost::asio::ip::tcp::socket socket, Room room, ConnectionShare& share,
                                              WaitingConnections& waiting);

}  // namespace segue::serve
