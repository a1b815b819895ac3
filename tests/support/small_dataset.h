// Small datasets for evaluation, written to disk and opened.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "segue/data/dataset/dataset.h"

#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::testing {

// Song i has id "s<i>" and artist "a<i / 2>"; queue i belongs to users[i] and starts i hours after 1970.
inline data::Dataset small_dataset(const Scratch& scratch, const std::vector<std::vector<std::uint32_t>>& queues,
                                   const std::vector<std::string>& users) {
  std::vector<data::SongRecord> songs;
  for (const auto& queue : queues) {
    for (const std::uint32_t song : queue) {
      while (songs.size() <= song) {
        const std::size_t number = songs.size();
        songs.push_back({"s" + std::to_string(number), "", "a" + std::to_string(number / 2), "", {}, 0});
      }
      ++songs[song].plays;
    }
  }
  write_small_dataset(scratch / "d", songs, queues, users);
  return data::open_dataset(scratch / "d");
}

// `count` users go round a circle of twelve songs, one song at a time.
inline data::Dataset circle_dataset(const Scratch& scratch, std::uint32_t count) {
  std::vector<std::vector<std::uint32_t>> queues;
  std::vector<std::string> users;
  for (std::uint32_t i = 0; i < count; ++i) {
    std::vector<std::uint32_t>& queue = queues.emplace_back();
    for (std::uint32_t place = 0; place < 6 + i % 5; ++place) queue.push_back((i * 7 + place) % 12);
    users.push_back("u" + std::to_string(i));
  }
  return small_dataset(scratch, queues, users);
}

}  // namespace segue::testing
