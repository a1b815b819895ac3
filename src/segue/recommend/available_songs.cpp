#include "segue/recommend/available_songs.h"

#include <algorithm>

#include "segue/base/error.h"

namespace segue::recommend {

namespace {

using Shared = AvailableSongs::Shared;

constexpr std::size_t kAudiencesKept = 64;

bool has(const Shared& set, data::SongRow row) {
  return set != nullptr && set->contains(row);
}

std::size_t size_of(const Shared& set) {
  return set == nullptr ? 0 : set->count();
}

// Puts the row in or out; the set is copied unless nobody else has it.
void put(Shared& set, std::size_t songs, data::SongRow row, bool in) {
  if (has(set, row) == in) return;
  auto changed = set == nullptr ? std::make_shared<index::RowSet>(songs) : std::make_shared<index::RowSet>(*set);
  in ? changed->insert(row) : changed->erase(row);
  set = changed->count() == 0 ? nullptr : std::move(changed);
}

template <class ByMarket>
void put_markets(ByMarket& sets, std::size_t songs, data::SongRow row, const std::vector<data::Market>& markets) {
  for (auto& [market, set] : sets) put(set, songs, row, std::ranges::binary_search(markets, market));
  for (const data::Market& market : markets) put(sets[market], songs, row, true);
}

// While the sets of a snapshot are made, before anybody shares them.
class SetMaker {
 public:
  explicit SetMaker(std::size_t songs) : songs_(songs) {}

  void insert(Shared& set, data::SongRow row) {
    if (set == nullptr) set = std::make_shared<index::RowSet>(songs_);
    std::const_pointer_cast<index::RowSet>(set)->insert(row);
  }

