#include "segue/serve/http/request_ids.h"

#include <algorithm>
#include <random>

#include <fmt/format.h>

#include "segue/base/random.h"

namespace segue::serve {

namespace {

constexpr std::size_t kTraceIdAt = 3;  // "00-", then the trace id, "-", the parent id, "-", the flags
constexpr std::size_t kTraceIdDigits = 32;
constexpr std::size_t kParentIdAt = kTraceIdAt + kTraceIdDigits + 1;
constexpr std::size_t kParentIdDigits = 16;
constexpr std::size_t kFlagsAt = kParentIdAt + kParentIdDigits + 1;
constexpr std::size_t kTraceparentBytes = kFlagsAt + 2;

bool is_request_id(std::string_view text) {
  return !text.empty() && text.size() <= kMostRequestIdBytes &&
         std::ranges::all_of(text, [](char letter) { return letter > ' ' && letter < 0x7F; });
}

bool is_lower_hex(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_id(std::string_view text) {
  return is_lower_hex(text) && text.find_first_not_of('0') != std::string_view::npos;
}

// Unlike any other, not secret: a stream of each thread, seeded by the system.
std::string new_request_id() {
  thread_local Random random = [] {
    std::random_device device;
    const auto word = [&device] { return (std::uint64_t{device()} << 32U) | device(); };
    const std::uint64_t seed = word();
    return Random(seed, word());
  }();
  const std::uint64_t high = random();
  return fmt::format("{:016x}{:016x}", high, random());
}

}  // namespace

bool is_traceparent(std::string_view value) {
  if (value.size() < kTraceparentBytes) return false;
  const std::string_view version = value.substr(0, 2);
  if (!is_lower_hex(version) || version == "ff") return false;
  // Later versions may add fields behind a "-".
  const bool ends = value.size() == kTraceparentBytes;
  if (!ends && (version == "00" || value[kTraceparentBytes] != '-')) return false;
  return value[kTraceIdAt - 1] == '-' && value[kParentIdAt - 1] == '-' && value[kFlagsAt - 1] == '-' &&
         is_id(value.substr(kTraceIdAt, kTraceIdDigits)) && is_id(value.substr(kParentIdAt, kParentIdDigits)) &&
         is_lower_hex(value.substr(kFlagsAt, 2));
}

void take_ids(Request& request) {
  const std::string_view id = request.header("x-request-id");
  request.id = is_request_id(id) ? std::string(id) : new_request_id();
  const std::string_view trace = request.header("traceparent");
  request.traceparent = is_traceparent(trace) ? std::string(trace) : "";
}

std::string_view trace_id_of(const Request& request) {
  if (request.traceparent.empty()) return {};
  return std::string_view(request.traceparent).substr(kTraceIdAt, kTraceIdDigits);
}

}  // namespace segue::serve
