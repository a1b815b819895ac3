// What Prometheus' own libraries say of a process (process_*), and which build it is.
#pragma once

#include <string>

namespace segue::serve {

// process_cpu_seconds_total, process_resident_memory_bytes, process_virtual_memory_bytes, process_start_time_seconds,
// process_open_fds, process_max_fds and segue_build_info. A value that the system does not tell is left out.
void append_process_metrics(std::string& out);

}  // namespace segue::serve
