#include "segue/store/store.h"

#include <filesystem>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/manifest.h"
#include "segue/base/secrets.h"
#include "segue/store/postgres_store.h"
#include "segue/store/sqlite_store.h"

namespace segue::store {

bool is_postgres_url(std::string_view where) {
  return where.starts_with("postgresql://") || where.starts_with("postgres://");
}

namespace {

// Names that SQLite or libpq would take for something else than a file. As files they would lose every listen at the
// end of the process, or be created under a name that nobody meant.
void refuse_what_is_no_file(std::string_view where) {
  static constexpr std::string_view kWanted = "expected the path of an SQLite file or postgresql://USER@HOST/DATABASE";
  const auto refuse = [&](std::string_view found) {
    fail(ErrorCode::wrong_use, "--store: {}, found {}", kWanted, found);
  };
  if (where.empty()) refuse("nothing");
  if (where == ":memory:" || where.starts_with("file:")) {
    refuse(fmt::format("\"{0}\" (for a file of this name, write ./{0})", where));
  }
  const std::size_t scheme = where.find("://");
  const bool is_url = scheme != std::string_view::npos && where.substr(0, scheme).find('/') == std::string_view::npos;
  const bool is_mistyped = where.starts_with("postgres") && where.find("//") != std::string_view::npos;
  const bool is_keywords = where.find("dbname=") != std::string_view::npos || where.find("host=") == 0;
  if (is_url || is_mistyped || is_keywords) refuse(fmt::format("\"{}\"", without_passwords(where)));
}

}  // namespace

std::unique_ptr<ListenStore> open_store(const std::string& where, IfMissing if_missing) {
  if (is_postgres_url(where)) return std::make_unique<PostgresStore>(where);
  refuse_what_is_no_file(where);
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
