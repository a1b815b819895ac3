#include "segue/train/loss_sample.h"

#include <algorithm>
#include <cmath>

#include "segue/base/parallel.h"
#include "segue/base/random.h"
#include "segue/math/kernels/kernels.h"
#include "segue/train/alias_table.h"

namespace segue::train {

namespace {

constexpr std::uint32_t kWindow = SampledPair::kWindow;
constexpr std::uint64_t kSeed = 0x5e60e'1055;  // arbitrary, but fixed for ever
constexpr std::size_t kQueuesInPiece = 16'384;
constexpr std::size_t kPairsInPiece = 500;

// The (centre, reach, play) triples at distance d in a queue of n plays: two ways to take a pair of places for each of
// the reaches d ... kWindow.
std::uint64_t triples_at(std::uint64_t n, std::uint64_t d) {
  return n > d ? 2 * (n - d) * (kWindow - d + 1) : 0;
}

std::uint64_t triples_of(std::uint64_t n) {
  std::uint64_t sum = 0;
  for (std::uint64_t d = 1; d <= kWindow; ++d) sum += triples_at(n, d);
  return sum;
}

// The triple with this number, in one queue.
SampledPair triple(std::span<const std::uint32_t> songs, std::uint64_t number) {
  std::uint64_t d = 1;
  for (; number >= triples_at(songs.size(), d); ++d) number -= triples_at(songs.size(), d);
  const std::uint64_t reaches = kWindow - d + 1;
  const std::size_t reach = d + number % reaches;
  const std::size_t first = number / reaches / 2;
  const bool forward = number / reaches % 2 == 0;
  const std::size_t centre = forward ? first : first + d;

  SampledPair pair;
  pair.centre = songs[centre];
  pair.neighbour = songs[forward ? first + d : first];
  const std::size_t end = std::min(songs.size(), centre + reach + 1);
  for (std::size_t at = centre > reach ? centre - reach : 0; at < end; ++at) {
    if (at != centre) pair.context[pair.context_size++] = songs[at];
  }
  return pair;
}

struct Drawn {
  std::uint64_t triple;  // of all queues
  std::size_t number;    // of the pair
};

// All draws lie in one long sequence of triples, queue after queue; a piece of queues holds a range of it.
class Sampler {
 public:
  Sampler(const data::Queues& queues, std::span<const std::uint64_t> plays, std::size_t threads)
      : queues_(queues), plays_(plays), threads_(threads) {}

  LossSample draw() {
    LossSample sample;
    starts_.assign((queues_.size() + kQueuesInPiece - 1) / kQueuesInPiece + 1, 0);
    for_pieces([&](std::size_t piece) {
      std::uint64_t sum = 0;
      for_queues(piece, [&](std::size_t queue) { sum += triples_of(known_in(queue)); });
      starts_[piece + 1] = sum;
    });
    for (std::size_t piece = 1; piece < starts_.size(); ++piece) starts_[piece] += starts_[piece - 1];
    if (starts_.back() == 0) return sample;
    sample.pairs.resize(LossSample::kPairs);
    draw_numbers(sample);
    for_pieces([&](std::size_t piece) { find_pairs(piece, sample); });
    draw_noise(sample);
    return sample;
  }

 private:
  void for_pieces(const std::function<void(std::size_t)>& body) const {
    parallel_for(starts_.size() - 1, 1, threads_, [&](std::size_t piece, std::size_t) { body(piece); });
  }

  template <class Body>
  void for_queues(std::size_t piece, const Body& body) const {
    const std::size_t end = std::min(queues_.size(), (piece + 1) * kQueuesInPiece);
    for (std::size_t queue = piece * kQueuesInPiece; queue < end; ++queue) body(queue);
  }

  std::uint64_t known_in(std::size_t queue) const {
    std::uint64_t known = 0;
    for (const std::uint32_t song : queues_.songs(queue)) known += song < plays_.size() ? 1 : 0;
    return known;
  }

  void draw_numbers(const LossSample& sample) {
    for (std::size_t number = 0; number < sample.pairs.size(); ++number) {
      Random random(kSeed, 2 * number);
      drawn_.push_back({static_cast<std::uint64_t>(random.uniform() * static_cast<double>(starts_.back())), number});
    }
    std::ranges::sort(drawn_, {}, &Drawn::triple);
  }

