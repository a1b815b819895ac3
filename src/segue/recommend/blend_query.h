// The blend: predicts what is played next from all that is known of songs and listener.
//
// Transitions know which songs are played one after the other, but only for pairs that were seen; vectors know which
// songs are alike, even if they were never played together; the listener's past knows what comes back, and the trend
// what everybody plays now. blend_terms.h has the score and its terms. After the songs h_0 (the last), h_1, ... the
// evidence for a candidate x is
//
//     transitions      sum_t d^t plays(h_t)^-seed_damping (after(h_t, x) + backward before(h_t, x))^power
//     teacher          sum_t d^t chance(x after h_t), by a teacher outside of Segue (transitions/teacher_file.h)
//     own_transitions  what the listener played within three songs of h_0 before, 1/distance each (listener.h)
//     returns          the rate at which a song last played so long ago and so often returns (plays/returns.h)
//     floor            1
//     trend_...        plays of x that decay, over those of the mean song (plays/trend.h)
//     popularity       log plays(x)
//     last_song, recent_songs       cos(v_h0, v_x), cos(q, v_x)
//     last_context, recent_context  cos(v_h0, c_x), cos(q, c_x)
//     last_artist      1 if artist(x) = artist(h_0)
//     recent_artists   sum_t r^t [artist(x) = artist(h_t)]
//     known_artist     log(1 + the listener's plays of the artist)
//     familiar         log(returns, over 1 / songs); 0 if the listener never played x
//     version          1 if x is another version of some h_t, or h_t itself where nothing is known of returns
//
// where after and before are the transition weights (transitions/transitions.h), v and c the song and context vectors,
// q the mean of the unit vectors v_ht weighted by r^t, and d, r stand for the two half-lives. In-out similarity, v
// against c, says what is played together with a song; in-in similarity says what is played instead of it (Nalisnick et
// al. 2016, arXiv:1602.01137). Dividing by plays(h_t)^power is the cosine of counts at 1/2, the conditional probability
// at 1.
#pragma once

#include <array>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "segue/data/dataset/log_plays.h"
#include "segue/data/dataset/song_row.h"
#include "segue/data/text/song_keys.h"
#include "segue/index/coded_rows.h"
#include "segue/math/matrix.h"
#include "segue/math/top_k.h"
#include "segue/model/blend_weights.h"
#include "segue/plays/returns.h"
#include "segue/plays/trend.h"
#include "segue/recommend/blend_terms.h"
#include "segue/recommend/listener.h"
#include "segue/recommend/seeds.h"
#include "segue/transitions/teacher_file.h"
#include "segue/transitions/transitions.h"

namespace segue::recommend {

// Only this many of the newest songs heard count.
inline constexpr std::size_t kBlendHeard = 50;
// The fewest candidates that are scored: the strongest by transitions, the nearest by vectors and, if there is a
// teacher, those it finds most likely.
inline constexpr std::size_t kBlendByTransitions = 300;
inline constexpr std::size_t kBlendByVectors = 100;
inline constexpr std::size_t kBlendByTeacher = 100;

// What a teacher would play after each of these songs.
using TeacherSource = std::function<std::vector<transitions::NextSongs>(std::span<const data::SongRow>)>;

// Everything the blend reads: views of songs held elsewhere, all rows x dim or one for each row. Functions are thread
// safe.
struct BlendSources {
  math::MatrixView<const float> vectors;  // W1, of any length
  std::span<const float> inverse_norms;   // of W1; 0 for a row of zeros
  math::MatrixView<const float> context;  // W2
  const data::LogPlays* log_plays = nullptr;
  std::function<std::vector<transitions::TransitionsOf>(std::span<const data::SongRow>)> transitions;  // of each song
  std::function<std::vector<data::SongKeys>(std::span<const data::SongRow>)> keys;                     // of each song
  // Codes of the vectors and of the context vectors, to find the best of many candidates faster; may be nullptr.
  const index::CodedRows* codes = nullptr;
  const index::CodedRows* context_codes = nullptr;
  // Where these are nullptr, the terms that read them are 0.
  const plays::Trend* trend = nullptr;
  const plays::ReturnRates* returns = nullptr;
  TeacherSource teacher = nullptr;
};

// Which parts of the evidence are computed: all, or those that count towards score(), the rest left 0. Reading the
// context vectors takes as long as everything else, and by default they have no weight.
enum class EvidenceOf { all, weighted };

// What lifts a song's score above what any song gets. In logarithms as the score itself, nothing below 0.
struct ScoreParts {
  std::array<float, kTerms> terms{};     // the chances share log(their sum / floor); what lowers the score is 0
  std::vector<math::ScoredRow> heard{};  // what of the terms is due to songs heard: each once, the newest first
};

// The songs heard, prepared for scoring candidates. Views sources and weights that outlive it; not thread safe.
class BlendQuery {
 public:
  // `heard`: rows, the newest last; a song may occur more than once. REQUIRES: not empty.
  BlendQuery(const BlendSources& sources, const model::BlendWeights& weights, std::span<const data::SongRow> heard,
             const Listening& listening = {});
  // As if one of the seeds had been heard, each with the probability of its weight: in the sums above the weights
  // replace the powers of d and r, and stand for 1 where h_0 is meant; v_h0 is q. REQUIRES: not empty, each song once,
  // weights that add up to 1.
  BlendQuery(const BlendSources& sources, const model::BlendWeights& weights, std::span<const WeightedSong> seeds,
             const Listening& listening = {});

