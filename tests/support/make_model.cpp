// make_model MODEL [SONGS]: writes the small model of small_model.h, for tests that start from a folder.
#include <cstdio>
#include <cstdlib>
#include <exception>

#include "tests/support/small_model.h"

int main(int argc, char** argv) {
  if (argc < 2) {
    std::fputs("usage: make_model MODEL [SONGS]\n", stderr);
    return 2;
  }
  try {
    const int songs = argc > 2 ? std::atoi(argv[2]) : 24;
    segue::testing::write_small_model(argv[1], segue::testing::small_model(static_cast<std::uint32_t>(songs)));
  } catch (const std::exception& error) {
    std::fprintf(stderr, "make_model: %s\n", error.what());
    return 1;
  }
  return 0;
}
