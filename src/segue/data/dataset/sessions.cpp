#include "segue/data/dataset/sessions.h"

#include <algorithm>
#include <numeric>
#include <unordered_map>

namespace segue::data {

namespace {

constexpr std::int64_t kMillisecond = 1000;

bool same_moment(const StoredListen& a, const StoredListen& b) {
  return a.user == b.user && a.time == b.time;
}

// The listens kept of one user at one time: a few, or, in a log that has only dates, thousands.
class Moment {
 public:
  explicit Moment(const std::vector<StoredListen>& listens) : listens_(listens) {}

  void begin(std::size_t at) {
    begin_ = at;
    if (!many_.empty()) many_.clear();
  }
  void add(std::uint32_t song, std::size_t at) {
    if (at - begin_ == kFew) {
      for (std::size_t i = begin_; i < at; ++i) many_.emplace(listens_[i].song, i);
    }
    if (at - begin_ >= kFew) many_.emplace(song, at);
  }
  std::optional<std::size_t> find(std::uint32_t song, std::size_t end) const {
    if (!many_.empty()) {
      const auto found = many_.find(song);
      return found == many_.end() ? std::nullopt : std::optional(found->second);
    }
    for (std::size_t i = begin_; i < end; ++i) {
      if (listens_[i].song == song) return i;
    }
    return std::nullopt;
  }

 private:
  static constexpr std::size_t kFew = 16;
  const std::vector<StoredListen>& listens_;
  std::size_t begin_ = 0;
  std::unordered_map<std::uint32_t, std::size_t> many_;
};

// Of two reports of one listen, the one that knows more.
void merge(StoredListen& kept, const StoredListen& other) {
  if (kept.length_ms == StoredListen::kUnknown || (kept.length_is_songs && other.length_ms != StoredListen::kUnknown)) {
    kept.length_ms = other.length_ms;
    kept.length_is_songs = other.length_is_songs;
    kept.too_short = other.too_short;
    kept.time_is_end = other.time_is_end;
  }
  kept.marked_skipped = kept.marked_skipped || other.marked_skipped;
}

// Where a play lies in time.
struct Span {
  std::int64_t start = 0;
  std::int64_t end = 0;
};

Span span_of(const StoredListen& listen) {
  const std::int64_t length = listen.length_ms == StoredListen::kUnknown ? 0 : listen.length_ms * kMillisecond;
  if (!listen.time_is_end) return {listen.time, listen.time + length};
  // How long the song is does not say when an interrupted play of it began, but hardly any is interrupted.
  return {listen.time - length, listen.time};
}

void count_skips(std::span<const StoredListen> of_user, std::vector<SkipCount>& skips) {
  const std::size_t begin = skips.size();
  for (const StoredListen& listen : of_user) {
    if (listen.skipped()) skips.push_back({listen.user, listen.song, 1});
  }
  std::sort(skips.begin() + static_cast<std::ptrdiff_t>(begin), skips.end(),
            [](const SkipCount& a, const SkipCount& b) { return a.song < b.song; });
  std::size_t kept = begin;
  for (std::size_t i = begin; i < skips.size(); ++i) {
    if (kept > begin && skips[kept - 1].song == skips[i].song) {
      ++skips[kept - 1].times;
    } else {
      skips[kept++] = skips[i];
    }
  }
  skips.resize(kept);
}

// Cuts the listens of one user.
class Cutter {
 public:
  Cutter(const SessionRules& rules, QueueStore& out, CutCounts& counts) : rules_(rules), out_(out), counts_(counts) {}

  void cut(std::span<const StoredListen> listens) {
    std::int64_t end = 0;
    for (const StoredListen& listen : listens) {
      if (listen.skipped()) {
        ++(listen.marked_skipped ? counts_.marked_skipped : counts_.too_short);
        continue;
      }
      const Span span = span_of(listen);
      if (!songs_.empty() && (span.start - end > rules_.gap || span.start - start_ >= rules_.longest)) {
        finish(listen.user);
      }
      if (songs_.empty()) {
        start_ = span.start;
        end = span.end;
      }
      songs_.push_back(listen.song);
      last_ = listen.time;
      // What the next play interrupted ended there; what plays beside another may end before it.
      end = listen.time_is_end ? std::max(end, span.end) : span.end;
    }
    if (!songs_.empty()) finish(listens.front().user);
  }

