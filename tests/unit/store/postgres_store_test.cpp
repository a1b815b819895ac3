// A PostgreSQL store when the server, the network or another process interferes; store_test.cpp tests it on its own.
#include "segue/store/postgres_store.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <functional>
#include <limits>
#include <map>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/expect_error.h"
#include "tests/support/listens.h"
#include "tests/support/postgres_server.h"

namespace segue::store {
namespace {

using testing::listen;
using testing::PostgresServer;

std::string new_database() {
  return PostgresServer::shared().make_database();
}

void run(const std::string& url, const std::string& sql) {
  PostgresConnection(postgres_place(url)).run(sql);
}

TEST(PostgresPlace, name_has_no_password) {
  EXPECT_EQ(postgres_place("postgresql://ann:secret@db.example:5433/music").name, "database music at db.example:5433");
  EXPECT_EQ(postgres_place("postgres://db/music?password=secret").name, "database music at db");
  EXPECT_EQ(postgres_place("postgresql:///music?host=/run/pg").name, "database music at /run/pg");
  EXPECT_EQ(postgres_place("postgresql://").name, "the default database on this machine");
  EXPECT_TRUE(is_postgres_url("postgres://"));
  EXPECT_FALSE(is_postgres_url("postgres.sqlite"));
}

TEST(PostgresPlace, messages_contain_no_password) {
  for (const std::string url :
       {"postgresql://ann:sec@ret@db/music", "postgresql://ann:sec/ret@db/music", "postgresql://ann:1/sec@ret/music",
        "postgresql://ann:se%zzcret@db/music", "postgresql://db/music?passwrd=secret", "postgresql://ann:1/ret?sec@db",
        "postgresql://db/music?password=se%00cret", "postgresql://ann:secret@[db/music"}) {
    try {
      (void)postgres_place(url);
      ADD_FAILURE() << url;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::wrong_use);
      EXPECT_TRUE(std::string(error.what()).starts_with("--store: cannot parse the PostgreSQL URL: "));
      for (const std::string part : {"sec", "cret", "ret@"}) {
        EXPECT_EQ(std::string(error.what()).find(part), std::string::npos) << error.what();
      }
    }
  }
}

// pageinspect reads what is on the pages, whether or not a query would return it.
TEST(PostgresStoreFiles, forgotten_listens_leave_the_tables) {
  const std::string url = new_database();
  PostgresStore store(url);
  std::vector<StoredListen> many;
  for (std::int64_t at = 1; at <= 600; ++at) many.push_back(listen(at % 3 == 0 ? "ann" : "bob", at, "a"));
  store.add(many);
  EXPECT_EQ(store.forget("ann").listens, 200U);
  run(url, "CREATE EXTENSION pageinspect");
  PostgresConnection connection(postgres_place(url));
  const PostgresRows rows = connection.run(
      "SELECT count(*) FROM generate_series(0, pg_relation_size('segue.listens') / 8192 - 1) AS page,"
      " heap_page_items(get_raw_page('segue.listens', page::int)) WHERE t_data IS NOT NULL");
  EXPECT_EQ(rows.number(0, 0), 400);
}

TEST(PostgresConnection, maps_server_errors_to_codes) {
  PostgresConnection connection(postgres_place(new_database()));
  const std::map<std::string, ErrorCode> meanings = {
      {"53100", ErrorCode::no_space},    {"53200", ErrorCode::no_space},    {"53300", ErrorCode::unavailable},
      {"57P01", ErrorCode::unavailable}, {"57P03", ErrorCode::unavailable}, {"08006", ErrorCode::unavailable},
      {"25006", ErrorCode::unavailable}, {"40P01", ErrorCode::unavailable}, {"57014", ErrorCode::unavailable},
      {"XX001", ErrorCode::corrupt},     {"23505", ErrorCode::io_failed},   {"22021", ErrorCode::bad_input},
      {"58030", ErrorCode::io_failed},   {"42501", ErrorCode::io_failed},
  };
  for (const auto& [state, code] : meanings) {
    EXPECT_EQ(code_of_sqlstate(state), code) << state;
    EXPECT_ERROR(connection.run("DO $$ BEGIN RAISE EXCEPTION 'Is so' USING ERRCODE = '" + state + "'; END $$"), code,
                 connection.name() + ": Is so");
    EXPECT_TRUE(connection.usable()) << state;
  }
}

TEST(PostgresConnection, rolls_back_what_was_not_committed) {
  PostgresConnection connection(postgres_place(new_database()));
  connection.run("CREATE TABLE numbers (number bigint)");
  {
    PostgresTransaction transaction(connection);
    connection.run("INSERT INTO numbers VALUES ($1)", PostgresValues().add(std::int64_t{7}));
    EXPECT_FALSE(connection.usable());
  }
  EXPECT_TRUE(connection.usable());
  EXPECT_EQ(connection.run("SELECT count(*) FROM numbers").number(0, 0), 0);
  PostgresTransaction transaction(connection);
  EXPECT_ERROR(connection.run("SELECT 1/0"), ErrorCode::bad_input, "division by zero");
  EXPECT_ERROR(transaction.commit(), ErrorCode::io_failed, "the transaction failed");
}

TEST(PostgresConnection, reads_numbers_of_every_size) {
  PostgresConnection connection(postgres_place(new_database()));
  const PostgresRows rows =
      connection.run("SELECT true, (-2)::smallint, (-3)::integer, (-9223372036854775808)::bigint, NULL::bigint, $1",
                     PostgresValues().add(std::numeric_limits<std::int64_t>::max()));
  EXPECT_EQ(rows.number(0, 0), 1);
  EXPECT_EQ(rows.number(0, 1), -2);
  EXPECT_EQ(rows.number(0, 2), -3);
  EXPECT_EQ(rows.number(0, 3), std::numeric_limits<std::int64_t>::min());
  EXPECT_TRUE(rows.null(0, 4));
  EXPECT_EQ(rows.number(0, 5), std::numeric_limits<std::int64_t>::max());
}

TEST(PostgresConnection, keeps_commits_durable_and_statements_bounded) {
  const std::string url = new_database();
  PostgresConnection connection(postgres_place(url + "&options=-c%20synchronous_commit%3Doff"));
  const PostgresRows set =
      connection.run("SELECT current_setting('synchronous_commit'), current_setting('statement_timeout')");
  EXPECT_EQ(set.text(0, 0), "on");
  EXPECT_EQ(set.text(0, 1), "1min");
  PostgresConnection own(postgres_place(url + "&options=-c%20statement_timeout%3D50ms"));
  EXPECT_ERROR(own.run("SELECT pg_sleep(60)"), ErrorCode::unavailable, "statement timeout");
  EXPECT_TRUE(own.usable());
}

TEST(PostgresStore, reports_why_it_cannot_be_opened) {
  const PostgresServer& server = PostgresServer::shared();
  EXPECT_ERROR(PostgresStore(server.url("nowhere")), ErrorCode::not_found, "database nowhere at /");
  EXPECT_ERROR(PostgresStore(server.url("nowhere")), ErrorCode::not_found, "database \"nowhere\" does not exist");
  EXPECT_ERROR(PostgresStore(server.url("postgres", "nobody")), ErrorCode::wrong_use, "role \"nobody\" does not exist");
  EXPECT_ERROR(PostgresStore("postgresql://127.0.0.1:1/music"), ErrorCode::unavailable,
               "database music at 127.0.0.1:1: ");
  EXPECT_ERROR(PostgresStore("postgresql://no.such.host.invalid/music"), ErrorCode::unavailable,
               "no.such.host.invalid");
  EXPECT_ERROR(PostgresStore(PostgresServer::shared().make_database(
                   "ENCODING LATIN1 LOCALE 'C' TEMPLATE template0 LOCALE_PROVIDER libc")),
               ErrorCode::wrong_use, "expected a database with the encoding UTF8, found LATIN1");
}

TEST(PostgresStore, refuses_a_foreign_or_newer_schema) {
  const std::string url = new_database();
  run(url, "CREATE SCHEMA segue");
  { const PostgresStore made(url); }  // created for an empty database
  run(url, "UPDATE segue.schema_version SET version = 99");
  EXPECT_ERROR(PostgresStore{url}, ErrorCode::unsupported, "version 99 of the store is newer");
  run(url, "DELETE FROM segue.schema_version");
  EXPECT_ERROR(PostgresStore{url}, ErrorCode::corrupt, "segue.schema_version is empty");

  const std::string other = new_database();
  run(other, "CREATE SCHEMA segue");
  run(other, "CREATE TABLE segue.songs (id bigint)");
  EXPECT_ERROR(PostgresStore{other}, ErrorCode::corrupt, "expected a listen store in the schema segue");
  run(other, "DROP TABLE segue.songs");
  PostgresStore store(other);
  run(other, "DROP SCHEMA segue CASCADE");
  EXPECT_ERROR(store.check(), ErrorCode::corrupt, "does not exist");
}

TEST(PostgresStore, makes_what_older_stores_do_not_have) {
  const std::string url = new_database();
  { PostgresStore(url).add(std::vector{listen("ann", 1, "a"), listen("ann", 2, "a"), listen("ann", 3, "b")}); }
  run(url, "DROP INDEX segue.listens_by_song");
  run(url, "DROP TABLE segue.playlists");
  run(url, "DROP TABLE segue.skips");
  run(url, "DROP TABLE segue.events");
  run(url, "DROP TABLE segue.catalogue_changes, segue.new_songs");
  PostgresStore store(url);
  EXPECT_TRUE(store.playlists_of("ann").empty());
  EXPECT_TRUE(store.skips_of("ann", 9).empty());
  EXPECT_EQ(store.drop_events(0), 0U);
  EXPECT_TRUE(store.catalogue_changes(0).empty());
  EXPECT_TRUE(store.new_songs(0).empty());
  run(url, "COMMENT ON INDEX segue.listens_by_song IS 'exists'");
  int songs = 0;
  store.for_each_song("ann", [&](const StoredListen&) { return ++songs > 0; });
  EXPECT_EQ(songs, 2);
}

TEST(PostgresStore, needs_no_create_privilege_if_the_tables_exist) {
  const std::string url = new_database();
  { const PostgresStore made(url); }
  run(url, "CREATE ROLE server LOGIN");
  run(url, "GRANT USAGE ON SCHEMA segue TO server");
  run(url, "GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA segue TO server");
  PostgresStore store(url + "&user=server");
  EXPECT_EQ(store.add(std::vector{listen("ann", 1, "a")}).added, 1U);
  EXPECT_EQ(store.forget("ann").listens, 1U);
}

TEST(PostgresStore, reports_a_full_disk_and_changes_nothing) {
  const std::string url = new_database();
  PostgresStore store(url);
  run(url,
      "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS"
      " $$ BEGIN IF NEW.title = 'big' THEN RAISE EXCEPTION 'No space left' USING ERRCODE = '53100'; END IF;"
      " RETURN NEW; END $$");
  run(url, "CREATE TRIGGER refuse BEFORE INSERT ON segue.listens FOR EACH ROW EXECUTE FUNCTION full_disk()");
  EXPECT_ERROR(store.add(std::vector{listen("ann", 1, "a"), listen("ann", 2, "big")}), ErrorCode::no_space, "No space");
  EXPECT_EQ(store.listen_count("ann"), 0U);
  EXPECT_EQ(store.add(std::vector{listen("ann", 1, "a")}).added, 1U);
}

TEST(PostgresStore, a_bad_listen_fails_only_its_own_addition) {
  PostgresStore store(new_database());
  const StoredListen not_utf8 = listen("ann", -1, "\xFF");
  const std::string with_nul("a\0b", 3);
  EXPECT_ERROR(store.add(std::vector{listen("ann", 1, "a"), listen("ann", 2, with_nul)}), ErrorCode::bad_input, "UTF8");
  EXPECT_EQ(store.listen_count("ann"), 0U);
  constexpr std::int64_t kThreads = 8;
  constexpr std::int64_t kEach = 30;
  std::vector<std::jthread> threads;
  for (std::int64_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread] {
      for (std::int64_t i = 0; i < kEach; ++i) {
        const std::int64_t at = thread * kEach + i;
        if (thread % 4 == 0) {
          EXPECT_ERROR(store.add(std::vector{listen("ann", at, "t"), not_utf8}), ErrorCode::bad_input, "UTF8");
        } else {
          EXPECT_EQ(store.add(std::vector{listen("ann", at, "t"), listen("ann", at, "t")}).known, 1U);
        }
      }
    });
  }
  threads.clear();
  EXPECT_EQ(store.listen_count("ann"), static_cast<std::uint64_t>(kThreads / 4 * 3 * kEach));
}

