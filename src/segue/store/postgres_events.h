// The table of events in a PostgreSQL store: see events.h.
#pragma once

#include <cstdint>
#include <functional>
#include <span>

#include "segue/store/group_commit.h"
#include "segue/store/postgres.h"
#include "segue/store/store.h"

namespace segue::store {

bool has_events(PostgresConnection& connection);
// Makes the table and its indexes if they are missing. REQUIRES: within a transaction.
void make_events(PostgresConnection& connection);

// Adds the events of these additions, and counts the new ones in each `added`. REQUIRES: within a transaction.
void insert_events(PostgresConnection& connection, std::span<Addition* const> additions);

// As ListenStore::for_each_event().
void read_events(PostgresConnection& connection, std::int64_t from,
                 const std::function<bool(const StoredEvent&)>& each);

}  // namespace segue::store
