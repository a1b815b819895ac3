#include "segue/train/row_exchange.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstring>
#include <limits>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/train/examples.h"

namespace segue::train {

namespace {

using Clock = std::chrono::steady_clock;

// A row is exchanged when its song was met about this often, by all ranks. Measured: docs/distributed.md.
constexpr double kMeetings = 4;
// The part of its way to where it is drawn that a row goes in one meeting, at a learning rate of 1. Measured likewise.
constexpr float kPull = 0.4F;
constexpr std::size_t kChangesAtOnce = 1024;

// What a rank has of a row, beside TrainedRows::kTrained.
constexpr std::uint8_t kSame = 0;  // the base
constexpr std::uint8_t kRest = 2;  // the base, and what rounding kept from an exchange

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

float as_float(float number) {
  return number;
}
float as_float(math::Bf16 number) {
  return math::to_float(number);
}

math::Bf16 nearest(float number) {
  return math::round_stochastically(number, 0x8000U);
}

// The same number on every rank: they draw from the same stream.
void store(float& number, float to, Random&) {
  number = to;
}
void store(math::Bf16& number, float to, Random& random) {
  number = math::round_stochastically(to, static_cast<std::uint32_t>(random()));
}

// --- messages: a report, then for each matrix the number of its rows, the rows and their changes.

class MessageWriter {
 public:
  explicit MessageWriter(std::size_t size) : bytes_(size) {}

  template <class T>
  void put(const T* items, std::size_t count) {
    if (count > 0) std::memcpy(bytes_.data() + written_, items, count * sizeof(T));
    written_ += count * sizeof(T);
  }

  Bytes bytes() && {
    SEGUE_ASSERT(written_ == bytes_.size());
    return std::move(bytes_);
  }

 private:
  Bytes bytes_;
  std::size_t written_ = 0;
};

class MessageReader {
 public:
  explicit MessageReader(const Bytes& bytes) : left_(bytes) {}

  template <class T>
  void take(T* items, std::size_t count) {
    if (count > left_.size() / sizeof(T)) fail(ErrorCode::unavailable, "a message of another rank is incomplete");
    if (count > 0) std::memcpy(items, left_.data(), count * sizeof(T));
    left_ = left_.subspan(count * sizeof(T));
  }

  template <class Changes>
  Changes changes(std::size_t columns) {
    std::uint64_t rows = 0;
    take(&rows, 1);
    Changes changes;
    changes.rows.resize(std::min(rows, left_.size() / sizeof(std::uint32_t)));
    take(changes.rows.data(), rows);
    changes.numbers.resize(rows * columns);
    take(changes.numbers.data(), changes.numbers.size());
    return changes;
  }

