// Where ranks learn each other's addresses: they all come to rank 0, which hands what each brought to all.
//
// That is all a meeting is for. It takes one connection to rank 0 each; connect.h then connects every two ranks.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>
#include <vector>

#include "segue/base/file.h"
#include "segue/ranks/launch.h"

namespace segue::ranks {

class Meeting {
 public:
  // Returns when all ranks are there. REQUIRES: !launch.alone(). Throws unavailable, naming the ranks that are missing,
  // if that takes longer than `timeout`; wrong_use if two processes have the same rank or another WORLD_SIZE.
  Meeting(const Launch& launch, std::chrono::milliseconds timeout);

  // The numeric address at which other ranks reach this one.
  const std::string& address() const { return address_; }

  // What each rank brought, by rank. All ranks make this call. Throws unavailable.
  std::vector<std::vector<char>> share(const std::vector<char>& mine);

 private:
  void await_others(const Launch& launch);
  void go_to(const Launch& launch);

  std::chrono::steady_clock::time_point deadline_;
  std::size_t rank_;
  std::string address_;
  std::vector<FileHandle> others_;  // at rank 0: of the rank i + 1; elsewhere one, of rank 0
};

}  // namespace segue::ranks
