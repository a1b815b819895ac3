#include "segue/recommend/blend_query.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <numeric>

#include "segue/base/error.h"
#include "segue/math/kernels/kernels.h"
#include "segue/math/prefetch.h"

namespace segue::recommend {

namespace {

// Songs heard so long ago that their weight is below this are ignored.
constexpr double kLeastWeight = 0.01;
// How many candidates ahead of the one being scored vectors are prefetched.
constexpr std::size_t kAhead = 6;
// Relative rounding error of a score.
constexpr float kRounding = 1e-5F;

double decay_of(double half_life) {
  return std::exp2(-1 / half_life);
}

// Stable, so that each sum adds up in the same order whatever the other songs are. A radix sort, which takes a fraction
// of the time of comparisons for a few thousand songs.
void sort_by_row(std::vector<math::ScoredRow>& parts) {
  constexpr std::uint32_t kBits = 11;
  constexpr std::uint32_t kDigits = 1U << kBits;
  std::uint32_t largest = 0;
  for (const math::ScoredRow& part : parts) largest = std::max(largest, part.row);
  std::vector<math::ScoredRow> sorted(parts.size());
  for (std::uint32_t shift = 0; shift < 32 && largest >> shift != 0; shift += kBits) {
    std::array<std::uint32_t, kDigits + 1> begins{};
    for (const math::ScoredRow& part : parts) ++begins[(part.row >> shift) % kDigits + 1];
    std::partial_sum(begins.begin(), begins.end(), begins.begin());
    for (const math::ScoredRow& part : parts) sorted[begins[(part.row >> shift) % kDigits]++] = part;
    parts.swap(sorted);
  }
}

// A score that at least n songs reach, and few more. Counts songs by the first bits of their scores, which sort like
// the scores themselves if none is negative. REQUIRES: 0 < n <= songs.size(), no score below 0
float reached_by(std::span<const math::ScoredRow> songs, std::size_t n) {
  constexpr std::uint32_t kDropped = 20;  // of 32 bits: sign, exponent and three more are left
  std::array<std::uint32_t, (1U << (31 - kDropped))> counts{};
  for (const math::ScoredRow& song : songs) ++counts[std::bit_cast<std::uint32_t>(song.score) >> kDropped];
  std::size_t bucket = counts.size();
  for (std::size_t reached = 0; reached < n;) reached += counts[--bucket];
  return std::bit_cast<float>(static_cast<std::uint32_t>(bucket) << kDropped);
}

// REQUIRES: 0 < n <= songs.size()
math::ScoredRow nth_best(std::vector<math::ScoredRow> songs, std::size_t n) {
  const auto nth = songs.begin() + static_cast<std::ptrdiff_t>(n) - 1;
  std::ranges::nth_element(songs, nth, math::is_better);
  return *nth;
}

// Sorts by row and adds up the scores of each row.
void sum_by_row(std::vector<math::ScoredRow>& parts) {
  sort_by_row(parts);
  std::size_t kept = 0;
  for (const math::ScoredRow& part : parts) {
    if (kept > 0 && parts[kept - 1].row == part.row) {
      parts[kept - 1].score += part.score;
    } else {
      parts[kept++] = part;
    }
  }
  parts.resize(kept);
}

// 0 for a row that is not there. REQUIRES: scores ascending by row.
float score_of(std::span<const math::ScoredRow> scores, data::SongRow row) {
  const auto found = std::ranges::lower_bound(scores, row, {}, &math::ScoredRow::row);
  return found != scores.end() && found->row == row ? found->score : 0;
}

// The same for rows that are asked for in ascending order.
class AscendingScores {
 public:
  explicit AscendingScores(std::span<const math::ScoredRow> scores) : at_(scores.begin()), end_(scores.end()) {}

  float of(data::SongRow row) {
    while (at_ != end_ && at_->row < row) ++at_;
    return at_ != end_ && at_->row == row ? at_->score : 0;
  }

