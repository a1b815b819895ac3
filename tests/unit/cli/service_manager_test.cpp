#include "app/cli/service_manager.h"

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstring>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "segue/base/error.h"
#include "segue/base/file.h"

#include "tests/support/scratch.h"

namespace segue::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

// The manager's end of the socket.
class Manager {
 public:
  explicit Manager(const std::string& name) : handle_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::memcpy(address.sun_path, name.data(), name.size());
    if (name.front() == '@') address.sun_path[0] = '\0';
    const auto length = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    if (::bind(handle_.get(), reinterpret_cast<const sockaddr*>(&address), length) != 0) fail_errno(name, errno);
  }
  std::string received() const {
    std::array<char, 1024> bytes{};
    const ssize_t size = ::recv(handle_.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    return size < 0 ? "nothing" : std::string(bytes.data(), static_cast<std::size_t>(size));
  }

 private:
  FileHandle handle_;
};

void expect_states(const std::string& socket) {
  const Manager manager(socket);
  const ServiceManager told(socket);
  EXPECT_EQ(told.ready("serving model"), std::nullopt);
  EXPECT_EQ(manager.received(), "READY=1\nSTATUS=serving model");
  EXPECT_EQ(told.reloading(), std::nullopt);
  EXPECT_THAT(manager.received(), MatchesRegex("RELOADING=1\nMONOTONIC_USEC=[1-9][0-9]*\nSTATUS=reloading models"));
  EXPECT_EQ(told.stopping(), std::nullopt);
  EXPECT_EQ(manager.received(), "STOPPING=1\nSTATUS=finishing requests");
  EXPECT_EQ(manager.received(), "nothing");
}

TEST(ServiceManager, sends_states_to_a_path) {
  const segue::testing::Scratch folder;
  expect_states((folder.path() / "notify").string());
}

TEST(ServiceManager, sends_states_to_an_abstract_name) {
  expect_states("@segue-test-" + std::to_string(::getpid()));
}

TEST(ServiceManager, is_silent_without_a_manager) {
  EXPECT_EQ(ServiceManager("").ready("serving"), std::nullopt);
}

TEST(ServiceManager, reports_why_a_state_was_not_sent) {
  const segue::testing::Scratch folder;
  const std::string gone = (folder.path() / "gone").string();
  EXPECT_THAT(ServiceManager(gone).ready("serving").value_or(""), HasSubstr(gone + ": No such file or directory"));
  EXPECT_THAT(ServiceManager("vsock:2:1").stopping().value_or(""), HasSubstr("expected a path or @"));
  EXPECT_THAT(ServiceManager("/" + std::string(200, 'x')).ready("").value_or(""), HasSubstr("at most 107 characters"));
}

}  // namespace
}  // namespace segue::cli