  void find_pairs(std::size_t piece, LossSample& sample) const {
    auto next = std::ranges::lower_bound(drawn_, starts_[piece], {}, &Drawn::triple);
    const auto end = std::ranges::lower_bound(drawn_, starts_[piece + 1], {}, &Drawn::triple);
    std::uint64_t passed = starts_[piece];
    std::vector<std::uint32_t> known;
    for_queues(piece, [&](std::size_t queue) {
      if (next == end) return;
      const std::uint64_t here = triples_of(known_in(queue));
      if (next->triple < passed + here) {
        known.clear();
        std::ranges::copy_if(queues_.songs(queue), std::back_inserter(known),
                             [&](std::uint32_t song) { return song < plays_.size(); });
        for (; next != end && next->triple < passed + here; ++next) {
          sample.pairs[next->number] = triple(known, next->triple - passed);
        }
      }
      passed += here;
    });
  }

  void draw_noise(LossSample& sample) const {
    std::vector<double> weights;
    weights.reserve(plays_.size());
    for (const std::uint64_t count : plays_) {
      weights.push_back(std::pow(static_cast<double>(count), LossSample::kNoiseExponent));
    }
    const AliasTable table(weights);
    for (std::size_t number = 0; number < sample.pairs.size(); ++number) {
      Random random(kSeed, 2 * number + 1);
      for (std::uint32_t& song : sample.pairs[number].noise) song = table.draw(random);
    }
  }

  const data::Queues& queues_;
  std::span<const std::uint64_t> plays_;
  std::size_t threads_;
  std::vector<std::uint64_t> starts_;  // of each piece in the sequence of triples, and the end
  std::vector<Drawn> drawn_;           // in order of triples
};

// -log s(x), without overflow.
double loss_of(float x) {
  const auto wide = static_cast<double>(x);
  return std::max(-wide, 0.0) + std::log1p(std::exp(-std::abs(wide)));
}

// Computes the loss of one pair after another, on one thread.
class Judge {
 public:
  Judge(const ReadRow& vectors, const ReadRow& context, std::size_t length)
      : vectors_(vectors), context_(context), kernels_(math::best_kernels()), input_(length), scratch_(length) {}

  double skipgram(const SampledPair& pair) {
    return judge(vectors_(pair.centre, input_.data()), pair.neighbour, pair.noise);
  }

  double cbow(const SampledPair& pair) {
    std::ranges::fill(input_, 0.0F);
    for (std::size_t i = 0; i < pair.context_size; ++i) {
      kernels_.axpy(1, vectors_(pair.context[i], scratch_.data()), input_.data(), input_.size());
    }
    kernels_.scale(1 / static_cast<float>(pair.context_size), input_.data(), input_.size());
    return judge(input_.data(), pair.centre, pair.noise);
  }

 private:
  double judge(const float* input, std::uint32_t positive, std::span<const std::uint32_t> noise) {
    const auto dot = [&](std::uint32_t song) {
      return kernels_.dot(input, context_(song, scratch_.data()), input_.size());
    };
    double loss = loss_of(dot(positive));
    for (const std::uint32_t song : noise) {
      if (song != positive) loss += loss_of(-dot(song));
    }
    return loss;
  }

  const ReadRow& vectors_;
  const ReadRow& context_;
  const math::Kernels& kernels_;
  std::vector<float> input_;
  std::vector<float> scratch_;
};

}  // namespace

LossSample draw_loss_sample(const data::Queues& queues, std::span<const std::uint64_t> plays, std::size_t threads) {
  return Sampler(queues, plays, threads).draw();
}

ReadRow read_rows_of(math::MatrixView<const float> matrix) {
  return [matrix](std::uint32_t song, float*) { return matrix.row(song); };
}

ReadRow read_rows_of(math::MatrixView<const math::Bf16> matrix) {
  return [matrix](std::uint32_t song, float* scratch) {
    math::widen(matrix[song], scratch);
    return scratch;
  };
}

double mean_loss(const LossSample& sample, Architecture architecture, const ReadRow& vectors, const ReadRow& context,
                 std::size_t length, std::size_t threads) {
  if (sample.pairs.empty()) return 0;
  // Summed piece by piece, so that threads do not change the order.
  std::vector<double> sums((sample.pairs.size() + kPairsInPiece - 1) / kPairsInPiece);
  parallel_for(sample.pairs.size(), kPairsInPiece, threads, [&](std::size_t begin, std::size_t end) {
    Judge judge(vectors, context, length);
    double sum = 0;
    for (std::size_t i = begin; i < end; ++i) {
      const SampledPair& pair = sample.pairs[i];
      sum += architecture == Architecture::skipgram ? judge.skipgram(pair) : judge.cbow(pair);
    }
    sums[begin / kPairsInPiece] = sum;
  });
  double total = 0;
  for (const double sum : sums) total += sum;
  return total / static_cast<double>(sample.pairs.size());
}

}  // namespace segue::train
