// From songs that fit, best first, to a list that is good to listen to.
//
// Songs are picked one by one. The next one is the song with the largest
//
//     (1 - diversity) fit + popularity fame - diversity likeness - rest + surprise / 2 gumbel
//
// among those that the rules allow (list_rules.h), where
//   fit       is the score on the scale of the pool: 0 for its best song, -1 for the song at place 100 (or its last)
//   fame      is the logarithm of plays, from -1 for the least played song of the catalogue to 1 for the most played
//   likeness  is the largest cosine to a song already picked: MMR, Carbonell & Goldstein 1998
//   rest      applies to songs played before (mode any): 2^(-songs since / freshness)
//   gumbel    is a Gumbel variable of song and seed, so that surprise draws without replacement from the softmax of the
//             rest of the sum (Gumbel top-k, Kool et al. 2019, arXiv:1903.06059)
//
// The rules always apply: a list may be too short, but never wrong. A caller that can find more songs that fit passes a
// larger pool; rerank_widening() does so until the list is full or nothing is left.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "segue/base/work_budget.h"
#include "segue/math/top_k.h"
#include "segue/model/model.h"
#include "segue/recommend/rerank_options.h"

namespace segue::recommend {

// What the list follows. All rows of the model.
struct ListContext {
  std::span<const data::SongRow> played;    // in order, the newest last; a song may occur more than once
  std::span<const data::SongRow> excluded;  // never returned, nor, with fold_versions, another version of one
  WorkBudget* budget = nullptr;             // nullptr: no limit; else bad_input is thrown where it ends
  // What the list has already, in order: it goes on from there under the same rules, and takes none of it again.
  std::span<const data::SongRow> before = {};
};

struct Pick {
  data::SongRow song = 0;
  float fit = 0;  // its score in the pool
  // The sum above, or that of the previous pick if that is smaller: the song had to wait for its artist's gap.
  float value = 0;
};

// Up to k picks in the order of the list, values not ascending. Every place takes the best allowed song of the pool;
// the list ends when none is allowed. Without artist_gap it is as long as any list under the rules can be. Depends on
// its arguments alone. `pool` is sorted best first, no NaN; a row that occurs twice counts once. Mode discover excludes
// `played`. Diversity takes about k * pool.size() products of vectors. Thread safe.
std::vector<Pick> rerank(const model::Model& model, std::span<const math::ScoredRow> pool, std::size_t k,
                         const ListContext& context, const RerankOptions& options);

// rerank() over pools that grow until k songs are found. find(n) returns the n best songs that fit, fewer only if there
// are no more. The first pool has max(4 k, 200) songs, each further one 8 times as many; max(2 k, 101) and 4 times as
// many if songs stay in the order of the pool (no diversity, popularity, surprise or rest).
std::vector<Pick> rerank_widening(const model::Model& model,
                                  const std::function<std::vector<math::ScoredRow>(std::size_t n)>& find, std::size_t k,
                                  const ListContext& context, const RerankOptions& options);

// `picks` with `others`, which keep their order, spread evenly over a list of at most k: each takes the place of one of
// `picks` that fits less, unless the rules forbid it there. Songs of both lists count once.
std::vector<Pick> spread_in(const model::Model& model, std::span<const Pick> picks, std::span<const Pick> others,
                            std::size_t k, const ListContext& context, const RerankOptions& options);

// How famous a song is: log plays from -1 to 1 over the catalogue, 0 if all songs have the same.
float fame(const data::Catalogue& songs, data::SongRow song);

// A standard Gumbel variable of (seed, song), the same on every machine.
float gumbel(std::uint64_t seed, data::SongRow song);

}  // namespace segue::recommend
