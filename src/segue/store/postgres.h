// PostgreSQL as Segue uses it, by libpq: connections, statements with values and their rows, errors as segue::Error.
//
// Values and rows travel in PostgreSQL's binary format: nothing is quoted, so no text can be taken for SQL. Statements
// have no names and sessions no state, but for what a transaction keeps, so that a pooler may stand between.
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

// Where a database is. `name` is what messages call it: never the URL, which may hold a password.
struct PostgresPlace {
  std::string url;
  std::string name;
};

// "postgresql://user@host/db". Throws wrong_use for what libpq does not understand.
PostgresPlace postgres_place(const std::string& url);

// What an error of the server means, by its SQLSTATE ("" where the connection was lost).
ErrorCode code_of_sqlstate(std::string_view state);

// One array of text or bigint as PostgreSQL reads it.
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
  // The text has to stay until the statement has run.
  PostgresValues& add(std::string_view text);
  PostgresValues& add(std::int64_t number);
  PostgresValues& add(bool truth);
  PostgresValues& add(PostgresArray array);

 private:
  friend class PostgresConnection;
  struct Value {
    std::uint32_t type;
    std::string owned;      // where the value is made here
    std::string_view text;  // else
  };
  std::vector<Value> values_;
};

// The rows of a statement. Columns and rows from 0.
class PostgresRows {
 public:
  explicit PostgresRows(pg_result* result) : result_(result) {}

  std::size_t size() const;
  std::string_view text(std::size_t row, int column) const;  // lives as long as the rows; "" for NULL
  std::int64_t number(std::size_t row, int column) const;    // a boolean, an integer of any size
  bool null(std::size_t row, int column) const;

  // One of them; views them.
  struct Row {
    const PostgresRows& rows;
    std::size_t row;
    std::string_view text(int column) const { return rows.text(row, column); }
    std::int64_t number(int column) const { return rows.number(row, column); }
  };
  Row operator[](std::size_t row) const { return {*this, row}; }

  // Rows that an INSERT, UPDATE or DELETE changed.
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
  // Gives up after 5 s, unless the URL says otherwise. Commits are durable and statements end after 60 s, unless the
  // server is set to a time of its own. Throws not_found for a database that is not there, wrong_use for a user who is
  // not let in or a database that does not hold UTF-8, unavailable for a server that cannot be reached now.
  explicit PostgresConnection(const PostgresPlace& place);

  // One statement. Throws by code_of_sqlstate().
  PostgresRows run(const std::string& sql, const PostgresValues& values = {});

  // Whether the next statement may work: nothing has ended the session, and no transaction was left open. Asks the
  // socket, not the server.
  bool usable() const;
  // Whether the server or the network ended the session, as far as was seen.
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
  bool ended_ = false;  // the server said so
};

// BEGIN now; rolled back unless commit() was reached.
class PostgresTransaction {
 public:
  explicit PostgresTransaction(PostgresConnection& connection, const char* begin = "BEGIN");
  ~PostgresTransaction();
  PostgresTransaction(const PostgresTransaction&) = delete;
  PostgresTransaction& operator=(const PostgresTransaction&) = delete;
  // Throws unavailable where the connection is lost meanwhile: whether it is committed cannot be known.
  void commit();

 private:
  PostgresConnection& connection_;
  bool done_ = false;
};

}  // namespace segue::store
