// Requests of the HTTP API, to the whole service without its sockets: a method, a target, headers and a body.
//
// The first line of an input is "METHOD TARGET", followed by headers, an empty line and the body. Whatever the request,
// the status is a valid one below 500, and a reply of type JSON is JSON.
#include <algorithm>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "segue/base/ascii.h"
#include "segue/base/json.h"
#include "segue/serve/service.h"
#include "segue/store/tokens.h"

#include "tests/support/memory_store.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace {

constexpr segue::serve::Method kMethods[] = {
    segue::serve::Method::get,    segue::serve::Method::head,    segue::serve::Method::post, segue::serve::Method::put,
    segue::serve::Method::remove, segue::serve::Method::options, segue::serve::Method::other};

// A service with a small model, made once. "Token secret" may do everything, and local clients without a token may do
// much.
struct Served {
  Served() {
    segue::testing::write_small_model(folder / "model", segue::testing::small_model());
    store.add_token({.id = "id",
                     .hash = segue::store::hash_of_secret("secret"),
                     .user = "ann",
                     .name = "",
                     .read = true,
                     .submit = true,
                     .admin = true});
    models.emplace(segue::serve::model_sources("default", folder / "model", {}, {}), folder.path(), true);
    service.emplace(
        segue::serve::ServiceSetup{.models = *models,
                                   .store = store,
                                   .files = files,
                                   .limits = {.token_requests = 0, .user_requests = 0, .address_requests = 0},
                                   .open_loopback = true,
                                   .log = {}});
  }

  segue::testing::Scratch folder;
  segue::testing::MemoryStore store;
  segue::serve::StaticFiles files;
  std::optional<segue::serve::ModelSet> models;
  std::optional<segue::serve::Service> service;
};

// Removes and returns the text before `end`; removes `end` too.
std::string_view take(std::string_view& text, char end) {
  const std::size_t at = std::min(text.find(end), text.size());
  const std::string_view taken = text.substr(0, at);
  text.remove_prefix(std::min(at + 1, text.size()));
  return taken;
}

segue::serve::Request request_of(std::string_view text) {
  segue::serve::Request request;
  std::string_view line = take(text, '\n');
  const std::string_view method = take(line, ' ');
  request.method = segue::serve::Method::other;
  for (const segue::serve::Method known : kMethods) {
    if (method == segue::serve::name_of(known)) request.method = known;
  }
  request.path = take(line, '?');
  request.query = line;
  for (line = take(text, '\n'); !line.empty(); line = take(text, '\n')) {
    const std::string_view name = take(line, ':');
    segue::serve::Header header{std::string(name),
                                std::string(line.substr(std::min(line.find_first_not_of(' '), line.size())))};
    std::ranges::transform(header.name, header.name.begin(), segue::ascii_lower);
    request.headers.push_back(std::move(header));
  }
  request.body = text;
  request.peer = "127.0.0.1";
  request.loopback = true;
  return request;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static Served served;
  const segue::serve::Request request = request_of({reinterpret_cast<const char*>(data), size});
  const segue::serve::Reply reply = served.service->answer(request, served.service->prepare(request));
  if (reply.status < 200 || reply.status >= 500) __builtin_trap();
  if (reply.content_type == "application/json" && !reply.bytes().empty()) (void)segue::json::parse(reply.bytes());
  served.service->sent(request, reply, {.status = reply.status, .seconds = 0.001});
  return 0;
}
