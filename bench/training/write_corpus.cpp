// Writes generated listens for other trainers: FOLDER/train.txt and FOLDER/held_out.txt, a line a session.
//
//   write_corpus folder=/tmp/corpus held_out=30000 [OPTION=VALUE...]
//
// Options are those of bench/support/corpus.h. The held-out sessions are the last ones and are not in train.txt.

#include <cstdio>
#include <filesystem>
#include <string>

#include "bench/support/arguments.h"
#include "bench/support/corpus.h"

namespace segue {

struct WriteOptions {
  std::string folder = ".";
  std::uint64_t held_out = 0;
};

template <>
struct OptionsOf<WriteOptions> {
  static constexpr std::string_view section = "write";
  static constexpr std::array rows = {
      option<&WriteOptions::folder>("folder", "Where to write"),
      option<&WriteOptions::held_out>("held_out", "Sessions kept out of training", at_least(0)),
  };
};
SEGUE_CHECK_OPTIONS(WriteOptions);

namespace {

void run(std::span<char*> arguments) {
  WriteOptions write;
  CorpusOptions generate;
  set_options(arguments, write, generate);
  Corpus corpus = generate_corpus(generate);
  const auto held_out = hold_out(corpus, write.held_out);
  std::filesystem::create_directories(write.folder);
  write_text(corpus.queues, std::filesystem::path(write.folder) / "train.txt");
  write_text(held_out, std::filesystem::path(write.folder) / "held_out.txt");
}

}  // namespace
}  // namespace segue

int main(int argc, char** argv) {
  return segue::run_benchmark(argc, argv, segue::run);
}
