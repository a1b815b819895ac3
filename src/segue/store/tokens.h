// Tokens: secrets that are shown once, and what is kept of them.
#pragma once

#include <string>
#include <string_view>

#include "segue/store/store.h"

namespace segue::store {

struct NewToken {
  StoredToken token;   // what is stored
  std::string secret;  // "segue_" and 256 bits of the system's randomness, safe in URLs; stored nowhere
};

// `token` has user, name and what it allows; id, hash and time are made. Throws io_failed without randomness.
NewToken make_token(StoredToken token);

// SHA-256: a secret of 256 random bits needs no slow hash.
std::string hash_of_secret(std::string_view secret);

}  // namespace segue::store
