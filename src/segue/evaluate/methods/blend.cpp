// Segue's own ranking: song vectors and transitions together, as in `segue recommend` (recommend/blend_terms.h).
#include "segue/evaluate/blend_batch.h"
#include "segue/evaluate/ingredients.h"
#include "segue/evaluate/methods/methods.h"
#include "segue/recommend/blend_query.h"
#include "segue/recommend/list_rules.h"

namespace segue::evaluate {

namespace {

class BlendRanker final : public Ranker {
 public:
  BlendRanker(const recommend::BlendSources& sources, const model::Blend& weights, const math::PackedRows& unit_rows)
      : batch_(sources, weights, unit_rows) {}

  void rank(std::span<const Query> queries, std::size_t k, std::span<std::vector<math::ScoredRow>> lists) override {
    for (std::size_t i = 0; i < queries.size(); ++i) lists[i].clear();
    batch_.for_each(queries, k,
                    [&](std::size_t i, const recommend::BlendQuery& query, std::span<const std::uint32_t> candidates) {
                      lists[i] = query.best(candidates, k);
                    });
  }

 private:
  BlendBatch batch_;
};

class BlendMethod : public Method {
 public:
  explicit BlendMethod(const MethodOptions& options) : weights_(options.blend), teacher_(options.teacher) {}

  bool is_baseline() const override { return false; }

  bool fit(Ingredients& ingredients) override {
    sources_ = ingredients.blend_sources();
    sources_.teacher = teacher_;
    unit_rows_ = &ingredients.packed_unit_vectors();
    return true;
  }

 protected:
  const model::Blend weights_;
  const recommend::TeacherSource teacher_;
  recommend::BlendSources sources_;
  const math::PackedRows* unit_rows_ = nullptr;
};

class Blend final : public BlendMethod {
 public:
  using BlendMethod::BlendMethod;

  std::string_view name() const override { return "blend"; }
  std::string_view summary() const override {
    return "Song vectors and transitions together, as segue recommend ranks";
  }
  std::unique_ptr<Ranker> ranker() const override {
    return std::make_unique<BlendRanker>(sources_, weights_, *unit_rows_);
  }
};

// The blend's lists as people get them, under the rules of `segue recommend`.
class BlendListsRanker final : public Ranker {
 public:
  BlendListsRanker(const recommend::BlendSources& sources, const model::Blend& weights,
                   const math::PackedRows& unit_rows)
      : keys_of_(sources.keys), blend_(sources, weights, unit_rows) {}

  void rank(std::span<const Query> queries, std::size_t k, std::span<std::vector<math::ScoredRow>> lists) override {
    blend_.rank(queries, kPoolOfLists * k, lists);
    for (std::size_t i = 0; i < queries.size(); ++i) lists[i] = list_of(queries[i], lists[i], k);
  }

 private:
  static constexpr std::size_t kPoolOfLists = 4;

  std::vector<math::ScoredRow> list_of(const Query& query, std::span<const math::ScoredRow> pool, std::size_t k) const {
    recommend::ListRules rules(keys_of_, {});
    rules.follow(query.heard);
    rules.ban(query.masked);
    std::vector<data::SongRow> songs;
    for (const math::ScoredRow& one : pool) songs.push_back(one.row);
    std::vector<math::ScoredRow> list;
    for (const std::size_t place : rules.fill(songs, keys_of_(songs), k)) {
      list.push_back(
          {songs[place], -static_cast<float>(list.size())});  // songs that had to wait score more than others
    }
    return list;
  }

  const recommend::ListRules::KeysOf keys_of_;
  BlendRanker blend_;
};

class BlendLists final : public BlendMethod {
 public:
  using BlendMethod::BlendMethod;

  std::string_view name() const override { return "blend-lists"; }
  std::string_view summary() const override {
    return "The same as lists for people: artists capped and spaced, one version of a recording";
  }
  std::unique_ptr<Ranker> ranker() const override {
    return std::make_unique<BlendListsRanker>(sources_, weights_, *unit_rows_);
  }
};

}  // namespace

std::unique_ptr<Method> make_blend(const MethodOptions& options) {
  return std::make_unique<Blend>(options);
}

std::unique_ptr<Method> make_blend_lists(const MethodOptions& options) {
  return std::make_unique<BlendLists>(options);
}

}  // namespace segue::evaluate
