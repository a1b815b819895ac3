// How ranks come to the same vectors.
//
// Every rank has all rows of W1 and W2 and trains them with its own plays. Beside each row it keeps the base: the value
// that all ranks have agreed on. An exchange takes the change of each row that was trained since (row - base), sends it
// to the row's owner (row mod ranks), who combines the changes of all ranks and sends the result back to all; every
// rank adds that to its base, and replaces its own change in the row by it. What a row has learned meanwhile stays, so
// an exchange runs beside the training of the next round. Changes travel as 8-bit numbers with a scale for each
// row; what rounding cut off stays in the row and goes with the next change.
//
// A frequent song changes much in a round and a rare one hardly, so a row is exchanged every 1, 2, 4 ... rounds, by how
// often its song is played (Ji, Satish, Li, Dubey 2016, arXiv:1604.04661). Songs come by plays, so the rows that are
// due are the first ones. After plan.rounds_to_whole rounds, and after an epoch, an exchange is whole: it takes all
// rows and nothing is trained meanwhile, and at its end all ranks have the same bytes.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <future>
#include <span>
#include <vector>

#include "segue/math/matrix.h"
#include "segue/train/communicator.h"
#include "segue/train/kernels/change.h"
#include "segue/train/options.h"
#include "segue/train/rank_rounds.h"
#include "segue/train/shared_rows.h"

namespace segue::train {

// An exchange comes after a round of training.
struct Round {
  std::uint32_t epoch = 0;   // from 0
  std::uint64_t number = 0;  // from 1, in the epoch
  bool whole = false;
};

// What a rank did since the exchange before.
struct RankReport {
  std::uint64_t plays_seen = 0;
  std::uint64_t plays_kept = 0;
  std::uint64_t pairs = 0;
  double loss_sum = 0;
  bool stopped = false;  // it was asked to
};

// Of one rank. Not thread safe: workers rest during every call.
template <class Number>
class RowExchange {
 public:
  // All ranks have the same rows now. `met` is how often each song is met in a round of all ranks; falling.
  RowExchange(Communicator& ranks, math::MatrixView<Number> vectors, math::MatrixView<Number> context,
              std::span<const double> met, const ExchangePlan& plan, const TrainOptions& options, std::size_t threads);
  ~RowExchange();

  // For the workers, which note the rows that they train.
  SharedRows<Number> rows();

  // Begins the exchange after a round. REQUIRES: none is under way.
  void begin(const Round& round, const RankReport& mine);
  bool under_way() const { return done_.valid(); }
  // Waits for it and brings its result into the rows. Returns the reports by rank. Throws as Communicator does.
  std::vector<RankReport> end();

  const ExchangeReport& report() const { return report_; }

 private:
  struct Matrix {
    math::MatrixView<Number> rows;
    math::MatrixOf<Number> base;
    std::vector<std::uint8_t> state;  // of each row: kSame, kTrained or kRest
  };
  using RowLists = std::array<std::vector<std::uint32_t>, 2>;  // rows of W1 and of W2, ascending
  struct Outcome {
    std::vector<RankReport> reports;
    double seconds = 0;
  };

  void take_changes(std::size_t due);
  Outcome exchange(const RankReport& mine);
  float share_of(std::size_t ranks, std::size_t row) const;
  void combine();
  void apply();
  std::size_t length() const { return matrices_[0].rows.stride; }

  Communicator& ranks_;
  const ChangeKernel& kernel_;
  std::size_t threads_;
  std::uint64_t seed_;
  float pull_;
  std::vector<float> meetings_;      // of each song at one rank, between two exchanges
  std::vector<float> share_of_all_;  // of each song, if all ranks changed it
  std::vector<std::size_t> due_;     // rows, by the power of two that divides the round
  std::array<Matrix, 2> matrices_;
  // Messages (row_exchange.cpp says how they are laid out), whose memory is used again in each exchange.
  std::vector<RowLists> changed_;  // by owner
  std::vector<Bytes> sent_;        // changes, by owner
  std::vector<Bytes> received_;    // changes of each rank to the rows of this one
  RowLists combined_rows_;
  Bytes combined_;             // of the rows of this rank
  std::vector<Bytes> agreed_;  // by owner, but for this rank
  Round round_;
  std::future<Outcome> done_;
  ExchangeReport report_;
};

extern template class RowExchange<float>;
extern template class RowExchange<math::Bf16>;

}  // namespace segue::train