TEST(PostgresStore, several_stores_share_a_database) {
  const std::string url = new_database();
  std::vector<std::unique_ptr<PostgresStore>> stores(4);
  {  // all create the schema at once
    std::vector<std::jthread> openers;
    for (auto& store : stores) openers.emplace_back([&] { store = std::make_unique<PostgresStore>(url); });
  }
  constexpr std::int64_t kRounds = 20;
  constexpr std::int64_t kBatch = 50;
  std::atomic<std::size_t> added = 0;
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < stores.size() * 2; ++i) {
    threads.emplace_back([&, i] {
      for (std::int64_t round = 0; round < kRounds; ++round) {
        // Each adds the same listens, in an order of its own.
        std::vector<StoredListen> sent;
        for (std::int64_t at = 0; at < kBatch; ++at) sent.push_back(listen("ann", round * kBatch + at, "t"));
        if (i % 2 == 0) std::ranges::reverse(sent);
        added += stores[i / 2]->add(sent).added;
      }
    });
  }
  threads.clear();
  EXPECT_EQ(added, static_cast<std::size_t>(kRounds * kBatch));
  stores[0]->set_latest_import("ann", "lastfm", 3);
  EXPECT_EQ(stores[1]->latest_import("ann", "lastfm"), 3);
  EXPECT_EQ(stores[2]->listen_count("ann"), static_cast<std::uint64_t>(kRounds * kBatch));
}