 private:
  std::span<const math::ScoredRow>::iterator at_;
  std::span<const math::ScoredRow>::iterator end_;
};

std::vector<data::SongRow> united(std::span<const data::SongRow> some, std::span<const data::SongRow> others) {
  std::vector<data::SongRow> all;
  all.reserve(some.size() + others.size());
  std::ranges::set_union(some, others, std::back_inserter(all));
  return all;
}

// REQUIRES: a term of the table is this cosine.
constexpr Term term_of(CosineOf cosine) {
  return std::ranges::find(kTermRows, cosine, &TermRow::cosine)->term;
}

// A term that is a cosine, of many songs, by codes.
class RoughTerm {
 public:
  // Views query and codes, which outlive it.
  RoughTerm(CosineOf cosine, const math::CodedQuery& query, const index::CodedRows& codes,
            std::span<const Evidence> songs)
      : term_(term_of(cosine)), query_(query), codes_(codes), products_(songs.size()) {
    std::vector<const std::int8_t*> rows;
    rows.reserve(songs.size());
    for (const Evidence& song : songs) rows.push_back(codes.codes(song.song));
    math::best_kernels().dot_code_rows(query.codes(), rows.data(), rows.size(), query.size(), products_.data());
  }

  Term term() const { return term_; }
  // Of the i-th of the songs.
  index::RoughCosine of(data::SongRow song, std::size_t i) const {
    return index::rough_cosine(query_, codes_.of(song), products_[i]);
  }

