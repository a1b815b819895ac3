// What the ranks of one training run say to each other.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace segue::train {

using Bytes = std::vector<std::byte>;
using BytesView = std::span<const std::byte>;

// Every rank makes the same calls in the same order, from one thread at a time.
class Communicator {
 public:
  virtual ~Communicator() = default;

  virtual std::size_t rank() const = 0;   // < ranks()
  virtual std::size_t ranks() const = 0;  // at least 1

  // Hands out[r] to rank r, and fills in[r] with what rank r had for this one; the rank's own entries are left alone.
  // REQUIRES: a span for each rank, and in[r] has the size of what rank r hands over. Throws unavailable, naming the
  // rank, if one has ended or is silent.
  virtual void pass(std::span<const BytesView> out, std::span<const std::span<std::byte>> in) = 0;

  // The same where nobody knows the sizes. `reuse`, of an earlier call, gives its memory back. The rank's own entry
  // comes back empty.
  std::vector<Bytes> swap(std::span<const BytesView> parts, std::vector<Bytes> reuse = {});

  // Hands `mine` to every rank, and returns what each handed out, by rank; the rank's own entry comes back empty.
  std::vector<Bytes> share(BytesView mine, std::vector<Bytes> reuse = {});
};

// The same with the rank's own entry, for a value of a fixed size.
template <class Value>
std::vector<Value> share_value(Communicator& ranks, const Value& mine) {
  std::vector<Value> of_ranks(ranks.ranks(), mine);
  std::vector<std::span<std::byte>> in;
  for (Value& value : of_ranks) in.push_back(std::as_writable_bytes(std::span(&value, 1)));
  ranks.pass(std::vector<BytesView>(ranks.ranks(), std::as_bytes(std::span(&mine, 1))), in);
  return of_ranks;
}

// Of a run, as this rank saw it.
struct ExchangeReport {
  std::uint64_t exchanges = 0;
  std::uint64_t bytes_sent = 0;  // to other ranks
  double seconds = 0;            // that exchanges took, of which
  double seconds_waited = 0;     // those in which this rank could not train
};

}  // namespace segue::train
