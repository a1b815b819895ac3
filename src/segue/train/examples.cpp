#include "segue/train/examples.h"

#include <algorithm>
#include <limits>
#include <numeric>

#include "segue/base/error.h"

namespace segue::train {

Random random_stream(std::uint64_t seed, Draw purpose, std::uint64_t epoch, std::uint64_t number) {
  // 3 bits of purpose, 16 of epoch, 45 of number.
  return Random(seed, static_cast<std::uint64_t>(purpose) << 61 | epoch << 45 | number);
}

std::vector<Block> cut_into_blocks(const data::Queues& queues, std::uint64_t plays, std::uint32_t own_weight) {
  const std::size_t repeated = own_weight > 1 && queues.own() < queues.size() ? queues.own() : 0;
  std::vector<Block> blocks;
  std::uint64_t in_block = 0;
  std::size_t begin = 0;
  for (std::size_t queue = 0; queue < queues.size(); ++queue) {
    in_block += queues.songs(queue).size();
    if (in_block < plays && queue + 1 < queues.size() && queue + 1 != repeated) continue;
    blocks.push_back({begin, queue + 1});
    begin = queue + 1;
    in_block = 0;
  }
  const auto own = std::ranges::count_if(blocks, [&](const Block& block) { return block.end <= repeated; });
  for (std::uint32_t pass = 1; pass < own_weight; ++pass) {
    for (std::ptrdiff_t i = 0; i < own; ++i) blocks.push_back(blocks[static_cast<std::size_t>(i)]);
  }
  SEGUE_ASSERT(blocks.size() <= std::numeric_limits<std::uint32_t>::max());
  return blocks;
}

std::vector<std::uint32_t> block_order(std::size_t blocks, std::uint64_t seed, std::uint32_t epoch) {
  std::vector<std::uint32_t> order(blocks);
  std::iota(order.begin(), order.end(), 0U);
  Random random = random_stream(seed, Draw::block_order, epoch, 0);
  // Fisher-Yates by hand: std::shuffle differs between standard libraries.
  for (std::size_t left = blocks; left > 1; --left) {
    std::swap(order[left - 1], order[random.below(static_cast<std::uint32_t>(left))]);
  }
  return order;
}

namespace {

std::uint32_t noise_uses(const TrainOptions& options) {
  return options.negative_sharing == NegativeSharing::block ? options.negative_block : 1;
}

// The noise that an example draws or shares.
std::uint32_t noise_songs(const TrainOptions& options) {
  if (options.negative_sharing != NegativeSharing::block || options.negatives == 0) return options.negatives;
  return options.negative_pool;
}

}  // namespace

ExampleStream::ExampleStream(const data::Queues& queues, const Vocabulary& vocabulary, const TrainOptions& options,
                             std::uint32_t epoch, std::size_t block_number, Block block)
    : queues_(queues),
      vocabulary_(vocabulary),
      options_(options),
      subsampling_(random_stream(options.seed, Draw::subsampling, epoch, block_number)),
      windows_(random_stream(options.seed, Draw::windows, epoch, block_number)),
      noise_(vocabulary.noise, noise_songs(options), noise_uses(options),
             random_stream(options.seed, Draw::noise, epoch, block_number)),
      noise_per_played_(noise_songs(options) == 0
                            ? 0
                            : static_cast<float>(options.negatives) / static_cast<float>(noise_songs(options))),
      played_at_once_(options.negative_sharing == NegativeSharing::pair ? 1 : kPlayedAtOnce),
      next_queue_(block.begin),
      end_queue_(block.end) {}

bool ExampleStream::next(Example& example) {
  if (next_context_ == last_ && !open_centre()) return false;
  example.plays_before = plays_before_;
  example.inputs.clear();
  example.outputs.clear();
  example.fresh_inputs.clear();
  example.fresh_outputs.clear();
  const std::uint32_t centre = songs_[centre_];
  if (options_.architecture == Architecture::skipgram) {
    example.inputs.push_back(centre);
    example.fresh_inputs.push_back(centre);
    add_context(example.outputs, example.fresh_outputs, played_at_once_);
  } else {
    example.outputs.push_back(centre);
    example.fresh_outputs.push_back(centre);
    add_context(example.inputs, example.fresh_inputs, std::numeric_limits<std::size_t>::max());
  }
  add_noise(example);
  return true;
}

// The next songs of the window, `most` of them or all that remain.
void ExampleStream::add_context(std::vector<std::uint32_t>& songs, std::vector<std::uint32_t>& fresh,
                                std::size_t most) {
  const std::size_t left = last_ - next_context_ - (next_context_ < centre_ ? 1 : 0);
  songs.resize(std::min(left, most));
  for (std::uint32_t& song : songs) {
    if (next_context_ == centre_) ++next_context_;
    song = songs_[next_context_++];
  }
  if (next_context_ == centre_) ++next_context_;
  for (; met_ < next_context_; ++met_) fresh.push_back(songs_[met_]);
}

void ExampleStream::add_noise(Example& example) {
  const std::size_t played = example.played = example.outputs.size();
  example.noise_weight = noise_per_played_ * static_cast<float>(played);
  const auto [songs, fresh] = noise_.next();
  for (const std::uint32_t song : songs) {
    // Without a break: a few comparisons at once are cheaper than one mispredicted exit.
    bool is_played = false;
    for (std::size_t j = 0; j < played; ++j) is_played |= example.outputs[j] == song;
    if (is_played) continue;
    example.outputs.push_back(song);
    if (fresh) example.fresh_outputs.push_back(song);
  }
}

// Moves to the next centre with a context, in this queue or the next ones.
bool ExampleStream::open_centre() {
  ++centre_;
  while (centre_ >= songs_.size()) {
    if (!open_queue()) return false;
  }
  const std::size_t reach = options_.dynamic_window ? 1 + windows_.below(options_.window) : options_.window;
  first_ = centre_ > reach ? centre_ - reach : 0;
  last_ = std::min(songs_.size(), centre_ + reach + 1);
  next_context_ = first_ == centre_ ? first_ + 1 : first_;
  return true;
}

// Reads the next queue with two plays left after subsampling.
bool ExampleStream::open_queue() {
  centre_ = 0;
  met_ = 0;
  songs_.clear();
  while (songs_.size() < 2) {
    if (passes_left_ == 0) {
      if (next_queue_ == end_queue_) return false;
      queue_ = next_queue_++;
      passes_left_ = vocabulary_.passes.draw(queue_, subsampling_);
      continue;
    }
    --passes_left_;
    songs_.clear();
    plays_before_ = plays_seen_;
    for (const std::uint32_t song : queues_.songs(queue_)) {
      if (song >= vocabulary_.size) continue;
      ++plays_seen_;
      const float keep = vocabulary_.keep[song];
      if (keep < 1 && subsampling_.uniform_float() >= keep) continue;
      ++plays_kept_;
      songs_.push_back(song);
    }
  }
  return true;
}

}  // namespace segue::train
