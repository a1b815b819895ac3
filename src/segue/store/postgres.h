// PostgreSQL through libpq: connections, statements with values and their rows, errors as segue::Error.
//
// Values and rows travel in PostgreSQL's binary format: nothing is quoted, so no text can be taken for SQL. Statements
// are unnamed and sessions keep no state outside a transaction, so that a connection pooler can sit in between.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "segue/base/error.h"

struct pg_conn;
struct pg_result;

namespace segue::store {

// Where a database is. Messages use `name`, never the URL, which may hold a password.
struct PostgresPlace {
  std::string url;
  std::string name;
};

// "postgresql://user@host/db". Throws wrong_use for a URL that libpq cannot parse.
PostgresPlace postgres_place(const std::string& url);

// The code for a server error, by its SQLSTATE ("" if the connection was lost).
ErrorCode code_of_sqlstate(std::string_view state);

// An array of text or bigint in PostgreSQL's binary format.
class PostgresArray {
 public:
  enum class Of { text, bigint };

  PostgresArray(Of kind, std::size_t size);
  void append(std::string_view text);
  void append(std::int64_t number);
  Of kind() const { return kind_; }
  std::string bytes() && { return std::move(bytes_); }

 private:
  Of kind_;
  std::string bytes_;
};

// The values of a statement: $1, $2, ... in the order they are added.
class PostgresValues {
 public:
  // The text must outlive the statement.
  PostgresValues& add(std::string_view text);
  PostgresValues& add(std::int64_t number);
  PostgresValues& add(bool truth);
  PostgresValues& add(PostgresArray array);

 private:
  friend class PostgresConnection;
  struct Value {
    std::uint32_t type;
    std::string owned;      // if the value is made here
    std::string_view text;  // otherwise
  };
  std::vector<Value> values_;
};

// The rows of a statement. Columns and rows count from 0.
class PostgresRows {
 public:
  explicit PostgresRows(pg_result* result) : result_(result) {}

  std::size_t size() const;
  std::string_view text(std::size_t row, int column) const;  // lives as long as the rows; "" for NULL
  std::int64_t number(std::size_t row, int column) const;    // a boolean, or an integer of any size
  bool null(std::size_t row, int column) const;

  // A view of one row.
  struct Row {
    const PostgresRows& rows;
    std::size_t row;
    std::string_view text(int column) const { return rows.text(row, column); }
    std::int64_t number(int column) const { return rows.number(row, column); }
  };
  Row operator[](std::size_t row) const { return {*this, row}; }

  // The number of rows that an INSERT, UPDATE or DELETE changed.
  std::uint64_t changed() const;
  std::string_view command() const;  // "INSERT 0 1", "COMMIT"
  const pg_result* result() const { return result_.get(); }

 private:
  struct Clear {
    void operator()(pg_result* result) const;
  };
  std::unique_ptr<pg_result, Clear> result_;
};

// A session. Used by one thread at a time.
class PostgresConnection {
 public:
  // Gives up after 5 s, unless the URL says otherwise. Commits are durable, and statements end after 60 s unless the
  // server has a timeout of its own. Throws not_found for a database that does not exist, wrong_use for a user without
  // access or a database whose encoding is not UTF-8, unavailable for a server that cannot be reached now.
  explicit PostgresConnection(const PostgresPlace& place);

  // Runs one statement. Throws by code_of_sqlstate().
  PostgresRows run(const std::string& sql, const PostgresValues& values = {});

  // Whether the next statement may work: the session has not ended and no transaction is open. Checks the socket, not
  // the server.
  bool usable() const;
  // Whether the server or the network is known to have ended the session.
  bool lost() const;
  const std::string& name() const { return name_; }

 private:
  struct Finish {
    void operator()(pg_conn* connection) const;
  };

  [[noreturn]] void fail_to_connect(std::chrono::steady_clock::duration took) const;
  [[noreturn]] void fail_with(const pg_result* result);

  std::string name_;
  std::unique_ptr<pg_conn, Finish> connection_;
  bool ended_ = false;  // reported by the server
};

// Starts with BEGIN; rolled back unless commit() was reached.
class PostgresTransaction {
 public:
  explicit PostgresTransaction(PostgresConnection& connection, const char* begin = "BEGIN");
  ~PostgresTransaction();
  PostgresTransaction(const PostgresTransaction&) = delete;
  PostgresTransaction& operator=(const PostgresTransaction&) = delete;
  // Throws unavailable if the connection is lost meanwhile: then it is unknown whether it was committed.
  void commit();

 private:
  PostgresConnection& connection_;
  bool done_ = false;
};

}  // namespace segue::store
