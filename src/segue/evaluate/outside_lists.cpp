#include "segue/evaluate/outside_lists.h"

#include <algorithm>

#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/json.h"
#include "segue/evaluate/split_export.h"

namespace segue::evaluate {

namespace {

bool is_name(std::string_view name) {
  return !name.empty() &&
         std::ranges::all_of(name, [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-'; });
}

// The lists of all positions, one after another.
struct ListsByPosition {
  struct Place {
    std::size_t begin = 0;
    std::size_t size = 0;
  };
  std::vector<Place> places;
  std::vector<std::uint32_t> songs;

  std::span<const std::uint32_t> of(std::uint64_t position) const {
    return std::span(songs).subspan(places[position].begin, places[position].size);
  }
};

class OutsideRanker final : public Ranker {
 public:
  explicit OutsideRanker(const ListsByPosition& lists) : lists_(lists) {}

  void rank(std::span<const Query> queries, std::size_t k, std::span<std::vector<math::ScoredRow>> lists) override {
    for (std::size_t i = 0; i < queries.size(); ++i) {
      lists[i].clear();
      for (const std::uint32_t song : lists_.of(queries[i].number)) {
        if (lists[i].size() == k) break;
        if (std::ranges::binary_search(queries[i].masked, song)) continue;
        lists[i].push_back({song, -static_cast<float>(lists[i].size())});
      }
    }
  }

 private:
  const ListsByPosition& lists_;
};

class OutsideLists final : public Method {
 public:
  OutsideLists(const NamedLists& named, ListsByPosition lists)
      : name_(named.name), summary_("Lists of " + named.file), lists_(std::move(lists)) {}

  std::string_view name() const override { return name_; }
  std::string_view summary() const override { return summary_; }
  bool fit(Ingredients&) override { return true; }
  std::unique_ptr<Ranker> ranker() const override { return std::make_unique<OutsideRanker>(lists_); }

 private:
  const std::string name_;
  const std::string summary_;
  const ListsByPosition lists_;
};

class ListsReader {
 public:
  ListsReader(const std::string& file, const Split& split, std::size_t positions)
      : file_(file), songs_(split.training.song_count()), has_line_(positions), listed_at_(songs_, 0) {
    lists_.places.resize(positions);
  }

  void check_split(std::string_view line, const std::string& wanted) {
    const json::object header = object_in(line);
    const json::value* const split = header.if_contains("split");
    if (split == nullptr || !split->is_string()) {
      fail(ErrorCode::bad_input, "{}:1: expected {{\"split\": \"...\"}}, found {}", file_, shortened(line));
    }
    if (split->get_string() != wanted) {
      fail(ErrorCode::bad_input,
           "{}:1: expected lists for the split {}, found some for {}; export the split again with the same options",
           file_, wanted.substr(0, 12), std::string(split->get_string()).substr(0, 12));
    }
  }

  void add(std::string_view line) {
    const json::object object = object_in(line);
    const std::uint64_t position = number(object, "position", lists_.places.size(), line);
    if (has_line_[position]) fail(ErrorCode::bad_input, "{}:{}: a second list for position {}", file_, line_, position);
    has_line_[position] = true;
    const json::value* const songs = object.if_contains("songs");
    if (songs == nullptr || !songs->is_array()) {
      fail(ErrorCode::bad_input, "{}:{}: expected \"songs\" with a list of numbers, found {}", file_, line_,
           shortened(line));
    }
    lists_.places[position] = {lists_.songs.size(), songs->get_array().size()};
    for (const json::value& one : songs->get_array()) add_song(one);
  }

  void next_line() { ++line_; }
  ListsByPosition take() { return std::move(lists_); }

 private:
  static std::string shortened(std::string_view line) { return std::string(line.substr(0, 60)); }

  json::object object_in(std::string_view line) const {
    boost::system::error_code error;
    json::value value = json::parse(line, error);
    if (error || !value.is_object()) {
      fail(ErrorCode::bad_input, "{}:{}: expected a JSON object, found {}", file_, line_,
           line.empty() ? "an empty line" : shortened(line));
    }
    return std::move(value.get_object());
  }

  // Below `end`.
  std::uint64_t number(const json::object& object, std::string_view key, std::uint64_t end,
                       std::string_view line) const {
    const json::value* const value = object.if_contains(key);
    if (value == nullptr || !value->is_int64() || value->get_int64() < 0 ||
        static_cast<std::uint64_t>(value->get_int64()) >= end) {
      fail(ErrorCode::bad_input, "{}:{}: expected \"{}\" with a whole number below {}, found {}", file_, line_, key,
           end, value == nullptr ? shortened(line) : json::serialize(*value));
    }
    return static_cast<std::uint64_t>(value->get_int64());
  }

  void add_song(const json::value& value) {
    if (!value.is_int64() || value.get_int64() < 0 || value.get_int64() >= songs_) {
      fail(ErrorCode::bad_input, "{}:{}: expected a song below {}, found {}", file_, line_, songs_,
           json::serialize(value));
    }
    const auto song = static_cast<std::uint32_t>(value.get_int64());
    if (std::exchange(listed_at_[song], line_) == line_) {
      fail(ErrorCode::bad_input, "{}:{}: expected different songs, found {} twice", file_, line_, song);
    }
    lists_.songs.push_back(song);
  }

  const std::string& file_;
  const std::uint32_t songs_;
  std::size_t line_ = 0;
  std::vector<bool> has_line_;          // of each position
  std::vector<std::size_t> listed_at_;  // of each song, the last line with it
  ListsByPosition lists_;
};

}  // namespace

std::vector<NamedLists> parse_named_lists(std::span<const std::string> named, std::span<const std::string_view> taken) {
  std::vector<NamedLists> lists;
  for (const std::string& text : named) {
    const std::size_t equals = text.find('=');
    NamedLists one{text.substr(0, equals), equals == std::string::npos ? "" : text.substr(equals + 1)};
    if (!is_name(one.name) || one.file.empty()) {
      fail(ErrorCode::wrong_use, "--lists: expected NAME=FILE with a name of a-z, 0-9 and -, found \"{}\"", text);
    }
    if (std::ranges::find(taken, one.name) != taken.end() ||
        std::ranges::find(lists, one.name, &NamedLists::name) != lists.end()) {
      fail(ErrorCode::wrong_use, "--lists: expected a name of its own, found {} again", one.name);
    }
    lists.push_back(std::move(one));
  }
  return lists;
}

std::unique_ptr<Method> read_outside_lists(const NamedLists& named, const Split& split, std::uint32_t heard,
                                           std::size_t positions) {
  const MappedFile file(named.file);
  ListsReader reader(named.file, split, positions);
  std::string_view text = file.text();
  for (bool is_first = true; is_first || !text.empty(); is_first = false) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    reader.next_line();
    if (is_first) {
      reader.check_split(line, split_digest(split, heard));
    } else {
      reader.add(line);
    }
  }
  return std::make_unique<OutsideLists>(named, reader.take());
}

}  // namespace segue::evaluate