 private:
  Term term_;
  const math::CodedQuery& query_;
  const index::CodedRows& codes_;
  std::vector<std::int32_t> products_;
};

}  // namespace

BlendQuery::BlendQuery(const BlendSources& sources, const model::BlendWeights& weights, const Listening& listening)
    : sources_(sources),
      weights_(weights),
      term_weights_(weights),
      recent_(sources.vectors.columns),
      listener_(has_weight(weights, Reads::past) ? sources.returns : nullptr,
                has_weight(weights, Reads::trend) ? sources.trend : nullptr, weights, listening, sources.vectors.rows) {
}

BlendQuery::BlendQuery(const BlendSources& sources, const model::BlendWeights& weights,
                       std::span<const data::SongRow> heard, const Listening& listening)
    : BlendQuery(sources, weights, listening) {
  SEGUE_ASSERT(!heard.empty());
  const std::size_t used = std::min(heard.size(), kBlendHeard);
  heard_.assign(heard.rbegin(), heard.rbegin() + static_cast<std::ptrdiff_t>(used));
  const double vector_decay = decay_of(weights.blend_vector_half_life);
  double weight = 1;
  for (std::size_t ago = 0; ago < used; ++ago, weight *= vector_decay) {
    artist_weights_.push_back(static_cast<float>(weight));
  }
  const double transition_decay = decay_of(weights.blend_transition_half_life);
  weight = 1;
  for (std::size_t ago = 0; ago < used && weight >= kLeastWeight; ++ago, weight *= transition_decay) {
    transition_weights_.push_back(weight);
  }
  add_evidence();
}

BlendQuery::BlendQuery(const BlendSources& sources, const model::BlendWeights& weights,
                       std::span<const WeightedSong> seeds, const Listening& listening)
    : BlendQuery(sources, weights, listening) {
  SEGUE_ASSERT(!seeds.empty());
  are_seeds_ = true;
  for (const WeightedSong& seed : seeds) {
    heard_.push_back(seed.song);
    artist_weights_.push_back(static_cast<float>(seed.weight));
    transition_weights_.push_back(seed.weight);
  }
  add_evidence();
}

// Everything that is known of heard_ and its weights.
void BlendQuery::add_evidence() {
  for (const data::SongRow song : heard_) math::prefetch(sources_.vectors[song]);
  keys_ = sources_.keys(heard_);
  add_recent();
  add_transitions();
  if (sources_.teacher && has_weight(weights_, Reads::teacher)) add_teacher();
}

// Fills recent_ from heard_.
void BlendQuery::add_recent() {
  for (std::size_t ago = 0; ago < heard_.size(); ++ago) {
    const float scale = artist_weights_[ago] * sources_.inverse_norms[heard_[ago]];
    if (scale > 0) math::best_kernels().axpy(scale, sources_.vectors.row(heard_[ago]), recent_.data(), recent_.size());
  }
  const float length = std::sqrt(math::best_kernels().squared_norm(recent_.data(), recent_.size()));
  if (length > 0) math::best_kernels().scale(1 / length, recent_.data(), recent_.size());
}

// The newest songs, up to where what follows them hardly counts any more.
std::span<const data::SongRow> BlendQuery::heard_while_weighty() const {
  return std::span(heard_).first(transition_weights_.size());
}

// v_h0 and what brings it to length 1.
std::span<const float> BlendQuery::last_vector() const {
  return are_seeds_ ? std::span<const float>(recent_) : sources_.vectors[heard_.front()];
}

float BlendQuery::last_scale() const {
  return are_seeds_ ? 1 : sources_.inverse_norms[heard_.front()];
}

// Of the transitions of the song heard so long ago.
float BlendQuery::transition_scale(std::size_t ago) const {
  const double damping = std::exp(-weights_.blend_seed_damping * sources_.log_plays->of(heard_[ago]));
  return static_cast<float>(transition_weights_[ago] * damping);
}

// Fills by_transitions_ from heard_.
void BlendQuery::add_transitions() {
  const std::vector<transitions::TransitionsOf> lists = sources_.transitions(heard_while_weighty());
  std::size_t most = 0;
  for (const transitions::TransitionsOf& list : lists) most += list.neighbours.size();

  const PairChance chance(weights_);
  by_transitions_.reserve(most);
  for (std::size_t ago = 0; ago < lists.size(); ++ago) {
    const transitions::TransitionsOf& near = lists[ago];
    const float scale = transition_scale(ago);
    for (std::size_t i = 0; i < near.neighbours.size(); ++i) {
      const float pairs = chance.pairs(near.forward[i], near.backward[i]);
      if (pairs > 0) by_transitions_.push_back({near.neighbours[i], chance.of(scale, pairs)});
    }
  }
  sum_by_row(by_transitions_);
}

// Fills by_teacher_ from heard_.
void BlendQuery::add_teacher() {
  const std::vector<transitions::NextSongs> lists = sources_.teacher(heard_while_weighty());
  for (std::size_t ago = 0; ago < lists.size(); ++ago) {
    const transitions::NextSongs& next = lists[ago];
    for (std::size_t i = 0; i < next.songs.size(); ++i) {
      by_teacher_.push_back({next.songs[i], static_cast<float>(transition_weights_[ago]) * next.chances[i]});
    }
  }
  sum_by_row(by_teacher_);
}

std::vector<data::SongRow> BlendQuery::candidates(std::size_t count, std::span<const data::SongRow> near,
                                                  const std::function<bool(data::SongRow)>& keeps) const {
  std::vector<data::SongRow> others(near.begin(), near.end());
  std::ranges::sort(others);
  std::vector<data::SongRow> rows;
  rows.reserve(count + near.size());
  std::ranges::set_union(strongest(count, keeps), others, std::back_inserter(rows));
  if (!by_teacher_.empty()) rows = united(rows, taught(keeps));
  if (listener_.candidates().empty()) return rows;
  std::vector<data::SongRow> kept;
  std::ranges::copy_if(listener_.candidates(), std::back_inserter(kept), keeps);
  return united(rows, kept);
}

// The songs that the teacher finds most likely, ascending by row.
std::vector<data::SongRow> BlendQuery::taught(const std::function<bool(data::SongRow)>& keeps) const {
  std::vector<math::ScoredRow> likely = by_teacher_;
  std::ranges::sort(likely, math::is_better);
  std::vector<data::SongRow> rows;
  for (const math::ScoredRow& song : likely) {
    if (rows.size() == kBlendByTeacher) break;
    if (keeps(song.row)) rows.push_back(song.row);
  }
  std::ranges::sort(rows);
  return rows;
}

// The strongest of by_transitions_ after damping, ascending by row.
std::vector<data::SongRow> BlendQuery::strongest(std::size_t count,
                                                 const std::function<bool(data::SongRow)>& keeps) const {
  std::vector<math::ScoredRow> damped = by_transitions_;
  const auto damping = static_cast<float>(weights_.blend_popularity_damping);
  data::LogPlays::Ascending log_plays(*sources_.log_plays);
  float of = 0;
  float factor = 1;
  for (math::ScoredRow& song : damped) {
    if (const float now = log_plays.of(song.row); now != of) {
      of = now;
      factor = std::exp(-damping * of);
    }
    song.score *= factor;
  }
  std::vector<math::ScoredRow> kept;
  // keeps() is slow, so only a few songs more than needed are checked; it mostly rejects the songs heard.
  for (std::size_t checked = count + kBlendHeard; count > 0; checked *= 2) {
    const float bar = checked < damped.size() ? reached_by(damped, checked) : 0;
    kept.clear();
    for (const math::ScoredRow& song : damped) {
      if (song.score >= bar && keeps(song.row)) kept.push_back(song);
    }
    if (kept.size() > count) {
      const math::ScoredRow last = nth_best(kept, count);
      std::erase_if(kept, [&](const math::ScoredRow& song) { return math::is_better(last, song); });
    }
    if (kept.size() == count || checked >= damped.size()) break;
  }
  std::vector<data::SongRow> rows;
  rows.reserve(kept.size());
  for (const math::ScoredRow& song : kept) rows.push_back(song.row);
  return rows;
}

bool BlendQuery::has_context(EvidenceOf of) const {
  return of == EvidenceOf::all || term_weights_[Term::last_context] != 0 || term_weights_[Term::recent_context] != 0;
}

// Whether there are codes of everything that the weights read.
bool BlendQuery::is_coded() const {
  return sources_.codes != nullptr && (sources_.context_codes != nullptr || !has_context(EvidenceOf::weighted));
}

void BlendQuery::prefetch_codes(data::SongRow song) const {
  sources_.codes->prefetch_row(song);
  if (has_context(EvidenceOf::weighted)) sources_.context_codes->prefetch_row(song);
}

void BlendQuery::prefetch_vectors(data::SongRow song) const {
  math::prefetch(&sources_.inverse_norms[song], sizeof(float));
  math::prefetch(sources_.vectors[song]);
  if (has_context(EvidenceOf::weighted)) math::prefetch(sources_.context[song]);
}

std::vector<math::ScoredRow> BlendQuery::best(std::span<const data::SongRow> songs, std::size_t k,
                                              const Penalty& penalty) const {
  const bool coded = is_coded() && songs.size() > k && !penalty;
  if (coded) {
    for (const data::SongRow song : songs) prefetch_codes(song);
  }
  const std::vector<data::SongKeys> keys = sources_.keys(songs);
  std::vector<Evidence> all;
  all.reserve(songs.size());
  AscendingScores transitions(by_transitions_);
  AscendingScores teacher(by_teacher_);
  data::LogPlays::Ascending log_plays(*sources_.log_plays);
  for (std::size_t i = 0; i < songs.size(); ++i) {
    const Chances chances{transitions.of(songs[i]), teacher.of(songs[i])};
    all.push_back(evidence_without_cosines(songs[i], keys[i], chances, log_plays.of(songs[i])));
  }
  if (coded) drop_those_behind(all, k);
  math::TopK best(k);
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (i + kAhead < all.size()) prefetch_vectors(all[i + kAhead].song);
    add_cosines(all[i], EvidenceOf::weighted);
    if (penalty) {
      const float subtracted = penalty(all[i].song);
      all[i][Term::last_song] -= subtracted;
      all[i][Term::recent_songs] -= subtracted;
    }
    best.offer({all[i].song, term_weights_.score(all[i])});
  }
  return best.take();
}

