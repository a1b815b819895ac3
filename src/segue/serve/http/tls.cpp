#include "segue/serve/http/tls.h"

#include <utility>

#include <openssl/ssl.h>

#include "segue/base/error.h"

namespace segue::serve {

namespace {

using Context = boost::asio::ssl::context;
using boost::system::error_code;

// Of TLS 1.2: what RFC 9325 recommends. AES-CBC has a long history of padding oracles.
constexpr const char* kCiphers = "ECDHE+AESGCM:ECDHE+CHACHA20";

std::shared_ptr<Context> read_files(const std::string& certificate, const std::string& key) {
  auto context = std::make_shared<Context>(Context::tls_server);
  context->set_options(Context::default_workarounds | Context::no_sslv2 | Context::no_sslv3 | Context::no_tlsv1 |
                       Context::no_tlsv1_1 | SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  const bool is_set = SSL_CTX_set_cipher_list(context->native_handle(), kCiphers) == 1;
  SEGUE_ASSERT(is_set);
  error_code error;
  context->use_certificate_chain_file(certificate, error);
  if (error) fail(ErrorCode::wrong_use, "--tls-certificate {}: {}", certificate, error.message());
  context->use_private_key_file(key, Context::pem, error);
  if (error) fail(ErrorCode::wrong_use, "--tls-key {}: {}", key, error.message());
  return context;
}

}  // namespace

TlsFiles::TlsFiles(std::string certificate, std::string key)
    : certificate_(std::move(certificate)), key_(std::move(key)), context_(read_files(certificate_, key_)) {}

void TlsFiles::reload() {
  std::shared_ptr<Context> fresh = read_files(certificate_, key_);
  const std::scoped_lock lock(mutex_);
  context_ = std::move(fresh);
}

std::shared_ptr<Context> TlsFiles::context() const {
  const std::scoped_lock lock(mutex_);
  return context_;
}

}  // namespace segue::serve
