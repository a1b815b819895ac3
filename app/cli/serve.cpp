// segue serve MODEL
#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/serve/http/http_server.h"
#include "segue/serve/options.h"
#include "segue/serve/service.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/service_manager.h"
#include "app/web/assets.h"

namespace segue::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes kClockTolerance{5};
constexpr std::chrono::milliseconds kPoll{200};  // between checks for SIGHUP and for changed models

// One JSON object per line on standard error, each written in one call.
void log_line(std::string_view event, const json::object& fields) {
  json::object line;
  const auto now = std::chrono::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  line["time"] = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", now);
  line["event"] = event;
  for (const auto& member : fields) line[member.key()] = member.value();
  const std::string text = json::serialize(line) + '\n';
  std::fwrite(text.data(), 1, text.size(), stderr);
}

serve::StaticFiles files_of(const std::string& web_root) {
  if (!web_root.empty()) return serve::StaticFiles(fs::path(web_root));
  std::vector<serve::StaticFile> files;
  for (const WebAsset& asset : web_assets()) {
    files.push_back({asset.path, asset.media_type, asset.bytes, asset.gzip, asset.etag});
  }
  return serve::StaticFiles(files);
}

class ServeCommand final : public Command {
 public:
  std::string_view name() const override { return "serve"; }
  std::string_view summary() const override { return "HTTP API and web app"; }
  std::string_view example() const override {
    return "  segue serve model --open-loopback\n"
           "  segue serve models/current --store postgresql://segue@db/segue --host 0.0.0.0 \\\n"
           "    --also candidate=models/next --share default=95 --share candidate=5";
  }

  void declare(Arguments& arguments) override {
    arguments.positional("MODEL", "A model folder or a link to one", model_);
    arguments.options(options_);
    arguments.options(server_);
    arguments.options(limits_);
  }

  // A SIGHUP that arrives while the models load is counted and reloads them after the start.
  OnHangup on_hangup() const override { return OnHangup::reload; }

  void run(Terminal& terminal) override {
    // Until the server listens there is nothing to finish, and files are written so that a kill leaves them whole.
    using EndAtOnce = std::stop_callback<void (*)()>;
    std::optional<EndAtOnce> starting(std::in_place, terminal.stop(), [] { std::_Exit(0); });
    const char* const notify_socket = std::getenv("NOTIFY_SOCKET");
    const ServiceManager manager(notify_socket == nullptr ? "" : notify_socket);
    const std::vector<serve::ModelSource> sources =
        serve::model_sources(options_.name, model_, options_.also, options_.share);
    const serve::StaticFiles files = files_of(options_.web_root);
    const std::unique_ptr<store::ListenStore> store = store::open_store(store_place());
    serve::ModelSet models(sources, cache_folder(), options_.verify);
    log_if_clock_is_behind(models);
    serve::Service service({.models = models,
                            .store = *store,
                            .files = files,
                            .limits = limits_,
                            .open_loopback = options_.open_loopback,
                            .evaluation = options_.evaluation,
                            .log = terminal.quiet() ? serve::LogEvent() : serve::LogEvent(log_line)});
    static constexpr std::size_t kWatchers = 1;
    require_threads(thread_count(server_.io_threads) + server_.blocking_threads + kWatchers);
    serve::HttpServer server(service, server_);
    const std::string scheme = server_.tls_certificate.empty() ? "http" : "https";
    const bool is_v6 = server_.host.find(':') != std::string::npos;
    const std::string host = is_v6 ? "[" + server_.host + "]" : server_.host;
    const std::string address = fmt::format("{}://{}:{}", scheme, host, server.port());
    allow_open_files(terminal);
    const std::string serving = fmt::format("serving {} at {}/", model_, address);
    starting.reset();
    const std::stop_callback drain(terminal.stop(), [&] {
      service.begin_to_drain();
      log_if_untold(manager.stopping());
    });
    const std::jthread watcher([&](const std::stop_token& stop) {
      const auto reload_all = [&] { reload(service, manager, serving, terminal.stop()); };
      watch(service, terminal.signals().hangups, reload_all, stop);
    });
    terminal.note(serving + "; press Ctrl-C to stop");
    if (!terminal.stop().stop_requested()) log_if_untold(manager.ready(serving));
    server.run(terminal.stop());
  }

 private:
  std::string store_place() const {
    if (!options_.store.empty()) return options_.store;
    return (fs::absolute(model_).lexically_normal().parent_path() / "segue.sqlite").string();
  }

  // Each client is an open file, and the default limit is often 1,024 per process.
  void allow_open_files(Terminal& terminal) const {
    static constexpr rlim_t kOtherFiles = 256;  // the model's files, the store's, the listening socket
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    const rlim_t wanted = server_.max_connections + kOtherFiles;
    if (limit.rlim_cur < wanted) {
      limit.rlim_cur = std::min(wanted, limit.rlim_max);
      ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur < wanted) {
      terminal.note(
          fmt::format("--max-connections {}: the limit is {} open files (ulimit -n), so fewer clients can connect",
                      server_.max_connections, limit.rlim_cur));
    }
  }

  fs::path cache_folder() const {
    fs::path folder = options_.cache;
    if (folder.empty()) {
      const std::string store = store_place();
      folder = (store::is_postgres_url(store) ? fs::temp_directory_path() : fs::absolute(store).parent_path()) /
               "segue-cache";
    }
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) fail(ErrorCode::io_failed, "{}: {}", folder.string(), error.message());
    return folder;
  }

  static void log_if_untold(const std::optional<std::string>& reason) {
    if (reason) log_line("service manager not told", {{"reason", *reason}});
  }

  // A clock that is behind refuses today's listens as listens of the future.
  static void log_if_clock_is_behind(const serve::ModelSet& models) {
    const auto now = std::chrono::floor<std::chrono::seconds>(std::chrono::system_clock::now());
    for (const serve::ModelPointer& served : models.all()) {
      if (served->trained <= now + kClockTolerance) continue;
      const auto made = std::chrono::floor<std::chrono::seconds>(served->trained);
      log_line("clock is behind", {{"clock", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", now)},
                                   {"model", served->name},
                                   {"model_made_at", fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", made)}});
    }
  }

  static void reload(serve::Service& service, const ServiceManager& manager, const std::string& serving,
                     const std::stop_token& stop) {
    log_if_untold(manager.reloading());
    service.reload_all();
    if (!stop.stop_requested()) log_if_untold(manager.ready(serving));
  }

  // Reloads all models after a SIGHUP, and those that have changed every --watch.
  void watch(serve::Service& service, const Hangups* hangups, const std::function<void()>& reload_all,
             const std::stop_token& stop) const {
    std::uint64_t seen = 0;
    auto next_check = std::chrono::steady_clock::now() + options_.watch;
    std::mutex mutex;
    std::condition_variable_any wake;
    while (!stop.stop_requested()) {
      std::unique_lock lock(mutex);
      wake.wait_for(lock, stop, kPoll, [] { return false; });
      if (hangups != nullptr && hangups->counted() != seen) {
        seen = hangups->counted();
        reload_all();
      } else if (options_.watch.count() > 0 && std::chrono::steady_clock::now() >= next_check) {
        service.reload_changed();
        next_check = std::chrono::steady_clock::now() + options_.watch;
      }
    }
  }

  std::string model_;
  serve::ServeOptions options_;
  serve::HttpServerOptions server_;
  serve::RateLimitOptions limits_;
};

}  // namespace

std::unique_ptr<Command> make_serve_command() {
  return std::make_unique<ServeCommand>();
}

}  // namespace segue::cli
