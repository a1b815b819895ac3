// The one race of the trainer.
//
// Workers read and write the rows of W1 and W2 without locks ("Hogwild", Niu, Recht, Ré, Wright 2011, arXiv:1106.5730).
// Two workers on the same row may each lose part of the other's update, or read a row with some newer numbers than
// others. The paper shows this to be harmless if each step touches few of many rows: a lost update is one step of a
// stochastic method that takes billions, and a row half old and half new is a point between two good ones. In practice
// it is sound because the numbers are aligned 32-bit floats or 16-bit halves of one, which every processor reads and
// writes whole, and only arithmetic ever depends on them (no index, no loop bound).
//
// By the letter of C++ it is still a data race, so it is confined to one place: only the functions of a StepKernel,
// given the rows of SharedRows, touch them while workers run, and only these functions carry SEGUE_HOGWILD, which keeps
// ThreadSanitizer from reporting them. Everything else in this layer is properly synchronised.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>

#include "segue/math/matrix.h"

#define SEGUE_HOGWILD __attribute__((no_sanitize("thread")))

namespace segue::train {

// Where workers note the rows that they train, for an exchange (row_exchange.h): a byte a row.
struct TrainedRows {
  static constexpr std::uint8_t kTrained = 1;

  std::uint8_t* inputs = nullptr;  // null: nobody wants to know
  std::uint8_t* outputs = nullptr;
};

// W1 and W2 while workers train them; Number is float or Bf16. Row pointers are for kernels and prefetches only.
template <class Number>
class SharedRows {
 public:
  SharedRows(math::MatrixView<Number> vectors, math::MatrixView<Number> context, TrainedRows trained = {})
      : vectors_(vectors), context_(context), trained_(trained) {}

  Number* input(std::uint32_t song) const { return vectors_.row(song); }
  Number* output(std::uint32_t song) const { return context_.row(song); }

  // Numbers in a row with its padding, a multiple of 16.
  std::size_t length() const { return vectors_.stride; }

  void note_input(std::uint32_t song) const { note(trained_.inputs, song); }
  void note_output(std::uint32_t song) const { note(trained_.outputs, song); }

  // Prefetches a row that a step will need soon. A hint: it neither reads nor waits.
  void prefetch(const Number* row) const {
    constexpr std::size_t kInLine = 64 / sizeof(Number);
    for (std::size_t i = 0; i < length(); i += kInLine) __builtin_prefetch(row + i, 1, 3);
  }

 private:
  static void note(std::uint8_t* trained, std::uint32_t song) {
    if (trained == nullptr) return;
    std::atomic_ref(trained[song]).store(TrainedRows::kTrained, std::memory_order_relaxed);
  }

  math::MatrixView<Number> vectors_;
  math::MatrixView<Number> context_;
  TrainedRows trained_;
};

}  // namespace segue::train
