#include "segue/store/postgres_events.h"

#include <algorithm>
#include <vector>

#include "segue/base/error.h"
#include "segue/store/stored_rows.h"

namespace segue::store {

namespace {

constexpr std::size_t kEventsOfStatement = 5000;

constexpr std::array kEventTables = {
    R"sql(CREATE TABLE IF NOT EXISTS segue.events (
      list text COLLATE "C" NOT NULL, position bigint NOT NULL, event text COLLATE "C" NOT NULL,
      song text COLLATE "C" NOT NULL, played_ms bigint NOT NULL, happened_at bigint NOT NULL, made_at bigint NOT NULL,
      user_name text COLLATE "C" NOT NULL, PRIMARY KEY (list, position, event, song)))sql",
    "CREATE INDEX IF NOT EXISTS events_by_time ON segue.events (made_at)",
    "CREATE INDEX IF NOT EXISTS events_by_user ON segue.events (user_name) WHERE user_name <> ''",
};

constexpr std::string_view kEventColumns = "list, position, event, song, played_ms, happened_at, made_at, user_name";

// An event of a group, and the addition it belongs to.
struct EventRow {
  const StoredEvent* event;
  Addition* addition;
};

auto event_key_of(const EventRow& row) {
  return event_key(*row.event);
}

void insert_rows(PostgresConnection& connection, std::span<const EventRow> rows) {
  const auto texts = [rows](const auto& text_of) {
    PostgresArray array(PostgresArray::Of::text, rows.size());
    for (const EventRow& row : rows) array.append(std::string_view(text_of(*row.event)));
    return array;
  };
  const auto numbers = [rows](const auto& number_of) {
    PostgresArray array(PostgresArray::Of::bigint, rows.size());
    for (const EventRow& row : rows) array.append(std::int64_t{number_of(*row.event)});
    return array;
  };
  PostgresValues values;
  values.add(texts([](const StoredEvent& one) { return std::string_view(one.list); }));
  values.add(numbers([](const StoredEvent& one) { return one.position; }));
  values.add(texts([](const StoredEvent& one) { return name_of(one.event); }));
  values.add(texts([](const StoredEvent& one) { return std::string_view(one.song); }));
  values.add(numbers([](const StoredEvent& one) { return one.played_ms.value_or(-1); }));
  values.add(numbers([](const StoredEvent& one) { return one.happened_at; }));
  values.add(numbers([](const StoredEvent& one) { return one.made_at; }));
  values.add(texts([](const StoredEvent& one) { return std::string_view(one.user); }));
  const PostgresRows added =
      connection.run(fmt::format("INSERT INTO segue.events ({}) SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7, $8) "
                                 "ON CONFLICT DO NOTHING RETURNING list, position, event, song",
                                 kEventColumns),
                     values);
  for (std::size_t i = 0; i < added.size(); ++i) {
    const std::tuple key(added.text(i, 0), static_cast<std::uint32_t>(added.number(i, 1)), added.text(i, 2),
                         added.text(i, 3));
    const auto found = std::ranges::lower_bound(rows, key, {}, event_key_of);
    SEGUE_ASSERT(found != rows.end() && event_key_of(*found) == key);
    ++found->addition->added.added;
  }
}

}  // namespace

bool has_events(PostgresConnection& connection) {
  return connection.run("SELECT to_regclass('segue.events') IS NOT NULL").number(0, 0) != 0;
}

void make_events(PostgresConnection& connection) {
  for (const char* const sql : kEventTables) connection.run(sql);
}

void insert_events(PostgresConnection& connection, std::span<Addition* const> additions) {
  std::vector<EventRow> rows;
  for (Addition* const addition : additions) {
    for (const StoredEvent& event : addition->events) rows.push_back({.event = &event, .addition = addition});
  }
  // The same order in every process, so that two that add the same events cannot deadlock. The first of repeated events
  // stays.
  std::ranges::stable_sort(rows, {}, event_key_of);
  const auto repeats = [](const EventRow& a, const EventRow& b) { return event_key_of(a) == event_key_of(b); };
  rows.erase(std::unique(rows.begin(), rows.end(), repeats), rows.end());
  for (std::span<const EventRow> rest = rows; !rest.empty();) {
    const std::size_t count = std::min(rest.size(), kEventsOfStatement);
    insert_rows(connection, rest.first(count));
    rest = rest.subspan(count);
  }
}

void read_events(PostgresConnection& connection, std::int64_t from,
                 const std::function<bool(const StoredEvent&)>& each) {
  PostgresTransaction transaction(connection, "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  connection.run(fmt::format("DECLARE some_events NO SCROLL CURSOR FOR SELECT {} FROM segue.events WHERE made_at >= $1 "
                             "ORDER BY list, position, event, song",
                             kEventColumns),
                 PostgresValues().add(from));
  for (;;) {
    const PostgresRows rows = connection.run("FETCH 1000 FROM some_events");
    for (std::size_t row = 0; row < rows.size(); ++row) {
      if (!each(event_of(rows[row]))) return;
    }
    if (rows.size() == 0) return;
  }
}

}  // namespace segue::store
