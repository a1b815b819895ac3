#include "segue/store/postgres.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>

#include <libpq-fe.h>
#include <poll.h>

namespace segue::store {

namespace {

// Types by their OIDs in pg_type, which never change.
constexpr Oid kBoolean = 16;
constexpr Oid kBigint = 20;
constexpr Oid kText = 25;
constexpr Oid kBigintArray = 1016;
constexpr Oid kTextArray = 1009;

constexpr int kBinary = 1;
constexpr std::size_t kStateLength = 5;
constexpr std::chrono::seconds kQuickRefusal(2);  // a slower failure is no refusal: the server is unavailable
constexpr std::string_view kReservedCharacters =
    "--store: cannot parse the PostgreSQL URL: in a user name or password write '@' as %40, '/' as %2F, ':' as %3A and "
    "'%' as %25";

// Numbers are sent most significant byte first.
template <class Number>
void append_number(std::string& bytes, Number number) {
  for (int shift = static_cast<int>(sizeof(number)) * 8 - 8; shift >= 0; shift -= 8) {
    bytes += static_cast<char>(static_cast<std::uint64_t>(number) >> shift & 0xFF);
  }
}

std::int32_t length_of(std::size_t size) {
  if (size > std::numeric_limits<std::int32_t>::max())
    fail(ErrorCode::bad_input, "expected at most {} bytes in a value, found {}",
         std::numeric_limits<std::int32_t>::max(), size);
  return static_cast<std::int32_t>(size);
}

std::string first_line(std::string_view message) {
  return std::string(message.substr(0, message.find('\n')));
}

void ignore_notice(void* /*nothing*/, const PGresult* /*notice*/) {}

// "FATAL:  3D000": the SQLSTATE at the end of a PQERRORS_SQLSTATE message, "" if it has none.
std::string_view state_at_end(std::string_view message) {
  while (!message.empty() && message.back() == '\n') message.remove_suffix(1);
  if (message.size() < kStateLength + 2) return "";
  const std::string_view state = message.substr(message.size() - kStateLength);
  const bool spaces = message.substr(message.size() - kStateLength - 2, 2) == "  ";
  const auto in_a_state = [](char c) { return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z'); };
  return spaces && std::ranges::all_of(state, in_a_state) ? state : "";
}

}  // namespace

PostgresPlace postgres_place(const std::string& url) {
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(url.c_str(), &message),
                                                                             &PQconninfoFree);
  const std::unique_ptr<char, decltype(&PQfreemem)> freed(message, &PQfreemem);
  if (!options) {
    // The text that libpq quotes may be the password.
    const std::string_view reason = message == nullptr ? "out of memory" : message;
    fail(ErrorCode::wrong_use, "--store: cannot parse the PostgreSQL URL: {}",
         first_line(reason.substr(0, reason.find_first_of(":\""))));
  }
  const auto given = [&](std::string_view keyword) -> std::string {
    for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
      if (option->keyword == keyword && option->val != nullptr) return option->val;
    }
    return "";
  };
  const std::string host = given(given("host").empty() ? "hostaddr" : "host");
  const std::string port = given("port");
  const std::string database = given("dbname");
  // These are left over from a password that was not encoded; they must not appear in a message.
  if (host.find('@', 1) != std::string::npos || database.find('@') != std::string::npos ||
      port.find_first_not_of("0123456789,") != std::string::npos) {
    fail(ErrorCode::wrong_use, "{}", kReservedCharacters);
  }
  std::string name = database.empty() ? "the default database" : "database " + database;
  name += host.empty() ? " on this machine" : " at " + host;
  if (!port.empty()) name += ":" + port;
  return {.url = url, .name = name};
}

ErrorCode code_of_sqlstate(std::string_view state) {
  const auto is_one_of = [state](std::initializer_list<std::string_view> starts) {
    return std::ranges::any_of(starts, [state](std::string_view start) { return state.starts_with(start); });
  };
  // Connection, shutdown and recovery, too many clients, a standby, a timeout, and conflicts with another transaction.
  if (state.empty() || is_one_of({"08", "57P", "57014", "53300", "25006", "40", "55P03"}))
    return ErrorCode::unavailable;
  if (is_one_of({"53"})) return ErrorCode::no_space;
  if (is_one_of({"XX001", "XX002", "42P01", "42703", "3F"})) return ErrorCode::corrupt;  // or not our tables
  if (is_one_of({"22", "54"})) return ErrorCode::bad_input;                              // a value, a limit
  if (is_one_of({"3D"})) return ErrorCode::not_found;
  if (is_one_of({"28"})) return ErrorCode::wrong_use;
  return ErrorCode::io_failed;
}

