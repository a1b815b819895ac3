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
#include <utility>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/resource.h>

#include "segue/base/error.h"
#include "segue/base/memory.h"
#include "segue/base/parallel.h"
#include "segue/base/secrets.h"
#include "segue/base/unix_time.h"
#include "segue/pipeline/remote_model.h"
#include "segue/serve/access_log.h"
#include "segue/serve/http/http_server.h"
#include "segue/serve/options.h"
#include "segue/serve/service.h"

#include "app/cli/command.h"
#include "app/cli/commands.h"
#include "app/cli/nightly.h"
#include "app/cli/pause.h"
#include "app/cli/service_manager.h"
#include "app/web/assets.h"

namespace segue::cli {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::minutes kClockTolerance{5};
constexpr std::chrono::milliseconds kPoll{200};  // between checks for SIGHUP and for changed models
constexpr std::chrono::seconds kCountListensEvery{30};
constexpr std::chrono::milliseconds kUpdateCatalogueEvery{500};
constexpr std::chrono::minutes kRemoveOldListensEvery{10};
constexpr std::uint64_t kMillion = 1'000'000;

// One JSON object per line on standard error, each written in one call.
void log_line(std::string_view event, const json::object& fields) {
  json::object line;
  line["time"] = serve::log_time();
  line["event"] = event;
  for (const auto& member : fields) line[member.key()] = member.value();
  const std::string text = json::serialize(line) + '\n';
  std::fwrite(text.data(), 1, text.size(), stderr);
}

// Ends the process once the time for draining is over, whatever is still running: a thread cannot be stopped from
// outside, and a store or a model that does not answer must not keep the process. What was acknowledged is on disk.
class DrainDeadline {
 public:
  DrainDeadline(const std::stop_token& stop, std::chrono::milliseconds patience, serve::LogEvent log)
      : patience_(patience),
        log_(std::move(log)),
        on_stop_(stop, [this] { begin(); }),
        thread_([this](const std::stop_token& over) { wait(over); }) {}

 private:
  static constexpr std::chrono::milliseconds kGrace{500};  // for the server to close what is left

  void begin() {
    const std::scoped_lock lock(mutex_);
    is_stopping_ = true;
    wake_.notify_all();
  }

  // `over`: everything has ended in time.
  void wait(const std::stop_token& over) {
    std::unique_lock lock(mutex_);
    if (!wake_.wait(lock, over, [this] { return is_stopping_; })) return;
    wake_.wait_for(lock, over, patience_ + kGrace, [] { return false; });
    if (over.stop_requested()) return;
    if (log_) log_("stopped at the drain deadline", {{"seconds", static_cast<double>(patience_.count()) / 1000}});
    std::_Exit(0);
  }

