#include "tests/support/postgres_server.h"

#include <chrono>
#include <csignal>
#include <stdexcept>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <fmt/core.h>
#include <grp.h>
#include <libpq-fe.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "segue/base/file.h"
#include "segue/store/postgres.h"

namespace segue::testing {

namespace {

constexpr int kIcuSince = 15;  // the first version that can sort a whole cluster by ICU's rules
constexpr std::chrono::milliseconds kPollInterval(5);
constexpr std::chrono::seconds kTimeout(60);

struct Programs {
  std::filesystem::path folder;
  int version = 0;
};

// The newest version installed.
Programs installed_programs() {
  Programs newest;
  std::error_code none;
  for (const auto& entry : std::filesystem::directory_iterator("/usr/lib/postgresql", none)) {
    const int version = std::atoi(entry.path().filename().c_str());
    if (version > newest.version && std::filesystem::exists(entry.path() / "bin" / "initdb")) {
      newest = {.folder = entry.path() / "bin", .version = version};
    }
  }
  if (newest.version == 0) {
    throw std::runtime_error(
        "found no PostgreSQL server in /usr/lib/postgresql/*/bin: `tools/setup test` installs one");
  }
  return newest;
}

const passwd* server_user() {
  if (::geteuid() != 0) return nullptr;
  const passwd* const user = ::getpwnam("postgres");
  if (user == nullptr) throw std::runtime_error("found no user postgres, which runs the PostgreSQL server under root");
  return user;
}

// Runs a command in `folder`; appends its output to folder/log.
pid_t spawn(std::vector<std::string> words, const std::filesystem::path& folder) {
  std::vector<char*> arguments;
  for (std::string& word : words) arguments.push_back(word.data());
  arguments.push_back(nullptr);
  const std::string log = (folder / "log").string();
  const passwd* const user = server_user();
  const pid_t parent = ::getpid();
  const pid_t child = ::fork();
  if (child != 0) return child;
  // Only system calls between fork and exec.
  if (user != nullptr && (::setgroups(0, nullptr) != 0 || ::setgid(user->pw_gid) != 0 || ::setuid(user->pw_uid) != 0)) {
    ::_exit(126);
  }
  ::prctl(PR_SET_PDEATHSIG, SIGQUIT);  // ends with the tests, however they end
  const int output = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
  const int input = ::open("/dev/null", O_RDONLY);
  if (::getppid() != parent || output < 0 || input < 0 || ::chdir(folder.c_str()) != 0) ::_exit(126);
  ::dup2(input, 0);
  ::dup2(output, 1);
  ::dup2(output, 2);
  ::execv(arguments[0], arguments.data());
  ::_exit(127);
}

[[noreturn]] void fail_with_log(const std::string& what, const std::filesystem::path& folder) {
  const std::filesystem::path log = folder / "log";
  throw std::runtime_error(what + (std::filesystem::exists(log) ? ":\n" + read_text(log) : ""));
}

}  // namespace

PostgresServer::PostgresServer(Disk disk) : disk_(disk) {
  if (const passwd* const user = server_user(); user != nullptr) {
    if (::chown(folder_.path().c_str(), user->pw_uid, user->pw_gid) != 0) throw std::runtime_error("chown");
  }
  const Programs programs = installed_programs();
  std::vector<std::string> words = {
      programs.folder / "initdb", "--pgdata=data",    "--username=segue", "--auth=trust",
      "--encoding=UTF8",          "--locale=C.UTF-8", "--no-sync",        "--no-instructions"};
  if (programs.version >= kIcuSince) words.insert(words.end(), {"--locale-provider=icu", "--icu-locale=en-US"});
  const pid_t made = spawn(words, folder_.path());
  int status = 0;
  if (::waitpid(made, &status, 0) != made || status != 0) fail_with_log("initdb failed", folder_.path());
  start();
}

PostgresServer::~PostgresServer() {
  end(SIGQUIT);
}

PostgresServer& PostgresServer::shared() {
  static PostgresServer server;
  server.start();
  return server;
}

void PostgresServer::start() {
  if (process_ > 0) return;
  const std::string fsync = disk_ == Disk::fast ? "fsync=off" : "fsync=on";
  const pid_t started = spawn(
      {installed_programs().folder / "postgres", "-D", "data", "-c", fsync, "-c", "listen_addresses=", "-c",
       "unix_socket_directories=" + folder_.path().string(), "-c", "shared_buffers=32MB", "-c", "max_connections=40"},
      folder_.path());
  const auto until = std::chrono::steady_clock::now() + kTimeout;
  while (PQping(url("postgres").c_str()) != PQPING_OK) {
    if (::waitpid(started, nullptr, WNOHANG) != 0) fail_with_log("postgres ended", folder_.path());
    if (std::chrono::steady_clock::now() > until) fail_with_log("postgres does not answer", folder_.path());
    std::this_thread::sleep_for(kPollInterval);
  }
  process_ = started;
}

void PostgresServer::end(int signal) {
  if (process_ <= 0) return;
  ::kill(process_, signal);
  ::waitpid(process_, nullptr, 0);
  process_ = -1;
}

void PostgresServer::stop() {
  end(SIGINT);
}

void PostgresServer::kill() {
  end(SIGQUIT);
}

std::string PostgresServer::url(const std::string& database, const std::string& user) const {
  return fmt::format("postgresql:///{}?host={}&user={}", database, folder_.path().string(), user);
}

std::string PostgresServer::make_database(const std::string& options) {
  const std::string name = fmt::format("test{}", ++databases_);
  store::PostgresConnection(store::postgres_place(url("postgres")))
      .run(fmt::format("CREATE DATABASE {} {}", name, options));
  return url(name);
}

}  // namespace segue::testing
