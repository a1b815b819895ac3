#include "bench/support/corpus.h"

#include <algorithm>
#include <cmath>
#include <fstream>
#include <numeric>

#include "segue/base/random.h"
#include "segue/train/alias_table.h"

namespace segue {

namespace {

struct Cluster {
  std::vector<std::uint32_t> songs;
  train::AliasTable popularity;
};

std::vector<Cluster> make_clusters(const CorpusOptions& options) {
  std::vector<Cluster> clusters(options.clusters);
  for (std::uint32_t song = 0; song < options.songs; ++song) clusters[song % options.clusters].songs.push_back(song);
  for (Cluster& cluster : clusters) {
    std::vector<double> weights;
    for (const std::uint32_t song : cluster.songs) weights.push_back(std::pow(song + 1.0, -options.zipf));
    if (!weights.empty()) cluster.popularity = train::AliasTable(weights);
  }
  std::erase_if(clusters, [](const Cluster& cluster) { return cluster.songs.empty(); });
  // Song i and song i + clusters share a cluster: without this shuffle neighbouring clusters would be equally popular.
  Random random(options.corpus_seed, ~std::uint64_t{0});
  for (std::size_t left = clusters.size(); left > 1; --left) {
    std::swap(clusters[left - 1], clusters[random.below(static_cast<std::uint32_t>(left))]);
  }
  return clusters;
}

std::vector<std::uint32_t> make_session(const std::vector<Cluster>& clusters, const CorpusOptions& options,
                                        Random& random) {
  const auto count = static_cast<std::uint32_t>(clusters.size());
  std::uint32_t at = random.below(count);
  std::vector<std::uint32_t> songs(5 + random.below(56));
  for (std::uint32_t& song : songs) {
    song = clusters[at].songs[clusters[at].popularity.draw(random)];
    if (random.uniform() < options.drift) at = (at + (random.below(2) == 0 ? 1 : count - 1)) % count;
  }
  return songs;
}

// Renumbers the songs, the most played first; those never played come last.
void sort_by_plays(Corpus& corpus) {
  std::vector<std::uint32_t> order(corpus.plays.size());
  std::iota(order.begin(), order.end(), 0U);
  std::ranges::stable_sort(order, [&](std::uint32_t a, std::uint32_t b) { return corpus.plays[a] > corpus.plays[b]; });
  std::vector<std::uint32_t> row_of(order.size());
  Corpus sorted;
  for (const std::uint32_t song : order) {
    row_of[song] = static_cast<std::uint32_t>(sorted.plays.size());
    sorted.plays.push_back(corpus.plays[song]);
    sorted.clusters.push_back(corpus.clusters[song]);
  }
  for (auto& queue : corpus.queues) {
    for (std::uint32_t& song : queue) song = row_of[song];
  }
  corpus.plays = std::move(sorted.plays);
  corpus.clusters = std::move(sorted.clusters);
}

}  // namespace

Corpus generate_corpus(const CorpusOptions& options) {
  const std::vector<Cluster> clusters = make_clusters(options);
  Corpus corpus;
  corpus.plays.resize(options.songs);
  corpus.clusters.resize(options.songs);
  for (std::uint32_t c = 0; c < clusters.size(); ++c) {
    for (const std::uint32_t song : clusters[c].songs) corpus.clusters[song] = c;
  }
  Random random(options.corpus_seed);
  for (std::uint64_t played = 0; played < options.plays; played += corpus.queues.back().size()) {
    corpus.queues.push_back(make_session(clusters, options, random));
    for (const std::uint32_t song : corpus.queues.back()) ++corpus.plays[song];
  }
  sort_by_plays(corpus);
  return corpus;
}

Sessions hold_out(Corpus& corpus, std::uint64_t count) {
  const auto first = corpus.queues.end() - static_cast<std::ptrdiff_t>(std::min(count, corpus.queues.size() / 2));
  Sessions held_out(first, corpus.queues.end());
  corpus.queues.erase(first, corpus.queues.end());
  return held_out;
}

void write_text(const Sessions& sessions, const std::filesystem::path& file) {
  std::ofstream out(file);
  for (const auto& queue : sessions) {
    for (std::size_t i = 0; i < queue.size(); ++i) out << (i == 0 ? "" : " ") << queue[i];
    out << '\n';
  }
  if (!out.flush()) fail(ErrorCode::io_failed, "{}: could not be written", file.string());
}

}  // namespace segue
