// The blend: what is played next, told from song vectors and transitions together.
//
// Transitions know which songs are played one after the other, but only of pairs that were seen; vectors know what is
// alike, also of songs that never met. Each candidate x after the songs h_0 (the last), h_1, ... has the score
//
//     log(T(x) + floor) - popularity_damping log plays(x)
//       + last_song cos(v_h0, v_x) + recent_songs cos(q, v_x) + last_context cos(v_h0, c_x) + recent_context cos(q,
//       c_x)
//       + last_artist [artist(x) = artist(h_0)] + recent_artists sum_t r^t [artist(x) = artist(h_t)]
//       - version [x is some h_t, or another version of it]
//
//     T(x) = sum_t d^t plays(h_t)^-seed_damping (after(h_t, x) + backward before(h_t, x))^power
//
// where after and before are the transition weights (transitions/transitions.h), v and c the song and context vectors,
// q the mean of the unit vectors v_ht weighed by r^t, and d, r stand for the two half-lives. In-out similarity, v
// against c, says what is played together with a song, in-in what is played in its place (Nalisnick et al. 2016,
// arXiv:1602.01137). Dividing by plays(h_t)^power is the cosine of counts at 1/2, the conditional probability at 1.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "segue/data/dataset/log_plays.h"
#include "segue/data/text/song_keys.h"
#include "segue/index/coded_rows.h"
#include "segue/math/matrix.h"
#include "segue/math/top_k.h"
#include "segue/model/blend_weights.h"
#include "segue/transitions/transitions.h"

namespace segue::recommend {

// Of the songs heard, the newest so many are looked at.
inline constexpr std::size_t kBlendHeard = 50;
// Candidates by transitions, the strongest, and by vectors, the nearest, that are scored at least.
inline constexpr std::size_t kBlendByTransitions = 300;
inline constexpr std::size_t kBlendByVectors = 100;

// What is blended: views of somebody else's songs, all rows x dim or one for each row.
struct BlendSources {
  math::MatrixView<const float> vectors;  // W1, of any length
  std::span<const float> inverse_norms;   // of W1; 0 for a row of zeros
  math::MatrixView<const float> context;  // W2
  const data::LogPlays* log_plays = nullptr;
  std::function<transitions::TransitionsOf(std::uint32_t)> transitions;
  std::function<data::SongKeys(std::uint32_t)> keys;
  // May be left out; with them, the best of many candidates are found sooner:
  std::function<void(std::uint32_t)> prefetch_keys = {};
  const index::CodedRows* codes = nullptr;  // of the vectors
};

// What of a candidate is worked out: all, or what counts towards score(), the rest left 0. Reading the context vectors
// takes as long as all else, and by default they have no weight.
enum class EvidenceOf { all, weighted };

// All that the score of one candidate is made of; the weights are not in it, but for those of T and of q.
struct Evidence {
  std::uint32_t song = 0;
  float transitions = 0;  // T
  float log_plays = 0;
  float last_song = 0;  // cosines
  float recent_songs = 0;
  float last_context = 0;
  float recent_context = 0;
  float last_artist = 0;     // 1 or 0
  float recent_artists = 0;  // the sum
  float version = 0;         // 1 or 0

  float score(const model::BlendWeights& weights) const;
};

// The songs heard, ready to be asked for candidates. Views sources and weights that outlive it; not thread safe.
class BlendQuery {
 public:
  // `heard`: rows, the newest last; a song may be there more than once. REQUIRES: not empty.
  BlendQuery(const BlendSources& sources, const model::BlendWeights& weights, std::span<const std::uint32_t> heard);

  // q at length 1; zeros where no heard song has a direction.
  std::span<const float> recent() const { return recent_; }
  // T of every song for which it is not 0, ascending by row.
  const std::vector<math::ScoredRow>& by_transitions() const { return by_transitions_; }
  // The `count` strongest of these for which keeps() is true, after damping their popularity, and those of `near`, each
  // once, ascending by row. `near`: what search found for recent().
  std::vector<std::uint32_t> candidates(std::size_t count, std::span<const std::uint32_t> near,
                                        const std::function<bool(std::uint32_t)>& keeps) const;
  // REQUIRES: a row of the sources.
  Evidence evidence(std::uint32_t song, EvidenceOf of = EvidenceOf::all) const;
  // Taken off a song's cosines to what was heard.
  using Malus = std::function<float(std::uint32_t)>;
  // The k of `songs` with the best score(), best first, ties by row: what weighted evidence() of each would say, to the
  // bit, but most vectors are not read where there are codes. REQUIRES: songs ascending, each once.
  std::vector<math::ScoredRow> best(std::span<const std::uint32_t> songs, std::size_t k, const Malus& malus = {}) const;

 private:
  void add_transitions();
  std::vector<std::uint32_t> strongest(std::size_t count, const std::function<bool(std::uint32_t)>& keeps) const;
  Evidence evidence_without_cosines(std::uint32_t song, float transitions, float log_plays) const;
  void add_cosines(Evidence& evidence, EvidenceOf of) const;
  void drop_those_behind(std::vector<Evidence>& songs, std::size_t k) const;
  void prefetch_vectors(std::uint32_t song) const;
  bool has_context(EvidenceOf of) const;

  const BlendSources& sources_;
  const model::BlendWeights& weights_;
  std::vector<std::uint32_t> heard_;  // the newest first
  std::vector<data::SongKeys> keys_;  // of these
  std::vector<float> artist_weights_;
  std::vector<float> recent_;
  std::vector<math::ScoredRow> by_transitions_;
};

}  // namespace segue::recommend
