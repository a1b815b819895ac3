#include "segue/serve/http/request_ids.h"

#include <set>

#include <gtest/gtest.h>

namespace segue::serve {
namespace {

constexpr std::string_view kTraceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

Request with(std::string_view name, std::string_view value) {
  Request request;
  request.headers.push_back({std::string(name), std::string(value)});
  take_ids(request);
  return request;
}

TEST(RequestIds, takes_an_id_of_visible_ascii) {
  for (const std::string& id : {std::string("a"), std::string("7f:{x}~!"), std::string(kMostRequestIdBytes, 'x')}) {
    EXPECT_EQ(with("x-request-id", id).id, id);
  }
}

TEST(RequestIds, makes_a_new_id_for_any_other) {
  std::set<std::string> made;
  for (const std::string& id : {std::string(), std::string("a b"), std::string("a\tb"), std::string("\x7f"),
                                std::string("\xc3\xa9"), std::string(kMostRequestIdBytes + 1, 'x')}) {
    const std::string found = with("x-request-id", id).id;
    EXPECT_EQ(found.size(), 32U);
    EXPECT_EQ(found.find_first_not_of("0123456789abcdef"), std::string::npos);
    made.insert(found);
  }
  EXPECT_EQ(made.size(), 6U);
}

TEST(RequestIds, takes_a_trace_by_the_rules_of_trace_context) {
  const Request request = with("traceparent", kTraceparent);
  EXPECT_EQ(request.traceparent, kTraceparent);
  EXPECT_EQ(trace_id_of(request), "4bf92f3577b34da6a3ce929d0e0e4736");
  const std::string later = "cc" + std::string(kTraceparent.substr(2)) + "-what-comes-then";
  EXPECT_EQ(with("traceparent", later).traceparent, later);
}

TEST(RequestIds, drops_a_trace_that_breaks_them) {
  const std::string valid(kTraceparent);
  for (const std::string& wrong :
       {std::string(), valid.substr(1), valid + "-more", valid + "x", "ff" + valid.substr(2), "0G" + valid.substr(2),
        "00-" + std::string(32, '0') + valid.substr(35), valid.substr(0, 36) + std::string(16, '0') + "-01",
        "00-4BF92F3577B34DA6A3CE929D0E0E4736" + valid.substr(35), valid.substr(0, 52) + "_01",
        valid.substr(0, 53) + "0g"}) {
    EXPECT_FALSE(is_traceparent(wrong)) << wrong;
    const Request request = with("traceparent", wrong);
    EXPECT_EQ(request.traceparent, "");
    EXPECT_EQ(trace_id_of(request), "");
  }
}

}  // namespace
}  // namespace segue::serve