  // q at length 1; zeros if no heard song has a direction.
  std::span<const float> recent() const { return recent_; }
  // T of every song for which it is not 0, ascending by row.
  const std::vector<math::ScoredRow>& by_transitions() const { return by_transitions_; }
  // The `count` strongest of these for which keeps() is true, after damping their popularity, and those of `near`, each
  // once, ascending by row. `near`: what search found for recent().
  std::vector<data::SongRow> candidates(std::size_t count, std::span<const data::SongRow> near,
                                        const std::function<bool(data::SongRow)>& keeps) const;
  // REQUIRES: rows of the sources.
  Evidence evidence(data::SongRow song, EvidenceOf of = EvidenceOf::all) const;
  std::vector<Evidence> evidence(std::span<const data::SongRow> songs, EvidenceOf of = EvidenceOf::all) const;
  // Of each of the songs. REQUIRES: rows of the sources.
  std::vector<ScoreParts> parts(std::span<const data::SongRow> songs) const;
  // Subtracted from a song's cosines to the songs heard.
  using Penalty = std::function<float(data::SongRow)>;
  // The k of `songs` with the best score(), best first, ties by row. The scores are those of weighted evidence(), to
  // the bit, but with codes most vectors are not read. REQUIRES: songs ascending, each once.
  std::vector<math::ScoredRow> best(std::span<const data::SongRow> songs, std::size_t k,
                                    const Penalty& penalty = {}) const;

 private:
  // What pairs of plays say of a song that was heard and one to follow it.
  class PairChance {
   public:
    explicit PairChance(const model::BlendWeights& weights)
        : power_(static_cast<float>(weights.blend_transition_power)),
          backward_(static_cast<float>(weights.blend_backward)) {}
    float pairs(float forward, float backward) const { return forward + backward_ * backward; }
    // REQUIRES: pairs > 0
    float of(float scale, float pairs) const { return scale * std::pow(pairs, power_); }

   private:
    float power_;
    float backward_;
  };

  // Of one song to follow the songs heard.
  struct Chances {
    float transitions = 0;
    float teacher = 0;
  };

  BlendQuery(const BlendSources& sources, const model::BlendWeights& weights, const Listening& listening);
  void add_evidence();
  std::vector<float> played_after(std::span<const transitions::TransitionsOf> near, data::SongRow song) const;
  std::vector<float> taught_after(std::span<const transitions::NextSongs> taught, data::SongRow song) const;
  std::vector<float> likeness(math::MatrixView<const float> to, data::SongRow song) const;
  void add_recent();
  std::span<const data::SongRow> heard_while_weighty() const;
  std::span<const float> last_vector() const;
  float last_scale() const;
  float transition_scale(std::size_t ago) const;
  void add_transitions();
  void add_teacher();
  std::vector<data::SongRow> strongest(std::size_t count, const std::function<bool(data::SongRow)>& keeps) const;
  std::vector<data::SongRow> taught(const std::function<bool(data::SongRow)>& keeps) const;
  Evidence evidence_without_cosines(data::SongRow song, const data::SongKeys& keys, const Chances& chances,
                                    float log_plays) const;
  void add_cosines(Evidence& evidence, EvidenceOf of) const;
  void drop_those_behind(std::vector<Evidence>& songs, std::size_t k) const;
  bool is_coded() const;
  void prefetch_codes(data::SongRow song) const;
  void prefetch_vectors(data::SongRow song) const;
  bool has_context(EvidenceOf of) const;

  const BlendSources& sources_;
  const model::BlendWeights& weights_;
  const TermWeights term_weights_;
  std::vector<data::SongRow> heard_;  // the newest first, or the heaviest
  std::vector<data::SongKeys> keys_;  // of these
  std::vector<float> artist_weights_;
  std::vector<double> transition_weights_;  // of the first of them; the others hardly count any more
  bool are_seeds_ = false;
  std::vector<float> recent_;
  std::vector<math::ScoredRow> by_transitions_;
  std::vector<math::ScoredRow> by_teacher_;
  ListenerEvidence listener_;
};

}  // namespace segue::recommend
