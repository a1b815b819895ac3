#include "app/python/bindings/watch.h"

#include <chrono>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <string>
#include <thread>

#include "app/python/bindings/errors.h"

namespace segue::python {

namespace nb = nanobind;

namespace {

constexpr std::chrono::milliseconds kLook{50};

// The newest state of the work, from its thread to the one that shows it.
class SharedProgress final : public Progress {
 public:
  struct State {
    std::string what;
    std::uint64_t done = 0;
    std::uint64_t total = 0;
    std::string unit;
    std::string note;
    std::uint64_t version = 0;
  };

  void begin(std::string_view what, std::uint64_t total, std::string_view unit) override {
    const std::lock_guard lock(mutex_);
    state_ = {std::string(what), 0, total, std::string(unit), "", state_.version + 1};
  }
  void update(std::uint64_t done, std::string_view note) override {
    const std::lock_guard lock(mutex_);
    state_.done = done;
    state_.note = note;
    ++state_.version;
  }
  void end() override {
    const std::lock_guard lock(mutex_);
    if (state_.total > 0) state_.done = state_.total;
    ++state_.version;
  }

  void finish() {
    const std::lock_guard lock(mutex_);
    finished_ = true;
    changed_.notify_all();
  }
  // Whether the work has ended, after a while or as soon as it does.
  bool wait() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kLook, [this] { return finished_; });
  }
  State state() const {
    const std::lock_guard lock(mutex_);
    return state_;
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  State state_;
  bool finished_ = false;
};

void show_state(nb::handle show, const SharedProgress::State& state) {
  show(text_of(state.what), state.done, state.total, text_of(state.unit), text_of(state.note));
}

// Keeps the first thing that Python raises.
template <class Body>
void guarded(std::optional<nb::python_error>& raised, Body body) {
  if (raised) return;
  try {
    body();
  } catch (nb::python_error& error) {
    raised.emplace(std::move(error));
  }
}

}  // namespace

void watch_work(nb::handle show, const std::function<void(Progress& progress, const std::stop_token& stop)>& work) {
  SharedProgress progress;
  std::stop_source stop;
  std::exception_ptr failure;
  std::optional<nb::python_error> raised;
  std::thread worker([&] {
    try {
      work(progress, stop.get_token());
    } catch (...) {
      failure = std::current_exception();
    }
    progress.finish();
  });
  std::uint64_t shown = 0;
  for (bool finished = false; !finished;) {
    {
      const nb::gil_scoped_release release;
      finished = progress.wait();
      if (finished) worker.join();
    }
    guarded(raised, [&] {
      if (PyErr_CheckSignals() != 0) throw nb::python_error();
      const SharedProgress::State state = progress.state();
      if (show.is_none() || state.version == shown) return;
      shown = state.version;
      show_state(show, state);
    });
    if (raised) stop.request_stop();
  }
  if (!show.is_none()) guarded(raised, [&] { show(nb::none()); });
  if (raised) throw std::move(*raised);
  if (failure) std::rethrow_exception(failure);
}

}  // namespace segue::python
