#include "segue/store/store.h"

#include "segue/base/error.h"
#include "segue/store/sqlite_store.h"

namespace segue {

std::unique_ptr<ListenStore> open_store(const std::string& where) {
  if (where.starts_with("postgresql://") || where.starts_with("postgres://")) {
    fail(ErrorCode::wrong_use, "--store {}: this build keeps listens in SQLite files only", where);
  }
  return std::make_unique<SqliteStore>(where);
}

}  // namespace segue
