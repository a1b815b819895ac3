// segue: song vectors and recommendations from listening queues.

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <system_error>
#include <thread>

#include <pthread.h>

#include "segue/base/error.h"

#include "app/cli/program.h"

namespace segue::cli {
namespace {

bool is_ignored(int signal) {
  struct sigaction action {};
  return ::sigaction(signal, nullptr, &action) == 0 && action.sa_handler == SIG_IGN;
}

// Ctrl-C and SIGTERM become a stop token; SIGHUP reloads or stops, as the command chooses (terminal.h). The signals are
// blocked in all threads and waited for in one, so that no code runs inside a signal handler, and those that arrive
// before the command is known wait for it. A second signal to stop ends the process at once.
class StopOnSignal {
 public:
  // Threads inherit the mask, so this comes before any other thread starts.
  StopOnSignal() : hangups_ignored_(is_ignored(SIGHUP)) {
    sigemptyset(&signals_);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals_, signal);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }

  // Starts the thread that waits; it never ends, so this object must outlive it. Throws std::system_error.
  Signals listen() {
    std::thread([this] { wait_for_ever(); }).detach();
    return {source_.get_token(), &hangups_};
  }

 private:
  enum class Meaning { none, reload, stop };

  Meaning meaning_of_signal(int signal) {
    if (signal != SIGHUP) return Meaning::stop;
    const OnHangup on_hangup = hangups_.decided();
    if (on_hangup == OnHangup::reload) return Meaning::reload;
    return hangups_ignored_ ? Meaning::none : Meaning::stop;  // nohup
  }

  [[noreturn]] void wait_for_ever() {
    for (;;) {
      int signal = 0;
      sigwait(&signals_, &signal);
      switch (meaning_of_signal(signal)) {
        case Meaning::reload:
          hangups_.count();
          break;
        case Meaning::stop:
          if (source_.stop_requested()) end_by(signal);
          source_.request_stop();
          break;
        case Meaning::none:
          break;
      }
    }
  }

  // The parent sees which signal it was.
  static void end_by(int signal) {
    std::signal(signal, SIG_DFL);
    sigset_t one;
    sigemptyset(&one);
    sigaddset(&one, signal);
    pthread_sigmask(SIG_UNBLOCK, &one, nullptr);
    std::raise(signal);
  }

  const bool hangups_ignored_;
  sigset_t signals_{};
  std::stop_source source_;
  Hangups hangups_;
};

int run(StopOnSignal& signals, int argc, char** argv) {
  const Output standard_output = [](std::string_view text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size()) fail_errno("standard output", errno);
  };
  int status = 0;
  try {
    status = run_command_line({argv + 1, argv + argc}, standard_output, signals.listen());
  } catch (const std::system_error& error) {
    std::fprintf(stderr, "segue: cannot start a thread: %s\n", error.code().message().c_str());
    return meaning_of(ErrorCode::unavailable).exit_status;
  }
  // Buffered output may fail to be written only now.
  if (std::fflush(stdout) == 0 || status != 0) return status;
  std::perror("segue: standard output");
  return meaning_of(ErrorCode::io_failed).exit_status;
}

}  // namespace
}  // namespace segue::cli

int main(int argc, char** argv) {
  static segue::cli::StopOnSignal signals;  // first, and static because its thread runs to the end
  // A reader that goes away (segue similar ... | head) and a file size limit (ulimit -f) make write() fail with an
  // error, instead of ending the process without a word.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  return segue::cli::run(signals, argc, argv);
}
