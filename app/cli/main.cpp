// segue: song vectors and recommendations from listening queues.

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <thread>

#include <pthread.h>

#include "segue/base/error.h"

#include "app/cli/program.h"

namespace segue::cli {
namespace {

// Ctrl-C and SIGTERM become a stop token; SIGHUP is counted for commands that want it. The signals are blocked in all
// threads and waited for in one, so that no code runs inside a signal handler. A second signal to stop ends the process
// at once.
class StopOnSignal {
 public:
  StopOnSignal() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    sigaddset(&signals_, SIGHUP);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
    std::thread([signals = signals_, source = source_, hangups = &hangups_]() mutable {
      int signal = 0;
      sigwait(&signals, &signal);
      while (signal == SIGHUP && hangups->wanted) {
        ++hangups->count;
        sigwait(&signals, &signal);
      }
      source.request_stop();
      pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
      for (;;) std::this_thread::sleep_for(std::chrono::hours(1));
    }).detach();
  }
  Signals signals() { return {source_.get_token(), &hangups_}; }

 private:
  sigset_t signals_{};
  std::stop_source source_;
  Hangups hangups_;
};

int run(int argc, char** argv) {
  static StopOnSignal signals;  // outlives the thread that waits
  const Output standard_output = [](std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) fail_errno("standard output", errno);
  };
  const int status = run_command_line({argv + 1, argv + argc}, standard_output, signals.signals());
  // Buffered output may fail to be written only now.
  if (std::fflush(stdout) == 0 || status != 0) return status;
  std::perror("segue: standard output");
  return meaning_of(ErrorCode::io_failed).exit_status;
}

}  // namespace
}  // namespace segue::cli

int main(int argc, char** argv) {
  // If the reader goes away (segue similar ... | head), write() fails with an error instead of a silent death.
  std::signal(SIGPIPE, SIG_IGN);
  return segue::cli::run(argc, argv);
}