 private:
  std::size_t songs_;
};

}  // namespace

data::Audience audience_of(const CatalogueChoice& choice) {
  data::Audience audience{.market = {}, .with_explicit = choice.with_explicit};
  if (choice.market.empty()) return audience;
  audience.market = data::Market::of(choice.market);
  if (!audience.market) fail(ErrorCode::wrong_use, "market: {}", data::unknown_market(choice.market));
  return audience;
}

AvailableSongs::AvailableSongs(const data::Catalogue& songs, const ForEachSong& for_each, std::int64_t time)
    : songs_(songs.size()), time_(time) {
  SetMaker maker(songs_);
  Windows windows;
  for_each([&](std::string_view id, const data::Availability& song) {
    const std::optional<data::SongRow> row = songs.find(id);
    if (!row) {
      ++unknown_;
      return;
    }
    if (song.blocked) maker.insert(blocked_, *row);
    if (song.explicit_content) maker.insert(explicit_, *row);
    if (!song.markets.empty()) maker.insert(limited_, *row);
    for (const data::Market& market : song.markets) maker.insert(offered_in_[market], *row);
    for (const data::Market& market : song.blocked_markets) maker.insert(blocked_in_[market], *row);
    if (song.window != data::TimeWindow()) windows.push_back({*row, song.window});
  });
  std::ranges::sort(windows, {}, &Window::row);
  windows_ = std::make_shared<const Windows>(std::move(windows));
  fold_in(time);
}

AvailableSongs::AvailableSongs(const AvailableSongs& other)
    : songs_(other.songs_),
      unknown_(other.unknown_),
      time_(other.time_),
      next_change_(other.next_change_),
      blocked_(other.blocked_),
      closed_(other.closed_),
      explicit_(other.explicit_),
      limited_(other.limited_),
      offered_in_(other.offered_in_),
      blocked_in_(other.blocked_in_),
      windows_(other.windows_) {}

std::shared_ptr<const AvailableSongs> AvailableSongs::with(data::SongRow row, const data::Availability& song) const {
  std::shared_ptr<AvailableSongs> next(new AvailableSongs(*this));
  next->set(row, song);
  return next;
}

std::shared_ptr<const AvailableSongs> AvailableSongs::with_unknown(std::size_t unknown) const {
  std::shared_ptr<AvailableSongs> next(new AvailableSongs(*this));
  next->unknown_ = unknown;
  return next;
}

std::shared_ptr<const AvailableSongs> AvailableSongs::at(std::int64_t time) const {
  std::shared_ptr<AvailableSongs> next(new AvailableSongs(*this));
  next->fold_in(time);
  return next;
}

void AvailableSongs::set(data::SongRow row, const data::Availability& song) {
  put(blocked_, songs_, row, song.blocked);
  put(explicit_, songs_, row, song.explicit_content);
  put(limited_, songs_, row, !song.markets.empty());
  put_markets(offered_in_, songs_, row, song.markets);
  put_markets(blocked_in_, songs_, row, song.blocked_markets);
  set_window(row, song.window);
}

void AvailableSongs::set_window(data::SongRow row, const data::TimeWindow& window) {
  const auto at = std::ranges::lower_bound(*windows_, row, {}, &Window::row);
  const bool had = at != windows_->end() && at->row == row;
  const bool has = window != data::TimeWindow();
  if (had == has && (!has || at->window == window)) return;
  Windows windows(windows_->begin(), at);
  if (has) windows.push_back({row, window});
  windows.insert(windows.end(), at + (had ? 1 : 0), windows_->end());
  windows_ = std::make_shared<const Windows>(std::move(windows));
  put(closed_, songs_, row, false);
  fold_in(time_);
}

// Songs whose time comes or is over.
void AvailableSongs::fold_in(std::int64_t time) {
  time_ = time;
  next_change_ = data::TimeWindow::kForever;
  auto closed = std::make_shared<index::RowSet>(songs_);
  for (const Window& one : *windows_) {
    if (!one.window.has(time)) closed->insert(one.row);
    if (one.window.from > time) next_change_ = std::min(next_change_, one.window.from);
    if (one.window.until > time) next_change_ = std::min(next_change_, one.window.until);
  }
  closed_ = closed->count() == 0 ? nullptr : std::move(closed);
}

AvailableSongs::Shared AvailableSongs::passing(const data::Audience& audience) const {
  const std::scoped_lock lock(mutex_);
  const auto known = std::ranges::find(made_, audience, [](const auto& one) { return one.first; });
  if (known != made_.end()) return known->second;

  std::optional<index::RowSet> barred;
  const auto bar = [&](const index::RowSet& set) { barred = barred ? joined(*barred, set) : set; };
  const auto bar_shared = [&](const Shared& set) {
    if (set != nullptr) bar(*set);
  };
  bar_shared(blocked_);
  bar_shared(closed_);
  if (!audience.with_explicit) bar_shared(explicit_);
  if (audience.market) {
    const auto of_market = [&](const ByMarket& sets) {
      const auto found = sets.find(*audience.market);
      return found == sets.end() ? nullptr : found->second;
    };
    const Shared offered = of_market(offered_in_);
    if (limited_ != nullptr) bar(offered == nullptr ? *limited_ : difference(*limited_, *offered));
    bar_shared(of_market(blocked_in_));
  }
  Shared passing;
  if (barred && barred->count() > 0) passing = std::make_shared<const index::RowSet>(complement(*barred));
  if (made_.size() >= kAudiencesKept) made_.clear();
  made_.emplace_back(audience, passing);
  return passing;
}

std::size_t AvailableSongs::unavailable() const {
  if (blocked_ == nullptr || closed_ == nullptr) return size_of(blocked_) + size_of(closed_);
  return joined(*blocked_, *closed_).count();
}

std::size_t AvailableSongs::explicit_songs() const {
  return size_of(explicit_);
}

std::size_t AvailableSongs::limited() const {
  index::RowSet limited(songs_);
  if (limited_ != nullptr) limited = *limited_;
  for (const auto& [market, set] : blocked_in_) {
    if (set != nullptr) limited = joined(limited, *set);
  }
  return limited.count();
}

}  // namespace segue::recommend
