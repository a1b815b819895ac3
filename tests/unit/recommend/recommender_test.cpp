#include "segue/recommend/recommender.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "segue/base/error.h"
#include "segue/recommend/cosine.h"
#include "segue/recommend/dislike.h"
#include "segue/recommend/rerank.h"
#include "segue/recommend/user_vector.h"

#include "tests/support/expect_error.h"
#include "tests/support/scratch.h"
#include "tests/support/small_model.h"

namespace segue::recommend {
namespace {

using Rows = std::vector<std::uint32_t>;

class RecommenderTest : public ::testing::Test {
 protected:
  RecommenderTest() {
    small_.transitions.neighbours[small_.transitions.offsets[8]] = 13;  // was 12: now 12 knows 8, but 8 not 12
    std::ranges::fill(small_.trained.vectors.view()[22], 0.0F);
    testing::write_small_model(folder_ / "model", small_);
    model_ = std::make_unique<model::Model>(folder_ / "model");
  }

  std::vector<Recommendation> recommend(const Rows& played, const RecommendOptions& options) const {
    return Recommender(*model_).recommend({.played = played}, options).items;
  }

  testing::SmallModel small_ = testing::small_model(24, 10);
  testing::Scratch folder_;
  std::unique_ptr<model::Model> model_;
};

TEST_F(RecommenderTest, vectors_find_songs_of_the_same_genre) {
  const std::vector<Recommendation> found = recommend({2}, {.k = 4, .by = RecommendBy::vectors});
  ASSERT_EQ(found.size(), 4U);
  for (const Recommendation& one : found) {
    EXPECT_EQ(one.song % 4, 2U);
    EXPECT_NE(one.song, 2U);
    EXPECT_FLOAT_EQ(one.score, one.similarity);
    EXPECT_FALSE(one.reasons.has_value());
  }
}

TEST_F(RecommenderTest, transitions_find_what_was_played_next_and_nothing_else) {
  const std::vector<Recommendation> found = recommend({4}, {.by = RecommendBy::transitions});
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0].song, 8U);  // forward 3, backward 0.5; song 0 the other way round
  EXPECT_EQ(found[1].song, 0U);
}

TEST_F(RecommenderTest, scores_are_those_of_the_blend) {
  const Rows played = {3, 0, 1, 0, 4};
  const BlendSources sources = blend_sources(*model_);
  const BlendQuery query(sources, model_->blend().discover, played);
  const std::vector<float> user = user_vector(*model_, played, model_->blend().discover.blend_vector_half_life);
  const std::vector<Recommendation> found = recommend(played, {.k = 20});
  ASSERT_EQ(found.size(), 19U);  // without those played and song 22, which has no direction
  for (const Recommendation& one : found) {
    EXPECT_EQ(one.score, TermWeights(model_->blend().discover).score(query.evidence(one.song))) << one.song;
    float cosine = 0;
    for (std::size_t i = 0; i < user.size(); ++i) {
      cosine += user[i] * model_->vectors().row(one.song)[i] * model_->inverse_norms()[one.song];
    }
    EXPECT_NEAR(one.similarity, cosine, 1e-5) << one.song;
  }
}

TEST_F(RecommenderTest, a_disliked_song_lowers_the_cosines) {
  const Rows played = {0, 4};
  const Rows disliked = {8, 1};
  const Recommender recommender(*model_);
  const auto plain = recommender.recommend({.played = played}, {.k = 24}).items;
  const auto steered = recommender.recommend({.played = played, .disliked = disliked}, {.k = 24}).items;
  ASSERT_EQ(plain.size(), 21U);  // without those played and song 22
  ASSERT_EQ(steered.size(), 19U);
  const model::BlendWeights& weights = model_->blend().discover;
  for (const Recommendation& one : steered) {
    const auto before = std::ranges::find(plain, one.song, &Recommendation::song);
    ASSERT_NE(before, plain.end());
    const double likeness = (song_cosine(*model_, 8, one.song) + song_cosine(*model_, 1, one.song)) / 2.0;
    const double less = kDislikeStrength * (weights.blend_last_song + weights.blend_recent_songs) * likeness;
    EXPECT_NEAR(one.score, before->score - less, 1e-4) << one.song;
  }
}

