// SQLite: connections and statements that close themselves, errors as segue::Error.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace segue::store {

// Which file a path led to.
struct FileIdentity {
  std::uint64_t device = 0;
  std::uint64_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

// An open database. Used by one thread at a time.
class SqliteConnection {
 public:
  enum class Mode { create, read };

  // Creates the file, readable by its owner alone, if it is missing and the mode allows it. Throws as the table below.
  SqliteConnection(const std::filesystem::path& file, Mode mode);
  // Reads the bytes of a database as they lie in memory, which outlives the connection. `name` is for messages.
  SqliteConnection(std::span<const std::byte> image, std::string name);
  ~SqliteConnection();
  SqliteConnection(const SqliteConnection&) = delete;
  SqliteConnection& operator=(const SqliteConnection&) = delete;

  // One or more statements without values.
  void run(const std::string& sql);
  // Whether closing the last connection moves the write-ahead log into the file; by default it does.
  void checkpoint_on_close(bool whether);
  // Moves the write-ahead log into the file and empties it. False if readers still need it after this long.
  bool truncate_log(std::chrono::milliseconds patience);
  // The number of rows that the last statement changed.
  std::int64_t changes() const;
  sqlite3* get() const { return database_; }
  const std::string& name() const { return name_; }
  // Throws unavailable if its path leads no longer to the file that was opened: what is written would be lost with it.
  void check_not_moved() const;

  // SQLITE_FULL and writes beyond a quota or a limit -> no_space, SQLITE_CORRUPT and SQLITE_NOTADB -> corrupt,
  // SQLITE_CANTOPEN -> not_found, SQLITE_BUSY -> unavailable, anything else -> io_failed; with the file's name.
  [[noreturn]] void fail_with(int code) const;

 private:
  void open(const char* path, int flags);

  std::string name_;
  std::optional<FileIdentity> file_;  // nothing for a database in memory
  sqlite3* database_ = nullptr;
};

// A prepared statement of a connection that outlives it. Values are bound in order, columns read from 0.
class SqliteStatement {
 public:
  SqliteStatement(SqliteConnection& connection, std::string_view sql);
  ~SqliteStatement();
  SqliteStatement(const SqliteStatement&) = delete;
  SqliteStatement& operator=(const SqliteStatement&) = delete;

  // Starts again from the first value.
  SqliteStatement& reset();
  // The text must stay valid until the statement is reset.
  SqliteStatement& bind(std::string_view text);
  SqliteStatement& bind(std::int64_t number);

  bool step();  // whether there is another row
  void run();   // to its end
  std::string text(int column) const;
  std::int64_t number(int column) const;
  bool null(int column) const;

 private:
  SqliteConnection& connection_;
  sqlite3_stmt* statement_ = nullptr;
  int bound_ = 0;
};

// Rolled back unless commit() was reached. "BEGIN" instead: a snapshot for several statements that read.
class SqliteTransaction {
 public:
  explicit SqliteTransaction(SqliteConnection& connection, const char* begin = "BEGIN IMMEDIATE");
  ~SqliteTransaction();
  SqliteTransaction(const SqliteTransaction&) = delete;
  SqliteTransaction& operator=(const SqliteTransaction&) = delete;
  void commit();

 private:
  SqliteConnection& connection_;
  bool done_ = false;
};

}  // namespace segue::store
