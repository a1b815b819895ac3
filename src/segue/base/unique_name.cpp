#include "segue/base/unique_name.h"

#include <random>
#include <string_view>

#include <fmt/format.h>

namespace segue {

std::string temporary_prefix(const std::filesystem::path& target) {
  return fmt::format(".{}.segue-", target.filename().string());
}

std::string unique_suffix() {
  constexpr std::string_view kLetters = "abcdefghijklmnopqrstuvwxyz0123456789";
  constexpr std::size_t kLength = 6;
  std::random_device chance;
  std::uniform_int_distribution<std::size_t> letter(0, kLetters.size() - 1);
  std::string suffix;
  for (std::size_t i = 0; i < kLength; ++i) suffix += kLetters[letter(chance)];
  return suffix;
}

}  // namespace segue
