// The blend against its formula in blend_query.h, computed plainly in doubles.
#include <algorithm>
#include <cmath>
#include <map>
#include <numeric>
#include <optional>
#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "segue/base/random.h"
#include "segue/plays/habits.h"
#include "segue/recommend/blend_query.h"

#include "tests/support/small_model.h"

namespace segue::recommend {
namespace {

using Rows = std::vector<std::uint32_t>;
using ::testing::ElementsAre;

constexpr std::uint32_t kSongs = 24;
constexpr std::uint32_t kWithoutVector = 7;
constexpr std::uint32_t kWithoutContext = 9;
constexpr std::uint32_t kWithoutTransitions = 11;

// All different, none 0, none 1.
constexpr model::BlendWeights kWeights{.blend_transition_half_life = 2.5,
                                       .blend_transition_power = 0.7,
                                       .blend_backward = 0.4,
                                       .blend_seed_damping = 0.3,
                                       .blend_popularity_damping = 0.15,
                                       .blend_floor = 0.05,
                                       .blend_vector_half_life = 4,
                                       .blend_last_song = 1.1,
                                       .blend_recent_songs = 1.3,
                                       .blend_last_context = -0.6,
                                       .blend_recent_context = 0.8,
                                       .blend_last_artist = 0.9,
                                       .blend_recent_artists = 0.25,
                                       .blend_version = 2.2};

float score_of(const Evidence& evidence, const model::BlendWeights& weights) {
  return TermWeights(weights).score(evidence);
}

struct Neighbours {
  Rows songs;
  std::vector<float> forward;
  std::vector<float> backward;
  std::vector<std::uint32_t> counts;
};

class BlendTest : public ::testing::Test {
 protected:
  BlendTest() {
    std::ranges::fill(small_.trained.vectors.view()[kWithoutVector], 0.0F);
    std::ranges::fill(small_.trained.context.view()[kWithoutContext], 0.0F);
    for (std::uint32_t song = 0; song < kSongs; ++song) {
      const double length = std::sqrt(product(vector(song), vector(song)));
      inverse_norms_.push_back(length > 0 ? static_cast<float>(1 / length) : 0);
      Neighbours& near = neighbours_.emplace_back();
      Random random(5, song);
      for (std::uint32_t other = 0; other < kSongs && song != kWithoutTransitions; ++other) {
        if (other == song || random.uniform() < 0.6) continue;
        near.songs.push_back(other);
        // Some were only played after, some only before.
        const double kind = random.uniform();
        near.forward.push_back(kind < 0.3 ? 0 : 5 * random.uniform_float());
        near.backward.push_back(kind > 0.7 ? 0 : 5 * random.uniform_float());
        near.counts.push_back(1);
      }
    }
    sources_ = {.vectors = std::as_const(small_.trained.vectors).view(),
                .inverse_norms = inverse_norms_,
                .context = std::as_const(small_.trained.context).view(),
                .log_plays = &log_plays_,
                .transitions =
                    [this](std::span<const data::SongRow> songs) {
                      std::vector<transitions::TransitionsOf> lists;
                      for (const data::SongRow song : songs) {
                        const Neighbours& near = neighbours_[song];
                        lists.push_back({near.songs, near.forward, near.backward, near.counts});
                      }
                      return lists;
                    },
                // Five artists; songs 0 and 20, 1 and 21 and so on are versions.
                .keys =
                    [](std::span<const data::SongRow> songs) {
                      std::vector<data::SongKeys> keys;
                      for (const data::SongRow song : songs) keys.push_back({song % 5, 100 + song % 20});
                      return keys;
                    }};
  }

  std::span<const float> vector(std::uint32_t song) const { return std::as_const(small_.trained.vectors).view()[song]; }
  std::span<const float> context(std::uint32_t song) const {
    return std::as_const(small_.trained.context).view()[song];
  }
  double plays(std::uint32_t song) const { return static_cast<double>(small_.songs[song].plays); }

  template <class A, class B>
  static double product(const A& a, const B& b) {
    double sum = 0;
    for (std::size_t i = 0; i < a.size(); ++i) sum += static_cast<double>(a[i]) * static_cast<double>(b[i]);
    return sum;
  }
  template <class A, class B>
  static double cosine(const A& a, const B& b) {
    const double lengths = std::sqrt(product(a, a) * product(b, b));
    return lengths > 0 ? product(a, b) / lengths : 0;
  }

