// transitions.arrow as the first versions wrote it, one row a song:
//   neighbours list<uint32>, forward list<float>, backward list<float>, counts list<uint32>
// The four lists of a row have the same length; the strongest neighbour comes first.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "segue/base/file.h"
#include "segue/transitions/transitions.h"

namespace segue::transitions {

// A mapped file of this kind. Thread safe.
class PlainLists {
 public:
  // Whether the file is one. Throws corrupt if it is no table at all.
  static bool is_plain(const MappedFile& file);
  explicit PlainLists(const MappedFile& file);  // throws corrupt
  PlainLists(PlainLists&&) noexcept;
  PlainLists& operator=(PlainLists&&) noexcept;
  ~PlainLists();

  std::size_t rows() const;
  // All REQUIRE: song < rows(), and has_equal_lengths() of it.
  bool has_equal_lengths(std::uint32_t song) const;
  TransitionsOf of(std::uint32_t song) const;
  std::optional<Transition> find(std::uint32_t song, std::uint32_t neighbour) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace segue::transitions
