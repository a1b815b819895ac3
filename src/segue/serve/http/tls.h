// The certificate and key of a server, which can be replaced while it serves.
#pragma once

#include <memory>
#include <mutex>
#include <string>

#include <boost/asio/ssl/context.hpp>

namespace segue::serve {

// TLS 1.3, and TLS 1.2 with ephemeral keys and authenticated encryption (AES-GCM, ChaCha20-Poly1305) alone. Thread
// safe.
class TlsFiles {
 public:
  // Reads both files. Throws wrong_use for a file that cannot be read, or a key that is not the certificate's.
  TlsFiles(std::string certificate, std::string key);

  // Reads both files again, for connections from now on. Throws as the constructor does; then nothing has changed.
  void reload();
  std::shared_ptr<boost::asio::ssl::context> context() const;

 private:
  const std::string certificate_;
  const std::string key_;
  mutable std::mutex mutex_;  // guards the member below
  std::shared_ptr<boost::asio::ssl::context> context_;
};

}  // namespace segue::serve