TEST_F(RecommenderTest, explains_by_the_nearest_seed_and_the_transitions) {
  // Songs 0 and 1 are of different genres; 20 songs are enough for picks of both.
  for (const RecommendBy by : {RecommendBy::blend, RecommendBy::vectors}) {
    const auto found = recommend({0, 1, 0}, {.k = 20, .by = by, .explain = true});
    ASSERT_EQ(found.size(), 20U);
    for (const Recommendation& one : found) {
      ASSERT_TRUE(one.reasons.has_value());
      EXPECT_FALSE(one.reasons->interest.has_value());
      if (one.song % 4 < 2) {
        ASSERT_FALSE(one.reasons->seeds.empty());
        EXPECT_EQ(one.reasons->seeds.front().song, one.song % 4);
        EXPECT_GT(one.reasons->seeds.front().similarity, 0.8);
      }
      const bool next = one.song == 4 || one.song == 5;
      ASSERT_EQ(one.reasons->together.has_value(), next) << one.song;
      if (!next) continue;
      EXPECT_EQ(one.reasons->together->song, one.song - 4);
      EXPECT_EQ(one.reasons->together->times, 4U);
      EXPECT_EQ(one.reasons->together->after, 3);
      EXPECT_EQ(one.reasons->together->before, 0.5F);
    }
  }
}

TEST_F(RecommenderTest, finds_transitions_in_the_list_of_the_pick) {
  const auto found = recommend({8}, {.k = 23, .explain = true});
  const auto pick = std::ranges::find(found, 12U, &Recommendation::song);
  ASSERT_NE(pick, found.end());
  ASSERT_TRUE(pick->reasons->together.has_value());
  EXPECT_EQ(pick->reasons->together->times, 4U);
  EXPECT_EQ(pick->reasons->together->after, 3);
  EXPECT_EQ(pick->reasons->together->before, 0.5F);
}

TEST_F(RecommenderTest, a_half_life_moves_the_picks_to_the_newest_songs) {
  const Rows played = {0, 4, 8, 1};
  const auto plain = recommend(played, {.k = 3, .by = RecommendBy::vectors});
  const auto recent = recommend(played, {.k = 3, .by = RecommendBy::vectors, .half_life = 0.5});
  EXPECT_EQ(plain.front().song % 4, 0U);
  EXPECT_EQ(recent.front().song % 4, 1U);
  // Song 8 has fewer plays than 1, so without age its neighbour 13 comes first.
  const auto all_alike = recommend(played, {.k = 1, .by = RecommendBy::transitions, .half_life = 1000});
  const auto newest = recommend(played, {.k = 1, .by = RecommendBy::transitions, .half_life = 0.5});
  EXPECT_EQ(all_alike.at(0).song, 13U);
  EXPECT_EQ(newest.at(0).song, 5U);
}

TEST_F(RecommenderTest, every_taste_is_served_and_named) {
  const Rows played = {0, 4, 8, 1, 5, 9};
  const auto found =
      Recommender(*model_).recommend({.played = played}, {.k = 6, .explain = true}, {.artist_cap = 0}, 2).items;
  ASSERT_EQ(found.size(), 6U);
  std::vector<std::size_t> served(4);
  for (const Recommendation& one : found) {
    ASSERT_TRUE(one.reasons->interest.has_value());
    EXPECT_NE(std::ranges::find(played, *one.reasons->interest), played.end());
    // Of the interest it serves, and of no other.
    for (const SeedShare& seed : one.reasons->seeds) EXPECT_EQ(seed.song % 4, *one.reasons->interest % 4);
    ASSERT_FALSE(one.reasons->kinds.empty());
    ++served[*one.reasons->interest % 4];
  }
  EXPECT_EQ(served, (std::vector<std::size_t>{3, 3, 0, 0}));
}

TEST_F(RecommenderTest, no_songs_are_refused) {
  for (const RecommendBy by : {RecommendBy::blend, RecommendBy::vectors, RecommendBy::transitions}) {
    EXPECT_ERROR(recommend({}, {.by = by}), ErrorCode::bad_input, "found 0 songs, 0 with a vector");
  }
}

TEST_F(RecommenderTest, songs_without_a_direction_go_by_their_transitions) {
  EXPECT_ERROR(recommend({22}, {.by = RecommendBy::vectors}), ErrorCode::bad_input, "found 1 songs, 0 with a vector");
  for (const RecommendBy by : {RecommendBy::blend, RecommendBy::transitions}) {
    const std::vector<Recommendation> found = recommend({22}, {.by = by});
    ASSERT_FALSE(found.empty());
    EXPECT_EQ(found[0].song % 4, 2U);
    EXPECT_EQ(found[0].similarity, 0);
  }
}

TEST_F(RecommenderTest, songs_without_a_direction_and_transitions_are_refused) {
  std::vector<std::uint64_t>& offsets = small_.transitions.offsets;
  const std::uint64_t own = offsets[23] - offsets[22];
  const auto first = static_cast<std::ptrdiff_t>(offsets[22]);
  const auto erase = [&](auto& column) {
    column.erase(column.begin() + first, column.begin() + first + static_cast<std::ptrdiff_t>(own));
  };
  erase(small_.transitions.neighbours);
  erase(small_.transitions.forward);
  erase(small_.transitions.backward);
  erase(small_.transitions.counts);
  for (std::size_t song = 23; song < offsets.size(); ++song) offsets[song] -= own;
  testing::write_small_model(folder_ / "model", small_);
  model_ = std::make_unique<model::Model>(folder_ / "model");
  for (const RecommendBy by : {RecommendBy::blend, RecommendBy::transitions}) {
    EXPECT_ERROR(recommend({22}, {.by = by}), ErrorCode::bad_input, "found 1 songs, 0 with a vector");
  }
}