// Drops songs that cannot be among the k best according to the codes of their vectors. REQUIRES: is_coded()
void BlendQuery::drop_those_behind(std::vector<Evidence>& songs, std::size_t k) const {
  std::vector<float> last_unit(recent_.size());
  math::best_kernels().axpy(last_scale(), last_vector().data(), last_unit.data(), last_unit.size());
  const math::CodedQuery last(last_unit);
  const math::CodedQuery recent(recent_);
  std::vector<RoughTerm> terms;
  terms.emplace_back(CosineOf::last_song, last, *sources_.codes, songs);
  terms.emplace_back(CosineOf::recent_songs, recent, *sources_.codes, songs);
  if (has_context(EvidenceOf::weighted)) {
    terms.emplace_back(CosineOf::last_context, last, *sources_.context_codes, songs);
    terms.emplace_back(CosineOf::recent_context, recent, *sources_.context_codes, songs);
  }

  std::vector<float> most(songs.size());
  math::TopK least(k);
  for (std::size_t i = 0; i < songs.size(); ++i) {
    float error = 0;
    for (const RoughTerm& term : terms) {
      const index::RoughCosine rough = term.of(songs[i].song, i);
      songs[i][term.term()] = rough.cosine;
      error += std::abs(term_weights_[term.term()]) * rough.error;
    }
    const float score = term_weights_.score(songs[i]);
    // Plus the rounding error of the score itself.
    const float off = error + kRounding * (1 + std::abs(score));
    most[i] = score + off;
    least.offer({songs[i].song, score - off});
  }
  std::size_t kept = 0;
  for (std::size_t i = 0; i < songs.size(); ++i) {
    if (most[i] >= least.bar()) songs[kept++] = songs[i];
  }
  songs.resize(kept);
}