 private:
  std::span<const std::byte> left_;
};

template <class Message>
Bytes bytes_of(const RankReport* report, const Message& message) {
  std::size_t size = report != nullptr ? sizeof(RankReport) : 0;
  for (const auto& changes : message) {
    size += sizeof(std::uint64_t) + changes.rows.size() * sizeof(std::uint32_t) +
            changes.numbers.size() * sizeof(math::Bf16);
  }
  MessageWriter writer(size);
  if (report != nullptr) writer.put(report, 1);
  for (const auto& changes : message) {
    const std::uint64_t rows = changes.rows.size();
    writer.put(&rows, 1);
    writer.put(changes.rows.data(), changes.rows.size());
    writer.put(changes.numbers.data(), changes.numbers.size());
  }
  return std::move(writer).bytes();
}

template <class Message>
Message message_in(MessageReader& reader, std::size_t columns) {
  Message message;
  for (auto& changes : message) changes = reader.changes<std::remove_reference_t<decltype(changes)>>(columns);
  return message;
}

}  // namespace

std::uint64_t rounds_between(double met) {
  std::uint64_t rounds = 1;
  while (rounds < kRoundsToWhole && met * static_cast<double>(rounds) < kMeetings) rounds *= 2;
  return rounds;
}

template <class Number>
RowExchange<Number>::RowExchange(Communicator& ranks, math::MatrixView<Number> vectors,
                                 math::MatrixView<Number> context, std::span<const double> met,
                                 const TrainOptions& options, std::size_t threads)
    : ranks_(ranks),
      threads_(threads),
      columns_(vectors.columns),
      seed_(options.seed),
      pull_(kPull * static_cast<float>(options.learning_rate)) {
  for (unsigned power = 0; power < kWholeAfter; ++power) {
    const auto end = std::ranges::partition_point(
        met, [&](double often) { return rounds_between(often) <= std::uint64_t{1} << power; });
    due_[power] = static_cast<std::size_t>(end - met.begin());
  }
  due_[kWholeAfter] = vectors.rows;
  meetings_.reserve(met.size());
  for (const double often : met) {
    const double between = often * static_cast<double>(rounds_between(often));
    meetings_.push_back(static_cast<float>(between / static_cast<double>(ranks.ranks())));
  }
  const auto set_up = [&](Matrix& matrix, math::MatrixView<Number> rows) {
    matrix = {rows, math::MatrixOf<Number>(rows.rows, rows.columns), std::vector<std::uint8_t>(rows.rows, kSame)};
    std::memcpy(matrix.base.view().data, rows.data, rows.rows * rows.stride * sizeof(Number));
  };
  set_up(matrices_[0], vectors);
  set_up(matrices_[1], context);
}

template <class Number>
RowExchange<Number>::~RowExchange() = default;

template <class Number>
SharedRows<Number> RowExchange<Number>::rows() {
  return {matrices_[0].rows, matrices_[1].rows, {matrices_[0].state.data(), matrices_[1].state.data()}};
}

template <class Number>
void RowExchange<Number>::begin(const Round& round, const RankReport& mine) {
  SEGUE_ASSERT(!under_way());
  const auto started = Clock::now();
  round_ = round;
  const auto power = std::min<unsigned>(static_cast<unsigned>(std::countr_zero(round.number)), kWholeAfter);
  take_changes(due_[round.whole ? kWholeAfter : power]);
  report_.seconds_waited += seconds_since(started);
  done_ = std::async(std::launch::async, [this, mine] { return exchange(mine); });
}

template <class Number>
std::vector<RankReport> RowExchange<Number>::end() {
  const auto started = Clock::now();
  Outcome outcome = done_.get();
  apply(outcome);
  report_.seconds_waited += seconds_since(started);
  report_.seconds += outcome.seconds;
  report_.bytes_sent += outcome.bytes;
  ++report_.exchanges;
  return std::move(outcome.reports);
}

// Of the rows below `due`, into sent_.
template <class Number>
void RowExchange<Number>::take_changes(std::size_t due) {
  sent_.assign(ranks_.ranks(), {});
  for (std::size_t m = 0; m < matrices_.size(); ++m) {
    Matrix& matrix = matrices_[m];
    for (std::size_t row = 0; row < due; ++row) {
      std::uint8_t& state = matrix.state[row];
      if (state == TrainedRows::kTrained || (round_.whole && state == kRest)) {
        state = round_.whole ? kSame : kRest;
        sent_[row % ranks_.ranks()][m].rows.push_back(static_cast<std::uint32_t>(row));
      }
    }
    const auto base = matrix.base.view();
    for (Message& message : sent_) {
      Changes& changes = message[m];
      changes.numbers.resize(changes.rows.size() * columns_);
      parallel_for(changes.rows.size(), kChangesAtOnce, threads_, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
          const Number* now = matrix.rows.row(changes.rows[i]);
          const Number* then = base.row(changes.rows[i]);
          math::Bf16* change = changes.numbers.data() + i * columns_;
          for (std::size_t c = 0; c < columns_; ++c) change[c] = nearest(as_float(now[c]) - as_float(then[c]));
        }
      });
    }
  }
}

// Beside training: reads only what take_changes wrote.
template <class Number>
typename RowExchange<Number>::Outcome RowExchange<Number>::exchange(const RankReport& mine) const {
  const auto started = Clock::now();
  Outcome outcome;
  const auto sent = [&](const std::vector<Bytes>& parts) {
    for (std::size_t rank = 0; rank < parts.size(); ++rank)
      outcome.bytes += rank == ranks_.rank() ? 0 : parts[rank].size();
  };
  std::vector<Bytes> parts;
  for (const Message& message : sent_) parts.push_back(bytes_of(&mine, message));
  sent(parts);
  std::vector<Message> of_ranks;
  for (const Bytes& bytes : ranks_.swap(std::move(parts))) {
    MessageReader reader(bytes);
    reader.take(&outcome.reports.emplace_back(), 1);
    of_ranks.push_back(message_in<Message>(reader, columns_));
  }
  const Bytes combined = bytes_of(nullptr, combine(of_ranks));
  outcome.bytes += combined.size() * (ranks_.ranks() - 1);
  for (const Bytes& bytes : ranks_.share(combined)) {
    MessageReader reader(bytes);
    outcome.combined.push_back(message_in<Message>(reader, columns_));
  }
  outcome.seconds = seconds_since(started);
  return outcome;
}

