// Teachers in the fit and the evaluation of the blend.
#include "segue/evaluate/split_teachers.h"

#include <map>
#include <set>

#include <gtest/gtest.h>

#include "segue/base/file.h"
#include "segue/base/random.h"
#include "segue/evaluate/auto_fit.h"
#include "segue/evaluate/split_export.h"

#include "tests/support/expect_error.h"
#include "tests/support/small_dataset.h"

namespace segue::evaluate {
namespace {

constexpr std::uint32_t kSongs = 60;
constexpr std::uint32_t kHeardBefore = 10;
constexpr train::TrainOptions kVectorsAsTheyBegan{
    .dim = 8, .min_plays = 1, .epochs = 1, .learning_rate = 0, .min_learning_rate = 0, .threads = 1};

// Queues in which nothing follows from anything.
data::Dataset dice(const testing::Scratch& scratch) {
  std::vector<std::vector<std::uint32_t>> queues(160);
  std::vector<std::string> users;
  for (std::uint32_t i = 0; i < queues.size(); ++i) {
    Random random(5, i);
    std::set<std::uint32_t> played;
    while (queues[i].size() < 6) {
      const std::uint32_t song = random.below(kSongs);
      if (played.insert(song).second) queues[i].push_back(song);
    }
    users.push_back("u" + std::to_string(i));
  }
  return testing::small_dataset(scratch, queues, users);
}

class TaughtFit : public ::testing::Test {
 protected:
  TaughtFit() : dataset_(dice(scratch_)), split_(make_split(dataset_, kPart, 1, 1)) {}

  static constexpr SplitOptions kPart{.split = SplitKind::queues, .part = SplitPart::validation, .held_out = 0.25};

  std::string lists_file(const std::string& split, const std::map<std::uint32_t, std::set<std::uint32_t>>& next) const {
    std::string text = "song,next,split\n,," + split + "\n";
    for (const auto& [song, others] : next) {
      for (const std::uint32_t other : others) {
        text += std::string(dataset_.songs.id(song)) + "," + std::string(dataset_.songs.id(other)) + ",\n";
      }
    }
    write_text_atomically(scratch_ / "next.csv", text);
    return scratch_ / "next.csv";
  }

  BlendFit fit(const std::string& file) {
    SplitTeachers teachers("--teacher", std::span(&file, 1), dataset_, {}, kHeardBefore, {});
    const Knowledge knowledge(dataset_, split_);
    Ingredients ingredients(split_.training, kVectorsAsTheyBegan, progress_, {}, &knowledge);
    model::BlendWeights start;
    start.blend_teacher = model::kTeacherWeight;
    return fit_blend(dataset_, split_, ingredients, start,
                     {.heard = kHeardBefore, .teacher = teachers.need(split_, "the split")});
  }

  testing::Scratch scratch_;
  const data::Dataset dataset_;
  const Split split_;
  NoProgress progress_;
};

TEST_F(TaughtFit, a_teacher_that_knows_the_answers_is_believed) {
  std::map<std::uint32_t, std::set<std::uint32_t>> answers;
  for (const HeldOutQueue& queue : split_.held_out) {
    const std::span<const std::uint32_t> songs = dataset_.queues.songs(queue.queue);
    for (std::size_t i = 1; i < songs.size(); ++i) answers[songs[i - 1]].insert(songs[i]);
  }
  const BlendFit found = fit(lists_file(split_digest(split_, kHeardBefore), answers));
  const double worth = found.worth[static_cast<std::size_t>(recommend::Term::teacher)];
  EXPECT_GT(found.weights.blend_teacher, 0.5);
  EXPECT_GT(found.ndcg, 0.4);
  EXPECT_LT(found.ndcg - worth, 0.15);  // what is left without it
}

TEST_F(TaughtFit, a_teacher_that_knows_nothing_is_dropped) {
  std::map<std::uint32_t, std::set<std::uint32_t>> nonsense;
  Random random(8);
  for (std::uint32_t song = 0; song < dataset_.songs.size(); ++song) {
    while (nonsense[song].size() < 10) nonsense[song].insert(random.below(dataset_.songs.size()));
    nonsense[song].erase(song);
  }
  EXPECT_EQ(fit(lists_file(split_digest(split_, kHeardBefore), nonsense)).weights.blend_teacher, 0);
}

TEST_F(TaughtFit, a_teacher_of_another_split_is_refused) {
  const std::map<std::uint32_t, std::set<std::uint32_t>> some = {{0, {1}}};
  const auto need = [&](const std::vector<std::string>& files) {
    SplitTeachers teachers("--teacher", files, dataset_, {}, kHeardBefore, {});
    (void)teachers.need(split_, "the measured split");
  };
  EXPECT_ERROR(need({lists_file("0123456789abcdef", some)}), ErrorCode::bad_input,
               "--teacher: expected lists for the measured split, " + split_digest(split_, kHeardBefore).substr(0, 12) +
                   ", found some for 0123456789ab");
  EXPECT_ERROR(need({lists_file("", some)}), ErrorCode::bad_input, "expected a column split");
  const std::string file = lists_file(split_digest(split_, kHeardBefore), some);
  EXPECT_ERROR(need({file, file}), ErrorCode::bad_input, "expected one file for the split");
  EXPECT_NO_THROW(need({file}));
  SplitTeachers unasked("--teacher", std::span(&file, 1), dataset_, {}, kHeardBefore, {});
  EXPECT_ERROR(unasked.refuse_unused(), ErrorCode::bad_input, "expected lists for a split that is measured or fitted");
  // The test part trains on other queues than the validation part.
  SplitOptions test = kPart;
  test.part = SplitPart::test;
  EXPECT_EQ(unasked.of(make_split(dataset_, test, 1, 1)), nullptr);
}

}  // namespace
}  // namespace segue::evaluate
