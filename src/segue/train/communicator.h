// What the ranks of one training run say to each other. A rank is a process with a part of the plays; all have all
// rows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace segue::train {

using Bytes = std::vector<std::byte>;

// Every rank makes the same calls in the same order, from one thread at a time.
class Communicator {
 public:
  virtual ~Communicator() = default;

  virtual std::size_t rank() const = 0;   // < ranks()
  virtual std::size_t ranks() const = 0;  // at least 1

  // Hands parts[r] to rank r, and returns what each rank had for this one; a rank's part for itself comes back as it
  // was. REQUIRES: parts.size() == ranks(). Throws unavailable, naming the rank, if one has ended or is silent.
  virtual std::vector<Bytes> swap(std::vector<Bytes> parts) = 0;

  // Hands `mine` to every rank, and returns what each handed out, by rank.
  std::vector<Bytes> share(const Bytes& mine) { return swap(std::vector<Bytes>(ranks(), mine)); }
};

// Of a run, as this rank saw it.
struct ExchangeReport {
  std::uint64_t exchanges = 0;
  std::uint64_t bytes_sent = 0;  // to other ranks
  double seconds = 0;            // that exchanges took, of which
  double seconds_waited = 0;     // those in which this rank could not train
};

}  // namespace segue::train
