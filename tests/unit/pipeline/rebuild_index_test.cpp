#include "segue/pipeline/rebuild_index.h"

#include <gtest/gtest.h>

#include "segue/base/manifest.h"
#include "segue/model/model.h"

#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::pipeline {
namespace {

TEST(RebuildIndex, adds_a_graph_to_the_model_and_removes_it) {
  const testing::Scratch scratch;
  const auto folder = scratch / "m";
  testing::write_small_model(folder, testing::small_model());
  NoProgress progress;
  const json::object graph = rebuild_index(folder, {.options = {.index = index::SearchMethod::graph}}, progress, {});
  EXPECT_EQ(graph.at("kind"), "graph");
  const model::Model with_graph(folder);
  EXPECT_EQ(with_graph.manifest().fields.at("index").at("search_width"), graph.at("search_width"));
  EXPECT_NE(with_graph.index().graph(), nullptr);
  const json::object exact = rebuild_index(folder, {.options = {.index = index::SearchMethod::exact}}, progress, {});
  EXPECT_EQ(exact.at("kind"), "exact");
  EXPECT_EQ(model::Model(folder).index().graph(), nullptr);
}

}  // namespace
}  // namespace segue::pipeline
