// A PostgreSQL server for tests, at a socket in a scratch folder: it needs no port and no set-up.
#pragma once

#include <string>

#include <sys/types.h>

#include "tests/support/scratch.h"

namespace segue::testing {

class PostgresServer {
 public:
  // fast: without waiting for the disk.
  enum class Disk { fast, durable };

  // Starts a server with its own cluster, which sorts texts as in English rather than by bytes. Throws if PostgreSQL is
  // not installed or does not start. PostgreSQL refuses to run as root, so under root it runs as the user postgres.
  explicit PostgresServer(Disk disk = Disk::fast);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // One running server for the whole process.
  static PostgresServer& shared();

  void start();  // returns once it accepts connections
  void stop();   // cleanly: ends sessions and writes everything
  void kill();   // immediately: the next start recovers from the log

  std::string url(const std::string& database, const std::string& user = "segue") const;
  // The URL of a new, empty database.
  std::string make_database(const std::string& options = "");

 private:
  void end(int signal);

  Scratch folder_;
  Disk disk_;
  pid_t process_ = -1;
  int databases_ = 0;
};

}  // namespace segue::testing