PostgresArray::PostgresArray(Of kind, std::size_t size) : kind_(kind) {
  append_number(bytes_, std::int32_t{size == 0 ? 0 : 1});  // dimensions
  append_number(bytes_, std::int32_t{0});                  // no NULLs
  append_number(bytes_, kind == Of::text ? kText : kBigint);
  if (size == 0) return;
  append_number(bytes_, length_of(size));
  append_number(bytes_, std::int32_t{1});  // the first index
}

void PostgresArray::append(std::string_view text) {
  append_number(bytes_, length_of(text.size()));
  bytes_ += text;
}

void PostgresArray::append(std::int64_t number) {
  append_number(bytes_, length_of(sizeof(number)));
  append_number(bytes_, number);
}

PostgresValues& PostgresValues::add(std::string_view text) {
  values_.push_back({.type = kText, .owned = {}, .text = text});
  return *this;
}

PostgresValues& PostgresValues::add(std::int64_t number) {
  values_.push_back({.type = kBigint, .owned = {}, .text = {}});
  append_number(values_.back().owned, number);
  return *this;
}

PostgresValues& PostgresValues::add(bool truth) {
  values_.push_back({.type = kBoolean, .owned = std::string(1, truth ? '\1' : '\0'), .text = {}});
  return *this;
}

PostgresValues& PostgresValues::add(PostgresArray array) {
  const Oid type = array.kind() == PostgresArray::Of::text ? kTextArray : kBigintArray;
  values_.push_back({.type = type, .owned = std::move(array).bytes(), .text = {}});
  return *this;
}

void PostgresRows::Clear::operator()(pg_result* result) const {
  PQclear(result);
}

std::size_t PostgresRows::size() const {
  return static_cast<std::size_t>(PQntuples(result_.get()));
}

std::string_view PostgresRows::text(std::size_t row, int column) const {
  const int at = static_cast<int>(row);
  return {PQgetvalue(result_.get(), at, column), static_cast<std::size_t>(PQgetlength(result_.get(), at, column))};
}

std::int64_t PostgresRows::number(std::size_t row, int column) const {
  std::uint64_t number = 0;
  const std::string_view bytes = text(row, column);
  SEGUE_ASSERT(bytes.size() <= sizeof(number));
  for (const char byte : bytes) number = number << 8 | static_cast<unsigned char>(byte);
  const unsigned unused = static_cast<unsigned>(sizeof(number) - bytes.size()) * 8;
  return unused == 64 ? 0 : static_cast<std::int64_t>(number << unused) >> unused;
}

bool PostgresRows::null(std::size_t row, int column) const {
  return PQgetisnull(result_.get(), static_cast<int>(row), column) != 0;
}

std::uint64_t PostgresRows::changed() const {
  const std::string_view digits = PQcmdTuples(result_.get());
  std::uint64_t changed = 0;
  for (const char digit : digits) changed = changed * 10 + static_cast<std::uint64_t>(digit - '0');
  return changed;
}

std::string_view PostgresRows::command() const {
  return PQcmdStatus(result_.get());
}

void PostgresConnection::Finish::operator()(pg_conn* connection) const {
  PQfinish(connection);
}

PostgresConnection::PostgresConnection(const PostgresPlace& place) : name_(place.name) {
  struct Parameter {
    const char* keyword;
    const char* value;
  };
  const std::array<Parameter, 9> parameters = {{
      {"fallback_application_name", "segue"},
      {"connect_timeout", "5"},
      {"keepalives_idle", "30"},
      {"keepalives_interval", "10"},
      {"keepalives_count", "3"},
      {"tcp_user_timeout", "30000"},
      {"dbname", place.url.c_str()},  // the URL's own parameters override those above
      {"client_encoding", "UTF8"},
      {nullptr, nullptr},
  }};
  std::array<const char*, parameters.size()> keywords{};
  std::array<const char*, parameters.size()> values{};
  std::ranges::transform(parameters, keywords.begin(), &Parameter::keyword);
  std::ranges::transform(parameters, values.begin(), &Parameter::value);
  const auto start = std::chrono::steady_clock::now();
  connection_.reset(PQconnectdbParams(keywords.data(), values.data(), 1));
  if (!connection_) fail(ErrorCode::no_space, "{}: out of memory", name_);
  if (PQstatus(connection_.get()) != CONNECTION_OK) fail_to_connect(std::chrono::steady_clock::now() - start);
  PQsetNoticeReceiver(connection_.get(), ignore_notice, nullptr);
  const PostgresRows encoding = run(
      "SELECT current_setting('server_encoding'),"
      " CASE current_setting('synchronous_commit') WHEN 'off' THEN set_config('synchronous_commit', 'on', false) END,"
      " CASE current_setting('statement_timeout') WHEN '0' THEN set_config('statement_timeout', '60s', false) END");
  if (encoding.text(0, 0) != "UTF8") {
    fail(ErrorCode::wrong_use, "{}: expected a database with the encoding UTF8, found {}", name_, encoding.text(0, 0));
  }
}

