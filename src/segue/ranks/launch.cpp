#include "segue/ranks/launch.h"

#include <charconv>
#include <string_view>

#include "segue/base/error.h"

namespace segue::ranks {

namespace {

constexpr std::uint64_t kMostRanks = 65'536;

std::string_view variable(const Environment& environment, const char* name) {
  const char* value = environment(name);
  if (value == nullptr || *value == '\0') {
    fail(ErrorCode::wrong_use, "{}: expected with WORLD_SIZE (RANK, WORLD_SIZE, MASTER_ADDR, MASTER_PORT), found none",
         name);
  }
  return value;
}

std::uint64_t number(const Environment& environment, const char* name, std::uint64_t least, std::uint64_t most) {
  const std::string_view text = variable(environment, name);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < least || value > most) {
    fail(ErrorCode::wrong_use, "{}: expected a number from {} to {}, found \"{}\"", name, least, most, text);
  }
  return value;
}

bool agent_has_port(const Environment& environment) {
  const char* value = environment("TORCHELASTIC_USE_AGENT_STORE");
  return value != nullptr && std::string_view(value) == "True";
}

}  // namespace

std::optional<Launch> launch_in(const Environment& environment) {
  if (environment("WORLD_SIZE") == nullptr) return std::nullopt;
  Launch launch;
  launch.ranks = number(environment, "WORLD_SIZE", 1, kMostRanks);
  if (launch.alone()) return launch;
  launch.rank = number(environment, "RANK", 0, launch.ranks - 1);
  launch.address = variable(environment, "MASTER_ADDR");
  const std::uint64_t port = number(environment, "MASTER_PORT", 1, 65'534);
  launch.port = static_cast<std::uint16_t>(port + (agent_has_port(environment) ? 1 : 0));
  return launch;
}

}  // namespace segue::ranks
