// Lists for everybody: what to recommend to each of many listeners, and the songs most like each of many songs.
//
// Listeners are read, computed and written in blocks: while the threads compute one, the next is read and the last one
// written, so memory does not grow with their number. Every list is that of the single command, to the bit, and the
// order is that of the source, so the output depends neither on the number of threads nor on where a run was resumed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <stop_token>
#include <vector>

#include "segue/base/progress.h"
#include "segue/index/row_set.h"
#include "segue/model/model.h"
#include "segue/pipeline/histories.h"
#include "segue/pipeline/list_output.h"
#include "segue/recommend/interests.h"
#include "segue/recommend/options.h"
#include "segue/recommend/recommender.h"
#include "segue/recommend/rerank_options.h"
#include "segue/recommend/similar.h"

namespace segue::pipeline {

// What is recommended to everybody: the arguments of recommend::Recommender::recommend(). `options.threads` lists are
// made at once (0: as many as there are cores), each on one thread.
struct RecommendToAll {
  recommend::RecommendOptions options;
  recommend::RerankOptions list;
  std::uint32_t interests = 1;
  std::span<const data::SongRow> disliked = {};
  std::span<const data::SongRow> excluded = {};
  const index::RowSet* keeps = nullptr;
};

// A list of each history, in order; empty for one without a song that the model knows, and where the songs have no
// direction. Thread safe.
std::vector<MadeList> recommend_lists(const recommend::Recommender& recommender, const model::Model& model,
                                      std::span<const ListenerHistory> histories, const RecommendToAll& wanted);

// The songs most like each: recommend::similar_songs() of the first song of each history.
std::vector<MadeList> similar_lists(const model::Model& model, std::span<const ListenerHistory> seeds,
                                    const recommend::SimilarOptions& options, const index::RowSet* keeps);

// Makes the lists of all listeners of `source` behind those that `output` already has, and finishes the output. Call
// Model::code_vectors(index::WalkChoice::as_without_codes) first: it makes most searches several times as fast.
// Throws what source and output throw, and interrupted: whole parts of a folder stay.
ListCounts recommend_to_all(const model::Model& model, HistorySource& source, const RecommendToAll& wanted,
                            ListOutput& output, Progress& progress, const std::stop_token& stop);
ListCounts similar_to_all(const model::Model& model, HistorySource& source, const recommend::SimilarOptions& options,
                          const index::RowSet* keeps, ListOutput& output, Progress& progress,
                          const std::stop_token& stop);

// All that decides what the lists are, except the input. Values are texts, so that they read back as they are.
ListPlan plan_of(const model::Model& model, const RecommendToAll& wanted, const ListTableOptions& table);
ListPlan plan_of(const model::Model& model, const recommend::SimilarOptions& options, const index::RowSet* keeps,
                 const ListTableOptions& table);

}  // namespace segue::pipeline
