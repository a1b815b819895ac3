// What lifts a song's score, by its terms and by the songs heard.
#include <algorithm>
#include <cmath>

#include "segue/math/kernels/kernels.h"
#include "segue/recommend/blend_query.h"

namespace segue::recommend {

namespace {

std::array<float, kTerms> lifts_of(const TermWeights& weights, const Evidence& evidence) {
  std::array<float, kTerms> lifts{};
  for (std::size_t i = 0; i < kTerms; ++i) {
    const Term term = kTermRows[i].term;
    if (term != Term::floor) lifts[i] = std::max(0.0F, weights[term] * evidence[term]);
  }
  // The chances are a sum under one logarithm, so each has its part of what they lift together.
  const float floor = weights[Term::floor] * evidence[Term::floor];
  float above = 0;
  for (std::size_t i = 0; i < kChances; ++i) above += lifts[i];
  const float lift = floor > 0 ? std::log1p(above / floor) : 1;
  for (std::size_t i = 0; i < kChances && above > 0; ++i) lifts[i] *= lift / above;
  return lifts;
}

// Adds `lift` to `due` in proportion to `by`, which holds nothing below 0.
void split(float lift, std::span<const float> by, std::vector<float>& due) {
  float sum = 0;
  for (const float one : by) sum += one;
  if (!(sum > 0)) return;
  for (std::size_t i = 0; i < by.size(); ++i) due[i] += lift * by[i] / sum;
}

float at(std::span<const data::SongRow> songs, std::span<const float> values, data::SongRow song) {
  const auto found = std::ranges::find(songs, song);
  return found == songs.end() ? 0 : values[static_cast<std::size_t>(found - songs.begin())];
}

// A song that was heard more than once has all its parts.
void sum_by_song(std::vector<math::ScoredRow>& songs) {
  std::vector<math::ScoredRow> sums;
  for (const math::ScoredRow& one : songs) {
    const auto known = std::ranges::find(sums, one.row, &math::ScoredRow::row);
    if (known == sums.end()) {
      sums.push_back(one);
    } else {
      known->score += one.score;
    }
  }
  songs = std::move(sums);
}

}  // namespace

// Of each song heard: its weight times its cosine to a row of `to`, but for that row's length; 0 where it is below.
std::vector<float> BlendQuery::likeness(math::MatrixView<const float> to, data::SongRow song) const {
  std::vector<float> alike;
  for (std::size_t ago = 0; ago < heard_.size(); ++ago) {
    const float dot = math::best_kernels().dot(sources_.vectors.row(heard_[ago]), to.row(song), recent_.size());
    alike.push_back(std::max(0.0F, artist_weights_[ago] * sources_.inverse_norms[heard_[ago]] * dot));
  }
  return alike;
}

// Of each song heard: its part of the term of transitions, and of the teacher's.
std::vector<float> BlendQuery::played_after(std::span<const transitions::TransitionsOf> near,
                                            data::SongRow song) const {
  const PairChance chance(weights_);
  std::vector<float> played(heard_.size());
  for (std::size_t ago = 0; ago < near.size(); ++ago) {
    const float pairs = chance.pairs(at(near[ago].neighbours, near[ago].forward, song),
                                     at(near[ago].neighbours, near[ago].backward, song));
    if (pairs > 0) played[ago] = chance.of(transition_scale(ago), pairs);
  }
  return played;
}

std::vector<float> BlendQuery::taught_after(std::span<const transitions::NextSongs> taught, data::SongRow song) const {
  std::vector<float> likely(heard_.size());
  for (std::size_t ago = 0; ago < taught.size(); ++ago) {
    likely[ago] = static_cast<float>(transition_weights_[ago]) * at(taught[ago].songs, taught[ago].chances, song);
  }
  return likely;
}

std::vector<ScoreParts> BlendQuery::parts(std::span<const data::SongRow> songs) const {
  const std::vector<Evidence> all = evidence(songs, EvidenceOf::weighted);
  const std::vector<data::SongKeys> keys = sources_.keys(songs);
  const std::vector<transitions::TransitionsOf> near = sources_.transitions(heard_while_weighty());
  std::vector<transitions::NextSongs> taught;
  if (!by_teacher_.empty()) taught = sources_.teacher(heard_while_weighty());
  std::vector<float> newest(heard_.size());
  newest.front() = 1;
  std::vector<ScoreParts> parts;
  for (std::size_t i = 0; i < songs.size(); ++i) {
    ScoreParts& one = parts.emplace_back();
    one.terms = lifts_of(term_weights_, all[i]);
    std::vector<float> same_artist(heard_.size());
    for (std::size_t ago = 0; ago < heard_.size(); ++ago) {
      if (keys[i].artist == keys_[ago].artist) same_artist[ago] = artist_weights_[ago];
    }
    const std::vector<float> alike = likeness(sources_.vectors, songs[i]);
    const std::vector<float> in_context =
        has_context(EvidenceOf::weighted) ? likeness(sources_.context, songs[i]) : alike;
    std::vector<float> due(heard_.size());
    const auto give = [&](Term term, std::span<const float> by) {
      split(one.terms[static_cast<std::size_t>(term)], by, due);
    };
    give(Term::transitions, played_after(near, songs[i]));
    give(Term::teacher, taught_after(taught, songs[i]));
    give(Term::own_transitions, newest);
    give(Term::last_song, are_seeds_ ? alike : newest);
    give(Term::recent_songs, alike);
    give(Term::last_context, are_seeds_ ? in_context : newest);
    give(Term::recent_context, in_context);
    give(Term::last_artist, are_seeds_ ? same_artist : newest);
    give(Term::recent_artists, same_artist);
    for (std::size_t ago = 0; ago < heard_.size(); ++ago) {
      if (due[ago] > 0) one.heard.push_back({heard_[ago], due[ago]});
    }
    sum_by_song(one.heard);
  }
  return parts;
}

}  // namespace segue::recommend
