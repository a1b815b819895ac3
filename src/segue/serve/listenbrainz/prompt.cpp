#include "segue/serve/listenbrainz/prompt.h"

#include <algorithm>
#include <charconv>

#include "segue/base/ascii.h"
#include "segue/base/error.h"
#include "segue/base/words.h"
#include "segue/data/text/text.h"
#include "segue/serve/api/parameters.h"
#include "segue/serve/listenbrainz/stats_range.h"

namespace segue::serve {

namespace {

struct Entity {
  std::string_view name;
  TermKind kind;
};
constexpr std::array kEntities = {Entity{"artist", TermKind::artist}, Entity{"tag", TermKind::tag},
                                  Entity{"stats", TermKind::stats}, Entity{"user", TermKind::stats},
                                  Entity{"recs", TermKind::recs}};
constexpr std::array<std::string_view, 5> kEntityNames = {"artist", "tag", "stats", "user", "recs"};

// What ListenBrainz has and Segue knows nothing about.
struct ForeignEntity {
  std::string_view name;
  std::string_view reason;
};
constexpr std::array kForeign = {
    ForeignEntity{"collection", "collections are at MusicBrainz, which Segue does not ask"},
    ForeignEntity{"playlist", "playlists are at ListenBrainz, which Segue does not ask"},
    ForeignEntity{"country", "the model does not know where artists come from"}};

constexpr std::string_view kPromptBlanks = " \t\r\n\f\v";

std::string in_quotes(std::string_view text) {
  return fmt::format("\"{}\"", data::printable(text, kShownBytes));
}

// Reads one term after the other.
class PromptReader {
 public:
  explicit PromptReader(std::string_view prompt) : rest_(trimmed(prompt, kPromptBlanks)) {}

  std::vector<PromptTerm> read() {
    if (rest_.empty()) fail(ErrorCode::wrong_use, "prompt: expected an artist, a tag or a term, found nothing");
    if (is_name()) return {{.kind = TermKind::artist, .values = {std::string(rest_)}}};
    std::vector<PromptTerm> terms;
    while (!rest_.empty()) {
      if (terms.size() == kMostTerms)
        fail(ErrorCode::wrong_use, "prompt: expected at most {} terms, found more", kMostTerms);
      terms.push_back(rest_.starts_with('#') ? hashtag() : term());
      rest_ = trimmed(rest_, kPromptBlanks);
    }
    return terms;
  }

