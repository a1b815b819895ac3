#include "segue/serve/http/http.h"

#include <algorithm>
#include <array>

#include "segue/serve/http/router.h"

namespace segue::serve {

std::string_view name_of(Method method) {
  constexpr std::array<std::string_view, 7> kNames = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "OTHER"};
  return kNames.at(static_cast<std::size_t>(method));
}

std::string_view Request::header(std::string_view lower_case_name) const {
  const auto found = std::ranges::find(headers, lower_case_name, &Header::name);
  return found == headers.end() ? std::string_view() : std::string_view(found->value);
}

Reply RequestHandler::refusal(const Request& head, int status, std::string_view code, std::string_view message) const {
  static_cast<void>(head);
  return error_reply(status, code, message);
}

}  // namespace segue::serve