void PostgresConnection::fail_to_connect(std::chrono::steady_clock::duration took) const {
  const std::string reason = first_line(PQerrorMessage(connection_.get()));
  if (took > kQuickRefusal) fail(ErrorCode::unavailable, "{}: {}", name_, reason);
  // libpq reports the reason only in the server's language. To get it as a code, connect again.
  PQsetErrorVerbosity(connection_.get(), PQERRORS_SQLSTATE);
  PQreset(connection_.get());
  fail(code_of_sqlstate(state_at_end(PQerrorMessage(connection_.get()))), "{}: {}", name_, reason);
}

PostgresRows PostgresConnection::run(const std::string& sql, const PostgresValues& values) {
  const std::size_t count = values.values_.size();
  std::vector<Oid> types(count);
  std::vector<const char*> bytes(count);
  std::vector<int> lengths(count);
  const std::vector<int> formats(count, kBinary);
  for (std::size_t i = 0; i < count; ++i) {
    const PostgresValues::Value& value = values.values_[i];
    const std::string_view sent = value.owned.empty() ? value.text : std::string_view(value.owned);
    types[i] = value.type;
    bytes[i] = sent.data() == nullptr ? "" : sent.data();  // a null pointer would mean NULL
    lengths[i] = length_of(sent.size());
  }
  PostgresRows rows(PQexecParams(connection_.get(), sql.c_str(), static_cast<int>(count), types.data(), bytes.data(),
                                 lengths.data(), formats.data(), kBinary));
  const ExecStatusType status = PQresultStatus(rows.result());
  if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) fail_with(rows.result());
  return rows;
}

void PostgresConnection::fail_with(const pg_result* result) {
  const auto field = [result](int which) -> std::string {
    const char* const value = PQresultErrorField(result, which);
    return value == nullptr ? "" : value;
  };
  const std::string severity = field(PG_DIAG_SEVERITY_NONLOCALIZED);
  const std::string state = field(PG_DIAG_SQLSTATE);
  ended_ = ended_ || severity == "FATAL" || severity == "PANIC" || PQstatus(connection_.get()) != CONNECTION_OK;
  if (!state.empty()) fail(code_of_sqlstate(state), "{}: {}", name_, first_line(field(PG_DIAG_MESSAGE_PRIMARY)));
  // An error of libpq's own: the connection or memory.
  fail(ended_ ? ErrorCode::unavailable : ErrorCode::no_space, "{}: {}", name_,
       first_line(PQerrorMessage(connection_.get())));
}

bool PostgresConnection::lost() const {
  return ended_ || PQstatus(connection_.get()) != CONNECTION_OK;
}

bool PostgresConnection::usable() const {
  if (lost() || PQtransactionStatus(connection_.get()) != PQTRANS_IDLE) return false;
  // A server sends nothing unasked except that it ends the session.
  pollfd said{.fd = PQsocket(connection_.get()), .events = POLLIN, .revents = 0};
  return ::poll(&said, 1, 0) == 0;
}

PostgresTransaction::PostgresTransaction(PostgresConnection& connection, const char* begin) : connection_(connection) {
  connection_.run(begin);
}

PostgresTransaction::~PostgresTransaction() {
  if (done_ || connection_.lost()) return;
  try {
    connection_.run("ROLLBACK");
  } catch (const Error&) {  // the connection is then no longer usable() and is dropped
  }
}

void PostgresTransaction::commit() {
  const PostgresRows committed = connection_.run("COMMIT");
  done_ = true;
  // The server answers COMMIT with a rollback if an earlier statement failed.
  if (committed.command() != "COMMIT") fail(ErrorCode::io_failed, "{}: the transaction failed", connection_.name());
}

}  // namespace segue::store