Evidence BlendQuery::evidence(data::SongRow song, EvidenceOf of) const {
  return evidence(std::span(&song, 1), of).front();
}

std::vector<Evidence> BlendQuery::evidence(std::span<const data::SongRow> songs, EvidenceOf of) const {
  const std::vector<data::SongKeys> keys = sources_.keys(songs);
  std::vector<Evidence> all;
  all.reserve(songs.size());
  for (std::size_t i = 0; i < songs.size(); ++i) {
    const Chances chances{score_of(by_transitions_, songs[i]), score_of(by_teacher_, songs[i])};
    all.push_back(evidence_without_cosines(songs[i], keys[i], chances, sources_.log_plays->of(songs[i])));
    add_cosines(all.back(), of);
  }
  return all;
}

Evidence BlendQuery::evidence_without_cosines(data::SongRow song, const data::SongKeys& keys, const Chances& chances,
                                              float log_plays) const {
  Evidence evidence;
  evidence.song = song;
  evidence[Term::transitions] = chances.transitions;
  evidence[Term::teacher] = chances.teacher;
  evidence[Term::floor] = 1;
  evidence[Term::popularity] = log_plays;
  for (std::size_t ago = 0; ago < heard_.size(); ++ago) {
    if (keys.artist != keys_[ago].artist) continue;
    if (are_seeds_) {
      evidence[Term::last_artist] += artist_weights_[ago];
    } else if (ago == 0) {
      evidence[Term::last_artist] = 1;
    }
    evidence[Term::recent_artists] += artist_weights_[ago];
    const bool is_judged = song == heard_[ago] && listener_.knows_returns();
    if (keys.recording == keys_[ago].recording && !is_judged) evidence[Term::version] = 1;
  }
  listener_.add_to(evidence, keys.artist);
  return evidence;
}

void BlendQuery::add_cosines(Evidence& evidence, EvidenceOf of) const {
  const math::Kernels& kernels = math::best_kernels();
  const std::size_t dim = recent_.size();
  const float* const vector = sources_.vectors.row(evidence.song);
  const float* const last = last_vector().data();
  const float scale = sources_.inverse_norms[evidence.song];
  evidence[Term::last_song] = last_scale() * scale * kernels.dot(last, vector, dim);
  evidence[Term::recent_songs] = scale * kernels.dot(recent_.data(), vector, dim);
  if (!has_context(of)) return;
  const float* const context = sources_.context.row(evidence.song);
  const float square = kernels.squared_norm(context, dim);
  const float context_scale = square > 0 ? 1 / std::sqrt(square) : 0;
  evidence[Term::last_context] = last_scale() * context_scale * kernels.dot(last, context, dim);
  evidence[Term::recent_context] = context_scale * kernels.dot(recent_.data(), context, dim);
}

}  // namespace segue::recommend
