// Asks a server over HTTP.
#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace segue::library {

struct HttpClientOptions {
  std::string ca_file;  // certificates to trust instead of the system's; "" for the system's
};

// One server. Used by one thread at a time.
class HttpClient {
 public:
  using Pairs = std::span<const std::pair<std::string, std::string>>;

  // `address`: "https://music.example.org/navidrome". Throws wrong_use if it is not one of http or https, or has a user
  // or a query in it.
  HttpClient(std::string address, HttpClientOptions options);
  ~HttpClient();
  HttpClient(const HttpClient&) = delete;
  HttpClient& operator=(const HttpClient&) = delete;

  // The body of GET address/path?query. No redirect is followed, since the query holds secrets. Messages name the
  // address and the path, never the query. Throws unavailable if the server cannot be reached, answers with a 5xx or
  // not in time; unauthorised for 401 and 403; not_found for 404; bad_input for anything else that is not 200, and for
  // a body above 64 MiB.
  std::string get(std::string_view path, Pairs query, std::span<const std::string> headers);
  // The same for a body of any size, which `take` gets piece by piece. What it throws is thrown.
  using Take = std::function<void(std::string_view bytes)>;
  void get(std::string_view path, Pairs query, std::span<const std::string> headers, const Take& take);

  const std::string& address() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace segue::library
