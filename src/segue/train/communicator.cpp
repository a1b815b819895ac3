#include "segue/train/communicator.h"

#include <utility>

namespace segue::train {

std::vector<Bytes> Communicator::swap(std::span<const BytesView> parts, std::vector<Bytes> reuse) {
  const std::size_t count = ranks();
  std::vector<std::uint64_t> sizes(count);
  std::vector<BytesView> sizes_out;
  std::vector<std::span<std::byte>> in(count);
  std::vector<std::uint64_t> coming(count);
  for (std::size_t r = 0; r < count; ++r) {
    sizes[r] = parts[r].size();
    sizes_out.push_back(std::as_bytes(std::span(&sizes[r], 1)));
    in[r] = std::as_writable_bytes(std::span(&coming[r], 1));
  }
  pass(sizes_out, in);
  reuse.resize(count);
  for (std::size_t r = 0; r < count; ++r) {
    reuse[r].resize(r == rank() ? 0 : coming[r]);
    in[r] = reuse[r];
  }
  pass(parts, in);
  return reuse;
}

std::vector<Bytes> Communicator::share(BytesView mine, std::vector<Bytes> reuse) {
  return swap(std::vector<BytesView>(ranks(), mine), std::move(reuse));
}

}  // namespace segue::train
