#include "segue/store/store.h"

#include "segue/store/postgres_store.h"
#include "segue/store/sqlite_store.h"

namespace segue {

std::unique_ptr<ListenStore> open_store(const std::string& where) {
  if (is_postgres_url(where)) return std::make_unique<PostgresStore>(where);
  return std::make_unique<SqliteStore>(where);
}

}  // namespace segue
