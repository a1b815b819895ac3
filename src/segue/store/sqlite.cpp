#include "segue/store/sqlite.h"

#include <cerrno>

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include "segue/base/error.h"
#include "segue/base/file.h"

namespace segue::store {

namespace {

constexpr int kBusyMilliseconds = 5000;
constexpr mode_t kOwnerOnly = 0600;

ErrorCode code_of(int code) {
  switch (code & 0xFF) {
    case SQLITE_FULL:
    case SQLITE_NOMEM:
      return ErrorCode::no_space;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return ErrorCode::corrupt;
    case SQLITE_CANTOPEN:
      return ErrorCode::not_found;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
      return ErrorCode::unavailable;
    default:
      return ErrorCode::io_failed;
  }
}

std::optional<FileIdentity> identity_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileIdentity{status.st_dev, status.st_ino};
}

// SQLite calls only ENOSPC a full disk. The failed write was to the database or to its log.
bool is_over_a_limit(sqlite3* database) {
  for (const int which : {SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER}) {
    sqlite3_file* file = nullptr;
    int reason = 0;
    if (sqlite3_file_control(database, "main", which, &file) != SQLITE_OK || file == nullptr) continue;
    if (file->pMethods == nullptr ||
        file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &reason) != SQLITE_OK) {
      continue;
    }
    if (reason == EFBIG || reason == EDQUOT) return true;
  }
  return false;
}

}  // namespace

SqliteConnection::SqliteConnection(const std::filesystem::path& file, Mode mode) : name_(file.string()) {
  if (mode == Mode::create) {  // SQLite would make it readable by everyone
    const FileHandle made(::open(name_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerOnly));
    if (!made) fail_errno(name_, errno);
  }
  open(name_.c_str(), mode == Mode::create ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY);
  file_ = identity_of(name_);
}

SqliteConnection::SqliteConnection(std::span<const std::byte> image, std::string name) : name_(std::move(name)) {
  open(":memory:", SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
  auto* const bytes = const_cast<unsigned char*>(reinterpret_cast<const unsigned char*>(image.data()));  // only read
  const auto size = static_cast<sqlite3_int64>(image.size());
  const int code = sqlite3_deserialize(database_, "main", bytes, size, size, SQLITE_DESERIALIZE_READONLY);
  if (code == SQLITE_OK) return;
  sqlite3_close(database_);
  fail(code_of(code), "{}: {}", name_, sqlite3_errstr(code));
}

void SqliteConnection::open(const char* path, int flags) {
  const int code = sqlite3_open_v2(path, &database_, flags | SQLITE_OPEN_NOMUTEX, nullptr);
  if (code != SQLITE_OK) {
    sqlite3_close(database_);
    database_ = nullptr;
    fail(code_of(code), "{}: {}", name_, sqlite3_errstr(code));
  }
  sqlite3_busy_timeout(database_, kBusyMilliseconds);
  sqlite3_extended_result_codes(database_, 1);
}

void SqliteConnection::check_not_moved() const {
  if (!file_) return;
  const std::optional<FileIdentity> now = identity_of(name_);
  if (now == file_) return;
  fail(ErrorCode::unavailable, "{}: expected the file that was opened, found {}: it was moved or removed", name_,
       now ? "another one" : "none");
}

SqliteConnection::~SqliteConnection() {
  sqlite3_close_v2(database_);
}

void SqliteConnection::run(const std::string& sql) {
  const int code = sqlite3_exec(database_, sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) fail_with(code);
}

void SqliteConnection::checkpoint_on_close(bool whether) {
  sqlite3_db_config(database_, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, whether ? 0 : 1, nullptr);
}

bool SqliteConnection::truncate_log(std::chrono::milliseconds patience) {
  sqlite3_busy_timeout(database_, static_cast<int>(patience.count()));
  const int code = sqlite3_wal_checkpoint_v2(database_, nullptr, SQLITE_CHECKPOINT_TRUNCATE, nullptr, nullptr);
  sqlite3_busy_timeout(database_, kBusyMilliseconds);
  if (code != SQLITE_OK && code != SQLITE_BUSY) fail_with(code);
  return code == SQLITE_OK;
}

std::int64_t SqliteConnection::changes() const {
  return sqlite3_changes64(database_);
}

void SqliteConnection::fail_with(int code) const {
  const std::string reason = sqlite3_errmsg(database_);
  const bool over_a_limit = code == SQLITE_IOERR_WRITE && is_over_a_limit(database_);
  fail(over_a_limit ? ErrorCode::no_space : code_of(code), "{}: {}", name_, reason);
}

SqliteStatement::SqliteStatement(SqliteConnection& connection, std::string_view sql) : connection_(connection) {
  const int code = sqlite3_prepare_v3(connection.get(), sql.data(), static_cast<int>(sql.size()),
                                      SQLITE_PREPARE_PERSISTENT, &statement_, nullptr);
  if (code != SQLITE_OK) connection.fail_with(code);
}

SqliteStatement::~SqliteStatement() {
  sqlite3_finalize(statement_);
}

SqliteStatement& SqliteStatement::reset() {
  sqlite3_reset(statement_);
  bound_ = 0;
  return *this;
}

SqliteStatement& SqliteStatement::bind(std::string_view text) {
  // An empty view may have a null pointer, which SQLite would take for NULL.
  const char* const begin = text.data() == nullptr ? "" : text.data();
  const int code = sqlite3_bind_text64(statement_, ++bound_, begin, text.size(), SQLITE_STATIC, SQLITE_UTF8);
  if (code != SQLITE_OK) connection_.fail_with(code);
  return *this;
}

SqliteStatement& SqliteStatement::bind(std::int64_t number) {
  const int code = sqlite3_bind_int64(statement_, ++bound_, number);
  if (code != SQLITE_OK) connection_.fail_with(code);
  return *this;
}

bool SqliteStatement::step() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  sqlite3_reset(statement_);
  connection_.fail_with(code);
}

void SqliteStatement::run() {
  while (step()) {
  }
  sqlite3_reset(statement_);
}

std::string SqliteStatement::text(int column) const {
  const auto* const bytes = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (bytes == nullptr) return "";
  return {bytes, static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

std::int64_t SqliteStatement::number(int column) const {
  return sqlite3_column_int64(statement_, column);
}

bool SqliteStatement::null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

SqliteTransaction::SqliteTransaction(SqliteConnection& connection, const char* begin) : connection_(connection) {
  connection_.run(begin);
}

SqliteTransaction::~SqliteTransaction() {
  // If this fails too, nothing more can be done here: the next BEGIN reports it.
  if (!done_) sqlite3_exec(connection_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
}

void SqliteTransaction::commit() {
  connection_.run("COMMIT");
  done_ = true;
}

}  // namespace segue::store