  // T(x)
  double transitions_to(std::uint32_t song, const Rows& heard) const {
    double sum = 0;
    for (std::size_t ago = 0; ago < heard.size(); ++ago) {
      const std::uint32_t seed = heard[heard.size() - 1 - ago];
      const Neighbours& near = neighbours_[seed];
      const auto at = static_cast<std::size_t>(std::ranges::find(near.songs, song) - near.songs.begin());
      if (at == near.songs.size()) continue;
      const double pairs = near.forward[at] + kWeights.blend_backward * near.backward[at];
      sum += std::exp2(-static_cast<double>(ago) / kWeights.blend_transition_half_life) *
             std::pow(plays(seed), -kWeights.blend_seed_damping) * std::pow(pairs, kWeights.blend_transition_power);
    }
    return sum;
  }

  struct Plain {
    double transitions, last_song, recent_songs, last_context, recent_context, last_artist, recent_artists, version;
    double score;
  };

  Plain plain(std::uint32_t song, const Rows& heard) const {
    Plain plain{};
    std::vector<double> mean(vector(0).size());
    for (std::size_t ago = 0; ago < heard.size(); ++ago) {
      const std::uint32_t seed = heard[heard.size() - 1 - ago];
      const double weight = std::exp2(-static_cast<double>(ago) / kWeights.blend_vector_half_life);
      const double length = std::sqrt(product(vector(seed), vector(seed)));
      for (std::size_t i = 0; i < mean.size() && length > 0; ++i) mean[i] += weight * vector(seed)[i] / length;
      if (seed % 5 == song % 5) plain.recent_artists += weight;
      if (seed % 20 == song % 20) plain.version = 1;
    }
    const std::uint32_t last = heard.back();
    plain.transitions = transitions_to(song, heard);
    plain.last_song = cosine(vector(last), vector(song));
    plain.recent_songs = cosine(mean, vector(song));
    plain.last_context = cosine(vector(last), context(song));
    plain.recent_context = cosine(mean, context(song));
    plain.last_artist = last % 5 == song % 5 ? 1 : 0;
    plain.score =
        std::log(plain.transitions + kWeights.blend_floor) - kWeights.blend_popularity_damping * std::log(plays(song)) +
        kWeights.blend_last_song * plain.last_song + kWeights.blend_recent_songs * plain.recent_songs +
        kWeights.blend_last_context * plain.last_context + kWeights.blend_recent_context * plain.recent_context +
        kWeights.blend_last_artist * plain.last_artist + kWeights.blend_recent_artists * plain.recent_artists -
        kWeights.blend_version * plain.version;
    return plain;
  }

