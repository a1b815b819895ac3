// Generated listens: songs in clusters, sessions that drift from one cluster to the next.
//
// Cluster c lies between c-1 and c+1 on a ring, as genres do. A session starts in a cluster, moves to a neighbouring
// one after some songs, and plays each song by its popularity (Zipf's law) among those of the cluster. So the right
// neighbours are known, and the most popular songs are played a hundred thousand times more often than the rarest.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string_view>
#include <vector>

#include "segue/base/options.h"

namespace segue {

struct CorpusOptions {
  std::uint32_t songs = 200'000;
  std::uint32_t clusters = 500;
  std::uint64_t plays = 20'000'000;
  double zipf = 1.0;
  double drift = 0.1;
  std::uint64_t corpus_seed = 1;
};

template <>
struct OptionsOf<CorpusOptions> {
  static constexpr std::string_view section = "corpus";
  static constexpr std::array rows = {
      option<&CorpusOptions::songs>("songs", "Songs to play from", between(1, 4e9)),
      option<&CorpusOptions::clusters>("clusters", "Clusters they belong to", between(1, 1e6)),
      option<&CorpusOptions::plays>("plays", "Plays in all sessions, at least", at_least(1)),
      option<&CorpusOptions::zipf>("zipf", "A song's popularity is its rank to minus this power", between(0, 3)),
      option<&CorpusOptions::drift>("drift", "Chance to move to a neighbouring cluster after a song", between(0, 1)),
      option<&CorpusOptions::corpus_seed>("corpus_seed", "Start of its random numbers", at_least(0)),
  };
};
SEGUE_CHECK_OPTIONS(CorpusOptions);

using Sessions = std::vector<std::vector<std::uint32_t>>;

struct Corpus {
  Sessions queues;                      // sessions of 5 to 60 songs
  std::vector<std::uint64_t> plays;     // of song i, in descending order
  std::vector<std::uint32_t> clusters;  // of song i
};

Corpus generate_corpus(const CorpusOptions& options);

// Takes the last `count` sessions out of the corpus, at most half of them. plays still counts them.
Sessions hold_out(Corpus& corpus, std::uint64_t count);

// A line a session, songs as numbers with a space between: what word2vec.c, fastText and gensim read.
void write_text(const Sessions& sessions, const std::filesystem::path& file);

}  // namespace segue