// What the changes of `ranks` to a row count each, all of about `meetings` meetings. Few meetings hardly depend on each
// other, so their changes add up, as if one rank had trained them one after another. After many, each rank has gone the
// whole way alone, and the mean is right. A meeting takes a row the part `pull_` of its way, so one rank goes
// 1 - exp(-pull meetings) of it, and all together would go 1 - exp(-pull meetings ranks).
template <class Number>
float RowExchange<Number>::share_of(std::size_t ranks, float meetings) const {
  const double alone = static_cast<double>(pull_ * meetings);
  const auto together = static_cast<double>(ranks);
  if (alone <= 0) return 1;
  return static_cast<float>(std::expm1(-alone * together) / (together * std::expm1(-alone)));
}

template <class Number>
typename RowExchange<Number>::Message RowExchange<Number>::combine(const std::vector<Message>& of_ranks) const {
  Message combined;
  std::vector<float> sum(columns_);
  std::vector<std::size_t> next(of_ranks.size());
  for (std::size_t m = 0; m < combined.size(); ++m) {
    std::ranges::fill(next, 0);
    while (true) {
      constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();
      std::uint32_t row = kNone;
      for (std::size_t rank = 0; rank < next.size(); ++rank) {
        const std::vector<std::uint32_t>& rows = of_ranks[rank][m].rows;
        if (next[rank] < rows.size()) row = std::min(row, rows[next[rank]]);
      }
      if (row == kNone) break;
      std::ranges::fill(sum, 0.0F);
      std::size_t changed = 0;
      const math::Bf16* only = nullptr;
      for (std::size_t rank = 0; rank < next.size(); ++rank) {
        const Changes& changes = of_ranks[rank][m];
        if (next[rank] == changes.rows.size() || changes.rows[next[rank]] != row) continue;
        only = changes.numbers.data() + next[rank]++ * columns_;
        for (std::size_t c = 0; c < columns_; ++c) sum[c] += math::to_float(only[c]);
        ++changed;
      }
      combined[m].rows.push_back(row);
      std::vector<math::Bf16>& numbers = combined[m].numbers;
      if (changed == 1) {
        numbers.insert(numbers.end(), only, only + columns_);
        continue;
      }
      numbers.resize(numbers.size() + columns_);
      math::Bf16* to = numbers.data() + numbers.size() - columns_;
      const float share = share_of(changed, meetings_[row]);
      for (std::size_t c = 0; c < columns_; ++c) to[c] = nearest(sum[c] * share);
    }
  }
  return combined;
}

template <class Number>
void RowExchange<Number>::apply(const Outcome& outcome) {
  for (std::size_t owner = 0; owner < outcome.combined.size(); ++owner) {
    for (std::size_t m = 0; m < matrices_.size(); ++m) {
      const Changes& combined = outcome.combined[owner][m];
      const Changes& mine = sent_[owner][m];
      const math::MatrixView<Number> rows = matrices_[m].rows;
      const math::MatrixView<Number> base = matrices_[m].base.view();
      const std::vector<std::uint8_t>& state = matrices_[m].state;
      if (!combined.rows.empty() && combined.rows.back() >= rows.rows) {
        fail(ErrorCode::unavailable, "rank {} sent row {} of {}", owner, combined.rows.back(), rows.rows);
      }
      parallel_for(combined.rows.size(), kChangesAtOnce, threads_, [&](std::size_t begin, std::size_t end) {
        auto next =
            static_cast<std::size_t>(std::ranges::lower_bound(mine.rows, combined.rows[begin]) - mine.rows.begin());
        for (std::size_t i = begin; i < end; ++i) {
          const std::uint32_t row = combined.rows[i];
          const bool changed = next < mine.rows.size() && mine.rows[next] == row;
          const math::Bf16* own = changed ? mine.numbers.data() + next++ * columns_ : nullptr;
          const math::Bf16* change = combined.numbers.data() + i * columns_;
          Number* now = rows.row(row);
          Number* agreed = base.row(row);
          Random random = random_stream(mix64(seed_ ^ round_.number), Draw::exchange, round_.epoch, m << 32U | row);
          for (std::size_t c = 0; c < columns_; ++c) {
            store(agreed[c], as_float(agreed[c]) + math::to_float(change[c]), random);
          }
          if (round_.whole || state[row] == kSame) {
            std::memcpy(now, agreed, columns_ * sizeof(Number));
            continue;
          }
          for (std::size_t c = 0; c < columns_; ++c) {
            const float before = changed ? math::to_float(own[c]) : 0;
            store(now[c], as_float(now[c]) + (math::to_float(change[c]) - before), random);
          }
        }
      });
    }
  }
}

template class RowExchange<float>;
template class RowExchange<math::Bf16>;

}  // namespace segue::train