  testing::SmallModel small_ = testing::small_model(kSongs, 10);
  std::vector<float> inverse_norms_;
  const data::LogPlays log_plays_{kSongs, [this](std::uint32_t song) { return small_.songs[song].plays; }};
  std::vector<Neighbours> neighbours_;
  BlendSources sources_;
};

TEST_F(BlendTest, evidence_and_score_are_those_of_the_formula) {
  const std::vector<Rows> histories = {
      {0}, {3, 3}, {1, 5, 2, 21}, {kWithoutVector, 4}, {4, kWithoutVector}, {kWithoutTransitions, 6, 6, 17, 0, 12}};
  for (const Rows& heard : histories) {
    const BlendQuery query(sources_, kWeights, heard);
    for (std::uint32_t song = 0; song < kSongs; ++song) {
      SCOPED_TRACE(song);
      const Plain expected = plain(song, heard);
      const Evidence evidence = query.evidence(song);
      EXPECT_EQ(evidence.song, song);
      EXPECT_NEAR(evidence[Term::transitions], expected.transitions, 1e-5 * (1 + expected.transitions));
      EXPECT_NEAR(evidence[Term::popularity], std::log(plays(song)), 1e-5);
      EXPECT_NEAR(evidence[Term::last_song], expected.last_song, 1e-5);
      EXPECT_NEAR(evidence[Term::recent_songs], expected.recent_songs, 1e-5);
      EXPECT_NEAR(evidence[Term::last_context], expected.last_context, 1e-5);
      EXPECT_NEAR(evidence[Term::recent_context], expected.recent_context, 1e-5);
      EXPECT_EQ(evidence[Term::last_artist], expected.last_artist);
      EXPECT_NEAR(evidence[Term::recent_artists], expected.recent_artists, 1e-5);
      EXPECT_EQ(evidence[Term::version], expected.version);
      EXPECT_NEAR(score_of(evidence, kWeights), expected.score, 5e-5);
      EXPECT_EQ(score_of(query.evidence(song, EvidenceOf::weighted), kWeights), score_of(evidence, kWeights));
    }
  }
}

TEST_F(BlendTest, parts_are_the_score_above_the_floor_and_those_of_songs_heard_are_within_it) {
  const TermWeights weights(kWeights);
  const Rows all = [] {
    Rows rows(kSongs);
    std::iota(rows.begin(), rows.end(), 0U);
    return rows;
  }();
  for (const Rows& heard : std::vector<Rows>{{0}, {3, 3}, {1, 5, 2, 21}, {kWithoutVector, 4}, {6, 6, 17, 0, 12}}) {
    const BlendQuery query(sources_, kWeights, heard);
    const std::vector<ScoreParts> parts = query.parts(all);
    ASSERT_EQ(parts.size(), kSongs);
    for (const data::SongRow song : all) {
      SCOPED_TRACE(song);
      const Evidence evidence = query.evidence(song);
      float lowered = 0;  // by terms that are below 0
      for (std::size_t i = kChances; i < kTerms; ++i) {
        lowered += std::min(0.0F, weights[kTermRows[i].term] * evidence.values[i]);
      }
      float sum = 0;
      for (const float part : parts[song].terms) {
        EXPECT_GE(part, 0);
        sum += part;
      }
      const float floor = std::log(static_cast<float>(kWeights.blend_floor));
      EXPECT_NEAR(sum, weights.score(evidence) - floor - lowered, 1e-4);
      float due = 0;
      std::set<data::SongRow> seen;
      for (const math::ScoredRow& one : parts[song].heard) {
        EXPECT_TRUE(seen.insert(one.row).second);
        EXPECT_NE(std::ranges::find(heard, one.row), heard.end());
        EXPECT_GT(one.score, 0);
        due += one.score;
      }
      EXPECT_NEAR(due, sum, 1e-4);  // all these terms are about songs heard
    }
  }
}

TEST_F(BlendTest, a_teacher_is_evidence_and_brings_candidates) {
  BlendSources sources = sources_;
  sources.teacher = [](std::span<const data::SongRow> songs) {
    std::vector<transitions::NextSongs> next;
    for (const data::SongRow song : songs) {
      if (song == 5) next.push_back({.songs = {7, 11}, .chances = {0.5F, 0.25F}});
      if (song == 2) next.push_back({.songs = {11}, .chances = {0.5F}});
    }
    return next;
  };
  model::BlendWeights weights = kWeights;
  weights.blend_teacher = 3;
  const Rows heard = {5, 2};
  const BlendQuery query(sources, weights, heard);
  const auto decay = static_cast<float>(std::exp2(-1 / weights.blend_transition_half_life));
  EXPECT_FLOAT_EQ(query.evidence(7)[Term::teacher], decay * 0.5F);
  EXPECT_FLOAT_EQ(query.evidence(11)[Term::teacher], 0.5F + decay * 0.25F);
  EXPECT_EQ(query.evidence(12)[Term::teacher], 0);
  const float chance = query.evidence(11)[Term::transitions] + static_cast<float>(weights.blend_floor);
  EXPECT_NEAR(score_of(query.evidence(11), weights) - score_of(query.evidence(11), kWeights),
              std::log(1 + 3 * (0.5F + decay * 0.25F) / chance), 1e-5);
  EXPECT_EQ(query.candidates(0, {}, [](data::SongRow song) { return song != 7; }), Rows{11});
  // best() finds the same evidence.
  const Rows both = {7, 11};
  for (const math::ScoredRow& song : query.best(both, 2)) {
    EXPECT_EQ(song.score, score_of(query.evidence(song.row, EvidenceOf::weighted), weights));
  }
}

TEST_F(BlendTest, a_teacher_without_weight_is_not_asked) {
  BlendSources sources = sources_;
  sources.teacher = [](std::span<const data::SongRow>) -> std::vector<transitions::NextSongs> {
    ADD_FAILURE() << "asked";
    return {};
  };
  const Rows heard = {5, 2};
  EXPECT_EQ(BlendQuery(sources, kWeights, heard).evidence(7)[Term::teacher], 0);
}

TEST_F(BlendTest, context_vectors_without_weight_are_not_read) {
  model::BlendWeights weights = kWeights;
  weights.blend_last_context = weights.blend_recent_context = 0;
  const Rows heard = {1, 5, 2, 21};
  const BlendQuery query(sources_, weights, heard);
  BlendSources without = sources_;
  without.context = {nullptr, 0, 0, 0};
  const BlendQuery blind(without, weights, heard);
  for (std::uint32_t song = 0; song < kSongs; ++song) {
    EXPECT_EQ(score_of(blind.evidence(song, EvidenceOf::weighted), weights), score_of(query.evidence(song), weights))
        << song;
  }
}

// Rows of one, two and three digits of the sort, and the same neighbour of many songs.
TEST_F(BlendTest, transitions_of_many_rows_add_up) {
  constexpr std::uint32_t kMany = 3'000'000;
  std::vector<Rows> rows(12);
  std::vector<std::vector<float>> forward(12);
  std::map<std::uint32_t, double> wanted;
  Rows heard;
  Random random(4);
  model::BlendWeights weights = kWeights;
  for (std::uint32_t song = 0; song < rows.size(); ++song) {
    heard.push_back(song);
    std::set<std::uint32_t> distinct = {12, 2047, 2048, kMany - 1};
    while (distinct.size() < 200) distinct.insert(12 + random.below(song % 3 == 0 ? 1000 : kMany - 12));
    for (const std::uint32_t row : distinct) {
      rows[song].push_back(row);
      forward[song].push_back(1 + random.uniform_float());
    }
  }
  const std::vector<float> none(200);
  BlendSources sources = sources_;
  const data::LogPlays log_plays(kMany, [](std::uint32_t) { return 7U; });
  sources.log_plays = &log_plays;
  sources.transitions = [&](std::span<const data::SongRow> songs) {
    std::vector<transitions::TransitionsOf> lists;
    for (const data::SongRow song : songs) {
      lists.push_back({.neighbours = rows[song], .forward = forward[song], .backward = none, .counts = {}});
    }
    return lists;
  };
  const BlendQuery query(sources, weights, heard);
  const double decay = std::exp2(-1 / weights.blend_transition_half_life);
  double weight = 1;
  for (std::size_t ago = 0; ago < heard.size() && weight >= 0.01; ++ago, weight *= decay) {
    const std::uint32_t song = heard[heard.size() - 1 - ago];
    for (std::size_t i = 0; i < rows[song].size(); ++i) {
      wanted[rows[song][i]] += weight * std::pow(7, -weights.blend_seed_damping) *
                               std::pow(static_cast<double>(forward[song][i]), weights.blend_transition_power);
    }
  }
  ASSERT_EQ(query.by_transitions().size(), wanted.size());
  auto expected = wanted.begin();
  for (const math::ScoredRow& found : query.by_transitions()) {
    EXPECT_EQ(found.row, expected->first);
    EXPECT_NEAR(found.score, expected->second, 1e-5 * expected->second);
    ++expected;
  }
}

TEST_F(BlendTest, transitions_list_every_song_that_has_some_in_order) {
  const Rows heard = {5, 2, 9, 2};
  const BlendQuery query(sources_, kWeights, heard);
  Rows expected;
  for (std::uint32_t song = 0; song < kSongs; ++song) {
    if (transitions_to(song, heard) > 0) expected.push_back(song);
  }
  Rows found;
  for (const math::ScoredRow& song : query.by_transitions()) found.push_back(song.row);
  EXPECT_EQ(found, expected);
}

TEST_F(BlendTest, pairs_without_weight_are_not_transitions) {
  model::BlendWeights forward_only = kWeights;
  forward_only.blend_backward = 0;
  const Rows heard = {5};
  const BlendQuery query(sources_, forward_only, heard);
  std::size_t after = 0;
  for (const float weight : neighbours_[5].forward) after += weight > 0 ? 1 : 0;
  EXPECT_LT(after, neighbours_[5].songs.size());
  EXPECT_EQ(query.by_transitions().size(), after);
}

TEST_F(BlendTest, only_the_newest_songs_count) {
  Rows heard(kBlendHeard + 10, 4);
  std::ranges::fill(std::span(heard).first(10), 1U);
  const Rows newest(kBlendHeard, 4);
  model::BlendWeights slow = kWeights;
  slow.blend_transition_half_life = slow.blend_vector_half_life = 1000;
  const BlendQuery query(sources_, slow, heard);
  const BlendQuery of_newest(sources_, slow, newest);
  EXPECT_EQ(query.by_transitions(), of_newest.by_transitions());
  EXPECT_EQ(query.evidence(21)[Term::version], 0);  // of song 1
  EXPECT_EQ(score_of(query.evidence(2), slow), score_of(of_newest.evidence(2), slow));
}

TEST_F(BlendTest, candidates_are_the_strongest_and_the_nearest) {
  const Rows heard = {5, 2, 9};
  const BlendQuery query(sources_, kWeights, heard);
  const auto keeps = [](std::uint32_t song) { return song % 3 != 0; };
  std::vector<std::pair<double, std::uint32_t>> strength;
  for (std::uint32_t song = 0; song < kSongs; ++song) {
    const double sum = transitions_to(song, heard);
    if (keeps(song) && sum > 0) {
      strength.emplace_back(-sum * std::pow(plays(song), -kWeights.blend_popularity_damping), song);
    }
  }
  std::ranges::sort(strength);
  ASSERT_GT(strength.size(), 4U);
  // One of them is among the strongest, the other is not.
  const Rows near = {strength[4].second, strength[1].second};
  Rows expected;
  for (const std::size_t place : {0, 1, 2, 4}) expected.push_back(strength[place].second);
  std::ranges::sort(expected);
  EXPECT_EQ(query.candidates(3, near, keeps), expected);
  EXPECT_EQ(query.candidates(1000, {}, keeps).size(), strength.size());
}

// `--by transitions` returns songs with transitions only, however popular or familiar others are.
TEST_F(BlendTest, what_has_no_weight_brings_no_candidates) {
  const Rows heard = {5, 2, 9};
  const std::vector<std::uint64_t> artists(heard.size());
  const plays::Past past(heard, artists);
  const plays::ReturnRates returns{.rates = {}, .repeats = 0.5F};
  const plays::TrendUntil trend(std::vector<plays::TrendPlays>(kSongs, plays::TrendPlays{1, 1, 1}));
  BlendSources sources = sources_;
  sources.returns = &returns;
  sources.trend = &trend;
  const Listening listening{{&past, past.size()}, 0};
  const auto keeps = [](std::uint32_t) { return true; };
  const BlendQuery all(sources, kWeights, heard, listening);
  EXPECT_EQ(all.candidates(kSongs, {}, keeps).size(), kSongs);
  const model::BlendWeights alone = transitions_alone(kWeights);
  const BlendQuery query(sources, alone, heard, listening);
  Rows with_transitions;
  for (const math::ScoredRow& song : query.by_transitions()) with_transitions.push_back(song.row);
  EXPECT_EQ(query.candidates(kSongs, {}, keeps), with_transitions);
}

TEST_F(BlendTest, of_many_candidates_the_strongest_are_found) {
  constexpr std::uint32_t kMany = 4000;
  Random random(5);
  Rows neighbours;
  std::vector<float> weights;
  for (std::uint32_t song = 0; song < kMany; song += 2) {
    neighbours.push_back(song);
    weights.push_back(std::round(1 + 40 * random.uniform_float()) / 4);  // many are equal
  }
  const std::vector<float> none(weights.size());
  const std::vector<std::uint32_t> counts(weights.size());
  const data::LogPlays log_plays(kMany, [](std::uint32_t song) { return 1 + (kMany - song) / 100; });
  BlendSources sources = sources_;
  sources.log_plays = &log_plays;
  sources.transitions = [&](std::span<const data::SongRow> songs) {
    return std::vector(songs.size(), transitions::TransitionsOf{neighbours, weights, none, counts});
  };
  const Rows heard = {5};
  const BlendQuery query(sources, kWeights, heard);
  std::vector<math::ScoredRow> all;
  for (const math::ScoredRow& song : query.by_transitions()) {
    const auto damping = static_cast<float>(kWeights.blend_popularity_damping);
    all.push_back({song.row, song.score * std::exp(-damping * log_plays.of(song.row))});
  }
  std::ranges::sort(all, math::is_better);
  for (const std::size_t refused : {1, 2, 40}) {  // all, every second, ...
    const auto keeps = [&](std::uint32_t song) { return song / 2 % refused != 0; };
    for (const std::size_t count : {0, 1, 10, 300, 1500, 5000}) {
      Rows expected;
      for (auto song = all.begin(); song != all.end() && expected.size() < count; ++song) {
        if (keeps(song->row)) expected.push_back(song->row);
      }
      std::ranges::sort(expected);
      EXPECT_EQ(query.candidates(count, {}, keeps), expected) << count << " " << refused;
    }
  }
}

TEST_F(BlendTest, the_best_have_the_best_scores) {
  const Rows heard = {5, 2, 9};
  const BlendQuery query(sources_, kWeights, heard);
  Rows songs;
  math::TopK wanted(7);
  math::TopK wanted_less(7);
  const auto penalty = [](std::uint32_t song) { return song % 2 == 0 ? 0.5F : 0.0F; };
  for (std::uint32_t song = 1; song < kSongs; song += 2 - song % 3 / 2) {
    songs.push_back(song);
    Evidence evidence = query.evidence(song);
    wanted.offer({song, score_of(evidence, kWeights)});
    evidence[Term::last_song] -= penalty(song);
    evidence[Term::recent_songs] -= penalty(song);
    wanted_less.offer({song, score_of(evidence, kWeights)});
  }
  EXPECT_EQ(query.best(songs, 7), wanted.take());
  EXPECT_EQ(query.best(songs, 7, penalty), wanted_less.take());
  EXPECT_EQ(query.best(songs, 10000).size(), songs.size());
  EXPECT_TRUE(query.best(songs, 0).empty());
  EXPECT_TRUE(query.best({}, 7).empty());
}

TEST_F(BlendTest, evidence_of_many_songs_is_that_of_each) {
  const Rows heard = {5, 2, 9};
  const BlendQuery query(sources_, kWeights, heard);
  const Rows songs = {3, kSongs - 1, 7, 7};
  const std::vector<Evidence> all = query.evidence(songs);
  ASSERT_EQ(all.size(), songs.size());
  for (std::size_t i = 0; i < songs.size(); ++i) {
    EXPECT_EQ(all[i].song, songs[i]);
    EXPECT_EQ(score_of(all[i], kWeights), score_of(query.evidence(songs[i]), kWeights));
  }
  EXPECT_TRUE(query.evidence(Rows()).empty());
}

// Songs so alike that codes cannot tell all of them apart, and songs without a vector.
TEST_F(BlendTest, codes_of_vectors_change_nothing) {
  constexpr std::uint32_t kMany = 3000;
  Random random(8);
  struct Vectors {
    math::Matrix matrix{kMany, 20};
    std::vector<float> inverse_norms{std::vector<float>(kMany)};
  };
  const auto made = [&](std::uint32_t without) {
    Vectors vectors;
    for (std::uint32_t song = 0; song < kMany; ++song) {
      float square = 0;
      for (float& number : vectors.matrix.view()[song]) {
        number = song % 100 == without ? 0 : 1 + 0.05F * random.uniform_float();
        square += number * number;
      }
      vectors.inverse_norms[song] = square > 0 ? 1 / std::sqrt(square) : 0;
    }
    return vectors;
  };
  const Vectors vectors = made(7);
  const Vectors context = made(9);
  Rows songs(kMany);
  std::iota(songs.begin(), songs.end(), 0U);
  const data::LogPlays log_plays(kMany, [](std::uint32_t) { return 3U; });
  BlendSources sources = sources_;
  sources.vectors = vectors.matrix.view();
  sources.context = context.matrix.view();
  sources.inverse_norms = vectors.inverse_norms;
  sources.log_plays = &log_plays;
  sources.keys = [](std::span<const data::SongRow> rows) {
    std::vector<data::SongKeys> keys;
    for (const data::SongRow row : rows) keys.push_back({row + 1, row + 1});
    return keys;
  };
  const index::CodedRows codes(sources.vectors, vectors.inverse_norms, 1);
  const index::CodedRows context_codes(sources.context, context.inverse_norms, 1);
  BlendSources half_coded = sources;
  half_coded.codes = &codes;
  BlendSources coded = half_coded;
  coded.context_codes = &context_codes;
  model::BlendWeights weights = kWeights;
  for (const double context_weight : {0.0, 2.0}) {
    weights.blend_last_context = context_weight;
    weights.blend_recent_context = -context_weight / 2;
    for (const double weight : {1.0, -1.0}) {
      weights.blend_last_song = weight;
      for (const Rows& heard : {Rows{1, 2, 3}, Rows{20, 7}, Rows{7}}) {
        const BlendQuery plain(sources, weights, heard);
        const BlendQuery by_half(half_coded, weights, heard);
        const BlendQuery by_codes(coded, weights, heard);
        for (const std::size_t k : {1, 10, 500, 2999, 3000}) {
          const std::vector<math::ScoredRow> best = plain.best(songs, k);
          EXPECT_EQ(by_half.best(songs, k), best) << k;
          EXPECT_EQ(by_codes.best(songs, k), best) << k;
        }
      }
    }
  }
}

TEST_F(BlendTest, without_transitions_only_vectors_count) {
  const Rows heard = {kWithoutTransitions};
  const BlendQuery query(sources_, kWeights, heard);
  EXPECT_TRUE(query.by_transitions().empty());
  const Rows near = {15, 3};
  EXPECT_THAT(query.candidates(10, near, [](std::uint32_t) { return true; }), ElementsAre(3, 15));
  EXPECT_EQ(query.evidence(3)[Term::transitions], 0);
  EXPECT_GT(query.evidence(3)[Term::last_song], 0.5F);
}

TEST_F(BlendTest, without_a_direction_every_cosine_is_zero) {
  const Rows heard = {kWithoutVector};
  const BlendQuery query(sources_, kWeights, heard);
  for (const float number : query.recent()) EXPECT_EQ(number, 0);
  for (std::uint32_t song = 0; song < kSongs; ++song) {
    const Evidence evidence = query.evidence(song);
    for (const float cosine : {evidence[Term::last_song], evidence[Term::recent_songs], evidence[Term::last_context],
                               evidence[Term::recent_context]}) {
      EXPECT_EQ(cosine, 0);
    }
    EXPECT_TRUE(std::isfinite(score_of(evidence, kWeights)));
  }
}

// One seed is one song heard; several are their mean, by weight.
TEST_F(BlendTest, seeds_count_by_their_weights) {
  const std::vector<WeightedSong> one = {{6, 1}};
  const BlendQuery of_seed(sources_, kWeights, one);
  const BlendQuery of_song(sources_, kWeights, Rows{6});
  const std::vector<WeightedSong> two = {{6, 0.75}, {2, 0.25}};
  const BlendQuery mixed(sources_, kWeights, two);
  const BlendQuery of_other(sources_, kWeights, Rows{2});
  for (std::uint32_t song = 0; song < kSongs; ++song) {
    const Evidence first = of_song.evidence(song);
    const Evidence second = of_other.evidence(song);
    const Evidence seed = of_seed.evidence(song);
    const Evidence both = mixed.evidence(song);
    for (const TermRow& row : kTermRows) EXPECT_NEAR(seed[row.term], first[row.term], 1e-5) << row.name;
    for (const Term term : {Term::transitions, Term::last_artist, Term::recent_artists}) {
      EXPECT_NEAR(both[term], 0.75F * first[term] + 0.25F * second[term], 1e-5) << song;
    }
    EXPECT_EQ(both[Term::version], std::max(first[Term::version], second[Term::version])) << song;
    EXPECT_FLOAT_EQ(both[Term::last_song], both[Term::recent_songs]) << song;
  }
  const std::vector<WeightedSong> turned = {{2, 0.25}, {6, 0.75}};
  const BlendQuery other_order(sources_, kWeights, turned);
  for (std::uint32_t song = 0; song < kSongs; ++song) {
    EXPECT_NEAR(score_of(mixed.evidence(song), kWeights), score_of(other_order.evidence(song), kWeights), 1e-5);
  }
}

}  // namespace
}  // namespace segue::recommend
