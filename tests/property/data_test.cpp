// The sessioniser against a slow twin that does what the rule says, word by word; and laws of folding and of times.

#include <filesystem>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "segue/data/dataset/listen_store.h"
#include "segue/data/log/times.h"
#include "segue/data/text/text.h"

namespace segue {
namespace {

struct Session {
  std::uint32_t user;
  std::int64_t start;
  std::vector<std::uint32_t> songs;
  auto operator<=>(const Session&) const = default;
};

struct Cut {
  std::multiset<Session> sessions;
  std::uint64_t repeats = 0;
  std::uint64_t in_short_sessions = 0;
};

// One user at a time, one list a step.
Cut slow_cut(const std::vector<data::StoredListen>& plays, const data::SessionRules& rules) {
  Cut cut;
  std::map<std::uint32_t, std::multimap<std::int64_t, std::uint32_t>> users;  // equal times stay in order
  // The same song at the same time is one listen.
  std::set<std::tuple<std::uint32_t, std::int64_t, std::uint32_t>> seen;
  for (const data::StoredListen& play : plays) {
    if (seen.emplace(play.user, play.time, play.song).second) users[play.user].emplace(play.time, play.song);
  }
  for (const auto& [user, by_time] : users) {
    std::vector<Session> sessions;
    std::optional<std::int64_t> before;
    for (const auto& [time, song] : by_time) {
      if (!before || time - *before > rules.gap) sessions.push_back({user, time, {}});
      before = time;
      sessions.back().songs.push_back(song);
    }
    for (Session& session : sessions) {
      std::vector<std::uint32_t> folded;
      for (const std::uint32_t song : session.songs) {
        if (rules.keep_repeats || folded.empty() || folded.back() != song) folded.push_back(song);
      }
      cut.repeats += session.songs.size() - folded.size();
      session.songs = folded;
      if (folded.size() >= rules.min_session) {
        cut.sessions.insert(session);
      } else {
        cut.in_short_sessions += folded.size();
      }
    }
  }
  return cut;
}

RC_GTEST_PROP(Sessions, are_those_of_the_slow_twin, ()) {
  std::vector<data::StoredListen> plays;
  const auto users = *rc::gen::inRange<std::uint32_t>(1, 600);  // some share a bucket
  const auto songs = *rc::gen::inRange<std::uint32_t>(1, 5);
  const auto times = *rc::gen::inRange<std::int64_t>(1, 200);
  const auto count = *rc::gen::inRange<std::size_t>(0, 300);
  for (std::size_t i = 0; i < count; ++i) {
    data::StoredListen listen;
    listen.user = *rc::gen::inRange<std::uint32_t>(0, users);
    listen.song = *rc::gen::inRange<std::uint32_t>(0, songs);
    listen.time = *rc::gen::inRange<std::int64_t>(-times, times);
    plays.push_back(listen);
  }
  const data::SessionRules rules{*rc::gen::inRange<std::int64_t>(0, 50), *rc::gen::arbitrary<bool>(),
                                 *rc::gen::inRange<std::uint32_t>(1, 4)};
  // One listen a log: a log of several that goes backwards would be turned round.
  data::ListenStore store(*rc::gen::arbitrary<bool>() ? 0 : 1 << 30, std::filesystem::temp_directory_path());
  for (const data::StoredListen& play : plays) {
    store.begin_log();
    store.add(play);
    store.end_log();
  }
  std::vector<std::uint32_t> same(std::max(users, songs));
  std::iota(same.begin(), same.end(), 0U);
  const data::CutCounts found = store.cut({rules, same, same}, 2);
  std::multiset<Session> sessions;
  for (const data::CutBucket& bucket : store.buckets()) {
    data::SessionReader reader(bucket);
    while (const data::QueueStore::Entry* entry = reader.next()) {
      sessions.insert({entry->user, entry->start, {reader.songs().begin(), reader.songs().end()}});
    }
  }
  const Cut wanted = slow_cut(plays, rules);
  RC_ASSERT((sessions == wanted.sessions));
  RC_ASSERT(found.repeats == wanted.repeats);
  RC_ASSERT(found.short_sessions == wanted.in_short_sessions);
}

std::string any_text() {
  std::string text;
  for (const auto code_point : *rc::gen::container<std::vector<std::uint32_t>>(
           rc::gen::oneOf(rc::gen::inRange<std::uint32_t>(1, 0x80), rc::gen::inRange<std::uint32_t>(0x80, 0xD800),
                          rc::gen::inRange<std::uint32_t>(0xE000, 0x110000)))) {
    const auto put = [&](std::uint32_t byte) { text += static_cast<char>(static_cast<unsigned char>(byte)); };
    if (code_point < 0x80) {
      put(code_point);
    } else if (code_point < 0x800) {
      put(0xC0 | code_point >> 6);
      put(0x80 | (code_point & 63));
    } else {
      if (code_point >= 0x10000) put(0xF0 | code_point >> 18);
      put(code_point >= 0x10000 ? 0x80 | (code_point >> 12 & 63) : 0xE0 | code_point >> 12);
      put(0x80 | (code_point >> 6 & 63));
      put(0x80 | (code_point & 63));
    }
  }
  return text;
}

RC_GTEST_PROP(Text, folded_names_are_valid_and_stay_as_they_are, ()) {
  const std::string text = any_text();
  RC_ASSERT((data::fault_of(text) == data::TextFault::none));
  const std::string folded = data::fold_name(text);
  RC_ASSERT((data::fault_of(folded) == data::TextFault::none));
  RC_ASSERT(data::fold_name(folded) == folded);
  RC_ASSERT((data::fault_of(data::search_fold(text)) == data::TextFault::none));
}

// The way for ASCII and the way for everything else are one rule.
RC_GTEST_PROP(Text, both_ways_of_folding_agree, ()) {
  const std::string text = *rc::gen::container<std::string>(rc::gen::inRange<char>(1, 127));
  RC_ASSERT(data::search_fold(text + "z\u0301") == data::search_fold(text + "z"));
  const std::string folded = data::fold_name(text + "z");
  RC_ASSERT(data::fold_name(text + "ź") == folded.substr(0, folded.size() - 1) + "ź");
}

RC_GTEST_PROP(Text, printable_is_valid_and_short_enough, (const std::string& bytes)) {
  const std::string shown = data::printable(bytes, 20);
  RC_ASSERT(shown.size() <= 20U);
  RC_ASSERT((data::fault_of(shown) != data::TextFault::invalid_utf8));
}

RC_GTEST_PROP(Times, numbers_mean_the_same_in_each_unit, ()) {
  const auto seconds = *rc::gen::inRange<std::int64_t>(915'148'800, 4'000'000'000);
  const std::int64_t micros = seconds * 1'000'000;
  RC_ASSERT((data::parse_time(std::to_string(seconds), {}).micros == micros));
  RC_ASSERT((data::parse_time(std::to_string(seconds * 1000), {data::TimeUnit::ms, {}}).micros == micros));
  RC_ASSERT((data::parse_time(std::to_string(micros), {data::TimeUnit::us, {}}).micros == micros));
}

}  // namespace
}  // namespace segue
