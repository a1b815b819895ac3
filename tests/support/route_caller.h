// Calls routes as a service does, without a server, tokens or limits: finds the route, decodes path and query, and
// writes errors in the form of the route.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "segue/base/error.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/http/router.h"

namespace segue::testing {

class RouteCaller {
 public:
  explicit RouteCaller(std::vector<serve::Route> routes) : router_(std::move(routes)) {}

  // `target`: path and query. 404 if there is no such route, 403 if `who` is not permitted.
  serve::Reply call(serve::Method method, std::string_view target, std::string body, const serve::Identity& who,
                    std::vector<serve::Header> headers = {}) const {
    serve::Request request;
    request.method = method;
    const std::size_t mark = target.find('?');
    request.path = target.substr(0, mark);
    if (mark != std::string_view::npos) request.query = target.substr(mark + 1);
    request.body = std::move(body);
    request.headers = std::move(headers);
    const serve::Route* const route = router_.find(method, request.path);
    if (route == nullptr) return serve::error_reply(404, "not_found", request.path);
    try {
      if (!who.may(route->scope)) fail(ErrorCode::forbidden, "{}: not allowed", request.path);
      const serve::Exchange exchange{.request = request,
                                     .path = serve::Router::path_values(*route, request.path),
                                     .query = serve::parse_query(request.query),
                                     .who = who};
      return route->handle(exchange);
    } catch (const Error& error) {
      const ErrorMeaning& meaning = meaning_of(error.code());
      return route->errors->write(meaning.http_status, meaning.name, error.what());
    }
  }

  std::span<const serve::Route> routes() const { return router_.routes(); }

 private:
  serve::Router router_;
};

// A token of `user`, or of a service for "", that may read and submit.
inline serve::Identity token_of(std::string user) {
  serve::Identity who;
  who.token_id = "token-" + user;
  who.user = std::move(user);
  who.read = true;
  who.submit = true;
  return who;
}

}  // namespace segue::testing
