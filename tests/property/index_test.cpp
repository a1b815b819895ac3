// Laws of every search, whatever the method and the filter.
#include <algorithm>
#include <set>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "segue/index/song_index.h"

#include "tests/support/clustered.h"

namespace segue {
namespace {

constexpr std::uint32_t kRows = 3000;

const testing::Clustered& vectors() {
  static const testing::Clustered made(kRows, 16, 40);
  return made;
}

const index::GraphIndex& graph() {
  static const index::GraphIndex made = [] {
    NoProgress progress;
    return index::GraphIndex::build(vectors().matrix.view(), vectors().inverse_norms, {.threads = 1}, progress, {});
  }();
  return made;
}

const index::CodedRows& codes() {
  static const index::CodedRows made(vectors().matrix.view(), vectors().inverse_norms, 1);
  return made;
}

index::SongIndex song_index(bool coded) {
  return {vectors().matrix.view(), vectors().inverse_norms, &graph(), index::kSearchWidth, coded ? &codes() : nullptr};
}

struct Request {
  std::vector<float> query;
  std::size_t k = 0;
  index::RowSet keeps{kRows};
  bool filters = false;
  std::vector<std::uint32_t> excluded;
  index::SearchOptions options;
  bool coded = false;

  index::SearchFilter filter() const { return {excluded, filters ? &keeps : nullptr}; }
  bool keeps_row(std::uint32_t row) const {
    return vectors().inverse_norms[row] > 0 && (!filters || keeps.contains(row)) &&
           std::ranges::find(excluded, row) == excluded.end();
  }
  std::size_t kept() const {
    std::size_t count = 0;
    for (std::uint32_t row = 0; row < kRows; ++row) count += keeps_row(row) ? 1 : 0;
    return count;
  }
};

Request some_request() {
  Request request;
  std::uint32_t row = *rc::gen::inRange(0U, kRows);
  if (vectors().inverse_norms[row] == 0) ++row;
  request.query = vectors().unit(row);
  request.k = *rc::gen::element<std::size_t>(0, 1, 3, 10, 40, 500, kRows + 5);
  request.filters = *rc::gen::arbitrary<bool>();
  // Many, few and almost no rows, anywhere or all in one cluster, which a walk from elsewhere hardly reaches.
  const std::uint32_t step = *rc::gen::element(1U, 2U, 7U, 40U, 100U, 1000U);
  for (std::uint32_t one = row % step; one < kRows; one += step) request.keeps.insert(one);
  request.excluded = *rc::gen::container<std::vector<std::uint32_t>>(rc::gen::inRange(0U, kRows));
  request.excluded.push_back(row);
  request.options.method =
      *rc::gen::element(index::SearchMethod::automatic, index::SearchMethod::exact, index::SearchMethod::graph);
  request.options.width = *rc::gen::element<std::size_t>(1, 16, 64, 300);
  request.options.threads = *rc::gen::inRange(1U, 3U);
  request.coded = *rc::gen::arbitrary<bool>();
  return request;
}

RC_GTEST_PROP(Search, gives_k_distinct_kept_rows_sorted_with_their_cosines, ()) {
  const Request request = some_request();
  const auto found = song_index(request.coded).search(request.query, request.k, request.filter(), request.options);
  RC_ASSERT(found.size() == std::min(request.k, request.kept()));
  std::set<std::uint32_t> seen;
  for (std::size_t i = 0; i < found.size(); ++i) {
    RC_ASSERT(request.keeps_row(found[i].row));
    RC_ASSERT(seen.insert(found[i].row).second);
    RC_ASSERT((i == 0 || math::is_better(found[i - 1], found[i])));
    float cosine = 0;
    for (std::size_t c = 0; c < request.query.size(); ++c) {
      cosine += request.query[c] * vectors().unit(found[i].row)[c];
    }
    RC_ASSERT(std::abs(cosine - found[i].score) < 1e-5F);
  }
}

RC_GTEST_PROP(Search, gives_the_same_again, ()) {
  const Request request = some_request();
  RC_ASSERT(song_index(request.coded).search(request.query, request.k, request.filter(), request.options) ==
            song_index(request.coded).search(request.query, request.k, request.filter(), request.options));
}

RC_GTEST_PROP(Search, is_the_same_with_and_without_codes_if_exact, ()) {
  Request request = some_request();
  request.options.method = index::SearchMethod::exact;
  RC_ASSERT(song_index(true).search(request.query, request.k, request.filter(), request.options) ==
            song_index(false).search(request.query, request.k, request.filter(), request.options));
}

RC_GTEST_PROP(Search, is_nearly_exact_by_the_graph, ()) {
  Request request = some_request();
  request.k = 10;
  request.options = {.method = index::SearchMethod::graph, .width = 100};
  const auto found = song_index(request.coded).search(request.query, request.k, request.filter(), request.options);
  request.options.method = index::SearchMethod::exact;
  const auto exact = song_index(request.coded).search(request.query, request.k, request.filter(), request.options);
  RC_ASSERT(found.size() == exact.size());
  std::size_t hits = 0;
  for (const math::ScoredRow& one : found)
    hits += std::ranges::count(exact, one.row, &math::ScoredRow::row) > 0 ? 1 : 0;
  RC_ASSERT(hits + 3 >= exact.size());
}

TEST(Search, chooses_the_width_it_needs) {
  const auto choose = [](double wanted) {
    return index::choose_width(graph(), vectors().matrix.view(), vectors().inverse_norms, 10, wanted, 2, {});
  };
  const index::GraphRecall some = choose(0.5);
  const index::GraphRecall nearly_all = choose(0.99);
  EXPECT_GE(some.recall, 0.5);
  EXPECT_GE(nearly_all.recall, 0.99);
  EXPECT_LE(nearly_all.recall, 1.0);
  EXPECT_LE(some.width, nearly_all.width);
  EXPECT_GT(some.songs, 200U);
}

}  // namespace
}  // namespace segue
