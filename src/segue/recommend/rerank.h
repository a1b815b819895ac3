// From songs that fit, best first, to a list that is good to listen to.
//
// Songs are picked one by one. The next is the song with the largest
//
//     (1 - diversity) fit + popularity fame - diversity likeness - rest + surprise / 2 gumbel
//
// among those that the rules allow (list_rules.h), where
//   fit       is the score, on the scale of the pool: 0 for its best song, -1 for the one at place 100 (or its last)
//   fame      is the logarithm of plays, from -1 for the least played song of the catalogue to 1 for the most played
//   likeness  is the largest cosine to a song already picked: MMR, Carbonell & Goldstein 1998
//   rest      is for songs played before (mode any): 2^(-songs since / freshness)
//   gumbel    is a Gumbel variable of song and seed, so that surprise draws without replacement from the softmax of the
//             rest of the sum (Gumbel top-k, Kool et al. 2019, arXiv:1903.06059)
//
// The rules hold always: a list is rather shorter than wrong. Whoever can find more songs that fit gives a larger pool;
// rerank_widening() does so until the list is full or nothing is left.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "segue/math/top_k.h"
#include "segue/model/model.h"
#include "segue/recommend/rerank_options.h"

namespace segue::recommend {

// What was there before the list. All rows of the model.
struct ListContext {
  std::span<const std::uint32_t> played;    // in order, the newest last; a song may be there more than once
  std::span<const std::uint32_t> excluded;  // never returned, nor, with fold_versions, another version of one
};

struct Pick {
  std::uint32_t row = 0;
  float fit = 0;  // the score it had in the pool
  // The sum above; that of the pick before where that is smaller: a song that waited for its artist's gap.
  float value = 0;
};

// Up to k picks in the order of the list, values not ascending. The best allowed song of the pool is taken at every
// place; where none is allowed the list ends. Without artist_gap it is as long as any list under the rules can be. A
// function of its arguments alone. `pool` is sorted best first, no NaN; a row that comes twice counts once. In mode
// discover `played` is excluded. About k * pool.size() products of vectors where diversity > 0. Thread safe.
std::vector<Pick> rerank(const model::Model& model, std::span<const math::ScoredRow> pool, std::size_t k,
                         const ListContext& context, const RerankOptions& options);

// rerank() over pools that grow until k songs are found. find(n) returns the n best songs that fit, fewer only where
// there are no more. The first pool has max(4 k, 200), every next one 8 times as many; where songs come in the order of
// the pool (no diversity, popularity, surprise or rest), max(2 k, 101), and 4 times as many.
std::vector<Pick> rerank_widening(const model::Model& model,
                                  const std::function<std::vector<math::ScoredRow>(std::size_t n)>& find, std::size_t k,
                                  const ListContext& context, const RerankOptions& options);

// The part of a score that says how famous a song is: log plays from -1 to 1 over the catalogue, 0 where all are alike.
float fame(const data::Catalogue& songs, std::uint32_t row);

// A standard Gumbel variable of (seed, song), the same on every machine.
float gumbel(std::uint64_t seed, std::uint32_t row);

}  // namespace segue::recommend
