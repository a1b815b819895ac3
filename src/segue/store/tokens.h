// Tokens: secrets that are shown once, and the parts of them that are stored.
#pragma once

#include <string>
#include <string_view>

#include "segue/store/store.h"

namespace segue::store {

struct NewToken {
  StoredToken token;   // the stored part
  std::string secret;  // "segue_" and 256 random bits from the system, safe in URLs; never stored
};

// How a secret looks: Segue's own form, or a UUID of 122 random bits, as some clients of ListenBrainz require.
enum class SecretForm { segue, uuid };

// `token` has the user, the name and the permissions; id, hash and time are filled in. Throws io_failed if the system
// has no randomness.
NewToken make_token(StoredToken token, SecretForm form = SecretForm::segue);

// SHA-256: a secret of 256 random bits needs no slow hash.
std::string hash_of_secret(std::string_view secret);

}  // namespace segue::store
