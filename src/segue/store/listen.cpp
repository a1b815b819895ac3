#include "segue/base/digest.h"
#include "segue/data/text/text.h"
#include "segue/store/store.h"

namespace segue::store {

std::string msid_of(const StoredListen& listen) {
  // Folded text contains no unit separators, so no two triples run together.
  std::string text = data::fold_name(listen.artist) + '\x1f' + data::fold_name(listen.title) + '\x1f' +
                     data::fold_name(listen.release);
  if (listen.title.empty()) text += '\x1f' + listen.song_id;
  return uuid_of_digest(sha256_of(text));
}

std::string uuid_of_digest(std::string digest) {
  digest.resize(32);
  digest[12] = '8';  // a UUID of version 8 (RFC 9562): from a digest of our own
  digest[16] = "89ab"[static_cast<std::size_t>(digest[16]) % 4];
  return digest.substr(0, 8) + '-' + digest.substr(8, 4) + '-' + digest.substr(12, 4) + '-' + digest.substr(16, 4) +
         '-' + digest.substr(20);
}

}  // namespace segue::store
