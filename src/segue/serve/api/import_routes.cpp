// POST /v1/import
#include <array>
#include <chrono>
#include <filesystem>
#include <memory>
#include <mutex>

#include <stdlib.h>
#include <unistd.h>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/data/dataset/ingest_options.h"
#include "segue/pipeline/import_listens.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/api/replies.h"
#include "segue/serve/listenbrainz/listenbrainz.h"

namespace segue::serve {

namespace {

constexpr std::uint64_t kMostImported = std::uint64_t{64} << 20;  // bytes
// A small archive may hold a large log, which must not keep a thread of the pool for ever.
constexpr std::chrono::seconds kLongestImport{120};

// The body as a file that nobody else may read, gone at the end.
class BodyFile {
 public:
  explicit BodyFile(std::string_view bytes) {
    path_ = (std::filesystem::temp_directory_path() / "segue-import-XXXXXX").string();
    const FileHandle file(::mkstemp(path_.data()));
    if (!file) fail_errno(path_, errno);
    for (std::string_view rest = bytes; !rest.empty();) {
      const ssize_t written = ::write(file.get(), rest.data(), rest.size());
      if (written < 0 && errno != EINTR) {
        const int error = errno;
        ::unlink(path_.c_str());
        fail_errno("body", error);
      }
      rest.remove_prefix(static_cast<std::size_t>(std::max<ssize_t>(written, 0)));
    }
  }
  ~BodyFile() { ::unlink(path_.c_str()); }
  BodyFile(const BodyFile&) = delete;
  BodyFile& operator=(const BodyFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  std::string path_;
};

// Ends an import that takes too long.
class ImportDeadline final : public Progress {
 public:
  void begin(std::string_view, std::uint64_t, std::string_view) override { check(); }
  void update(std::uint64_t, std::string_view) override { check(); }
  void end() override {}
  std::stop_token stop() const { return stop_.get_token(); }

 private:
  void check() {
    if (std::chrono::steady_clock::now() > end_) stop_.request_stop();
  }

  const std::chrono::steady_clock::time_point end_ = std::chrono::steady_clock::now() + kLongestImport;
  std::stop_source stop_;
};

std::string importing_user(const Exchange& exchange) {
  const std::string* const named = exchange.find("user");
  std::string user = named != nullptr ? *named : exchange.who.user;
  if (user.empty() && exchange.who.token_id.empty()) user = kLocalUser;
  if (user.empty()) fail(ErrorCode::wrong_use, "user: expected whose listens these are, as the token is a service's");
  exchange.who.must_be(user);
  return user;
}

// The message without the name of a file that means nothing to the client.
std::string about_body(std::string message, const std::string& path) {
  for (std::size_t at = message.find(path); at != std::string::npos; at = message.find(path, at)) {
    message.replace(at, path.size(), "body");
  }
  return message;
}

// `one_at_a_time`: imports take long, and other requests need the threads.
TypedReply<ImportedReply> import(const ListenParts& parts, std::mutex& one_at_a_time, const Exchange& exchange) {
  data::IngestOptions options;
  options.user = importing_user(exchange);
  const std::unique_lock lock(one_at_a_time, std::try_to_lock);
  if (!lock) fail(ErrorCode::exhausted, "another import is running; retry later");
  options.threads = 1;  // the other cores have other requests
  if (exchange.request.body.empty()) fail(ErrorCode::wrong_use, "body: expected a log of listens, found none");
  const BodyFile file(exchange.request.body);
  ImportDeadline deadline;
  const std::array logs = {file.path()};
  try {
    const pipeline::ImportReport report =
        pipeline::import_listens(logs, options, parts.store, deadline, deadline.stop());
    parts.metrics.count_listens({.added = report.added, .known = report.known});
    parts.metrics.count_listens(ListenResult::refused, report.read.dropped.total());
    ImportedReply reply{report.added, report.known, report.skipped, report.read.rows, report.read.dropped.total(), {}};
    reply.sources = report.read.sources;
    return json_reply(reply);
  } catch (const Error& error) {
    if (error.code() == ErrorCode::interrupted) {
      fail(ErrorCode::too_large,
           "body: expected a log that is read within {} s; the listens read until then are stored, and `segue listens "
           "import` has no limit",
           kLongestImport.count());
    }
    throw Error(error.code(), about_body(error.what(), file.path()));
  }
}

}  // namespace

std::vector<Route> import_routes(const ListenParts& parts) {
  std::vector<Route> routes;
  routes.push_back(
      {.method = Method::post,
       .path = "/v1/import",
       .id = "importListens",
       .tag = "Listens",
       .summary =
           "Adds the listens of a log: an export of Spotify, Last.fm, ListenBrainz, ..., as a file or an archive",
       .scope = Scope::submit,
       .is_personal = true,
       .may_block = true,
       .query = {{"user", "Whose listens they are; by default the token's user", text_schema(data::kMostIdBytes)}},
       .body = {{"type", "string"}, {"format", "binary"}},
       .body_type = "application/octet-stream",
       .most_body = kMostImported,
       .handle = [parts, one = std::make_shared<std::mutex>()](const Exchange& exchange) {
         return import(parts, *one, exchange);
       }});
  return routes;
}

}  // namespace segue::serve
