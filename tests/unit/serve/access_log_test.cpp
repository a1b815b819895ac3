#include "segue/serve/access_log.h"

#include <filesystem>
#include <latch>
#include <string>
#include <thread>
#include <utility>

#include <gtest/gtest.h>

#include "segue/base/file.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"

namespace segue::serve {
namespace {

using std::chrono_literals::operator""ms;

Request request_of(std::string id, std::string traceparent = "") {
  Request request;
  request.id = std::move(id);
  request.traceparent = std::move(traceparent);
  return request;
}

TEST(AccessLog, takes_off_all_or_a_share) {
  for (const char* const wrong : {"", "on", "1.5", "-0.1", "nan", "0.5x"}) {
    EXPECT_ERROR((AccessLog({.access_log = wrong}, {})), ErrorCode::wrong_use, "--access-log");
  }
  const AccessLog off({.access_log = "off"}, {});
  EXPECT_FALSE(off.wants(request_of("a"), {.status = 500, .seconds = 60}));
  const AccessLog all({.access_log = "all"}, {});
  EXPECT_TRUE(all.wants(request_of("a"), {.status = 200}));
}

TEST(AccessLog, a_share_has_every_slow_request_and_every_failure) {
  const AccessLog log({.access_log = "0", .access_log_slow = 200ms}, {});
  EXPECT_FALSE(log.wants(request_of("a"), {.status = 404, .seconds = 0.19}));
  EXPECT_TRUE(log.wants(request_of("a"), {.status = 200, .seconds = 0.2}));
  EXPECT_TRUE(log.wants(request_of("a"), {.status = 503, .seconds = 0.01}));
}

TEST(AccessLog, a_share_is_of_requests_or_of_traces) {
  const AccessLog log({.access_log = "0.1"}, {});
  int logged = 0;
  for (int i = 0; i < 10'000; ++i) logged += log.wants(request_of(std::to_string(i)), {}) ? 1 : 0;
  EXPECT_NEAR(logged, 1000, 150);  // five standard deviations
  const std::string trace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const bool whole_trace = log.wants(request_of("a", trace), {});
  for (int i = 0; i < 100; ++i) EXPECT_EQ(log.wants(request_of(std::to_string(i), trace), {}), whole_trace);
}

TEST(AccessLog, opens_its_file_again_after_a_rotation) {
  const testing::Scratch folder;
  const std::filesystem::path file = folder / "access.log";
  const std::filesystem::path rotated = folder / "access.log.1";
  {
    AccessLog log({.access_log = "all", .access_log_file = file.string()}, {});
    log.add("one");
    std::filesystem::rename(file, rotated);
    log.reopen();
    log.add("two");
  }
  EXPECT_EQ(read_text(rotated, 100) + read_text(file, 100), "one\ntwo\n");
  EXPECT_NE(read_text(file, 100).find("two"), std::string::npos);
  EXPECT_EQ(std::filesystem::status(file).permissions() & std::filesystem::perms::others_all,
            std::filesystem::perms::none);
}

TEST(AccessLog, keeps_its_file_if_it_cannot_be_opened_again) {
  const testing::Scratch folder;
  std::filesystem::create_directory(folder / "logs");
  const std::filesystem::path file = folder / "logs" / "access.log";
  AccessLog log({.access_log = "all", .access_log_file = file.string()}, {});
  std::filesystem::rename(folder / "logs", folder / "away");
  EXPECT_ERROR(log.reopen(), ErrorCode::not_found, "access.log");
  EXPECT_ERROR((AccessLog({.access_log = "all", .access_log_file = file.string()}, {})), ErrorCode::not_found,
               "access.log");
}

// A pipe that nobody reads holds up the thread that writes, and no request.
TEST(AccessLog, drops_lines_rather_than_wait) {
  std::latch is_writing{1};
  std::latch may_write{1};
  std::string written;
  std::uint64_t dropped = 0;
  {
    bool first = true;
    AccessLog log({.access_log = "all"}, [&](std::string_view lines) {
      if (std::exchange(first, false)) {
        is_writing.count_down();
        may_write.wait();
      }
      written += lines;
    });
    log.add("first");
    is_writing.wait();
    const std::string line(1023, 'x');
    for (std::size_t bytes = 0; bytes < AccessLog::kMostWaiting; bytes += line.size() + 1) log.add(line);
    log.add("beyond");
    log.add("beyond too");
    dropped = log.dropped();
    may_write.count_down();
  }
  EXPECT_EQ(dropped, 2U);
  EXPECT_EQ(written.size(), AccessLog::kMostWaiting + std::string_view("first\n").size());
}

TEST(AccessLog, counts_what_a_full_disk_refuses) {
  if (!std::filesystem::exists("/dev/full")) GTEST_SKIP() << "no /dev/full";
  std::uint64_t dropped = 0;
  AccessLog log({.access_log = "all", .access_log_file = "/dev/full"}, {});
  log.add("one");
  while ((dropped = log.dropped()) == 0) std::this_thread::yield();
  EXPECT_EQ(dropped, 1U);
}

}  // namespace
}  // namespace segue::serve
