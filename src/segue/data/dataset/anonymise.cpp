#include "segue/data/dataset/anonymise.h"

#include <array>

#include <fmt/format.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include "segue/base/error.h"
#include "segue/base/file.h"

namespace segue::data {

namespace {
constexpr std::size_t kFewestKeyBytes = 16;
constexpr std::size_t kShownBytesOfHash = 16;
}  // namespace

Anonymiser::Anonymiser(const std::filesystem::path& key_file) : key_(MappedFile(key_file).text()) {
  while (!key_.empty() && (key_.back() == '\n' || key_.back() == '\r')) key_.pop_back();
  if (key_.size() < kFewestKeyBytes) {
    fail(ErrorCode::wrong_use, "{}: expected a key of at least {} bytes, found {}; openssl rand -hex 32 makes one",
         key_file.string(), kFewestKeyBytes, key_.size());
  }
}

std::string Anonymiser::operator()(std::string_view name) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> hash{};
  unsigned int size = 0;
  const unsigned char* made =
      HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
           reinterpret_cast<const unsigned char*>(name.data()), name.size(), hash.data(), &size);
  if (made == nullptr || size < kShownBytesOfHash) fail(ErrorCode::io_failed, "OpenSSL cannot compute HMAC-SHA-256");
  std::string text;
  for (std::size_t i = 0; i < kShownBytesOfHash; ++i) text += fmt::format("{:02x}", hash[i]);
  return text;
}

}  // namespace segue::data