  const std::chrono::milliseconds patience_;
  const serve::LogEvent log_;
  std::mutex mutex_;  // guards is_stopping_
  std::condition_variable_any wake_;
  bool is_stopping_ = false;
  const std::stop_callback<std::function<void()>> on_stop_;
  const std::jthread thread_;  // last: it uses the others
};

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
    arguments.positional("MODEL", "A model folder, a link to one, or the URI of one: s3://, gs://, http(s)://", model_);
    arguments.options(options_);
    arguments.options(server_);
    arguments.options(limits_);
    arguments.options(access_log_);
  }

  // A SIGHUP that arrives while the models load is counted and reloads them after the start.
  OnHangup on_hangup() const override { return OnHangup::reload; }

  void run(Terminal& terminal) override {
    keep_little_free_memory();
    const RetrainTimes times = retrain_times(options_.retrain);
    if (!times.off() && options_.watch.count() == 0) {
      fail(ErrorCode::wrong_use, "--retrain: expected --watch, which finds the new model, found 0s");
    }
    // Until the server listens there is nothing to finish, and files are written so that a kill leaves them whole.
    using EndAtOnce = std::stop_callback<void (*)()>;
    std::optional<EndAtOnce> starting(std::in_place, terminal.stop(), [] { std::_Exit(0); });
    const char* const notify_socket = std::getenv("NOTIFY_SOCKET");
    const ServiceManager manager(notify_socket == nullptr ? "" : notify_socket);
    std::vector<serve::ModelSource> sources =
        serve::model_sources(options_.name, model_, options_.also, options_.share);
    const serve::LogEvent log = terminal.quiet() ? serve::LogEvent() : serve::LogEvent(log_line);
    std::vector<pipeline::RemoteModel> remote = remote_models(sources, terminal, log);
    const DrainDeadline deadline(terminal.stop(), server_.drain_timeout, log);
    serve::AccessLog access_log(access_log_, [](std::string_view lines) {
      std::fwrite(lines.data(), 1, lines.size(), stderr);  // holds stderr's lock, as log_line() does
    });
    const serve::SongLinks song_links = serve::song_links(options_.song_link, options_.song_cover, options_.subsonic);
    serve::StaticFiles files = files_of(options_.web_root);
    if (!song_links.cover.empty()) files.allow_pictures(serve::origin_of(song_links.cover));
    if (!song_links.subsonic.empty()) files.allow_player(serve::origin_of(song_links.subsonic));
    const std::unique_ptr<store::ListenStore> store = store::open_store(store_place());
    serve::ModelSet models(sources, cache_folder(), options_.verify, options_.library);
    log_if_clock_is_behind(models);
    serve::Service service({.models = models,
                            .store = *store,
                            .files = files,
                            .limits = limits_,
                            .open_loopback = options_.open_loopback,
                            .max_work = options_.max_work * kMillion,
                            .interleaving = serve::interleaving_of(options_.interleave, sources),
                            .keep_events = std::chrono::floor<std::chrono::seconds>(options_.keep_events),
                            .evaluation = options_.evaluation,
                            .catalogue = {.table = options_.catalogue,
                                          .audience = recommend::audience_of({.market = options_.market}),
                                          .micros_now = {}},
                            .cache = cache_folder(),
                            .new_song_share = options_.new_song_share,
                            .log = log,
                            .access_log = &access_log,
                            .keep_listens = options_.keep_listens,
                            .song_links = song_links});
    allow_open_files(terminal);
    // For new models here and elsewhere, the catalogue, new songs, probes, retraining, the access log.
    static constexpr std::size_t kWatchers = 6;
    require_threads(thread_count(server_.io_threads) + server_.blocking_threads + kWatchers);
    serve::HttpServer server(service, server_);
    const std::string scheme = server_.tls_certificate.empty() ? "http" : "https";
    const bool is_v6 = server_.host.find(':') != std::string::npos;
    const std::string host = is_v6 ? "[" + server_.host + "]" : server_.host;
    const std::string address = fmt::format("{}://{}:{}", scheme, host, server.port());
    const std::string serving = fmt::format("serving {} at {}/", without_passwords(model_), address);
    starting.reset();
    const std::stop_callback drain(terminal.stop(), [&] {
      service.begin_to_drain();
      log_if_untold(manager.stopping());
    });
    const std::jthread watcher([&](const std::stop_token& stop) {
      const auto reload_all = [&] {
        log_if_untold(manager.reloading());
        if (!server_.tls_certificate.empty()) reload_certificate(server, log);
        reopen(access_log, log);
        service.reload_all();
        if (!terminal.stop().stop_requested()) log_if_untold(manager.ready(serving));
      };
      watch(service, terminal.signals().hangups, reload_all, log, stop);
    });
    // Of its own: loading a model takes longer than a change to the catalogue may wait.
    const std::jthread catalogue_watcher([&](const std::stop_token& stop) {
      while (pause(kUpdateCatalogueEvery, stop)) service.update_catalogue();
    });
    // Likewise. What it fetched is found by the watcher, as a link that leads elsewhere.
    std::jthread fetcher;
    if (!remote.empty() && options_.fetch_every.count() > 0) {
      fetcher = std::jthread([&](const std::stop_token& stop) { fetch_again(remote, log, stop); });
    }
    // Likewise: a version of a model with new songs takes longer than a change to the catalogue may wait.
    const std::jthread new_songs_watcher([&](const std::stop_token& stop) {
      do {
        service.update_new_songs();
      } while (pause(kUpdateCatalogueEvery, stop));
    });
    std::optional<Nightly> nightly;
    if (!times.off()) nightly.emplace(times, retrain_words(), service, log, terminal.stop());
    terminal.note(serving + "; press Ctrl-C to stop");
    if (!options_.open_loopback && store->tokens().empty()) {
      terminal.note(
          fmt::format("no token exists yet, so every request is refused: make one for the web app with `segue "
                      "token create --store {} --read`, or let this machine in with --open-loopback",
                      store_place()));
    }
    if (!terminal.stop().stop_requested()) log_if_untold(manager.ready(serving));
    server.run(terminal.stop());
  }

 private:
  // The models that are elsewhere, fetched; their sources are links to them from now on. One that cannot be fetched is
  // served as it was fetched last.
  std::vector<pipeline::RemoteModel> remote_models(std::vector<serve::ModelSource>& sources, Terminal& terminal,
                                                   const serve::LogEvent& log) const {
    std::vector<pipeline::RemoteModel> remote;
    for (serve::ModelSource& source : sources) {
      if (!pipeline::is_remote(source.folder.string())) continue;
      if (options_.store.empty()) fail(ErrorCode::wrong_use, "--store: expected one with a model that lies elsewhere");
      if (options_.retrain != "off") {
        fail(ErrorCode::wrong_use, "--retrain: expected models that are folders here, found {}",
             without_passwords(source.folder.string()));
      }
      pipeline::RemoteModel& one = remote.emplace_back(source.folder.string(), cache_folder());
      source.folder = one.link();
      try {
        one.fetch(terminal.progress(), terminal.stop());
      } catch (const Error& error) {
        if (error.code() == ErrorCode::interrupted || !fs::exists(one.link())) throw;
        log_not_fetched(one, error, log);
      }
    }
    return remote;
  }

  static void log_not_fetched(const pipeline::RemoteModel& model, const Error& error, const serve::LogEvent& log) {
    if (log) log("model not fetched", {{"model", model.shown()}, {"reason", error.what()}});
  }

  // One reason is told once.
  void fetch_again(std::vector<pipeline::RemoteModel>& remote, const serve::LogEvent& log,
                   const std::stop_token& stop) const {
    std::vector<std::string> told(remote.size());
    while (pause(options_.fetch_every, stop)) {
      for (std::size_t i = 0; i < remote.size() && !stop.stop_requested(); ++i) {
        NoProgress progress;
        try {
          if (remote[i].fetch(progress, stop) && log) log("model fetched", {{"model", remote[i].shown()}});
          told[i].clear();
        } catch (const Error& error) {
          if (error.code() == ErrorCode::interrupted) return;
          if (std::exchange(told[i], error.what()) != error.what()) log_not_fetched(remote[i], error, log);
        }
      }
    }
  }

  std::vector<std::string> retrain_words() const {
    std::vector<std::string> words = {"retrain", model_, "--store", store_place(), "--json", "--quiet"};
    if (!options_.retrain_config.empty()) words.insert(words.end(), {"--config", options_.retrain_config});
    return words;
  }

  std::string store_place() const {
    if (!options_.store.empty()) return options_.store;
    fs::path model = fs::absolute(model_).lexically_normal();
    if (!model.has_filename()) model = model.parent_path();  // "." and "model/" name the folder itself
    return (model.parent_path() / "segue.sqlite").string();
  }

  // Each client is an open file, and the default limit is often 1,024 per process. Where it cannot be raised, fewer
  // clients are let in, so that files stay for the store and for health probes.
  void allow_open_files(Terminal& terminal) {
    static constexpr rlim_t kOtherFiles = 256;  // the model's files, the store's, the listening socket, probes
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    const rlim_t wanted = server_.max_connections + kOtherFiles;
    if (limit.rlim_cur < wanted) {
      limit.rlim_cur = std::min(wanted, limit.rlim_max);
      ::setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (limit.rlim_cur < wanted) {
      const rlim_t room = std::max(limit.rlim_cur / 2, limit.rlim_cur - std::min(limit.rlim_cur, kOtherFiles));
      terminal.note(
          fmt::format("--max-connections {}: the limit is {} open files (ulimit -n), so at most {} clients can connect",
                      server_.max_connections, limit.rlim_cur, room));
      server_.max_connections = static_cast<std::uint32_t>(std::max<rlim_t>(room, 1));
    }
  }

  fs::path cache_folder() const {
    fs::path folder = options_.cache;
    if (folder.empty()) {
      const std::string store = store_place();
      folder = store::is_postgres_url(store) ? user_cache() : fs::absolute(store).parent_path() / "segue-cache";
    }
    std::error_code error;
    fs::create_directories(folder, error);
    if (error) fail(ErrorCode::io_failed, "{}: {}", folder.string(), error.message());
    if ((fs::status(folder).permissions() & fs::perms::others_write) != fs::perms::none) {
      fail(ErrorCode::wrong_use, "--cache: expected a folder that not everybody may write to, found {}",
           folder.string());
    }
    return folder;
  }

  // A folder of this user. A shared one, such as /tmp, would let others choose what the server reads.
  static fs::path user_cache() {
    const auto named = [](const char* variable) {
      const char* const value = std::getenv(variable);
      return fs::path(value == nullptr ? "" : value);
    };
    if (const fs::path folder = named("CACHE_DIRECTORY"); folder.is_absolute()) return folder;  // systemd
    if (const fs::path folder = named("XDG_CACHE_HOME"); folder.is_absolute()) return folder / "segue";
    if (const fs::path folder = named("HOME"); folder.is_absolute()) return folder / ".cache" / "segue";
    fail(ErrorCode::wrong_use,
         "--cache: expected a folder for search indexes, found none, and neither XDG_CACHE_HOME nor HOME is set");
  }

  static void reload_certificate(serve::HttpServer& server, const serve::LogEvent& log) {
    try {
      server.reload_certificate();
      if (log) log("certificate loaded", {});
    } catch (const Error& error) {
      if (log) log("certificate refused", {{"reason", error.what()}});
    }
  }

  static void reopen(serve::AccessLog& access_log, const serve::LogEvent& log) {
    try {
      access_log.reopen();
    } catch (const Error& error) {
      if (log) log("access log not opened again", {{"reason", error.what()}});
    }
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

  // Calls reload_all() after a SIGHUP, reloads models that have changed every --watch, counts new listens, and
  // removes old ones, a batch at a time.
  void watch(serve::Service& service, const Hangups* hangups, const std::function<void()>& reload_all,
             const serve::LogEvent& log, const std::stop_token& stop) const {
    std::uint64_t seen = 0;
    auto next_check = std::chrono::steady_clock::now() + options_.watch;
    auto next_count = std::chrono::steady_clock::now();
    auto next_removal = std::chrono::steady_clock::now();
    while (pause(kPoll, stop)) {
      try {
        if (hangups != nullptr && hangups->counted() != seen) {
          seen = hangups->counted();
          reload_all();
        } else if (options_.watch.count() > 0 && std::chrono::steady_clock::now() >= next_check) {
          next_check = std::chrono::steady_clock::now() + options_.watch;
          service.reload_changed();
        } else if (std::chrono::steady_clock::now() >= next_count) {
          service.count_new_listens();
          service.drop_old_events();
          next_count = std::chrono::steady_clock::now() + kCountListensEvery;
        } else if (std::chrono::steady_clock::now() >= next_removal && !service.remove_old_listens(unix_now())) {
          next_removal = std::chrono::steady_clock::now() + kRemoveOldListensEvery;
        }
      } catch (const std::exception& error) {  // out of memory, say: the next check may do better
        if (log) log("check for new models failed", {{"reason", error.what()}});
      }
    }
  }

  std::string model_;
  serve::ServeOptions options_;
  serve::HttpServerOptions server_;
  serve::RateLimitOptions limits_;
  serve::AccessLogOptions access_log_;
};

}  // namespace

std::unique_ptr<Command> make_serve_command() {
  return std::make_unique<ServeCommand>();
}

}  // namespace segue::cli
