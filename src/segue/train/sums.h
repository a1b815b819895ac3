// Sums over the ranks, made beside other work.
#pragma once

#include <exception>
#include <semaphore>
#include <thread>
#include <vector>

#include "segue/train/communicator.h"

namespace segue::train {

// Not thread safe. One sum is under way at a time.
class RankSums {
 public:
  explicit RankSums(Communicator& ranks);
  ~RankSums();

  // Begins to replace `numbers` by their sum over the ranks, the same bits at all of them. All ranks begin with as many
  // numbers, which stay where they are until wait().
  void begin(std::vector<float>& numbers);
  // Throws as Communicator does.
  void wait();

  const ExchangeReport& report() const { return report_; }

 private:
  void work();
  void sum();

  Communicator& ranks_;
  std::vector<float>* numbers_ = nullptr;  // null: the end
  bool under_way_ = false;
  std::vector<float> parts_;  // of the slice that this rank sums, by rank
  ExchangeReport report_;
  std::exception_ptr failure_;
  std::binary_semaphore begun_{0};
  std::binary_semaphore done_{0};
  std::jthread thread_;
};

}  // namespace segue::train
