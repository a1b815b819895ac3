#include "segue/store/group_commit.h"

#include <algorithm>
#include <new>
#include <string>
#include <thread>

#include <gtest/gtest.h>

#include "segue/base/error.h"

#include "tests/support/expect_error.h"

namespace segue::store {
namespace {

std::vector<StoredListen> listens_of(const std::string& user) {
  std::vector<StoredListen> listens(1);
  listens[0].user = user;
  return listens;
}

// Commits unless an addition is by "bad", and delays the first commit until `others` additions wait.
class HeldCommit {
 public:
  explicit HeldCommit(std::size_t others) : others_(others) {}

  void operator()(std::span<Addition* const> additions) {
    if (!held_) {
      held_ = true;
      while (queue.waiting() < others_ + 1) std::this_thread::yield();
      EXPECT_EQ(queue.waiting(), others_ + 1);  // the one being committed counts
    }
    sizes.push_back(additions.size());
    for (Addition* const addition : additions) {
      const std::string& user = addition->listens[0].user;
      if (user == "bad") fail(ErrorCode::bad_input, "bad listen");
      if (user == "memory") throw std::bad_alloc();
      if (user == "away") fail(ErrorCode::unavailable, "away");
      addition->added.added = addition->listens.size();
    }
  }

  GroupCommit queue{[this](std::span<Addition* const> additions) { (*this)(additions); }};
  std::vector<std::size_t> sizes;  // of the groups, in order

 private:
  std::size_t others_;
  bool held_ = false;
};

TEST(GroupCommit, commits_waiting_additions_together) {
  HeldCommit commit(5);
  std::vector<std::jthread> threads;
  for (int i = 0; i < 6; ++i) {
    threads.emplace_back([&commit] { EXPECT_EQ(commit.queue.add(listens_of("ann")).added, 1U); });
  }
  threads.clear();
  EXPECT_EQ(commit.sizes, (std::vector<std::size_t>{1, 5}));
  EXPECT_EQ(commit.queue.waiting(), 0U);
}

TEST(GroupCommit, refuses_only_the_bad_addition) {
  HeldCommit commit(4);
  std::vector<std::jthread> threads;
  threads.emplace_back([&commit] { EXPECT_EQ(commit.queue.add(listens_of("ann")).added, 1U); });
  while (commit.queue.waiting() == 0) std::this_thread::yield();
  threads.emplace_back([&commit] { EXPECT_ERROR(commit.queue.add(listens_of("bad")), ErrorCode::bad_input, "bad"); });
  threads.emplace_back(
      [&commit] { EXPECT_ERROR(commit.queue.add(listens_of("memory")), ErrorCode::no_space, "memory"); });
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back([&commit] { EXPECT_EQ(commit.queue.add(listens_of("bob")).added, 1U); });
  }
  threads.clear();
  EXPECT_EQ(commit.sizes, (std::vector<std::size_t>{1, 4, 1, 1, 1, 1}));
  EXPECT_EQ(commit.queue.add(listens_of("ann")).added, 1U);  // still works
}

TEST(GroupCommit, fails_as_a_whole_if_the_store_is_unavailable) {
  HeldCommit commit(3);
  std::vector<std::jthread> threads;
  threads.emplace_back([&commit] { EXPECT_EQ(commit.queue.add(listens_of("ann")).added, 1U); });
  while (commit.queue.waiting() == 0) std::this_thread::yield();
  threads.emplace_back(
      [&commit] { EXPECT_ERROR(commit.queue.add(listens_of("away")), ErrorCode::unavailable, "away"); });
  while (commit.queue.waiting() == 1) std::this_thread::yield();
  for (int i = 0; i < 2; ++i) {
    threads.emplace_back(
        [&commit] { EXPECT_ERROR(commit.queue.add(listens_of("bob")), ErrorCode::unavailable, "away"); });
  }
  threads.clear();
  EXPECT_EQ(commit.sizes, (std::vector<std::size_t>{1, 3}));
}

}  // namespace
}  // namespace segue::store
