#include "segue/serve/listenbrainz/prompt.h"

#include <gtest/gtest.h>

#include "segue/base/random.h"
#include "segue/serve/listenbrainz/prompt_radio.h"

#include "tests/support/expect_error.h"

namespace segue::serve {
namespace {

using Values = std::vector<std::string>;

TEST(Prompt, without_entities_is_an_artist) {
  for (const std::string_view prompt : {"Rick Astley", "  Rick Astley ", "artist:(Rick Astley)"}) {
    const std::vector<PromptTerm> terms = parse_prompt(prompt);
    ASSERT_EQ(terms.size(), 1U) << prompt;
    EXPECT_EQ(terms[0].kind, TermKind::artist);
    EXPECT_EQ(terms[0].values, Values{"Rick Astley"});
    EXPECT_EQ(terms[0].weight, 1U);
    EXPECT_TRUE(terms[0].with_similar);
    EXPECT_FALSE(terms[0].mode);
  }
  EXPECT_EQ(parse_prompt("AC/DC: Live").front().values, Values{"AC/DC: Live"});
}

TEST(Prompt, reads_terms_with_weights_and_options) {
  const auto terms = parse_prompt(
      "artist:(pretty lights):3:easy tag:(trip hop, downtempo):2:or,hard artist:(morcheeba)::nosim #punk artist:Björk");
  ASSERT_EQ(terms.size(), 5U);
  EXPECT_EQ(terms[0].values, Values{"pretty lights"});
  EXPECT_EQ(terms[0].weight, 3U);
  EXPECT_EQ(terms[0].mode, RadioMode::easy);
  EXPECT_EQ(terms[1].kind, TermKind::tag);
  EXPECT_EQ(terms[1].values, (Values{"trip hop", "downtempo"}));
  EXPECT_TRUE(terms[1].any_tag);
  EXPECT_EQ(terms[1].mode, RadioMode::hard);
  EXPECT_EQ(terms[2].weight, 1U);
  EXPECT_FALSE(terms[2].with_similar);
  EXPECT_EQ(terms[3].values, Values{"punk"});
  EXPECT_EQ(terms[4].values, Values{"Björk"});
}

TEST(Prompt, reads_users) {
  const auto terms = parse_prompt("stats:lucifer::all_time user:(rob):2 recs:mr_monkey::unlistened recs:");
  ASSERT_EQ(terms.size(), 4U);
  EXPECT_EQ(terms[0].range, "all_time");
  EXPECT_EQ(terms[1].kind, TermKind::stats);
  EXPECT_EQ(terms[1].weight, 2U);
  EXPECT_EQ(terms[2].recommended, RecommendedSongs::unlistened);
  EXPECT_TRUE(terms[3].values.empty());
}

TEST(Prompt, takes_letters_after_a_backslash_and_pairs_of_parentheses_as_they_are) {
  EXPECT_EQ(parse_prompt(R"(artist:(a\)b\\))").front().values, Values{R"(a)b\)"});
  EXPECT_EQ(parse_prompt("artist:(Sunn O(r) :)").front().values, Values{"Sunn O(r) :"});
}

TEST(Prompt, reports_what_was_expected) {
  const auto refused = [](std::string_view prompt, std::string_view message) {
    EXPECT_ERROR((void)parse_prompt(prompt), ErrorCode::wrong_use, message);
  };
  refused(" ", "prompt: expected an artist, a tag or a term, found nothing");
  refused("artits:(x)",
          "prompt: expected artist:, tag:, user:, stats: or recs:, found \"artits\" (did you mean artist?)");
  refused("artist:(x", "prompt: expected ) at the end of \"(x\", found none");
  refused("artist:()", "prompt: expected a name after artist:, found none");
  refused("tag:(,)", "prompt: expected a name after tag:, found none");
  refused("artist:(x):0", "prompt: expected a weight from 1 to 100, found \"0\"");
  refused("artist:(x):2.5", "prompt: expected a weight from 1 to 100, found \"2.5\"");
  refused("artist:(x):1:and", "prompt: \"and\" is no option of artist:");
  refused("user:x::decade", "prompt: \"decade\" is no option of user:");
  refused("artist:(x)y", "prompt: expected a space after artist:\"x\", found \"y\"");
  refused("artist:(x) and others", "prompt: expected artist:, tag:, user:, stats: or recs:, found \"and\"");
  refused("# x", "prompt: expected a tag after #, found nothing");
  refused("country:(Mali)", "prompt: country: is not supported: the model does not know where artists come from");
  refused("collection:(x)", "prompt: collection: is not supported");
  refused("#a #b #c #d #e #f #g #h #i #j #k", "prompt: expected at most 10 terms, found more");
}

TEST(Prompt, of_any_letters_is_read_or_refused) {
  constexpr std::array<std::string_view, 13> kParts = {"artist:", "tag:", "user:", "(", ")",     "\\", ":",
                                                       ",",       "#",    " ",     "2", "nosim", "é"};
  int read = 0;
  for (std::uint64_t number = 0; number < 20'000; ++number) {
    Random random(7, number);
    std::string prompt;
    for (std::uint32_t i = random.below(12); i > 0; --i) prompt += kParts[random.below(kParts.size())];
    try {
      for (const PromptTerm& term : parse_prompt(prompt)) {
        EXPECT_GE(term.weight, 1U);
        EXPECT_TRUE(term.kind == TermKind::stats || !term.values.empty()) << prompt;
      }
      ++read;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), ErrorCode::wrong_use) << prompt;
      EXPECT_TRUE(std::string_view(error.what()).starts_with("prompt: ")) << error.what();
    }
  }
  EXPECT_GT(read, 1000);
}

TEST(Blended, streams_have_their_shares) {
  const std::vector<Stream> streams = {{{1, 2, 3, 4, 5, 6}, 3}, {{10, 2, 11, 12}, 1}, {{}, 5}};
  EXPECT_EQ(blended(streams, 8), (std::vector<data::SongRow>{1, 10, 2, 3, 4, 11, 5, 6}));
  EXPECT_EQ(blended(streams, 100), (std::vector<data::SongRow>{1, 10, 2, 3, 4, 11, 5, 6, 12}));
  EXPECT_TRUE(blended({}, 5).empty());
}

}  // namespace
}  // namespace segue::serve