TEST(PostgresStore, every_call_fails_while_the_server_is_down_and_works_afterwards) {
  PostgresServer& server = PostgresServer::shared();
  PostgresStore store(new_database());
  store.add(std::vector{listen("ann", 1, "a")});
  StoredToken token;
  token.id = token.hash = "t";
  Feedback feedback;
  feedback.user = "ann";
  feedback.score = 1;
  const std::vector<std::function<void()>> calls = {
      [&] { store.add(std::vector{listen("ann", 1, "a")}); },
      [&] { (void)store.listens_of("ann", {}); },
      [&] { (void)store.listen_count("ann"); },
      [&] { (void)store.remove("ann", 7, "none"); },
      [&] { (void)store.users("", 10); },
      [&] { (void)store.latest_import("ann", "lastfm"); },
      [&] { store.set_latest_import("ann", "lastfm", 1); },
      [&] { store.set_feedback(feedback); },
      [&] { (void)store.feedback_of("ann", {}, 10, 0); },
      [&] { store.add_token(token); },
      [&] { (void)store.token_by_hash("t"); },
      [&] { (void)store.tokens(); },
      [&] { (void)store.remove_token("t"); },
      [&] { (void)store.forget("bob"); },
      [&] { store.for_each_listen([](const StoredListen&) { return true; }); },
      [&] { (void)store.facts(); },
      [&] { store.check(); },
  };
  for (const auto& call : calls) {
    store.check();  // opens a connection, which then ends
    server.stop();
    EXPECT_ERROR(call(), ErrorCode::unavailable, "database test");
    EXPECT_ERROR(call(), ErrorCode::unavailable, "database test");
    server.start();
    EXPECT_NO_THROW(call());
  }
  EXPECT_EQ(store.listen_count("ann"), 1U);
}

