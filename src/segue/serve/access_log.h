// The access log: a JSON object a line for each request, or for a share of them.
//
// Requests only add their line to a queue; a thread writes it. If a disk or a pipe does not keep up, lines are dropped
// and counted rather than requests held up.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>

#include "segue/base/fields.h"
#include "segue/base/file.h"
#include "segue/base/options.h"
#include "segue/serve/http/http.h"

namespace segue::serve {

struct AccessLogOptions {
  std::string access_log = "off";
  std::string access_log_file{};
  std::chrono::milliseconds access_log_slow{1000};
  bool access_log_addresses = false;
};

}  // namespace segue::serve

namespace segue {

template <>
struct OptionsOf<serve::AccessLogOptions> {
  static constexpr std::string_view section = "access_log";
  static constexpr std::array rows = {
      option<&serve::AccessLogOptions::access_log>(
          "access_log",
          "Log requests: off, all, or a share of them such as 0.01, and then every one that is slow or fails with 5xx"),
      option<&serve::AccessLogOptions::access_log_file>(
          "access_log_file", "Append to this file, opened again on SIGHUP; without it to standard error"),
      option<&serve::AccessLogOptions::access_log_slow>("access_log_slow", "A request that takes this long is slow"),
      option<&serve::AccessLogOptions::access_log_addresses>("access_log_addresses",
                                                             "Log the addresses of clients (of IPv6 the network)"),
  };
};
SEGUE_CHECK_OPTIONS(serve::AccessLogOptions);

}  // namespace segue

namespace segue::serve {

// What a line says of a request: nothing that names a user, unless addresses are wanted.
struct AccessLine {
  std::string_view time;
  std::string_view event = "request";
  std::string_view method;
  std::string_view route;
  std::string_view request_id;
  std::optional<std::string_view> trace_id{};
  int status = 200;
  double seconds = 0;
  std::uint64_t bytes_in = 0;
  std::uint64_t bytes_out = 0;
  std::string_view asker;
  std::optional<std::string_view> model{};
  std::optional<std::string_view> limit{};
  std::optional<std::string_view> address{};
  std::optional<bool> complete{};
};

// Now, as lines of logs have it: "2026-11-29T12:30:34.021Z".
std::string log_time();

}  // namespace segue::serve

namespace segue {

template <>
struct FieldsOf<serve::AccessLine> {
  static constexpr std::string_view name = "AccessLine";
  static constexpr std::string_view description = "A request in the access log";
  static constexpr std::tuple fields = {
      field<&serve::AccessLine::time>("time", "When its reply was sent, UTC"),
      field<&serve::AccessLine::event>("event", "\"request\""),
      field<&serve::AccessLine::method>("method", "GET, POST, ..."),
      field<&serve::AccessLine::route>("route", "The pattern of its path"),
      field<&serve::AccessLine::request_id>("request_id", "X-Request-Id of the reply"),
      field<&serve::AccessLine::trace_id>("trace_id", "Of traceparent"),
      field<&serve::AccessLine::status>("status", "The reply's"),
      field<&serve::AccessLine::seconds>("seconds", "From the last byte of the request to the last of the reply"),
      field<&serve::AccessLine::bytes_in>("bytes_in", "Of the body as it was sent"),
      field<&serve::AccessLine::bytes_out>("bytes_out", "Likewise of the reply's"),
      field<&serve::AccessLine::asker>("asker", "user, service, admin, local or nobody"),
      field<&serve::AccessLine::model>("model", "That made the reply"),
      field<&serve::AccessLine::limit>("limit", "The option whose limit the request exceeded"),
      field<&serve::AccessLine::address>("address", "The client's"),
      field<&serve::AccessLine::complete>("complete", "false: the client had gone"),
  };
};
SEGUE_CHECK_FIELDS(serve::AccessLine);

}  // namespace segue

namespace segue::serve {

// Thread safe.
class AccessLog {
 public:
  using Write = std::function<void(std::string_view lines)>;
  static constexpr std::size_t kMostWaiting = std::size_t{4} << 20;  // bytes of lines that are not yet written

  // `fallback` writes whole lines where there is no file, on one thread at a time. Throws wrong_use for an access_log
  // that is neither off, all nor a number from 0 to 1; io_failed if the file cannot be opened.
  AccessLog(const AccessLogOptions& options, Write fallback);
  ~AccessLog();  // writes what is waiting

  // Whether the request belongs in the log. The share goes by the trace's id, or by the request's without one: all
  // servers of a trace choose the same.
  bool wants(const Request& request, const Delivery& delivery) const;
  bool has_addresses() const { return options_.access_log_addresses; }
  // `line`: without its end. Never waits for the disk.
  void add(std::string_view line);
  // Opens the file again, which a rotation has renamed. Throws io_failed; then the open one stays.
  void reopen();
  // Lines that are in no file: the queue was full, or they could not be written.
  std::uint64_t dropped() const { return dropped_; }

 private:
  FileHandle opened() const;
  void write_until_stopped(const std::stop_token& stop);
  void write(std::string_view lines);

  const AccessLogOptions options_;
  const Write fallback_;
  double share_ = 0;
  std::atomic<std::uint64_t> dropped_{0};

  std::mutex file_mutex_;  // guards file_
  FileHandle file_;

  std::mutex mutex_;  // guards waiting_
  std::condition_variable_any wake_;
  std::string waiting_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace segue::serve
