#include "segue/evaluate/split.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <string_view>
#include <unordered_map>

#include "segue/base/error.h"
#include "segue/base/random.h"

namespace segue::evaluate {

namespace {

// The songs of a queue that training sees, 0 ... trained-1, and those to predict, first ... end-1.
struct Use {
  std::uint32_t trained = 0;
  std::uint32_t first = 0;
  std::uint32_t end = 0;
};

std::uint32_t length_of(const data::Dataset& dataset, std::size_t queue) {
  return static_cast<std::uint32_t>(dataset.queues.songs(queue).size());
}
Use train_on(const data::Dataset& dataset, std::size_t queue) {
  return {.trained = length_of(dataset, queue)};
}
// From the second song on, because nothing comes before the first.
Use hold_out(const data::Dataset& dataset, std::size_t queue) {
  const std::uint32_t length = length_of(dataset, queue);
  return {.trained = 0, .first = std::min<std::uint32_t>(1, length), .end = length};
}

// A number for each user or playlist, in order of appearance; a queue without a name counts as a user of its own.
std::vector<std::uint32_t> number_users(const data::Dataset& dataset, std::uint32_t& count) {
  std::unordered_map<std::string_view, std::uint32_t> known;
  std::vector<std::uint32_t> numbers(dataset.queues.size());
  count = 0;
  for (std::size_t queue = 0; queue < numbers.size(); ++queue) {
    const std::string_view user = dataset.queues.user(queue);
    if (user.empty()) {
      numbers[queue] = count++;
      continue;
    }
    const auto [entry, is_new] = known.try_emplace(user, count);
    if (is_new) ++count;
    numbers[queue] = entry->second;
  }
  return numbers;
}

// Users are numbered in order of appearance, those of the base last.
std::uint32_t own_users(const data::Dataset& dataset, std::span<const std::uint32_t> users) {
  std::uint32_t count = 0;
  for (std::size_t queue = 0; queue < dataset.queues.own(); ++queue) count = std::max(count, users[queue] + 1);
  return count;
}

// Training sees all queues of the base; own queues are not used yet.
std::vector<Use> of_base(const data::Dataset& dataset) {
  std::vector<Use> uses(dataset.queues.size());
  for (std::size_t queue = dataset.queues.own(); queue < uses.size(); ++queue) uses[queue] = train_on(dataset, queue);
  return uses;
}

void shuffle(std::vector<std::uint32_t>& numbers, std::uint64_t seed, std::uint64_t stream) {
  Random random(seed, stream);
  for (std::size_t i = numbers.size(); i > 1; --i) {
    std::swap(numbers[i - 1], numbers[random.below(static_cast<std::uint32_t>(i))]);
  }
}

std::vector<Use> by_time(const data::Dataset& dataset, const SplitOptions& options) {
  const std::size_t count = dataset.queues.own();
  std::vector<std::size_t> order(count);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<std::int64_t> starts(count);
  std::uint64_t own_plays = 0;
  for (std::size_t queue = 0; queue < count; ++queue) {
    const std::optional<std::int64_t> start = dataset.queues.start(queue);
    if (!start) {
      fail(ErrorCode::bad_input, "--split time: expected a start time on every queue, found none on queue {}", queue);
    }
    starts[queue] = *start;
    own_plays += length_of(dataset, queue);
  }
  std::ranges::stable_sort(order, {}, [&](std::size_t queue) { return starts[queue]; });
  // The latest start such that the queues from then on have at least `share` of all plays.
  const auto time_before_share = [&](double share) {
    const double wanted = share * static_cast<double>(own_plays);
    double plays = 0;
    for (std::size_t i = count; i-- > 0;) {
      plays += static_cast<double>(dataset.queues.songs(order[i]).size());
      if (plays >= wanted) return starts[order[i]];
    }
    return std::numeric_limits<std::int64_t>::min();
  };
  const std::int64_t gap = std::chrono::microseconds(options.gap).count();
  const std::int64_t test = time_before_share(options.held_out);
  const std::int64_t validation = time_before_share(2 * options.held_out);
  const bool is_test = options.part == SplitPart::test;
  const std::int64_t begin = is_test ? test : validation;
  const std::int64_t end = is_test ? std::numeric_limits<std::int64_t>::max() : test - gap;
  std::vector<Use> uses = of_base(dataset);
  for (std::size_t queue = 0; queue < count; ++queue) {
    if (starts[queue] < begin - gap) uses[queue] = train_on(dataset, queue);
    if (starts[queue] >= begin && (is_test || starts[queue] < end)) uses[queue] = hold_out(dataset, queue);
  }
  return uses;
}

std::vector<Use> by_user(const data::Dataset& dataset, const SplitOptions& options,
                         std::span<const std::uint32_t> users, std::uint64_t seed) {
  const std::uint32_t own_count = own_users(dataset, users);
  std::vector<std::uint32_t> order(own_count);
  std::iota(order.begin(), order.end(), 0U);
  shuffle(order, seed, 0);
  const auto held =
      static_cast<std::uint32_t>(std::max(1.0, std::floor(options.held_out * static_cast<double>(own_count) + 0.5)));
  const bool is_test = options.part == SplitPart::test;
  std::vector<std::uint8_t> part(own_count, 0);  // 0: training, 1: test, 2: validation
  for (std::uint32_t i = 0; i < std::min(2 * held, own_count); ++i) part[order[i]] = i < held ? 1 : 2;
  std::vector<Use> uses = of_base(dataset);
  for (std::size_t queue = 0; queue < dataset.queues.own(); ++queue) {
    const std::uint8_t mine = part[users[queue]];
    if (mine == (is_test ? 1 : 2)) uses[queue] = hold_out(dataset, queue);
    if (mine == 0 || (is_test && mine == 2)) uses[queue] = train_on(dataset, queue);
  }
  return uses;
}

std::vector<Use> by_last_song(const data::Dataset& dataset, const SplitOptions& options) {
  const std::uint32_t behind =
      options.part == SplitPart::test ? 1 : 2;  // songs of each queue that training does not see
  std::vector<Use> uses = of_base(dataset);
  for (std::size_t queue = 0; queue < dataset.queues.own(); ++queue) {
    const std::uint32_t length = length_of(dataset, queue);
    if (length < behind) continue;
    const std::uint32_t at = length - behind;
    uses[queue] = {.trained = at, .first = at, .end = at == 0 ? at : at + 1};
  }
  return uses;
}

// Numbers the catalogue: songs with min_plays in training, most played first.
void number_songs(const data::Dataset& dataset, std::span<const Use> uses, std::uint64_t min_plays, Split& split) {
  std::vector<std::uint64_t> plays(dataset.songs.size());
  for (std::size_t queue = 0; queue < uses.size(); ++queue) {
    for (const std::uint32_t row : dataset.queues.songs(queue).first(uses[queue].trained)) ++plays[row];
    split.training_plays += uses[queue].trained;
  }
  for (std::uint32_t row = 0; row < plays.size(); ++row) {
    if (plays[row] >= min_plays) split.rows.push_back(row);
  }
  std::ranges::stable_sort(split.rows, std::greater(), [&](std::uint32_t row) { return plays[row]; });
  split.songs.assign(plays.size(), kUnknownSong);
  for (std::uint32_t song = 0; song < split.rows.size(); ++song) {
    split.songs[split.rows[song]] = song;
    split.training.plays.push_back(plays[split.rows[song]]);
  }
  if (split.rows.empty()) {
    fail(ErrorCode::bad_input, "expected a song with {} plays or more in the training part of {} plays, found none",
         min_plays, split.training_plays);
  }
}

void fill_training(const data::Dataset& dataset, std::span<const Use> uses, std::span<const std::uint32_t> users,
                   std::vector<std::uint32_t>& number_of_user, Split& split) {
  std::vector<std::vector<std::uint32_t>> queues;
  std::size_t own = 0;
  for (std::size_t queue = 0; queue < uses.size(); ++queue) {
    if (uses[queue].trained == 0) continue;
    std::vector<std::uint32_t> songs;
    for (const std::uint32_t row : dataset.queues.songs(queue).first(uses[queue].trained)) {
      if (split.songs[row] != kUnknownSong) songs.push_back(split.songs[row]);
    }
    std::uint32_t& user = number_of_user[users[queue]];
    if (user == kNobody) user = split.training.user_count++;
    split.training.users.push_back(user);
    split.training.starts.push_back(dataset.queues.start(queue));
    split.training_queues.push_back(queue);
    if (queue < dataset.queues.own()) ++own;
    queues.push_back(std::move(songs));
  }
  split.training.queues = data::Queues(queues);
  split.training.queues.set_own(own);
}

// Keeps the queues of users drawn in random order until they have enough plays.
void keep_some(const data::Dataset& dataset, std::span<const std::uint32_t> users, std::uint32_t user_count,
               std::uint64_t max_plays, std::uint64_t seed, std::vector<Use>& uses, Split& split) {
  std::vector<std::uint64_t> plays(user_count);
  for (std::size_t queue = 0; queue < users.size(); ++queue) plays[users[queue]] += length_of(dataset, queue);
  std::vector<std::uint32_t> order(user_count);
  std::iota(order.begin(), order.end(), 0U);
  shuffle(order, seed, 2);
  // Those of the base fill what one's own leave.
  const std::uint32_t own_count = own_users(dataset, users);
  std::ranges::stable_partition(order, [&](std::uint32_t user) { return user < own_count; });
  std::vector<bool> kept(user_count);
  std::uint64_t sum = 0;
  for (const std::uint32_t user : order) {
    if (sum >= max_plays) break;
    sum += plays[user];
    kept[user] = true;
  }
  split.drawn.resize(users.size());
  for (std::size_t queue = 0; queue < users.size(); ++queue) {
    split.drawn[queue] = kept[users[queue]];
    if (!kept[users[queue]]) uses[queue] = {};
  }
}

// Keeps whole queues, drawn in random order until there are enough positions.
void sample(std::vector<HeldOutQueue>& held_out, std::uint64_t max_positions, std::uint64_t seed) {
  std::vector<std::uint32_t> order(held_out.size());
  std::iota(order.begin(), order.end(), 0U);
  shuffle(order, seed, 1);
  std::uint64_t positions = 0;
  std::size_t taken = 0;
  while (taken < order.size() && positions < max_positions) {
    positions += held_out[order[taken]].end - held_out[order[taken]].first;
    ++taken;
  }
  order.resize(taken);
  std::ranges::sort(order);
  std::vector<HeldOutQueue> kept;
  for (const std::uint32_t i : order) kept.push_back(held_out[i]);
  held_out = std::move(kept);
}

}  // namespace

std::uint64_t Split::positions() const {
  std::uint64_t count = 0;
  for (const HeldOutQueue& queue : held_out) count += queue.end - queue.first;
  return count;
}

SplitKind split_for(const data::Dataset& dataset) {
  return data::has_sessions(dataset) ? SplitKind::time : SplitKind::queues;
}

Split make_split(const data::Dataset& dataset, const SplitOptions& options, std::uint64_t min_plays,
                 std::uint64_t seed) {
  Split split;
  split.kind = options.split == SplitKind::automatic ? split_for(dataset) : options.split;
  std::uint32_t user_count = 0;
  const std::vector<std::uint32_t> users = number_users(dataset, user_count);
  std::vector<Use> uses;
  if (split.kind == SplitKind::time) uses = by_time(dataset, options);
  if (split.kind == SplitKind::queues) uses = by_user(dataset, options, users, seed);
  if (split.kind == SplitKind::last_song) uses = by_last_song(dataset, options);
  if (options.max_plays > 0) keep_some(dataset, users, user_count, options.max_plays, seed, uses, split);
  number_songs(dataset, uses, min_plays, split);
  std::vector<std::uint32_t> number_of_user(user_count, kNobody);
  fill_training(dataset, uses, users, number_of_user, split);
  for (const std::uint32_t row : split.rows) split.training.keys.push_back(dataset.songs.keys(row));

  for (std::size_t queue = 0; queue < uses.size(); ++queue) {
    if (uses[queue].first >= uses[queue].end) continue;
    if (number_of_user[users[queue]] != kNobody) split.training.users_return = true;
    split.held_out.push_back({queue, number_of_user[users[queue]], 0, uses[queue].first, uses[queue].end});
  }
  if (options.max_positions > 0) sample(split.held_out, options.max_positions, seed);
  if (split.held_out.empty()) {
    fail(ErrorCode::bad_input, "--split {}: expected held-out queues of two songs or more, found none among {}",
         choice_name(split.kind), dataset.queues.size());
  }
  // If whole users are held out, their queues repeat each other and form one unit; otherwise each queue is a unit.
  std::vector<std::uint32_t> unit_of_user(user_count, kNobody);
  for (HeldOutQueue& queue : split.held_out) {
    if (split.kind != SplitKind::queues) {
      queue.unit = split.units++;
      continue;
    }
    std::uint32_t& unit = unit_of_user[users[queue.queue]];
    if (unit == kNobody) unit = split.units++;
    queue.unit = unit;
  }
  return split;
}

}  // namespace segue::evaluate