TEST(PostgresStore, a_terminated_session_is_unavailable_and_replaced) {
  const std::string url = new_database();
  PostgresStore store(url);
  std::vector<StoredListen> many;
  for (std::int64_t at = 0; at < 5000; ++at) many.push_back(listen("ann", at, "t"));
  store.add(many);
  EXPECT_ERROR(store.for_each_listen([&](const StoredListen& one) {
    if (one.listened_at == 0) {
      run(url,
          "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database()"
          " AND pid <> pg_backend_pid()");
    }
    return true;
  }),
               ErrorCode::unavailable, "terminat");
  EXPECT_EQ(store.listen_count("ann"), many.size());
}

TEST(PostgresStore, a_connection_refused_later_is_unavailable) {
  const std::string url = new_database();
  const std::string name = url.substr(url.find("test"), url.find('?') - url.find("test"));
  const std::string admin = PostgresServer::shared().url("postgres");
  PostgresStore store(url);
  run(admin, "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '" + name + "'");
  run(admin, "ALTER DATABASE " + name + " RENAME TO moved");
  EXPECT_ERROR(store.check(), ErrorCode::unavailable, "does not exist");
  run(admin, "ALTER DATABASE moved RENAME TO " + name);
  store.check();
}

// Every acknowledged listen is there exactly once, however often the server crashes.
TEST(PostgresStore, loses_no_acknowledged_listen_in_crashes) {
  PostgresServer server(PostgresServer::Disk::durable);
  PostgresStore store(server.make_database());
  constexpr std::size_t kThreads = 6;
  constexpr int kCrashes = 3;
  std::atomic<std::int64_t> acknowledged_now = 0;
  std::vector<std::vector<std::int64_t>> acknowledged(kThreads);
  std::vector<std::jthread> threads;
  for (std::size_t thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&, thread](const std::stop_token& stop) {
      const std::string user = "u" + std::to_string(thread);
      for (std::int64_t at = 0; !stop.stop_requested(); at += 2) {
        const std::vector<StoredListen> sent = {listen(user, at, "t"), listen(user, at + 1, "t")};
        try {
          store.add(sent);
          acknowledged[thread].insert(acknowledged[thread].end(), {at, at + 1});
          ++acknowledged_now;
          acknowledged_now.notify_one();
        } catch (const Error& error) {
          EXPECT_EQ(error.code(), ErrorCode::unavailable) << error.what();
          std::this_thread::sleep_for(
              std::chrono::milliseconds(2));  // leaves the processor to the server, which is starting
        }
      }
    });
  }
  const auto wait_for_some = [&] {
    for (std::int64_t now = acknowledged_now, enough = now + 100; now < enough; now = acknowledged_now) {
      acknowledged_now.wait(now);
    }
  };
  for (int crash = 0; crash < kCrashes; ++crash) {
    wait_for_some();
    server.kill();
    server.start();
  }
  wait_for_some();
  threads.clear();

  std::map<std::string, std::map<std::int64_t, int>> found;
  store.for_each_listen([&](const StoredListen& one) {
    ++found[one.user][one.listened_at];
    return true;
  });
  for (std::size_t thread = 0; thread < kThreads; ++thread) {
    std::map<std::int64_t, int>& times = found["u" + std::to_string(thread)];
    for (const std::int64_t at : acknowledged[thread]) ASSERT_EQ(times[at], 1) << "u" << thread << " at " << at;
    for (const auto& [at, count] : times) {
      ASSERT_EQ(count, 1);
      ASSERT_TRUE(times.contains(at ^ 1)) << "half of an addition";
    }
  }
}

}  // namespace
}  // namespace segue::store
