#include "segue/train/sums.h"

#include <algorithm>
#include <chrono>
#include <span>

namespace segue::train {

namespace {

double seconds_after(std::chrono::steady_clock::time_point start) {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

}  // namespace

RankSums::RankSums(Communicator& ranks) : ranks_(ranks), thread_([this] { work(); }) {}

RankSums::~RankSums() {
  if (under_way_) done_.acquire();
  numbers_ = nullptr;
  begun_.release();
}

void RankSums::begin(std::vector<float>& numbers) {
  numbers_ = &numbers;
  under_way_ = true;
  begun_.release();
}

void RankSums::wait() {
  const auto started = std::chrono::steady_clock::now();
  done_.acquire();
  under_way_ = false;
  report_.seconds_waited += seconds_after(started);
  if (failure_) std::rethrow_exception(failure_);
}

void RankSums::work() {
  while (true) {
    begun_.acquire();
    if (numbers_ == nullptr) return;
    const auto started = std::chrono::steady_clock::now();
    try {
      sum();
    } catch (...) {
      failure_ = std::current_exception();
    }
    report_.seconds += seconds_after(started);
    ++report_.exchanges;
    done_.release();
  }
}

// Each rank sums a slice, in the order of the ranks, and hands the sums to the others.
void RankSums::sum() {
  const std::size_t count = ranks_.ranks();
  const std::size_t rank = ranks_.rank();
  const auto slice = [&](std::size_t r) {
    const std::size_t begin = numbers_->size() * r / count;
    const std::size_t end = numbers_->size() * (r + 1) / count;
    return std::span(*numbers_).subspan(begin, end - begin);
  };
  const std::size_t mine = slice(rank).size();
  parts_.resize(count * mine);
  std::vector<BytesView> out(count);
  std::vector<std::span<std::byte>> in(count);
  for (std::size_t r = 0; r < count; ++r) {
    out[r] = std::as_bytes(slice(r));
    in[r] = std::as_writable_bytes(std::span(parts_).subspan(r * mine, mine));
    if (r != rank) report_.bytes_sent += out[r].size() + mine * sizeof(float);
  }
  ranks_.pass(out, in);
  std::ranges::copy(slice(rank), parts_.begin() + static_cast<std::ptrdiff_t>(rank * mine));
  const std::span<float> sums = slice(rank);
  std::ranges::copy(std::span(parts_).first(mine), sums.begin());
  for (std::size_t r = 1; r < count; ++r) {
    for (std::size_t i = 0; i < mine; ++i) sums[i] += parts_[r * mine + i];
  }
  for (std::size_t r = 0; r < count; ++r) {
    out[r] = std::as_bytes(sums);
    in[r] = std::as_writable_bytes(slice(r));
  }
  ranks_.pass(out, in);
}

}  // namespace segue::train
