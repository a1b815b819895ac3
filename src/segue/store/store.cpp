#include "segue/store/store.h"

#include <filesystem>

#include "segue/base/error.h"
#include "segue/base/manifest.h"
#include "segue/store/postgres_store.h"
#include "segue/store/sqlite_store.h"

namespace segue::store {

bool is_postgres_url(std::string_view where) {
  return where.starts_with("postgresql://") || where.starts_with("postgres://");
}

std::unique_ptr<ListenStore> open_store(const std::string& where, IfMissing if_missing) {
  if (is_postgres_url(where)) return std::make_unique<PostgresStore>(where);
  if (const auto folder = enclosing_folder(where); !folder.empty()) {
    fail(ErrorCode::wrong_use,
         "{}: expected a store outside of datasets and models, found it in {}: a new version of that "
         "folder would delete it",
         where, folder.filename().string());
  }
  if (if_missing == IfMissing::refuse && !std::filesystem::exists(where)) {
    fail(ErrorCode::not_found, "{}: no such file", where);
  }
  return std::make_unique<SqliteStore>(where);
}

}  // namespace segue::store
