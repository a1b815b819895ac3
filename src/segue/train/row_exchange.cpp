#include "segue/train/row_exchange.h"

#include <algorithm>
#include <bit>
#include <chrono>
#include <cmath>
#include <cstring>
#include <iterator>
#include <span>
#include <utility>

#include "segue/base/error.h"
#include "segue/base/parallel.h"
#include "segue/base/random.h"

namespace segue::train {

namespace {

using Clock = std::chrono::steady_clock;

// The part of its way to where it is drawn that a row goes in one meeting, at a learning rate of 1. Measured likewise.
constexpr float kPull = 0.4F;
constexpr std::size_t kChangesAtOnce = 1024;

// What a rank has of a row, beside TrainedRows::kTrained.
constexpr std::uint8_t kSame = 0;  // the base
constexpr std::uint8_t kRest = 2;  // the base, and what rounding kept from an exchange

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

// --- messages: for each matrix the number of its rows, the rows, their scales and their numbers.

struct RowMessage {
  std::span<const std::uint32_t> rows;
  std::span<float> scales;
  std::int8_t* numbers = nullptr;

  Change change(std::size_t i, std::size_t length) const { return {numbers + i * length, scales[i]}; }
};
using Message = std::array<RowMessage, 2>;

std::size_t bytes_for(std::size_t rows, std::size_t length) {
  return sizeof(std::uint64_t) + rows * (sizeof(std::uint32_t) + sizeof(float) + length);
}

// The parts of a message. Every part begins at a multiple of 8 bytes or of its type's size, for `length` is one of 16.
// Throws unavailable if it is not one of rows below `rows`.
Message parts_of(Bytes& bytes, std::size_t length, std::size_t rows) {
  Message message;
  std::span<std::byte> left = bytes;
  for (RowMessage& part : message) {
    std::uint64_t count = 0;
    if (left.size() >= sizeof count) std::memcpy(&count, left.data(), sizeof count);
    if (left.size() < sizeof count || count > rows || left.size() < bytes_for(count, length)) {
      fail(ErrorCode::unavailable, "a message of another rank: expected rows of {} numbers, found {} bytes", length,
           bytes.size());
    }
    std::byte* at = left.data() + sizeof count;
    part.rows = {reinterpret_cast<const std::uint32_t*>(at), count};
    part.scales = {reinterpret_cast<float*>(at + count * sizeof(std::uint32_t)), count};
    part.numbers = reinterpret_cast<std::int8_t*>(at + count * (sizeof(std::uint32_t) + sizeof(float)));
    if (count > 0 && part.rows.back() >= rows) {
      fail(ErrorCode::unavailable, "a message of another rank: expected rows below {}, found {}", rows,
           part.rows.back());
    }
    left = left.subspan(bytes_for(count, length));
  }
  return message;
}

// A message of these rows, whose scales and numbers are still to be written.
template <class RowLists>
Message lay_out(Bytes& bytes, const RowLists& lists, std::size_t length, std::size_t rows) {
  bytes.resize(bytes_for(lists[0].size(), length) + bytes_for(lists[1].size(), length));
  std::byte* at = bytes.data();
  for (const std::vector<std::uint32_t>& list : lists) {
    const std::uint64_t count = list.size();
    std::memcpy(at, &count, sizeof count);
    if (count > 0) std::memcpy(at + sizeof count, list.data(), count * sizeof(std::uint32_t));
    at += bytes_for(count, length);
  }
  return parts_of(bytes, length, rows);
}

}  // namespace

template <class Number>
RowExchange<Number>::RowExchange(Communicator& ranks, math::MatrixView<Number> vectors,
                                 math::MatrixView<Number> context, std::span<const double> met,
                                 const ExchangePlan& plan, const TrainOptions& options, std::size_t threads)
    : ranks_(ranks),
      kernel_(all_change_kernels().best()),
      threads_(threads),
      seed_(options.seed),
      pull_(kPull * static_cast<float>(options.learning_rate)),
      changed_(ranks.ranks()),
      sent_(ranks.ranks()) {
  for (std::uint64_t rounds = 1; rounds < plan.rounds_to_whole; rounds *= 2) {
    const auto end =
        std::ranges::partition_point(met, [&](double often) { return plan.rounds_between(often) <= rounds; });
    due_.push_back(static_cast<std::size_t>(end - met.begin()));
  }
  due_.push_back(vectors.rows);
  meetings_.reserve(met.size());
  for (const double often : met) {
    const double rounds = std::min(static_cast<double>(plan.rounds_between(often)), plan.rounds_of_epoch);
    const double between = often * rounds;
    meetings_.push_back(static_cast<float>(between / static_cast<double>(ranks.ranks())));
  }
  share_of_all_.reserve(met.size());
  for (std::size_t song = 0; song < met.size(); ++song) share_of_all_.push_back(share_of(ranks.ranks(), song));
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
  const auto power = static_cast<std::size_t>(std::countr_zero(round.number));
  take_changes(round.whole ? due_.back() : due_[std::min(power, due_.size() - 1)]);
  const double seconds = seconds_since(started);
  report_.seconds_waited += seconds;
  report_.seconds += seconds;
  done_ = std::async(std::launch::async, [this, mine] { return exchange(mine); });
}

template <class Number>
std::vector<RankReport> RowExchange<Number>::end() {
  const auto started = Clock::now();
  Outcome outcome = done_.get();
  const auto applying = Clock::now();
  apply();
  report_.seconds_waited += seconds_since(started);
  report_.seconds += outcome.seconds + seconds_since(applying);
  ++report_.exchanges;
  return std::move(outcome.reports);
}

// Of the rows below `due`, into sent_.
template <class Number>
void RowExchange<Number>::take_changes(std::size_t due) {
  for (RowLists& lists : changed_) {
    for (std::vector<std::uint32_t>& list : lists) list.clear();
  }
  for (std::size_t m = 0; m < matrices_.size(); ++m) {
    for (std::size_t row = 0; row < due; ++row) {
      std::uint8_t& state = matrices_[m].state[row];
      if (state == TrainedRows::kTrained || (round_.whole && state == kRest)) {
        state = round_.whole ? kSame : kRest;
        changed_[row % ranks_.ranks()][m].push_back(static_cast<std::uint32_t>(row));
      }
    }
  }
  const auto take = kernel_.take_for<Number>();
  for (std::size_t owner = 0; owner < ranks_.ranks(); ++owner) {
    const Message message = lay_out(sent_[owner], changed_[owner], length(), matrices_[0].rows.rows);
    for (std::size_t m = 0; m < matrices_.size(); ++m) {
      const RowMessage& part = message[m];
      const auto base = matrices_[m].base.view();
      parallel_for(part.rows.size(), kChangesAtOnce, threads_, [&](std::size_t begin, std::size_t end) {
        for (std::size_t i = begin; i < end; ++i) {
          const std::uint32_t row = part.rows[i];
          part.scales[i] = take(matrices_[m].rows.row(row), base.row(row), length(), part.numbers + i * length());
        }
      });
    }
  }
}

// Beside training: reads only what take_changes wrote.
template <class Number>
typename RowExchange<Number>::Outcome RowExchange<Number>::exchange(const RankReport& mine) {
  const auto started = Clock::now();
  Outcome outcome;
  outcome.reports = share_value(ranks_, mine);
  received_ = ranks_.swap(std::vector<BytesView>(sent_.begin(), sent_.end()), std::move(received_));
  combine();
  agreed_ = ranks_.share(combined_, std::move(agreed_));
  for (std::size_t rank = 0; rank < ranks_.ranks(); ++rank) {
    if (rank != ranks_.rank()) report_.bytes_sent += sizeof mine + sent_[rank].size() + combined_.size();
  }
  outcome.seconds = seconds_since(started);
  return outcome;
}

// What the changes of `ranks` to a row count each. Few meetings hardly depend on each other, so their changes add up,
// as if one rank had trained them one after another. After many, each rank has gone the whole way alone, and the mean
// is right. A meeting takes a row the part `pull_` of its way, so one rank goes 1 - exp(-pull meetings) of it, and all
// together would go 1 - exp(-pull meetings ranks).
template <class Number>
float RowExchange<Number>::share_of(std::size_t ranks, std::size_t row) const {
  const double alone = static_cast<double>(pull_ * meetings_[row]);
  const auto together = static_cast<double>(ranks);
  if (alone <= 0 || ranks == 1) return 1;
  return static_cast<float>(std::expm1(-alone * together) / (together * std::expm1(-alone)));
}

template <class Number>
void RowExchange<Number>::combine() {
  std::vector<Message> of_ranks;
  for (std::size_t rank = 0; rank < ranks_.ranks(); ++rank) {
    Bytes& bytes = rank == ranks_.rank() ? sent_[rank] : received_[rank];
    of_ranks.push_back(parts_of(bytes, length(), matrices_[0].rows.rows));
  }
  std::vector<std::uint32_t> merged;
  for (std::size_t m = 0; m < matrices_.size(); ++m) {
    std::vector<std::uint32_t>& rows = combined_rows_[m];
    rows.clear();
    for (const Message& message : of_ranks) {
      merged.clear();
      std::ranges::set_union(rows, message[m].rows, std::back_inserter(merged));
      rows.swap(merged);
    }
  }
  const Message combined = lay_out(combined_, combined_rows_, length(), matrices_[0].rows.rows);
  std::vector<float> sum(length());
  std::vector<std::size_t> next(of_ranks.size());
  for (std::size_t m = 0; m < combined.size(); ++m) {
    const RowMessage& to = combined[m];
    std::ranges::fill(next, 0);
    for (std::size_t i = 0; i < to.rows.size(); ++i) {
      const std::uint32_t row = to.rows[i];
      std::int8_t* numbers = to.numbers + i * length();
      std::size_t changed = 0;
      Change only;
      for (std::size_t rank = 0; rank < next.size(); ++rank) {
        const RowMessage& from = of_ranks[rank][m];
        if (next[rank] == from.rows.size() || from.rows[next[rank]] != row) continue;
        if (changed == 1) {
          std::ranges::fill(sum, 0.0F);
          kernel_.add(only, length(), sum.data());
        }
        only = from.change(next[rank]++, length());
        if (++changed > 1) kernel_.add(only, length(), sum.data());
      }
      if (changed == 1) {
        std::memcpy(numbers, only.numbers, length());
        to.scales[i] = only.scale;
      } else {
        const float share = changed == next.size() ? share_of_all_[row] : share_of(changed, row);
        for (float& number : sum) number *= share;
        to.scales[i] = kernel_.pack(sum.data(), length(), numbers);
      }
    }
  }
}

template <class Number>
void RowExchange<Number>::apply() {
  const auto apply_to_row = kernel_.apply_for<Number>();
  for (std::size_t owner = 0; owner < ranks_.ranks(); ++owner) {
    Bytes& bytes = owner == ranks_.rank() ? combined_ : agreed_[owner];
    const Message agreed = parts_of(bytes, length(), matrices_[0].rows.rows);
    const Message own = parts_of(sent_[owner], length(), matrices_[0].rows.rows);
    for (std::size_t m = 0; m < matrices_.size(); ++m) {
      const RowMessage& changes = agreed[m];
      const RowMessage& mine = own[m];
      const math::MatrixView<Number> base = matrices_[m].base.view();
      parallel_for(changes.rows.size(), kChangesAtOnce, threads_, [&](std::size_t begin, std::size_t end) {
        auto next =
            static_cast<std::size_t>(std::ranges::lower_bound(mine.rows, changes.rows[begin]) - mine.rows.begin());
        for (std::size_t i = begin; i < end; ++i) {
          const std::uint32_t row = changes.rows[i];
          RowUpdate update{.agreed = changes.change(i, length()),
                           .replace = round_.whole || matrices_[m].state[row] == kSame,
                           .seed = static_cast<std::uint32_t>(
                               mix64(mix64(seed_ ^ round_.number << 32U ^ round_.epoch) ^ (m << 32U | row)))};
          if (next < mine.rows.size() && mine.rows[next] == row) update.own = mine.change(next++, length());
          apply_to_row(update, length(), matrices_[m].rows.row(row), base.row(row));
        }
      });
    }
  }
}

template class RowExchange<float>;
template class RowExchange<math::Bf16>;

}  // namespace segue::train
