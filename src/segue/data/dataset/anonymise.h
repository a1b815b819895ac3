// User names as keyed hashes, so that a dataset names nobody.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace segue::data {

// HMAC-SHA-256 of names with the content of a file as the key (RFC 2104): the same names give the same hashes with the
// same key, and without it nobody can test whether a name is among them.
class Anonymiser {
 public:
  // Throws not_found, io_failed; wrong_use for a key of fewer than 16 bytes.
  explicit Anonymiser(const std::filesystem::path& key_file);

  // 32 hexadecimal digits: the first half of the hash.
  std::string operator()(std::string_view name) const;

 private:
  std::string key_;
};

}  // namespace segue::data
