#include "segue/base/digest.h"

#include <array>
#include <cerrno>
#include <new>
#include <vector>

#include <openssl/evp.h>
#include <unistd.h>

#include "segue/base/error.h"
#include "segue/base/file.h"

namespace segue {

struct Sha256::Context {
  EVP_MD_CTX* md = EVP_MD_CTX_new();
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  ~Context() { EVP_MD_CTX_free(md); }
};

Sha256::Sha256() : context_(std::make_unique<Context>()) {
  // SHA-256 itself cannot fail: only memory can be missing.
  if (context_->md == nullptr || EVP_DigestInit_ex(context_->md, EVP_sha256(), nullptr) != 1) throw std::bad_alloc();
}

Sha256::~Sha256() = default;

void Sha256::update(std::span<const std::byte> bytes) {
  SEGUE_ASSERT(EVP_DigestUpdate(context_->md, bytes.data(), bytes.size()) == 1);
}

void Sha256::update(std::string_view text) {
  update(std::as_bytes(std::span(text.data(), text.size())));
}

std::string Sha256::hex() {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned int length = 0;
  SEGUE_ASSERT(EVP_DigestFinal_ex(context_->md, digest.data(), &length) == 1);
  std::string text;
  for (unsigned int i = 0; i < length; ++i) text += fmt::format("{:02x}", digest[i]);
  return text;
}

std::string sha256_of(std::string_view text) {
  Sha256 digest;
  digest.update(text);
  return digest.hex();
}

std::string sha256_of(std::span<const std::byte> bytes) {
  Sha256 digest;
  digest.update(bytes);
  return digest.hex();
}

// Not mapped: the pages of a large file would count as memory of the process.
std::string sha256_of_file(const std::filesystem::path& path) {
  constexpr std::size_t kPiece = std::size_t{1} << 20;
  const FileHandle file = open_for_reading(path);
  std::vector<std::byte> piece(kPiece);
  Sha256 digest;
  for (;;) {
    const ssize_t read = ::read(file.get(), piece.data(), piece.size());
    if (read < 0 && errno == EINTR) continue;
    if (read < 0) fail_errno(path.string(), errno);
    if (read == 0) return digest.hex();
    digest.update(std::span(piece).first(static_cast<std::size_t>(read)));
  }
}

std::string base64_of(std::span<const std::byte> bytes) {
  std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // EVP_EncodeBlock ends it with a zero byte
  const int length =
      EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                      reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  text.resize(static_cast<std::size_t>(length));
  return text;
}

}  // namespace segue