// Lists in which songs of one artist, and so of one genre, have to be apart: the first pools have too few others.
class WideningTest : public ::testing::Test {
 protected:
  WideningTest() {
    testing::write_small_model(folder_ / "model", testing::small_model(3000, 12));
    model_ = std::make_unique<model::Model>(folder_ / "model");
    model_->code_vectors();
  }

  // The songs that fit, from queries built for this pool alone.
  std::vector<math::ScoredRow> pool(const Listener& listener, const Rows& played, const RecommendOptions& options,
                                    const RerankOptions& list, std::size_t count) const {
    Rows excluded(listener.disliked.begin(), listener.disliked.end());
    if (list.mode == ListMode::discover) {
      excluded.insert(excluded.end(), listener.played.begin(), listener.played.end());
    }
    std::ranges::sort(excluded);
    const index::SearchFilter filter{excluded, listener.keeps};
    if (options.by == RecommendBy::vectors) {
      const auto user = away_from(*model_, user_vector(*model_, played, options.half_life), listener.disliked);
      return model_->index().search(user, count, filter, {.threads = 1});
    }
    model::BlendWeights weights = model_->blend().discover;
    const BlendSources sources = blend_sources(*model_);
    const BlendQuery query(sources, weights, played);
    const auto keeps = [&](data::SongRow song) {
      return !std::ranges::binary_search(excluded, song) &&
             (listener.keeps == nullptr || listener.keeps->contains(song));
    };
    const auto near = model_->index().near(away_from(*model_, query.recent(), listener.disliked),
                                           std::max(count, kBlendByVectors), filter, 1);
    const BlendQuery::Penalty likeness = [&](data::SongRow song) {
      float sum = 0;
      for (const data::SongRow disliked : listener.disliked) sum += song_cosine(*model_, disliked, song);
      return kDislikeStrength * sum / static_cast<float>(listener.disliked.size());
    };
    return query.best(query.candidates(std::max(count, kBlendByTransitions), near, keeps), count,
                      listener.disliked.empty() ? BlendQuery::Penalty() : likeness);
  }

  std::vector<Pick> picks(const Listener& listener, const RecommendOptions& options, const RerankOptions& list,
                          std::uint32_t interests) {
    const std::vector<Interest> tastes = find_interests(*model_, listener.played, options.half_life, interests);
    const auto find = [&](std::size_t count) {
      ++pools_;
      const Rows played(listener.played.begin(), listener.played.end());
      if (tastes.size() < 2) return pool(listener, played, options, list, count);
      std::vector<std::vector<math::ScoredRow>> lists;
      std::vector<float> weights;
      for (const Interest& taste : tastes) {
        lists.push_back(pool(listener, taste.plays, options, list, count));
        weights.push_back(taste.weight);
      }
      return pool_by_place(merge_interests(lists, weights, count));
    };
    return rerank_widening(*model_, find, options.k, {listener.played, listener.disliked}, list);
  }

  testing::Scratch folder_;
  std::unique_ptr<model::Model> model_;
  std::size_t pools_ = 0;
};

TEST_F(WideningTest, one_query_for_all_pools_gives_the_lists_of_a_new_query_for_each) {
  const Rows played = {0, 4, 8, 40, 1, 12};
  const Rows disliked = {16, 9};
  index::RowSet even(3000);
  for (std::uint32_t song = 0; song < 3000; song += 2) even.insert(song);
  for (const RecommendBy by : {RecommendBy::blend, RecommendBy::vectors}) {
    for (const std::uint32_t interests : {1U, 2U}) {
      for (const Listener& listener :
           {Listener{played}, Listener{played, disliked}, Listener{.played = played, .keeps = &even}}) {
        for (const ListMode mode : {ListMode::discover, ListMode::any}) {
          const RecommendOptions options{.k = 60, .by = by, .explain = true, .threads = 1};
          const RerankOptions list{.mode = mode, .artist_cap = 20, .artist_gap = 2};
          pools_ = 0;
          const std::vector<Pick> wanted = picks(listener, options, list, interests);
          EXPECT_GE(pools_, mode == ListMode::discover ? 3U : 2U);
          const Recommendations found = Recommender(*model_).recommend(listener, options, list, interests);
          EXPECT_EQ(found.interests.size(), interests == 1 ? 0U : 2U);
          ASSERT_EQ(found.items.size(), wanted.size());
          for (std::size_t i = 0; i < wanted.size(); ++i) {
            EXPECT_EQ(found.items[i].song, wanted[i].song);
            EXPECT_EQ(found.items[i].score, wanted[i].fit);
            EXPECT_EQ(found.items[i].reasons->interest.has_value(), interests == 2);
          }
        }
      }
    }
  }
}

