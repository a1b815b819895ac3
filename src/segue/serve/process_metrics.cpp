#include "segue/serve/process_metrics.h"

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <sys/resource.h>
#include <unistd.h>

#include "segue/base/version.h"
#include "segue/serve/metrics.h"

namespace segue::serve {

namespace {

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
}

double seconds_by(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

void append(std::string& out, std::string_view name, std::string_view type, std::string_view help, double value) {
  append_family(out, name, type, help);
  append_sample(out, name, {}, value);
}

void append_memory(std::string& out) {
  std::ifstream file("/proc/self/statm");
  std::uint64_t virtual_pages = 0;
  std::uint64_t resident_pages = 0;
  if (!(file >> virtual_pages >> resident_pages)) return;
  const auto page = static_cast<double>(::sysconf(_SC_PAGESIZE));
  append(out, "process_virtual_memory_bytes", "gauge", "Virtual memory, mapped models included",
         static_cast<double>(virtual_pages) * page);
  append(out, "process_resident_memory_bytes", "gauge", "Resident memory, pages of mapped models included",
         static_cast<double>(resident_pages) * page);
}

// Field 22 of proc(5)'s stat: ticks from the start of the system to that of the process.
void append_start_time(std::string& out) {
  std::ifstream file("/proc/self/stat");
  std::string text;
  if (!std::getline(file, text)) return;
  const std::size_t behind_name = text.rfind(')');
  if (behind_name == std::string::npos) return;
  static constexpr int kFieldsBetween = 19;
  std::istringstream fields(text.substr(behind_name + 1));
  std::string field;
  for (int i = 0; i < kFieldsBetween; ++i) fields >> field;
  double ticks = 0;
  if (!(fields >> ticks)) return;
  const double age = seconds_by(CLOCK_BOOTTIME) - ticks / static_cast<double>(::sysconf(_SC_CLK_TCK));
  append(out, "process_start_time_seconds", "gauge", "When the process started, in seconds since 1970",
         seconds_by(CLOCK_REALTIME) - age);
}

void append_files(std::string& out) {
  std::error_code error;
  std::uint64_t open = 0;
  for (std::filesystem::directory_iterator file("/proc/self/fd", error), end; !error && file != end;
       file.increment(error)) {
    ++open;
  }
  if (!error && open > 0) {
    append(out, "process_open_fds", "gauge", "Open files and connections", static_cast<double>(open - 1));
  }
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) {
    append(out, "process_max_fds", "gauge", "Most open files and connections", static_cast<double>(limit.rlim_cur));
  }
}

}  // namespace

void append_process_metrics(std::string& out) {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) == 0) {
    append(out, "process_cpu_seconds_total", "counter", "Time of processors used, by the program and for it",
           seconds_of(usage.ru_utime) + seconds_of(usage.ru_stime));
  }
  append_memory(out);
  append_files(out);
  append_start_time(out);
  append_family(out, "segue_build_info", "gauge", "1, with the version, the commit and the compiler of the program");
  append_sample(out, "segue_build_info", {"version", kVersion, "commit", SEGUE_COMMIT, "compiler", SEGUE_COMPILER}, 1);
}

}  // namespace segue::serve
