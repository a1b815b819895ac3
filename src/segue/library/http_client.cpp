#include "segue/library/http_client.h"

#include <exception>

#include <curl/curl.h>

#include "segue/base/error.h"
#include "segue/base/version.h"

namespace segue::library {

namespace {

constexpr std::size_t kMostBody = std::size_t{64} << 20;
constexpr long kConnectSeconds = 10;
constexpr long kSilentSeconds = 60;  // without a byte, as a server does that counts its songs

struct CurlList {
  curl_slist* first = nullptr;
  CurlList() = default;
  CurlList(const CurlList&) = delete;
  CurlList& operator=(const CurlList&) = delete;
  ~CurlList() { curl_slist_free_all(first); }
  void add(const std::string& line) { first = curl_slist_append(first, line.c_str()); }
};

// Where a body goes, and what that threw: an exception cannot pass through libcurl.
struct BodyTaker {
  const HttpClient::Take& take;
  CURL* curl;
  std::exception_ptr thrown{};
};

std::size_t take_body(char* bytes, std::size_t size, std::size_t count, void* to) {
  auto& taker = *static_cast<BodyTaker*>(to);
  long status = 0;
  curl_easy_getinfo(taker.curl, CURLINFO_RESPONSE_CODE, &status);
  if (status != 200) return size * count;  // a page about the error
  try {
    taker.take({bytes, size * count});
  } catch (...) {
    taker.thrown = std::current_exception();
    return 0;  // ends the transfer
  }
  return size * count;
}

void start_curl() {
  // Once in a process, before other threads use it.
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) fail(ErrorCode::exhausted, "libcurl: {}", curl_easy_strerror(started));
}

}  // namespace

struct HttpClient::State {
  std::string address;
  HttpClientOptions options;
  CURL* curl = nullptr;

  std::string url(std::string_view path, Pairs query) const {
    std::string whole = address + std::string(path);
    char separator = '?';
    for (const auto& [name, value] : query) {
      char* const encoded = curl_easy_escape(curl, value.data(), static_cast<int>(value.size()));
      if (encoded == nullptr) fail(ErrorCode::exhausted, "{}: no memory for the request", address);
      whole += separator + name + '=' + encoded;
      curl_free(encoded);
      separator = '&';
    }
    return whole;
  }
};

HttpClient::HttpClient(std::string address, HttpClientOptions options) : state_(std::make_unique<State>()) {
  start_curl();
  while (address.ends_with('/')) address.pop_back();
  const bool is_http = address.starts_with("http://") || address.starts_with("https://");
  if (!is_http || address.find_first_of("@?# ") != std::string::npos || address.ends_with(':')) {
    fail(ErrorCode::wrong_use, "expected the address of a server such as https://music.example.org, found \"{}\"",
         address.substr(0, address.find_first_of("@?#")));
  }
  state_->address = std::move(address);
  state_->options = std::move(options);
  state_->curl = curl_easy_init();
  if (state_->curl == nullptr) fail(ErrorCode::exhausted, "{}: no memory for a connection", state_->address);
}

HttpClient::~HttpClient() {
  if (state_) curl_easy_cleanup(state_->curl);
}

const std::string& HttpClient::address() const {
  return state_->address;
}

std::string HttpClient::get(std::string_view path, Pairs query, std::span<const std::string> headers) {
  std::string body;
  get(path, query, headers, [&](std::string_view bytes) {
    if (body.size() + bytes.size() > kMostBody) {
      fail(ErrorCode::bad_input, "{}{}: expected a reply of at most {} bytes, found more", state_->address, path,
           kMostBody);
    }
    body += bytes;
  });
  return body;
}

void HttpClient::get(std::string_view path, Pairs query, std::span<const std::string> headers, const Take& take) {
  CURL* const curl = state_->curl;
  curl_easy_reset(curl);  // keeps the connection
  BodyTaker taker{take, curl};
  CurlList lines;
  for (const std::string& header : headers) lines.add(header);
  const std::string url = state_->url(path, query);
  const std::string agent = std::string("segue/") + std::string(kVersion);
  curl_easy_setopt(curl, CURLOPT_URL, url.c_str());
  curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(curl, CURLOPT_HTTPHEADER, lines.first);
  curl_easy_setopt(curl, CURLOPT_USERAGENT, agent.c_str());
  curl_easy_setopt(curl, CURLOPT_ACCEPT_ENCODING, "");  // all that libcurl can decode
  curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_body);
  curl_easy_setopt(curl, CURLOPT_WRITEDATA, &taker);
  curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_LIMIT, 1L);
  curl_easy_setopt(curl, CURLOPT_LOW_SPEED_TIME, kSilentSeconds);
  curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
  if (!state_->options.ca_file.empty()) curl_easy_setopt(curl, CURLOPT_CAINFO, state_->options.ca_file.c_str());

  const std::string subject = state_->address + std::string(path);
  const CURLcode done = curl_easy_perform(curl);
  if (taker.thrown) std::rethrow_exception(taker.thrown);
  if (done != CURLE_OK) fail(ErrorCode::unavailable, "{}: {}", subject, curl_easy_strerror(done));
  long status = 0;
  curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &status);
  if (status == 200) return;
  if (status == 401 || status == 403) {
    fail(ErrorCode::unauthorised, "{}: the server refused the user or the token ({})", subject, status);
  }
  if (status == 404) fail(ErrorCode::not_found, "{}: the server has no such page (404)", subject);
  if (status >= 500) fail(ErrorCode::unavailable, "{}: the server answered with {}", subject, status);
  if (status >= 300 && status < 400) {
    fail(ErrorCode::bad_input, "{}: the server moved ({}); give the address that it moved to", subject, status);
  }
  fail(ErrorCode::bad_input, "{}: expected 200, found {}", subject, status);
}

}  // namespace segue::library
