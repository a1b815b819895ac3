#include "segue/evaluate/tuning/journal.h"

#include <cerrno>
#include <string>

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include "segue/base/error.h"
#include "segue/base/options_json.h"

namespace segue::evaluate {

namespace {

constexpr std::string_view kFormat = "segue-search";
constexpr std::uint64_t kVersion = 1;

json::object to_json(const TrialScore& score) {
  return {{"ndcg", score.ndcg}, {"hit_rate", score.hit_rate}, {"query", choice_name(score.query)}};
}

TrialScore score_from(const json::object& object, std::string_view subject) {
  const std::string query = string_at(object, "query", subject);
  for (const TuneQuery known : {TuneQuery::last, TuneQuery::recent}) {
    if (query == choice_name(known)) {
      return {number_at(object, "ndcg", subject), number_at(object, "hit_rate", subject), known};
    }
  }
  fail(ErrorCode::corrupt, "{}: query: expected last or recent, found \"{}\"", subject, query);
}

Trial trial_from(const json::object& object, const Space& space, std::string_view subject) {
  Trial trial;
  trial.options = space.given;
  trial.number = static_cast<std::uint32_t>(count_at(object, "trial", subject));
  trial.rung = static_cast<std::uint32_t>(count_at(object, "rung", subject));
  trial.options.epochs = static_cast<std::uint32_t>(count_at(object, "epochs", subject));
  const json::object& options = object_at(object, "options", subject);
  for (const Dimension& dimension : space.dimensions) {
    const json::value* const value = options.if_contains(dimension.row->name);
    if (value == nullptr)
      fail(ErrorCode::corrupt, "{}: expected the option {}, found none", subject, dimension.row->name);
    try {
      dimension.row->set(&trial.options, *dimension.row, option_text(*value));
    } catch (const Error& error) {
      fail(ErrorCode::corrupt, "{}: {}", subject, error.what());
    }
  }
  trial.seconds = number_at(object, "seconds", subject);
  trial.failure = string_at(object, "failure", subject);
  if (!trial.failure.empty()) return trial;
  trial.sample = score_from(object_at(object, "sample", subject), subject);
  if (object.contains("all")) trial.all = score_from(object_at(object, "all", subject), subject);
  return trial;
}

void check_format(const json::object& header, std::string_view subject) {
  if (string_at(header, "format", subject) != kFormat) {
    fail(ErrorCode::corrupt, "{}: expected a journal of the format {}, found {}", subject, kFormat,
         string_at(header, "format", subject));
  }
  if (const std::uint64_t version = count_at(header, "version", subject); version > kVersion) {
    fail(ErrorCode::unsupported, "{}: expected {} version {} or older, found version {}", subject, kFormat, kVersion,
         version);
  }
}

void check_about(const json::object& found, const json::object& about, const std::filesystem::path& path) {
  for (const auto& member : about) {
    const json::value* const value = found.if_contains(member.key());
    const std::string was = value == nullptr ? "none" : json::serialize(*value);
    const std::string is = json::serialize(member.value());
    if (was == is) continue;
    fail(ErrorCode::wrong_use,
         "{}: a search with another {}: expected {}, found {}; remove it to start over, or choose another --journal",
         path.string(), std::string_view(member.key()), is, was);
  }
}

}  // namespace

json::object to_json(const Trial& trial, const Space& space) {
  json::object options;
  for (const Dimension& dimension : space.dimensions) {
    options[dimension.row->name] = segue::to_json(dimension.row->value(&trial.options));
  }
  json::object object{{"trial", trial.number},         {"rung", trial.rung},       {"epochs", trial.options.epochs},
                      {"options", std::move(options)}, {"seconds", trial.seconds}, {"failure", trial.failure}};
  if (trial.failure.empty()) object["sample"] = to_json(trial.sample);
  if (trial.all) object["all"] = to_json(*trial.all);
  return object;
}

Journal::Journal(const std::filesystem::path& path, const json::object& about, const Space& space)
    : path_(path), space_(space) {
  if (std::error_code ignored; !std::filesystem::exists(path, ignored)) {
    json::object header{{"format", kFormat}, {"version", kVersion}, {"about", about}};
    write_text_atomically(path, json::serialize(header) + "\n");
  }
  file_ = FileHandle(::open(path.c_str(), O_RDWR | O_APPEND | O_CLOEXEC));
  if (!file_) fail_errno(path.string(), errno);
  if (::flock(file_.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) fail_errno(path.string(), errno);
    fail(ErrorCode::wrong_use, "{}: another search is using this journal", path.string());
  }
  const std::string text = read_text(path);
  std::size_t line = 0;
  std::size_t begin = 0;
  for (std::size_t end = 0; (end = text.find('\n', begin)) != std::string::npos; begin = end + 1) {
    const std::string subject = fmt::format("{}:{}", path.string(), ++line);
    const json::value value = parse_json(std::string_view(text).substr(begin, end - begin), subject);
    if (!value.is_object()) fail(ErrorCode::corrupt, "{}: expected an object, found something else", subject);
    const json::object& object = value.get_object();
    if (line == 1) {
      check_format(object, subject);
      check_about(object_at(object, "about", subject), about, path);
    } else {
      trials_.push_back(trial_from(object, space, subject));
    }
  }
  if (line == 0) fail(ErrorCode::corrupt, "{}: expected a journal of a search, found no line", path.string());
  // A line that was cut short.
  if (begin < text.size() && ::ftruncate(file_.get(), static_cast<off_t>(begin)) != 0) {
    fail_errno(path.string(), errno);
  }
}

void Journal::add(const Trial& trial) {
  const std::string line = json::serialize(to_json(trial, space_)) + "\n";
  for (std::size_t done = 0; done < line.size();) {
    const ssize_t count = ::write(file_.get(), line.data() + done, line.size() - done);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) fail_errno(path_.string(), errno);
    done += static_cast<std::size_t>(count);
  }
  if (::fsync(file_.get()) != 0) fail_errno(path_.string(), errno);
  // As a later run reads it.
  trials_.push_back(trial_from(parse_json(line, path_.string()).get_object(), space_, path_.string()));
}

}  // namespace segue::evaluate
