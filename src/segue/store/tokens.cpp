#include "segue/store/tokens.h"

#include <array>
#include <cerrno>

#include <sys/random.h>

#include "segue/base/digest.h"
#include "segue/base/error.h"
#include "segue/base/unix_time.h"

namespace segue::store {

namespace {

constexpr std::string_view kPrefix = "segue_";
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kSecretLetters = 43;  // 6 bits each: 258
constexpr std::size_t kIdLetters = 10;

std::string random_letters(std::size_t count) {
  std::array<unsigned char, 64> bytes{};
  SEGUE_ASSERT(count <= bytes.size());
  if (getrandom(bytes.data(), count, 0) != static_cast<ssize_t>(count)) fail_errno("random bytes", errno);
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += kLetters[bytes[i] % kLetters.size()];
  return text;
}

}  // namespace

NewToken make_token(StoredToken token) {
  NewToken made{std::move(token), std::string(kPrefix) + random_letters(kSecretLetters)};
  made.token.id = random_letters(kIdLetters);
  made.token.hash = hash_of_secret(made.secret);
  made.token.created = unix_now();
  return made;
}

std::string hash_of_secret(std::string_view secret) {
  return sha256_of(secret);
}

}  // namespace segue::store