TEST_F(RecommenderTest, seeds_steer_by_weight_and_not_by_order) {
  const Recommender recommender(*model_);
  const auto genre_of_first = [&](const std::vector<WeightedSong>& seeds) {
    return recommender.recommend({.played = {}, .seeds = seeds}, {.k = 1, .by = RecommendBy::vectors})
               .items.at(0)
               .song %
           4;
  };
  EXPECT_EQ(genre_of_first({{0, 3}, {1, 1}}), 0U);
  EXPECT_EQ(genre_of_first({{1, 1}, {0, 3}}), 0U);
  EXPECT_EQ(genre_of_first({{0, 1}, {1, 3}}), 1U);
}

// Four songs of an artist weigh as much together as the single song of another.
TEST_F(RecommenderTest, a_group_does_not_drown_a_song) {
  const std::vector<Seed> seeds = {group_seed(*model_, Rows{0, 4, 8, 12}), song_seed(1, 1.2)};
  const std::vector<WeightedSong> songs = merged_songs(seeds);
  const auto found =
      Recommender(*model_).recommend({.played = {}, .seeds = songs}, {.k = 1, .by = RecommendBy::vectors}).items;
  EXPECT_EQ(found.at(0).song % 4, 1U);
  // Played one after the other, they would.
  EXPECT_EQ(recommend({0, 4, 8, 12, 1}, {.k = 1, .by = RecommendBy::vectors}).at(0).song % 4, 0U);
}

TEST_F(RecommenderTest, discover_leaves_out_the_seeds_and_any_may_play_them) {
  const std::vector<WeightedSong> seeds = {{0, 1}, {4, 1}};
  const Recommender recommender(*model_);
  const auto rows = [&](ListMode mode) {
    Rows songs;
    for (const Recommendation& one :
         recommender
             .recommend({.played = {}, .seeds = seeds}, {.k = 24}, {.mode = mode, .artist_cap = 0, .artist_gap = 0}, 1)
             .items) {
      songs.push_back(one.song);
    }
    return songs;
  };
  const Rows discovered = rows(ListMode::discover);
  EXPECT_EQ(std::ranges::count(discovered, 0U) + std::ranges::count(discovered, 4U), 0);
  EXPECT_EQ(discovered.front() % 4, 0U);
  const Rows any = rows(ListMode::any);
  EXPECT_EQ(std::ranges::count(any, 0U) + std::ranges::count(any, 4U), 2);
  EXPECT_TRUE(rows(ListMode::rediscover).empty());
}

TEST_F(RecommenderTest, the_list_does_not_follow_the_artist_of_a_group_as_of_songs_just_played) {
  const std::vector<WeightedSong> seeds = merged_songs(std::vector<Seed>{group_seed(*model_, Rows{0, 4})});
  const auto found =
      Recommender(*model_).recommend({.played = {}, .seeds = seeds}, {.k = 10}, RerankOptions(), 1).items;
  const auto by_artist = std::ranges::count_if(found, [](const Recommendation& one) { return one.song % 4 == 0; });
  EXPECT_EQ(by_artist, kArtistCap);
}

TEST_F(RecommenderTest, interests_and_reasons_know_the_weights_of_seeds) {
  const std::vector<WeightedSong> seeds = {{0, 2}, {4, 1}, {1, 0.5}, {5, 0.5}};
  const Recommendations found = Recommender(*model_).recommend(
      {.played = {}, .seeds = seeds}, {.k = 4, .explain = true}, {.artist_cap = 0, .artist_gap = 0}, 2);
  ASSERT_EQ(found.interests.size(), 2U);
  EXPECT_EQ(found.interests[0].medoid % 4, 0U);
  EXPECT_NEAR(found.interests[0].weight, 0.75, 1e-6);
  ASSERT_EQ(found.items.size(), 4U);
  EXPECT_EQ(std::ranges::count_if(found.items, [](const Recommendation& one) { return one.song % 4 == 0; }), 3);
  // By vectors the heaviest seed speaks most; by the blend one that the pick was played next to.
  EXPECT_EQ(found.items.front().reasons->seeds.front().song, 4U);
  const Recommendations alike = Recommender(*model_).recommend(
      {.played = {}, .seeds = seeds}, {.k = 4, .by = RecommendBy::vectors, .explain = true}, {.artist_cap = 0}, 2);
  EXPECT_EQ(alike.items.front().reasons->seeds.front().song, 0U);
}

}  // namespace
}  // namespace segue::recommend
