#include "segue/store/tokens.h"

#include <array>
#include <span>

#include <fmt/format.h>

#include "segue/base/digest.h"
#include "segue/base/error.h"
#include "segue/base/random_bytes.h"
#include "segue/base/unix_time.h"

namespace segue::store {

namespace {

constexpr std::string_view kPrefix = "segue_";
constexpr std::string_view kLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kSecretLetters = 43;  // 6 bits each: 258
constexpr std::size_t kIdLetters = 10;

using RandomBytes = std::array<unsigned char, 64>;

RandomBytes random_bytes(std::size_t count) {
  RandomBytes bytes{};
  SEGUE_ASSERT(count <= bytes.size());
  fill_with_random(std::span(bytes).first(count));
  return bytes;
}

// Of version 4 (RFC 9562).
std::string random_uuid() {
  constexpr std::size_t kUuidBytes = 16;
  RandomBytes bytes = random_bytes(kUuidBytes);
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0F) | 0x40);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3F) | 0x80);
  std::string uuid;
  for (std::size_t i = 0; i < kUuidBytes; ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) uuid += '-';
    uuid += fmt::format("{:02x}", bytes[i]);
  }
  return uuid;
}

std::string random_letters(std::size_t count) {
  const RandomBytes bytes = random_bytes(count);
  std::string text;
  for (std::size_t i = 0; i < count; ++i) text += kLetters[bytes[i] % kLetters.size()];
  return text;
}

}  // namespace

NewToken make_token(StoredToken token, SecretForm form) {
  NewToken made{std::move(token),
                form == SecretForm::uuid ? random_uuid() : std::string(kPrefix) + random_letters(kSecretLetters)};
  made.token.id = random_letters(kIdLetters);
  made.token.hash = hash_of_secret(made.secret);
  made.token.created = unix_now();
  return made;
}

std::string hash_of_secret(std::string_view secret) {
  return sha256_of(secret);
}

}  // namespace segue::store
