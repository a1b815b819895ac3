#include "segue/store/store.h"

#include <filesystem>

#include "segue/base/error.h"
#include "segue/store/postgres_store.h"
#include "segue/store/sqlite_store.h"

namespace segue::store {

bool is_postgres_url(std::string_view where) {
  return where.starts_with("postgresql://") || where.starts_with("postgres://");
}

std::unique_ptr<ListenStore> open_store(const std::string& where, IfMissing if_missing) {
  if (is_postgres_url(where)) return std::make_unique<PostgresStore>(where);
  if (if_missing == IfMissing::refuse && !std::filesystem::exists(where)) {
    fail(ErrorCode::not_found, "{}: no such file", where);
  }
  return std::make_unique<SqliteStore>(where);
}

}  // namespace segue::store
