// A PostgreSQL server of the tests' own, at a socket in a scratch folder: it needs no port and no set-up.
#pragma once

#include <string>

#include <sys/types.h>

#include "tests/support/scratch.h"

namespace segue::testing {

class PostgresServer {
 public:
  // fast: does not wait for the disk.
  enum class Disk { fast, durable };

  // Started, with a cluster of its own whose texts sort as in English, not by their bytes. Throws where PostgreSQL is
  // not installed or does not start. A server does not run as root: under root it runs as the user postgres.
  explicit PostgresServer(Disk disk = Disk::fast);
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  // One for the whole process, running.
  static PostgresServer& shared();

  void start();  // returns when it takes connections
  void stop();   // in order: sessions are ended, everything is written
  void kill();   // at once: the next start recovers from the log

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
