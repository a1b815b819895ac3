// Bytes as text: SHA-256 digests in lower-case hexadecimal, and base64.
#pragma once

#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace segue {

// A digest of bytes that arrive piece by piece. Not thread safe.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(std::span<const std::byte> bytes);
  void update(std::string_view text);
  std::string hex();  // ends the digest; REQUIRES: called once

 private:
  struct Context;
  std::unique_ptr<Context> context_;
};

std::string sha256_of(std::string_view text);
std::string sha256_of(std::span<const std::byte> bytes);

// Reads the whole file once. Throws not_found, io_failed.
std::string sha256_of_file(const std::filesystem::path& path);

// With padding (RFC 4648).
std::string base64_of(std::span<const std::byte> bytes);

}  // namespace segue
