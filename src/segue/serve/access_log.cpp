#include "segue/serve/access_log.h"

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <utility>

#include <fcntl.h>
#include <fmt/chrono.h>
#include <unistd.h>

#include "segue/base/error.h"
#include "segue/base/random.h"
#include "segue/serve/http/request_ids.h"

namespace segue::serve {

namespace {

constexpr int kServerError = 500;
constexpr mode_t kFileMode = 0640;
// Lines are written together: a thread that woke for each would cost a request more than all the rest of the log.
constexpr std::chrono::milliseconds kGathering{50};
constexpr std::size_t kEnough = std::size_t{64} << 10;

double share_of(const std::string& text) {
  if (text == "off") return 0;
  if (text == "all") return 1;
  double share = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), share);
  if (error != std::errc() || end != text.data() + text.size() || !(share >= 0 && share <= 1)) {
    fail(ErrorCode::wrong_use, "--access-log: expected off, all, or a share from 0 to 1, found \"{}\"", text);
  }
  return share;
}

// Uniform in [0, 1), the same for the same id.
double place_of(std::string_view id) {
  return static_cast<double>(mix64(std::hash<std::string_view>()(id)) >> 11U) * 0x1.0p-53;
}

}  // namespace

std::string log_time() {
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  const auto second = std::chrono::floor<std::chrono::seconds>(now);
  thread_local std::chrono::sys_seconds of;  // formatted once a second by each thread
  thread_local std::string text;
  if (second != of) {
    of = second;
    text = fmt::format("{:%Y-%m-%dT%H:%M:%S}", second);
  }
  return fmt::format("{}.{:03}Z", text, (now - second).count());
}

AccessLog::AccessLog(const AccessLogOptions& options, Write fallback)
    : options_(options), fallback_(std::move(fallback)), share_(share_of(options.access_log)) {
  if (options_.access_log == "off") return;
  if (!options_.access_log_file.empty()) file_ = opened();
  thread_ = std::jthread([this](const std::stop_token& stop) { write_until_stopped(stop); });
}

AccessLog::~AccessLog() = default;

FileHandle AccessLog::opened() const {
  FileHandle file(::open(options_.access_log_file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, kFileMode));
  if (!file) fail_errno(options_.access_log_file, errno);
  return file;
}

bool AccessLog::wants(const Request& request, const Delivery& delivery) const {
  if (options_.access_log == "off") return false;
  if (share_ >= 1 || delivery.status >= kServerError) return true;
  if (delivery.seconds >= std::chrono::duration<double>(options_.access_log_slow).count()) return true;
  const std::string_view trace = trace_id_of(request);
  return place_of(trace.empty() ? std::string_view(request.id) : trace) < share_;
}

void AccessLog::add(std::string_view line) {
  bool wakes = false;
  {
    const std::scoped_lock lock(mutex_);
    const std::size_t before = waiting_.size();
    if (waiting_.size() + line.size() + 1 > kMostWaiting) {
      ++dropped_;
      return;
    }
    waiting_ += line;
    waiting_ += '\n';
    wakes = before == 0 || (before < kEnough && waiting_.size() >= kEnough);
  }
  if (wakes) wake_.notify_one();
}

void AccessLog::reopen() {
  if (options_.access_log == "off" || options_.access_log_file.empty()) return;
  FileHandle fresh = opened();
  const std::scoped_lock lock(file_mutex_);
  file_ = std::move(fresh);
}

void AccessLog::write_until_stopped(const std::stop_token& stop) {
  for (;;) {
    std::string lines;
    {
      std::unique_lock lock(mutex_);
      wake_.wait(lock, stop, [this] { return !waiting_.empty(); });
      if (waiting_.empty()) return;
      wake_.wait_for(lock, stop, kGathering, [this] { return waiting_.size() >= kEnough; });
      lines.swap(waiting_);
    }
    write(lines);
  }
}

void AccessLog::write(std::string_view lines) {
  const std::scoped_lock lock(file_mutex_);
  if (!file_) return fallback_(lines);
  while (!lines.empty()) {
    const ssize_t written = ::write(file_.get(), lines.data(), lines.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) {
      dropped_ += static_cast<std::uint64_t>(std::ranges::count(lines, '\n'));
      return;
    }
    lines.remove_prefix(static_cast<std::size_t>(written));
  }
}

}  // namespace segue::serve
