#include "segue/data/dataset/dataset_builder.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <unordered_map>

#include <fmt/format.h>

#include "segue/base/error.h"
#include "segue/base/json.h"
#include "segue/base/parallel.h"
#include "segue/data/dataset/skips.h"

namespace segue::data {

namespace {

constexpr std::uint32_t kNoRow = Interner::kNone;
constexpr std::size_t kMostLargestUsers = 10;
constexpr std::uint64_t kMemoryOfReading = std::uint64_t{336} << 20;  // batches decoded ahead, code, buffers
constexpr std::uint64_t kLeastMemory = std::uint64_t{16} << 20;

std::int32_t stored_length(std::int64_t milliseconds) {
  return static_cast<std::int32_t>(std::min<std::int64_t>(milliseconds, std::numeric_limits<std::int32_t>::max()));
}

void check_stop(const std::stop_token& stop) {
  if (stop.stop_requested()) fail(ErrorCode::interrupted, "stopped before the dataset was written");
}

}  // namespace

json::object to_json(const DatasetCounts& counts) {
  json::object document{{"users", counts.users},
                        {"sessions", counts.sessions},
                        {"playlists", counts.playlists},
                        {"queues", counts.sessions + counts.playlists + counts.base_queues},
                        {"plays", counts.plays + counts.base_plays},
                        {"songs", counts.songs},
                        {"titled_songs", counts.titled_songs},
                        {"skips", counts.skips}};
  if (counts.base_queues > 0) {
    document["base_queues"] = counts.base_queues;
    document["base_plays"] = counts.base_plays;
    document["plays_in_base"] = counts.plays_in_base;
  }
  return document;
}

json::array to_json(const std::vector<UserPlays>& users) {
  json::array array;
  for (const UserPlays& user : users) array.push_back({{"user", user.user}, {"plays", user.plays}});
  return array;
}

void keep_largest(std::vector<UserPlays>& users) {
  std::ranges::sort(users, [](const UserPlays& a, const UserPlays& b) {
    return a.plays != b.plays ? a.plays > b.plays : a.user < b.user;
  });
  users.resize(std::min(users.size(), kMostLargestUsers));
}

DatasetBuilder::DatasetBuilder(const DatasetRules& rules, const std::filesystem::path& scratch)
    : rules_(rules), listens_(rules.most_bytes, scratch) {}

std::vector<std::size_t> DatasetBuilder::add(std::span<const Listen> listens) {
  songs_of_.clear();
  songs_.add_all(listens, songs_of_);
  std::vector<std::size_t> without_song;
  users_.intern_all(
      listens.size(), [&](std::size_t i) { return listens[i].user; },
      [&](std::size_t i, std::uint32_t user) {
        if (songs_of_[i] == SongRegister::kNone) {
          without_song.push_back(i);
        } else {
          listens_.add(stored(listens[i], user, songs_of_[i]));
        }
      });
  listens_.limit(memory_for_listens());
  return without_song;
}

StoredListen DatasetBuilder::stored(const Listen& listen, std::uint32_t user, std::uint32_t song) const {
  StoredListen stored;
  stored.time = listen.time;
  stored.user = user;
  stored.song = song;
  stored.time_is_end = listen.time_is_end;
  stored.marked_skipped = listen.skipped;
  if (listen.played_ms >= 0) {
    stored.length_ms = stored_length(listen.played_ms);
    stored.too_short = listen.played_ms < rules_.min_played_ms;
  } else if (listen.length_ms >= 0) {
    stored.length_ms = stored_length(listen.length_ms);
    stored.length_is_songs = true;
  }
  return stored;
}

// What users, songs and the reading of logs leave of the memory.
std::uint64_t DatasetBuilder::memory_for_listens() const {
  const std::uint64_t others = kMemoryOfReading + users_.bytes() + songs_.bytes();
  return std::max(kLeastMemory, rules_.most_bytes - std::min(rules_.most_bytes, others));
}

std::optional<Reason> DatasetBuilder::add(const ListedPlaylist& playlist) {
  NamedList list;
  for (const SongMention& mention : playlist.songs) {
    const std::uint32_t song = songs_.add(mention, {});
    if (song != SongRegister::kNone) list.songs.push_back(song);
  }
  if (list.songs.empty()) return Reason::missing_song;
  list.user = users_.intern(playlist.id);
  list.name = names_.keep(playlist.name);
  list.time = playlist.time;
  playlists_.push_back(std::move(list));
  return std::nullopt;
}

void DatasetBuilder::add_base(const Dataset& base, std::string_view name) {
  std::vector<std::uint32_t> numbers(base.songs.size());
  for (SongRow row = 0; row < numbers.size(); ++row) {
    numbers[row] = songs_.add_song(base.songs.song(row), base.songs.tags(row));
    if (numbers[row] != SongRegister::kNone) songs_of_base_.push_back(numbers[row]);
  }
  std::string user;
  for (std::size_t queue = 0; queue < base.queues.size(); ++queue) {
    user = base.queues.user(queue);
    if (!user.empty()) user = fmt::format("{}:{}", name, user);
    NamedList list;
    list.user = users_.intern(user);
    list.name = names_.keep(base.queues.name(queue));
    list.time = base.queues.start(queue);
    for (const SongRow row : base.queues.songs(queue)) {
      if (numbers[row] != SongRegister::kNone) list.songs.push_back(numbers[row]);
    }
    base_.push_back(std::move(list));
  }
}

void DatasetBuilder::describe(const SongDescription& song) {
  songs_.describe(song);
}

void DatasetBuilder::sort_users() {
  users_in_order_.resize(users_.size());
  std::iota(users_in_order_.begin(), users_in_order_.end(), 0U);
  std::ranges::sort(users_in_order_, {}, [this](std::uint32_t user) { return users_.text(user); });
}

void DatasetBuilder::cut(RejectLog& dropped, std::size_t threads) {
  resolved_ = songs_.resolve(rules_.songs);
  cut_resolved(dropped, threads);
}

// Of the songs here that are one, the first stands for all while listens are cut.
void DatasetBuilder::cut_part(const SongNumbers& numbers, RejectLog& dropped, std::size_t threads) {
  std::unordered_map<std::uint32_t, std::uint32_t> first;
  for (std::uint32_t song = 0; song < songs_.size(); ++song) {
    numbers_.push_back(numbers.of(songs_.is_by_name(song), songs_.id(song)));
    resolved_.song_of.push_back(first.try_emplace(numbers_.back(), song).first->second);
  }
  cut_resolved(dropped, threads);
}

void DatasetBuilder::cut_resolved(RejectLog& dropped, std::size_t threads) {
  sort_users();
  std::vector<std::uint32_t> place(users_.size());
  for (std::uint32_t i = 0; i < users_in_order_.size(); ++i) place[users_in_order_[i]] = i;
  cut_ = listens_.cut({rules_.sessions, resolved_.song_of, place}, threads);
  dropped.count(Reason::same_listen, cut_.same_listens);
  dropped.count(Reason::too_short_play, cut_.too_short);
  dropped.count(Reason::skipped_play, cut_.marked_skipped);
  dropped.count(Reason::repeat, cut_.repeats);
  dropped.count(Reason::short_session, cut_.short_sessions);
  cut_playlists(dropped);
  resolve_base();
}

void DatasetBuilder::cut_playlists(RejectLog& dropped) {
  std::erase_if(playlists_, [&](NamedList& list) {
    for (std::uint32_t& song : list.songs) song = resolved_.song_of[song];
    if (!rules_.sessions.keep_repeats) dropped.count(Reason::repeat, fold_repeats(list.songs));
    if (list.songs.size() >= rules_.sessions.min_session) return false;
    dropped.count(Reason::short_playlist);
    return true;
  });
}

// Songs of the base that are one song now may follow each other there; that is as it was played.
void DatasetBuilder::resolve_base() {
  for (std::uint32_t& song : songs_of_base_) song = resolved_.song_of[song];
  for (NamedList& list : base_) {
    for (std::uint32_t& song : list.songs) song = resolved_.song_of[song];
  }
}

bool DatasetBuilder::empty() const {
  return playlists_.empty() && cut_.first_time > cut_.last_time;
}

// Calls visit(user, entry, songs) for each session, users in the order of their names.
template <class Visit>
void DatasetBuilder::for_each_session(Visit visit) const {
  const std::span<const CutBucket> buckets = listens_.buckets();
  merge_by_user(std::vector<SessionReader>(buckets.begin(), buckets.end()),
                [&](const QueueStore::Entry& entry, const SessionReader& reader) {
                  visit(users_in_order_[entry.user], entry, reader.songs());
                });
}

void DatasetBuilder::count(std::vector<std::uint64_t>& plays) {
  std::uint32_t last_user = Interner::kNone;
  std::vector<std::pair<std::uint64_t, std::uint32_t>> largest;
  std::uint64_t of_user = 0;
  const auto end_user = [&] {
    if (last_user == Interner::kNone) return;
    // Users come in the order of their names, so of two with as many plays the first stays.
    if (largest.size() == kMostLargestUsers && of_user <= largest.back().first) return;
    largest.emplace_back(of_user, last_user);
    std::ranges::sort(largest, [this](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : users_.text(a.second) < users_.text(b.second);
    });
    if (largest.size() > kMostLargestUsers) largest.pop_back();
  };
  for_each_session([&](std::uint32_t user, const QueueStore::Entry&, std::span<const std::uint32_t> songs) {
    for (const std::uint32_t song : songs) ++plays[song];
    counts_.plays += songs.size();
    ++counts_.sessions;
    if (user != last_user) {
      end_user();
      of_user = 0;
      last_user = user;
      ++counts_.users;
    }
    of_user += songs.size();
  });
  end_user();
  for (const auto& [user_plays, user] : largest)
    counts_.largest_users.push_back({std::string(users_.text(user)), user_plays});
  for (const NamedList& list : playlists_) {
    for (const std::uint32_t song : list.songs) ++plays[song];
    counts_.plays += list.songs.size();
  }
  count_base(plays);
  counts_.playlists = playlists_.size();
  counts_.songs_by_id = resolved_.with_id;
  counts_.songs_by_name = resolved_.by_name;
  counts_.songs_met = resolved_.met;
  counts_.versions_merged = resolved_.versions;
  if (cut_.first_time <= cut_.last_time) {
    counts_.first_listen = cut_.first_time;
    counts_.last_listen = cut_.last_time;
  }
}

// `plays`: of one's own; those of the base are added.
void DatasetBuilder::count_base(std::vector<std::uint64_t>& plays) {
  std::ranges::sort(songs_of_base_);
  songs_of_base_.erase(std::unique(songs_of_base_.begin(), songs_of_base_.end()), songs_of_base_.end());
  for (const std::uint32_t song : songs_of_base_) counts_.plays_in_base += plays[song];
  counts_.base_queues = base_.size();
  for (const NamedList& list : base_) {
    for (const std::uint32_t song : list.songs) ++plays[song];
    counts_.base_plays += list.songs.size();
  }
}

DatasetCounts DatasetBuilder::write(const std::filesystem::path& folder, std::size_t threads, Progress& progress,
                                    const std::stop_token& stop) {
  std::vector<std::uint64_t> plays(songs_.size());
  count(plays);
  check_stop(stop);
  const std::vector<std::uint32_t> order = songs_.in_order(plays);
  std::vector<std::uint32_t> rows(plays.size(), kNoRow);
  for (std::uint32_t row = 0; row < order.size(); ++row) rows[order[row]] = row;
  // The two halves take about as long, and share only what they read.
  parallel_for(2, 1, threads, [&](std::size_t half, std::size_t) {
    if (half == 0) {
      counts_.titled_songs = songs_.write(folder / kSongsName, order, plays);
      counts_.songs = order.size();
    } else {
      write_queues(folder, rows, progress, stop);
      write_skips(folder / kSkipsName, rows);
    }
  });
  return counts_;
}

DatasetCounts DatasetBuilder::write_part(const std::filesystem::path& folder, Progress& progress,
                                         const std::stop_token& stop) {
  std::vector<std::uint64_t> plays(songs_.size());
  count(plays);
  write_queues(folder, numbers_, progress, stop);
  write_skips(folder / kSkipsName, numbers_);
  write_numbered_plays(folder, plays, numbers_);
  return counts_;
}

std::string_view DatasetBuilder::first_user() const {
  return users_in_order_.empty() ? std::string_view() : users_.text(users_in_order_.front());
}

std::string_view DatasetBuilder::last_user() const {
  return users_in_order_.empty() ? std::string_view() : users_.text(users_in_order_.back());
}

void DatasetBuilder::write_queues(const std::filesystem::path& folder, const std::vector<std::uint32_t>& rows,
                                  Progress& progress, const std::stop_token& stop) {
  progress.begin("write", counts_.plays + counts_.base_plays, "plays");
  QueueShardsWriter queues(folder, rules_.shards, counts_.plays + counts_.base_plays);
  std::vector<std::uint32_t> songs;
  std::uint64_t written = 0;
  const auto to_rows = [&](std::span<const std::uint32_t> numbers) {
    songs.clear();
    for (const std::uint32_t number : numbers) songs.push_back(rows[number]);
    written += songs.size();
  };
  std::uint64_t reported = 0;
  for_each_session([&](std::uint32_t user, const QueueStore::Entry& entry, std::span<const std::uint32_t> numbers) {
    to_rows(numbers);
    queues.add(users_.text(user), entry.start_time(), songs);
    constexpr std::uint64_t kOften = 1 << 16;
    if (written - reported > kOften) {
      reported = written;
      check_stop(stop);
      progress.update(written, "");
    }
  });
  for (const std::vector<NamedList>* lists : {&playlists_, &base_}) {
    for (const NamedList& list : *lists) {
      to_rows(list.songs);
      queues.add(users_.text(list.user), list.time, songs, list.name);
    }
  }
  check_stop(stop);
  queues.close();
}

void DatasetBuilder::write_skips(const std::filesystem::path& path, const std::vector<std::uint32_t>& rows) {
  SkipsWriter writer(path);
  const std::span<const CutBucket> buckets = listens_.buckets();
  merge_by_user(std::vector<SkipReader>(buckets.begin(), buckets.end()), [&](const SkipCount& skip, const SkipReader&) {
    if (rows[skip.song] == kNoRow) return;
    writer.add(users_.text(users_in_order_[skip.user]), rows[skip.song], skip.times);
    counts_.skips += skip.times;
  });
  writer.close();
}

}  // namespace segue::data