 private:
  // Whether the prompt is the name of an artist: no "#tag", and no word before a colon. "AC/DC: Live" is one.
  bool is_name() const {
    const auto end = std::ranges::find_if_not(
        rest_, [](char letter) { return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z'); });
    const bool has_entity = end != rest_.begin() && end != rest_.end() && *end == ':';
    return !rest_.starts_with('#') && !has_entity;
  }

  static bool is_blank(char letter) { return kPromptBlanks.find(letter) != std::string_view::npos; }

  std::string_view take_until_blank_or(std::string_view ends) {
    const auto end = std::ranges::find_if(
        rest_, [&](char letter) { return is_blank(letter) || ends.find(letter) != std::string_view::npos; });
    const std::string_view taken = rest_.substr(0, static_cast<std::size_t>(end - rest_.begin()));
    rest_.remove_prefix(taken.size());
    return taken;
  }

  PromptTerm hashtag() {
    rest_.remove_prefix(1);
    PromptTerm term{.kind = TermKind::tag, .values = {std::string(take_until_blank_or(""))}};
    if (term.values.front().empty()) fail(ErrorCode::wrong_use, "prompt: expected a tag after #, found nothing");
    return term;
  }

  PromptTerm term() {
    const std::string_view name = take_until_blank_or(":");
    PromptTerm term{.kind = kind_of(name), .values = {}};
    const std::string value = take_value(name);
    set_values(name, value, term);
    if (take_colon()) set_weight(take_until_blank_or(":"), term);
    if (take_colon()) {
      const std::string_view options = take_until_blank_or(":");
      set_options(name, options, term);
    }
    if (!rest_.empty() && !is_blank(rest_.front())) {
      fail(ErrorCode::wrong_use, "prompt: expected a space after {}:{}, found {}", name, in_quotes(value),
           in_quotes(rest_));
    }
    return term;
  }

  static TermKind kind_of(std::string_view name) {
    for (const ForeignEntity& foreign : kForeign) {
      if (name == foreign.name) {
        fail(ErrorCode::wrong_use, "prompt: {}: is not supported: {}", name, foreign.reason);
      }
    }
    const auto found = std::ranges::find(kEntities, name, &Entity::name);
    if (found != kEntities.end()) return found->kind;
    fail(ErrorCode::wrong_use, "prompt: expected artist:, tag:, user:, stats: or recs:, found {}{}", in_quotes(name),
         did_you_mean(name, kEntityNames));
  }

  bool take_colon() {
    if (!rest_.starts_with(':')) return false;
    rest_.remove_prefix(1);
    return true;
  }

  // What is between the parentheses, or the text up to the next colon or space.
  std::string take_value(std::string_view name) {
    if (!take_colon()) fail(ErrorCode::wrong_use, "prompt: expected {}:(...), found no colon after {}", name, name);
    if (!rest_.starts_with('(')) return std::string(take_until_blank_or(":"));
    std::string value;
    int depth = 0;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      const char letter = rest_[i];
      if (letter == '\\' && i + 1 < rest_.size()) {
        value += rest_[++i];
        continue;
      }
      depth += letter == '(' ? 1 : letter == ')' ? -1 : 0;
      if (depth == 0) {
        rest_.remove_prefix(i + 1);
        return value;
      }
      if (i > 0) value += letter;
    }
    fail(ErrorCode::wrong_use, "prompt: expected ) at the end of {}, found none", in_quotes(rest_));
  }

  static void set_values(std::string_view name, std::string_view value, PromptTerm& term) {
    std::string_view rest = value;
    do {
      const std::size_t comma = term.kind == TermKind::tag ? rest.find(',') : std::string_view::npos;
      const std::string_view one = trimmed(rest.substr(0, comma), kPromptBlanks);
      if (!one.empty()) term.values.emplace_back(one);
      rest.remove_prefix(comma == std::string_view::npos ? rest.size() : comma + 1);
    } while (!rest.empty());
    const bool may_be_empty = term.kind == TermKind::stats || term.kind == TermKind::recs;
    if (term.values.empty() && !may_be_empty) {
      fail(ErrorCode::wrong_use, "prompt: expected a name after {}:, found none", name);
    }
  }

  static void set_weight(std::string_view text, PromptTerm& term) {
    if (text.empty()) return;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), term.weight);
    const bool is_whole = error == std::errc() && end == text.data() + text.size();
    if (!is_whole || term.weight < 1 || term.weight > kMostTermWeight) {
      fail(ErrorCode::wrong_use, "prompt: expected a weight from 1 to {}, found {}", kMostTermWeight, in_quotes(text));
    }
  }

  static void set_options(std::string_view name, std::string_view options, PromptTerm& term) {
    while (!options.empty()) {
      const std::string_view one = options.substr(0, options.find(','));
      options.remove_prefix(std::min(one.size() + 1, options.size()));
      if (!set_option(one, term)) {
        fail(ErrorCode::wrong_use, "prompt: {} is no option of {}:", in_quotes(one), name);
      }
    }
  }

  static bool set_option(std::string_view option, PromptTerm& term) {
    const auto mode = std::ranges::find(kRadioModeNames, option);
    if (mode != kRadioModeNames.end()) {
      term.mode = static_cast<RadioMode>(mode - kRadioModeNames.begin());
      return true;
    }
    const bool has_similar = term.kind == TermKind::artist || term.kind == TermKind::tag;
    if (has_similar && option == "nosim") {
      term.with_similar = false;
    } else if (term.kind == TermKind::tag && (option == "or" || option == "and")) {
      term.any_tag = option == "or";
    } else if (term.kind == TermKind::stats && std::ranges::find(kStatsRangeNames, option) != kStatsRangeNames.end()) {
      term.range = option;
    } else if (term.kind == TermKind::recs && (option == "listened" || option == "unlistened")) {
      term.recommended = option == "listened" ? RecommendedSongs::listened : RecommendedSongs::unlistened;
    } else {
      return false;
    }
    return true;
  }

  std::string_view rest_;
};

}  // namespace

std::vector<PromptTerm> parse_prompt(std::string_view prompt) {
  return PromptReader(prompt).read();
}

}  // namespace segue::serve
