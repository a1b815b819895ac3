#include "app/cli/child.h"

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <thread>

#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include "segue/base/error.h"
#include "segue/base/file.h"

namespace segue::cli {

namespace {

constexpr std::chrono::milliseconds kChildPoll{50};
constexpr const char* kThisProgram = "/proc/self/exe";

// What a child writes. Read as it comes, so that the child never waits for us.
class ChildPipe {
 public:
  ChildPipe() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) fail_errno("pipe", errno);
    read_ = FileHandle(ends[0]);
    write_ = FileHandle(ends[1]);
    ::fcntl(write_.get(), F_SETFL, 0);  // for the child, which expects writes to wait
  }
  int write_end() const { return write_.get(); }
  void started() { write_.close(); }

  void take(std::string& text) const {
    std::array<char, 4096> bytes;
    for (;;) {
      const ssize_t count = ::read(read_.get(), bytes.data(), bytes.size());
      if (count <= 0) return;
      const std::size_t room = kMostChildOutput - text.size();
      text.append(bytes.data(), std::min(room, static_cast<std::size_t>(count)));
    }
  }

 private:
  FileHandle read_;
  FileHandle write_;
};

struct SpawnSettings {
  posix_spawn_file_actions_t files{};
  posix_spawnattr_t attributes{};

  SpawnSettings(int output, int errors) {
    posix_spawn_file_actions_init(&files);
    posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&files, errors, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&files, STDERR_FILENO + 1);  // sockets and stores are ours
    posix_spawnattr_init(&attributes);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes, &none);
    posix_spawnattr_setsigdefault(&attributes, &all);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  }
  ~SpawnSettings() {
    posix_spawn_file_actions_destroy(&files);
    posix_spawnattr_destroy(&attributes);
  }
  SpawnSettings(const SpawnSettings&) = delete;
  SpawnSettings& operator=(const SpawnSettings&) = delete;
};

int exit_status_of(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

ChildResult run_child(const std::vector<std::string>& words, const std::stop_token& stop) {
  std::vector<std::string> texts = {"segue"};
  texts.insert(texts.end(), words.begin(), words.end());
  std::vector<char*> arguments;
  for (std::string& text : texts) arguments.push_back(text.data());
  arguments.push_back(nullptr);

  ChildPipe output;
  ChildPipe errors;
  const SpawnSettings settings(output.write_end(), errors.write_end());
  pid_t child = 0;
  const int error =
      ::posix_spawn(&child, kThisProgram, &settings.files, &settings.attributes, arguments.data(), ::environ);
  if (error != 0) fail_errno("segue, as a process of its own", error);
  output.started();
  errors.started();

  ChildResult result;
  bool is_told = false;
  int status = 0;
  for (;;) {
    const pid_t ended = ::waitpid(child, &status, WNOHANG);
    if (ended < 0 && errno != EINTR) fail_errno("waitpid", errno);
    output.take(result.output);
    errors.take(result.errors);
    if (ended > 0) break;
    if (stop.stop_requested() && !is_told) {
      ::kill(child, SIGTERM);
      is_told = true;
    }
    std::this_thread::sleep_for(kChildPoll);
  }
  result.exit_status = exit_status_of(status);
  return result;
}

}  // namespace segue::cli
