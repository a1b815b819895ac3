#include "segue/pipeline/make_lists.h"

#include <string>
#include <utility>

#include "segue/base/digest.h"
#include "segue/base/error.h"
#include "segue/base/manifest.h"
#include "segue/base/options.h"
#include "segue/base/parallel.h"
#include "segue/pipeline/blocks.h"
#include "segue/recommend/explain.h"
#include "segue/recommend/similar.h"

namespace segue::pipeline {

namespace {

// A list takes a tenth of a millisecond or more.
constexpr std::size_t kListsAtOnce = 8;

using Block = std::vector<MadeList>;

// Makes one list after another, on several threads. A history without a direction has an empty list, as one command
// after another would have failed for it alone.
Block lists_of(std::span<const ListenerHistory> histories, std::size_t threads,
               const std::function<std::vector<ListedSong>(const ListenerHistory& history)>& list_of) {
  Block lists(histories.size());
  parallel_for(lists.size(), kListsAtOnce, thread_count(threads), [&](std::size_t begin, std::size_t end) {
    for (std::size_t i = begin; i < end; ++i) {
      MadeList& list = lists[i];
      list.key = histories[i].user;
      list.unknown_plays = histories[i].unknown_plays;
      list.known = !histories[i].songs.empty();
      if (!list.known) continue;
      try {
        list.songs = list_of(histories[i]);
      } catch (const Error& error) {
        if (error.code() != ErrorCode::bad_input) throw;
      }
    }
  });
  return lists;
}

ListCounts make_lists(HistorySource& source, const char* what,
                      const std::function<Block(std::vector<ListenerHistory>&& block)>& compute, ListOutput& output,
                      Progress& progress, const std::stop_token& stop) {
  if (output.complete()) return output.counts();
  in_blocks<Block>(
      source, output.resumed_lists(), what,
      output.resumable() ? "the same command resumes after the last whole part" : "nothing was written", compute,
      [&](Block&& lists) {
        for (const MadeList& list : lists) output.add(list);
      },
      progress, stop);
  output.finish();
  return output.counts();
}

// Rows in the order that the caller gives them.
std::string digest_of_rows(std::span<const data::SongRow> rows) {
  return rows.empty() ? "" : sha256_of(std::as_bytes(rows));
}

std::string digest_of(const index::RowSet* rows) {
  std::vector<data::SongRow> members;
  if (rows == nullptr) return "all";
  rows->for_each(0, rows->rows(), [&](std::uint32_t row) { members.push_back(row); });
  return sha256_of(std::as_bytes(std::span(members)));
}

template <class Options>
void add_options(ListPlan& plan, const Options& options) {
  for (const OptionRow& row : rows_of<Options>()) {
    if (row.name != "threads") plan[row.name] = row.text(&options);
  }
}

ListPlan plan_of_model(const model::Model& model, const index::RowSet* keeps, const ListTableOptions& table) {
  ListPlan plan = {{"model", model.manifest().digest}, {"songs", digest_of(keeps)}};
  add_options(plan, table);
  return plan;
}

}  // namespace

std::vector<MadeList> recommend_lists(const recommend::Recommender& recommender, const model::Model& model,
                                      std::span<const ListenerHistory> histories, const RecommendToAll& wanted) {
  recommend::RecommendOptions options = wanted.options;
  options.threads = 1;
  const auto name = [&](data::SongRow row) { return model.songs().song(row).display(); };
  return lists_of(histories, wanted.options.threads, [&](const ListenerHistory& history) {
    const recommend::Listener listener{
        .played = history.songs, .disliked = wanted.disliked, .excluded = wanted.excluded, .keeps = wanted.keeps};
    std::vector<ListedSong> songs;
    for (const recommend::Recommendation& one :
         recommender.recommend(listener, options, wanted.list, wanted.interests).items) {
      songs.push_back({one.song, one.score, one.reasons ? recommend::sentence_of(*one.reasons, name) : ""});
    }
    return songs;
  });
}

std::vector<MadeList> similar_lists(const model::Model& model, std::span<const ListenerHistory> seeds,
                                    const recommend::SimilarOptions& options, const index::RowSet* keeps) {
  recommend::SimilarOptions single = options;
  single.threads = 1;
  return lists_of(seeds, options.threads, [&](const ListenerHistory& seed) {
    std::vector<ListedSong> songs;
    for (const math::ScoredRow& one :
         recommend::similar_songs(model, std::span(seed.songs).first(1), {}, single, keeps)) {
      songs.push_back({one.row, one.score, ""});
    }
    return songs;
  });
}

ListCounts recommend_to_all(const model::Model& model, HistorySource& source, const RecommendToAll& wanted,
                            ListOutput& output, Progress& progress, const std::stop_token& stop) {
  const recommend::Recommender recommender(model);
  return make_lists(
      source, "recommend",
      [&](std::vector<ListenerHistory>&& block) { return recommend_lists(recommender, model, block, wanted); }, output,
      progress, stop);
}

ListCounts similar_to_all(const model::Model& model, HistorySource& source, const recommend::SimilarOptions& options,
                          const index::RowSet* keeps, ListOutput& output, Progress& progress,
                          const std::stop_token& stop) {
  return make_lists(
      source, "similar",
      [&](std::vector<ListenerHistory>&& block) { return similar_lists(model, block, options, keeps); }, output,
      progress, stop);
}

ListPlan plan_of(const model::Model& model, const RecommendToAll& wanted, const ListTableOptions& table) {
  ListPlan plan = plan_of_model(model, wanted.keeps, table);
  add_options(plan, wanted.options);
  add_options(plan, wanted.list);
  plan["interests"] = std::to_string(wanted.interests);
  plan["disliked"] = "of " + digest_of_rows(wanted.disliked) + " and " + digest_of_rows(wanted.excluded);
  return plan;
}

ListPlan plan_of(const model::Model& model, const recommend::SimilarOptions& options, const index::RowSet* keeps,
                 const ListTableOptions& table) {
  ListPlan plan = plan_of_model(model, keeps, table);
  add_options(plan, options);
  return plan;
}

}  // namespace segue::pipeline
