// Lists of many listeners are those of each alone, to the bit, whatever is asked for.
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "segue/pipeline/make_lists.h"
#include "segue/recommend/explain.h"

#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue {
namespace {

constexpr std::uint32_t kManySongs = 60;

// Some songs have no vector. `coded`: as the command line prepares it.
const model::Model& many_model(bool coded) {
  static const testing::Scratch folder;
  const auto make = [](bool is_coded) {
    testing::SmallModel small = testing::small_model(kManySongs, 13);
    for (const std::uint32_t song : {7U, 8U}) std::ranges::fill(small.trained.vectors.view()[song], 0.0F);
    const std::string name = is_coded ? "coded" : "plain";
    testing::write_small_model(folder / name, small);
    model::Model model(folder / name);
    if (is_coded) model.code_vectors(index::WalkChoice::as_without_codes);
    return model;
  };
  static const model::Model plain = make(false);
  static const model::Model with_codes = make(true);
  return coded ? with_codes : plain;
}

std::vector<data::SongRow> any_rows() {
  return *rc::gen::container<std::vector<data::SongRow>>(rc::gen::inRange(0U, kManySongs));
}

std::vector<pipeline::ListenerHistory> any_histories() {
  std::vector<pipeline::ListenerHistory> histories(*rc::gen::inRange<std::size_t>(0, 20));
  for (std::size_t i = 0; i < histories.size(); ++i) {
    histories[i].user = std::to_string(i);
    histories[i].songs = any_rows();
  }
  return histories;
}

RC_GTEST_PROP(ManyLists, are_those_of_each_listener_alone, ()) {
  const std::vector<pipeline::ListenerHistory> histories = any_histories();
  const std::vector<data::SongRow> disliked = *rc::gen::arbitrary<bool>() ? any_rows() : std::vector<data::SongRow>();
  std::optional<index::RowSet> keeps;
  if (*rc::gen::arbitrary<bool>()) {
    keeps.emplace(kManySongs);
    for (const data::SongRow row : any_rows()) keeps->insert(row);
  }
  pipeline::RecommendToAll wanted{.options = {}, .list = {}, .disliked = disliked, .excluded = disliked};
  wanted.keeps = keeps ? &*keeps : nullptr;
  wanted.options = {
      .k = *rc::gen::inRange(1U, kManySongs),
      .by = *rc::gen::element(recommend::RecommendBy::blend, recommend::RecommendBy::vectors,
                              recommend::RecommendBy::transitions),
      .half_life = *rc::gen::element(0.0, 3.0),
      .explain = *rc::gen::arbitrary<bool>(),
      .threads = *rc::gen::inRange(0U, 4U),
  };
  wanted.list.mode =
      *rc::gen::element(recommend::ListMode::discover, recommend::ListMode::any, recommend::ListMode::rediscover);
  wanted.list.diversity = *rc::gen::element(0.0, 0.4);
  wanted.list.surprise = *rc::gen::element(0.0, 0.5);
  wanted.interests = *rc::gen::element(1U, 3U, recommend::kAutoInterests);

  const model::Model& coded = many_model(true);
  const recommend::Recommender for_many(coded);
  const std::vector<pipeline::MadeList> lists = pipeline::recommend_lists(for_many, coded, histories, wanted);
  RC_ASSERT(lists.size() == histories.size());

  const model::Model& plain = many_model(false);
  const recommend::Recommender for_one(plain);
  const auto name = [&](data::SongRow row) { return plain.songs().song(row).display(); };
  for (std::size_t i = 0; i < histories.size(); ++i) {
    RC_ASSERT(lists[i].key == histories[i].user);
    RC_ASSERT(lists[i].known == !histories[i].songs.empty());
    std::vector<recommend::Recommendation> alone;
    try {
      const recommend::Listener listener{
          .played = histories[i].songs, .disliked = disliked, .excluded = disliked, .keeps = wanted.keeps};
      alone = for_one.recommend(listener, wanted.options, wanted.list, wanted.interests).items;
    } catch (const Error& error) {
      RC_ASSERT(error.code() == ErrorCode::bad_input);  // the list of one without a direction is empty
    }
    RC_ASSERT(lists[i].songs.size() == alone.size());
    for (std::size_t rank = 0; rank < alone.size(); ++rank) {
      RC_ASSERT(lists[i].songs[rank].song == alone[rank].song);
      RC_ASSERT(lists[i].songs[rank].score == alone[rank].score);
      RC_ASSERT(lists[i].songs[rank].reason ==
                (alone[rank].reasons ? recommend::sentence_of(*alone[rank].reasons, name) : ""));
    }
  }
}

}  // namespace
}  // namespace segue
