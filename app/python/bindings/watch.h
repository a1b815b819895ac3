// Long work called from Python: without the GIL, with progress, ended by Ctrl-C.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <utility>

#include <nanobind/nanobind.h>

#include "segue/base/progress.h"

namespace segue::python {

// Runs `work` on a thread of its own, so that this one can look for signals and report progress, whatever the work is
// busy with. `show` is None, or is called with (what, done, total, unit, note) a few times a second and with None at
// the end. What Python raises meanwhile, KeyboardInterrupt among it, requests the stop and is raised here once the work
// has ended. Throws what `work` throws. REQUIRES: the caller holds the GIL, `work` does not use it.
void watch_work(nanobind::handle show,
                const std::function<void(Progress& progress, const std::stop_token& stop)>& work);

template <class Work>
auto watched(nanobind::handle show, Work work) {
  std::optional<decltype(work(std::declval<Progress&>(), std::declval<const std::stop_token&>()))> result;
  watch_work(show, [&](Progress& progress, const std::stop_token& stop) { result.emplace(work(progress, stop)); });
  return std::move(*result);
}

}  // namespace segue::python