 private:
  void finish(std::uint32_t user) {
    if (!rules_.keep_repeats) counts_.repeats += fold_repeats(songs_);
    if (songs_.size() < rules_.min_session) {
      counts_.short_sessions += songs_.size();
    } else {
      out_.add(user, start_, songs_);
      if (counts_.first_time > counts_.last_time) {
        counts_.first_time = start_;
        counts_.last_time = last_;
      }
      counts_.first_time = std::min(counts_.first_time, start_);
      counts_.last_time = std::max(counts_.last_time, last_);
    }
    songs_.clear();
  }

  const SessionRules& rules_;
  QueueStore& out_;
  CutCounts& counts_;
  std::vector<std::uint32_t> songs_;
  std::int64_t start_ = 0;
  std::int64_t last_ = 0;
};

}  // namespace

void QueueStore::add(std::uint32_t user, std::optional<std::int64_t> start, std::span<const std::uint32_t> songs) {
  entries_.push_back(
      {user, static_cast<std::uint32_t>(songs.size()), start.value_or(0), songs_.size() * 2 + (start ? 1 : 0)});
  songs_.insert(songs_.end(), songs.begin(), songs.end());
}

void CutCounts::add(const CutCounts& other) {
  same_listens += other.same_listens;
  too_short += other.too_short;
  marked_skipped += other.marked_skipped;
  repeats += other.repeats;
  short_sessions += other.short_sessions;
  if (other.first_time > other.last_time) return;
  const bool none = first_time > last_time;
  first_time = none ? other.first_time : std::min(first_time, other.first_time);
  last_time = none ? other.last_time : std::max(last_time, other.last_time);
}

std::uint64_t fold_repeats(std::vector<std::uint32_t>& songs) {
  const auto repeats = std::unique(songs.begin(), songs.end());
  const auto count = static_cast<std::uint64_t>(songs.end() - repeats);
  songs.erase(repeats, songs.end());
  return count;
}

// Most logs are in the order of time, so that once the listens of a user are together nothing is left to sort.
void ListenSorter::sort_by_user_and_time(std::vector<StoredListen>& listens) {
  const auto before = [](const StoredListen& a, const StoredListen& b) {
    return a.user != b.user ? a.user < b.user : a.time < b.time;
  };
  if (std::ranges::is_sorted(listens, before)) return;
  users_.clear();
  for (const StoredListen& listen : listens) {
    if (users_.empty() || users_.back() != listen.user) users_.push_back(listen.user);
  }
  std::ranges::sort(users_);
  users_.erase(std::unique(users_.begin(), users_.end()), users_.end());
  place_.resize(listens.size());
  next_.assign(users_.size() + 1, 0);
  for (std::size_t i = 0; i < listens.size(); ++i) {
    place_[i] = static_cast<std::uint32_t>(std::ranges::lower_bound(users_, listens[i].user) - users_.begin());
    ++next_[place_[i] + 1];
  }
  std::partial_sum(next_.begin(), next_.end(), next_.begin());
  sorted_.resize(listens.size());
  for (std::size_t i = 0; i < listens.size(); ++i) sorted_[next_[place_[i]]++] = listens[i];
  std::size_t begin = 0;
  for (std::size_t user = 0; user < users_.size(); ++user) {
    const std::span<StoredListen> of_user = std::span(sorted_).subspan(begin, next_[user] - begin);
    if (!std::ranges::is_sorted(of_user, {}, &StoredListen::time)) {
      std::ranges::stable_sort(of_user, {}, &StoredListen::time);
    }
    begin = next_[user];
  }
  std::swap(listens, sorted_);
}

void ListenSorter::sort(std::vector<StoredListen>& listens, CutCounts& counts) {
  sort_by_user_and_time(listens);
  std::size_t kept = 0;
  Moment moment(listens);
  for (const StoredListen& listen : listens) {
    if (kept > 0 && !same_moment(listens[kept - 1], listen)) moment.begin(kept);
    if (const auto same = moment.find(listen.song, kept)) {
      merge(listens[*same], listen);
      ++counts.same_listens;
    } else {
      moment.add(listen.song, kept);
      listens[kept++] = listen;
    }
  }
  listens.resize(kept);
}

CutCounts cut_sessions(std::span<const StoredListen> listens, const SessionRules& rules, QueueStore& out,
                       std::vector<SkipCount>* skips) {
  CutCounts counts;
  Cutter cutter(rules, out, counts);
  for (std::size_t begin = 0; begin < listens.size();) {
    std::size_t end = begin + 1;
    while (end < listens.size() && listens[end].user == listens[begin].user) ++end;
    const std::span<const StoredListen> of_user = listens.subspan(begin, end - begin);
    cutter.cut(of_user);
    if (skips != nullptr) count_skips(of_user, *skips);
    begin = end;
  }
  return counts;
}

}  // namespace segue::data
