#include "segue/serve/http/http_server.h"

#include <atomic>
#include <ctime>
#include <deque>
#include <latch>
#include <mutex>
#include <new>
#include <thread>

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "segue/serve/http/reply_bytes.h"
#include "segue/serve/http/router.h"

#include "tests/support/expect_error.h"
#include "tests/support/gunzip.h"
#include "tests/support/raw_client.h"

namespace segue::serve {
namespace {

using testing::RawClient;
using testing::RawReply;

// /slow waits on the pool until it is released; /big returns 5,000 letters; /huge a megabyte; /open takes no body;
// /health/live is a probe that may block; what begins with /private is not admitted. Anything else is echoed.
class StubHandler final : public RequestHandler {
 public:
  HeadFacts facts_of(const Request& head) const override {
    return {.reads_body = head.path != "/open",
            .is_probe = head.path == "/health/live",
            .most_body = head.path == "/large" ? std::uint64_t{20'000'000} : 0};
  }
  bool admit_may_block(const Request& head) const override { return head.path == "/private/unknown"; }
  Admission admit(const Request& head) override {
    ++admissions;
    if (head.path == "/memory") throw std::bad_alloc();
    if (!head.path.starts_with("/private")) return {.caller = std::make_shared<const std::string>("somebody")};
    return {.refusal = error_reply(401, "unauthorised", "who are you?")};
  }
  Prepared prepare(const Request& request) const override {
    const bool is_probe = request.path == "/health/live";
    return {.may_block = request.path.starts_with("/slow") || is_probe, .is_probe = is_probe};
  }
  Reply answer(const Request& request, const Prepared& prepared) override {
    if (request.path == "/memory") throw std::bad_alloc();
    if (request.path == "/huge") return {.content_type = "image/png", .body = std::string(1 << 20, 'x')};
    if (request.path == "/caller") {
      const bool is_known = prepared.caller != nullptr;
      return {.body = is_known ? *std::static_pointer_cast<const std::string>(prepared.caller) : "not asked"};
    }
    if (request.path == "/headers") {
      Reply reply{.content_type = "text/plain"};
      for (const Header& header : request.headers) reply.body += header.name + ' ';
      return reply;
    }
    if (request.path == "/slow") {
      if (!has_begun.exchange(true)) arrived.count_down();
      go_on.wait();
    }
    if (request.path == "/big") return {.content_type = "text/plain", .body = std::string(5000, 'x')};
    return {.content_type = "text/plain",
            .body = std::string(name_of(request.method)) + ' ' + request.path + ' ' + request.query + ' ' +
                    request.body + (request.loopback ? " here" : " elsewhere")};
  }

  void sent(const Request&, const Reply& reply, const Delivery& delivery) override {
    if (reply.status >= 400) ++refused;
    const std::scoped_lock lock(mutex);
    sent_replies.push_back({delivery, reply.route, std::string(reply.notes.limit)});
  }

  std::atomic<bool> has_begun{false};
  std::latch arrived{1};
  std::latch go_on{1};
  void entered() override { ++in_flight; }
  void left() override { --in_flight; }

  std::atomic<int> refused{0};
  std::atomic<int> in_flight{0};
  struct SentReply {
    Delivery delivery;
    std::int32_t route;
    std::string limit;
  };
  std::mutex mutex;  // guards sent_replies
  std::vector<SentReply> sent_replies;
  std::atomic<int> admissions{0};
};

class HttpServerTest : public ::testing::Test {
 protected:
  void start(HttpServerOptions options = {}) {
    options.port = 0;
    options.io_threads = 2;
    options.blocking_threads = 2;
    server_.emplace(handler_, options);
    thread_ = std::jthread([this](const std::stop_token& stop) { server_->run(stop); });
  }
  void stop() {
    thread_.request_stop();
    if (thread_.joinable()) thread_.join();
  }
  ~HttpServerTest() override {
    if (!handler_.go_on.try_wait()) handler_.go_on.count_down();
    stop();
  }
  RawClient client() { return RawClient(server_->port()); }

  StubHandler handler_;
  std::optional<HttpServer> server_;
  std::jthread thread_;
};

constexpr std::string_view kGet = "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n";

TEST_F(HttpServerTest, answers_several_requests_on_one_connection) {
  start();
  RawClient client = this->client();
  for (int i = 0; i < 3; ++i) {
    const RawReply reply = client.ask(kGet);
    EXPECT_EQ(reply.status, 200);
    EXPECT_EQ(reply.body, "GET /a b=c  here");
  }
  EXPECT_EQ(client.ask("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc").body, "POST /p  abc here");
  const RawReply last = client.ask("GET /z HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  EXPECT_EQ(RawClient::header(last, "Connection"), "close");
  EXPECT_TRUE(client.ended());
  RawClient old = this->client();
  EXPECT_EQ(old.ask("GET /old HTTP/1.0\r\n\r\n").body, "GET /old   here");
  EXPECT_TRUE(old.ended());
}

TEST_F(HttpServerTest, returns_the_id_and_the_trace_of_a_request) {
  start();
  RawClient client = this->client();
  constexpr std::string_view kTrace = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  const RawReply named = client.ask(
      fmt::format("GET /a HTTP/1.1\r\nHost: x\r\nX-Request-Id: from-the-proxy\r\ntraceparent: {}\r\n\r\n", kTrace));
  EXPECT_EQ(RawClient::header(named, "X-Request-Id"), "from-the-proxy");
  EXPECT_EQ(RawClient::header(named, "traceparent"), kTrace);
  // The next request of the connection has neither of them.
  const RawReply next = client.ask(kGet);
  EXPECT_EQ(RawClient::header(next, "X-Request-Id").size(), 32U);
  EXPECT_EQ(RawClient::header(next, "traceparent"), "");
  EXPECT_EQ(RawClient::header(this->client().ask("nonsense\r\n\r\n"), "X-Request-Id").size(), 32U);
}

TEST_F(HttpServerTest, reports_how_each_reply_was_sent) {
  start({.max_header = 1024, .max_body = 100});
  {
    RawClient client = this->client();
    client.ask("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc");
    client.ask("GET /big HTTP/1.1\r\nHost: x\r\nAccept-Encoding: gzip\r\n\r\n");
    client.ask("POST /p HTTP/1.1\r\nHost: x\r\nContent-Length: 101\r\n\r\n");
  }
  this->client().ask("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + std::string(2000, 'x') + "\r\n\r\n");
  stop();
  const auto& sent = handler_.sent_replies;
  ASSERT_EQ(sent.size(), 4U);
  EXPECT_EQ(sent[0].delivery.bytes_in, 3U);
  EXPECT_EQ(sent[0].delivery.bytes_out, std::string_view("POST /p  abc here").size());
  EXPECT_TRUE(sent[0].delivery.complete);
  EXPECT_EQ(sent[0].limit, "");
  EXPECT_EQ(sent[1].delivery.bytes_in, 0U);
  EXPECT_LT(sent[1].delivery.bytes_out, 1000U);  // compressed
  EXPECT_EQ(sent[2].delivery.status, 413);
  EXPECT_EQ(sent[2].limit, "max_body");
  EXPECT_EQ(sent[3].delivery.status, 431);
  EXPECT_EQ(sent[3].limit, "max_header");
  EXPECT_EQ(sent[3].route, kNoRequest);
  EXPECT_EQ(handler_.in_flight, 0);
}

TEST_F(HttpServerTest, answers_pipelined_requests_in_order) {
  start();
  RawClient client = this->client();
  client.send(
      "GET /slow HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\nGET /slower HTTP/1.1\r\nHost: x\r\n\r\n");
  handler_.arrived.wait();
  // Other connections are answered meanwhile.
  EXPECT_EQ(this->client().ask(kGet).status, 200);
  handler_.go_on.count_down();
  EXPECT_EQ(client.receive().body, "GET /slow   here");
  EXPECT_EQ(client.receive().body, "GET /2   here");
  EXPECT_EQ(client.receive().body, "GET /slower   here");
}

TEST_F(HttpServerTest, accepts_chunked_bodies_and_expectations) {
  start();
  EXPECT_EQ(
      client()
          .ask("POST /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")
          .body,
      "POST /c  abcde here");
  RawClient waiting = client();
  EXPECT_EQ(waiting.ask("POST /e HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n").status,
            100);
  EXPECT_EQ(waiting.ask("hi").body, "POST /e  hi here");
}

TEST_F(HttpServerTest, answers_head_without_a_body) {
  start();
  RawClient client = this->client();
  const RawReply head = client.ask("HEAD /big HTTP/1.1\r\nHost: x\r\n\r\n", true);
  EXPECT_EQ(RawClient::header(head, "Content-Length"), "5000");
  EXPECT_EQ(client.ask(kGet).status, 200);
}

TEST_F(HttpServerTest, replies_not_modified) {
  start();
  RawClient client = this->client();
  const std::string etag = RawClient::header(client.ask(kGet), "ETag");
  ASSERT_FALSE(etag.empty());
  const auto asking = [](const std::string& tags) {
    return "GET /a?b=c HTTP/1.1\r\nHost: x\r\nIf-None-Match: " + tags + "\r\n\r\n";
  };
  EXPECT_EQ(client.ask(asking("\"other\", " + etag)).status, 304);
  EXPECT_EQ(client.ask(asking("W/" + etag)).status, 304);
  EXPECT_EQ(client.ask(asking("\"other\"")).status, 200);
}

TEST_F(HttpServerTest, compresses_large_texts_if_accepted) {
  start();
  RawClient client = this->client();
  const auto asking = [](std::string_view path, std::string_view accepted) {
    return "GET " + std::string(path) + " HTTP/1.1\r\nHost: x\r\nAccept-Encoding: " + std::string(accepted) +
           "\r\n\r\n";
  };
  const RawReply compressed = client.ask(asking("/big", "br, gzip;q=0.5"));
  EXPECT_EQ(RawClient::header(compressed, "Content-Encoding"), "gzip");
  EXPECT_EQ(RawClient::header(compressed, "Vary"), "Accept-Encoding");
  EXPECT_LT(compressed.body.size(), 500U);
  EXPECT_EQ(testing::gunzipped(compressed.body), std::string(5000, 'x'));
  const RawReply plain = client.ask(asking("/big", "gzip;q=0, br"));
  EXPECT_EQ(plain.body.size(), 5000U);
  EXPECT_EQ(RawClient::header(client.ask(asking("/big", "GZip")), "Content-Encoding"), "gzip");
  // Other bytes, another tag; either one matches If-None-Match.
  const std::string tag = RawClient::header(compressed, "ETag");
  EXPECT_NE(tag, RawClient::header(plain, "ETag"));
  for (const std::string_view accepted : {"gzip", "identity"}) {
    EXPECT_EQ(client
                  .ask("GET /big HTTP/1.1\r\nHost: x\r\nAccept-Encoding: " + std::string(accepted) +
                       "\r\nIf-None-Match: " + tag + "\r\n\r\n")
                  .status,
              304);
  }
  EXPECT_EQ(client.ask(asking("/big", "identity")).body.size(), 5000U);
  EXPECT_EQ(RawClient::header(client.ask(asking("/small", "gzip")), "Content-Encoding"), "");
}

TEST_F(HttpServerTest, refuses_malformed_requests_and_closes) {
  start({.max_header = 1024, .max_body = 1000});
  struct Case {
    std::string sent;
    int status;
  };
  const std::vector<Case> cases = {
      {"nonsense\r\n\r\n", 400},
      {"GET /\x01 HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET a HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET / HTTP/2.0\r\nHost: x\r\n\r\n", 505},
      {"GET / HTTP/1.1\r\nHost x\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: x\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nContent-Length: 5\r\n\r\nabcde", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\nContent-Length: 4\r\n\r\nabcd", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: xchunked\r\n\r\nabcd", 501},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, identity\r\n\r\nabcd", 501},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n1;x=" + std::string(500'000, 'y'), 400},
      {"POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\n\r\n", 400},
      {"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n", 400},
      {"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1001\r\n\r\n", 413},
      {"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n7d0\r\n" + std::string(2000, 'x') + "\r\n",
       413},
      {"GET / HTTP/1.1\r\nHost: x\r\nX: " + std::string(2000, 'x') + "\r\n\r\n", 431},
  };
  for (const Case& one : cases) {
    RawClient client = this->client();
    const RawReply reply = client.ask(one.sent);
    EXPECT_EQ(reply.status, one.status) << one.sent.substr(0, 60);
    EXPECT_NE(reply.body.find("\"error\""), std::string::npos) << one.sent.substr(0, 60);
    EXPECT_TRUE(client.ended());
  }
  EXPECT_EQ(handler_.refused, static_cast<int>(cases.size()));
  EXPECT_EQ(client().ask(kGet).status, 200);
}

TEST_F(HttpServerTest, sends_the_date) {
  start();
  const std::string date = RawClient::header(client().ask(kGet), "Date");
  std::tm parts{};
  const char* const end = strptime(date.c_str(), "%a, %d %b %Y %H:%M:%S GMT", &parts);
  ASSERT_NE(end, nullptr) << date;
  EXPECT_NEAR(static_cast<double>(timegm(&parts)), static_cast<double>(std::time(nullptr)), 5);
}

TEST_F(HttpServerTest, slow_and_idle_clients_do_not_block_others) {
  start({.idle_timeout = std::chrono::milliseconds(2000), .request_timeout = std::chrono::milliseconds(2000)});
  std::deque<RawClient> idle;
  std::deque<RawClient> slow;
  for (int i = 0; i < 100; ++i) {
    idle.emplace_back(server_->port());
    slow.emplace_back(server_->port());
    slow.back().send("POST /slow-writer HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\nsome");
  }
  for (int i = 0; i < 50; ++i) EXPECT_EQ(client().ask(kGet).status, 200);
  for (RawClient& one : slow) EXPECT_TRUE(one.ended());
  for (RawClient& one : idle) EXPECT_TRUE(one.ended());
}

TEST_F(HttpServerTest, asks_clients_beyond_the_limit_to_retry) {
  start({.max_connections = 2});
  RawClient first = client();
  RawClient second = client();
  EXPECT_EQ(first.ask(kGet).status, 200);
  EXPECT_EQ(second.ask(kGet).status, 200);
  // With a request in flight: its reply must not be lost.
  EXPECT_EQ(client().ask(kGet).status, 503);
  EXPECT_EQ(first.ask(kGet).status, 200);
}

constexpr std::string_view kProbe = "GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n";

TEST_F(HttpServerTest, answers_health_probes_however_many_clients_there_are) {
  start({.max_connections = 2});
  RawClient first = client();
  RawClient second = client();
  EXPECT_EQ(first.ask(kGet).status, 200);
  EXPECT_EQ(second.ask(kGet).status, 200);
  for (int i = 0; i < 3; ++i) {
    RawClient probe = client();
    EXPECT_EQ(probe.ask(kProbe).status, 200);
    EXPECT_TRUE(probe.ended());  // its place is for the next probe
  }
  EXPECT_EQ(client().ask(kGet).status, 503);
}

TEST_F(HttpServerTest, answers_health_probes_while_all_threads_are_busy) {
  start();
  std::deque<RawClient> busy;
  for (int i = 0; i < 4; ++i) {  // two wait on the pool's two threads, two for them
    busy.emplace_back(server_->port());
    busy.back().send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  }
  handler_.arrived.wait();
  EXPECT_EQ(client().ask(kProbe).status, 200);
  handler_.go_on.count_down();
  for (RawClient& one : busy) EXPECT_EQ(one.receive().status, 200);
}

TEST_F(HttpServerTest, limits_the_connections_of_one_address) {
  start({.max_address_connections = 3});
  std::deque<RawClient> mine;
  for (int i = 0; i < 3; ++i) {
    mine.emplace_back(server_->port());
    EXPECT_EQ(mine.back().ask(kGet).status, 200);
  }
  const RawReply refused = client().ask(kGet);
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(RawClient::header(refused, "Retry-After"), "1");
  EXPECT_EQ(mine.front().ask("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").status, 200);
  EXPECT_TRUE(mine.front().ended());
  int status = 503;  // until the server has noticed
  for (int i = 0; i < 1000 && status == 503; ++i) status = client().ask(kGet).status;
  EXPECT_EQ(status, 200);
}

TEST_F(HttpServerTest, asks_who_is_there_before_it_reads_a_body) {
  start();
  for (const std::string_view path : {"/private", "/private/unknown"}) {
    for (const std::string_view framing :
         {"Content-Length: 9000000", "Transfer-Encoding: chunked", "Content-Length: 100\r\nExpect: 100-continue"}) {
      RawClient client = this->client();
      const RawReply reply =
          client.ask("POST " + std::string(path) + " HTTP/1.1\r\nHost: x\r\n" + std::string(framing) + "\r\n\r\n");
      EXPECT_EQ(reply.status, 401) << framing;  // although not a byte of the body was sent
      EXPECT_TRUE(client.ended());
    }
  }
  EXPECT_EQ(handler_.admissions, 6);
  RawClient client = this->client();
  client.send("POST /caller HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(client.receive().status, 100);
  EXPECT_EQ(client.ask("abc").body, "somebody");
  EXPECT_EQ(handler_.admissions, 7);
  // What has arrived as a whole costs no more memory.
  EXPECT_EQ(client.ask("POST /caller HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc").body, "not asked");
  EXPECT_EQ(handler_.admissions, 7);
}

TEST_F(HttpServerTest, refuses_large_bodies_that_nobody_reads) {
  start();
  RawClient client = this->client();
  EXPECT_EQ(client.ask("GET /open HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}").status, 200);
  EXPECT_EQ(client.ask("GET /open HTTP/1.1\r\nHost: x\r\nContent-Length: 1025\r\n\r\n").status, 413);
  EXPECT_EQ(this->client()
                .ask("GET /open HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n401\r\n" +
                     std::string(1025, 'x') + "\r\n0\r\n\r\n")
                .status,
            413);
}

TEST_F(HttpServerTest, takes_larger_bodies_where_a_route_does) {
  start({.max_body = 1000});
  const auto post = [this](std::string_view path, std::size_t bytes) {
    RawClient client = this->client();
    client.send(fmt::format("POST {} HTTP/1.1\r\nHost: x\r\nContent-Length: {}\r\n\r\n", path, bytes));
    if (bytes < 20'000'000) client.send(std::string(bytes, 'x'));
    return client.receive().status;
  };
  EXPECT_EQ(post("/a", 1000), 200);
  EXPECT_EQ(post("/a", 1001), 413);
  EXPECT_EQ(post("/large", 100'000), 200);
  EXPECT_EQ(post("/large", 20'000'001), 413);
}

TEST_F(HttpServerTest, holds_no_more_bytes_of_bodies_than_its_budget) {
  start({.max_buffered = 65'536});
  std::deque<RawClient> unfinished;
  for (int i = 0; i < 3; ++i) {
    unfinished.emplace_back(server_->port());
    unfinished.back().send("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
    unfinished.back().send(std::string(20'000, 'x'));
  }
  // 60 KB are held, or 64: another 20 are too many, whoever sends them.
  RawClient client = this->client();
  client.send("POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.send("30d40\r\n" + std::string(200'000, 'x') + "\r\n0\r\n\r\n");
  const RawReply refused = client.receive();
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(RawClient::header(refused, "Retry-After"), "1");
  unfinished.clear();
  int status = 503;  // until the server has noticed
  for (int i = 0; i < 1000 && status == 503; ++i) {
    status = this->client()
                 .ask("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 20000\r\n\r\n" + std::string(20'000, 'x'))
                 .status;
  }
  EXPECT_EQ(status, 200);
}

TEST_F(HttpServerTest, holds_no_more_bytes_of_replies_than_its_budget) {
  start({.max_buffered = 3 << 20, .write_timeout = std::chrono::milliseconds(20'000)});
  std::string six;  // the system buffers the first bytes of each reply
  for (int i = 0; i < 6; ++i) six += "GET /huge HTTP/1.1\r\nHost: x\r\n\r\n";
  std::deque<RawClient> silent;
  int status = 200;
  // Silent clients that are refused themselves hold nothing: others come until the budget is full.
  for (int i = 0; i < 200 && status == 200; ++i) {
    silent.emplace_back(server_->port());
    silent.back().send(six);
    status = client().ask("GET /huge HTTP/1.1\r\nHost: x\r\n\r\n").status;
  }
  EXPECT_EQ(status, 503);
  EXPECT_EQ(client().ask(kGet).status, 200);
}

TEST_F(HttpServerTest, goes_on_when_memory_runs_out) {
  start();
  for (int i = 0; i < 3; ++i) {
    RawClient client = this->client();
    const RawReply reply = client.ask("GET /memory HTTP/1.1\r\nHost: x\r\n\r\n");
    EXPECT_EQ(reply.status, 503);
    EXPECT_EQ(RawClient::header(reply, "Retry-After"), "1");
    EXPECT_EQ(client.ask(kGet).status, 200);
    // Where there is no memory for the reply either, the connection ends and not the process.
    EXPECT_EQ(this->client().ask("POST /memory HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n").status, 0);
  }
  EXPECT_EQ(client().ask(kGet).status, 200);
}

TEST_F(HttpServerTest, takes_no_trailer_for_a_header) {
  start();
  RawClient client = this->client();
  EXPECT_EQ(client
                .ask("POST /headers HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nTrailer: Authorization\r\n\r\n"
                     "3\r\nabc\r\n0\r\nAuthorization: Token secret\r\nX-Forwarded-For: 1.2.3.4\r\n\r\n")
                .body,
            "host transfer-encoding trailer ");
  EXPECT_EQ(client.ask(kGet).status, 200);
}

TEST_F(HttpServerTest, finishes_requests_in_flight_before_it_ends) {
  start();
  RawClient idle = client();
  EXPECT_EQ(idle.ask(kGet).status, 200);
  RawClient busy = client();
  busy.send("GET /slow HTTP/1.1\r\nHost: x\r\n\r\n");
  handler_.arrived.wait();
  thread_.request_stop();
  EXPECT_TRUE(idle.ended());
  handler_.go_on.count_down();
  const RawReply reply = busy.receive();
  EXPECT_EQ(reply.status, 200);
  EXPECT_EQ(RawClient::header(reply, "Connection"), "close");
  stop();
}

TEST_F(HttpServerTest, allows_cross_origin_requests_from_one_origin) {
  start({.cors_origin = "https://music.example"});
  RawClient client = this->client();
  const RawReply preflight =
      client.ask("OPTIONS /v1/songs HTTP/1.1\r\nHost: x\r\nOrigin: https://music.example\r\n\r\n", true);
  EXPECT_EQ(preflight.status, 204);
  EXPECT_EQ(RawClient::header(preflight, "Access-Control-Allow-Origin"), "https://music.example");
  EXPECT_NE(RawClient::header(preflight, "Access-Control-Allow-Headers").find("Authorization"), std::string::npos);
  EXPECT_EQ(RawClient::header(client.ask(kGet), "Access-Control-Allow-Origin"), "https://music.example");
}

TEST(HttpServerOptionsTest, are_refused_if_they_cannot_work) {
  StubHandler handler;
  const auto make = [&](const HttpServerOptions& options) { return HttpServer(handler, options).port(); };
  EXPECT_ERROR(make({.host = "no where"}), ErrorCode::wrong_use, "--host: expected an IP address or a host name");
  EXPECT_NE(make({.host = "localhost", .port = 0}), 0);
  EXPECT_ERROR(make({.port = 0, .tls_key = "k"}), ErrorCode::wrong_use, "together, found only one of them");
  EXPECT_ERROR(make({.port = 0, .tls_certificate = "c", .tls_key = "k"}), ErrorCode::wrong_use, "--tls-certificate c");
  const HttpServer first(handler, {.port = 0});
  EXPECT_ERROR(make({.port = first.port()}), ErrorCode::io_failed, "in use");
}

TEST(AcceptsGzip, reads_weights) {
  EXPECT_TRUE(accepts_gzip("gzip"));
  EXPECT_TRUE(accepts_gzip("deflate, gzip;q=1.0, *;q=0.5"));
  EXPECT_TRUE(accepts_gzip("*"));
  EXPECT_FALSE(accepts_gzip(""));
  EXPECT_FALSE(accepts_gzip("identity, br"));
  EXPECT_FALSE(accepts_gzip("gzip;q=0"));
  EXPECT_FALSE(accepts_gzip("*;q=0"));
}

// POST with a body under this Content-Encoding.
std::string coded_post(std::string_view coding, std::string_view body) {
  return fmt::format("POST /p HTTP/1.1\r\nHost: x\r\nContent-Encoding: {}\r\nContent-Length: {}\r\n\r\n{}", coding,
                     body.size(), body);
}

TEST_F(HttpServerTest, reads_compressed_bodies) {
  start();
  RawClient client = this->client();
  const std::string text = "{\"a\": " + std::string(100'000, '1') + "}";
  for (const std::string_view coding : {"gzip", "GZIP", "x-gzip"}) {
    EXPECT_EQ(client.ask(coded_post(coding, testing::gzipped(text))).body, "POST /p  " + text + " here") << coding;
  }
  EXPECT_EQ(client.ask(coded_post("gzip", testing::gzipped("one ") + testing::gzipped("two"))).body,
            "POST /p  one two here");
  EXPECT_EQ(client.ask(coded_post("gzip", testing::gzipped(""))).body, "POST /p   here");
  EXPECT_EQ(client.ask(coded_post("identity", "abc")).body, "POST /p  abc here");
}

TEST_F(HttpServerTest, refuses_bodies_that_it_cannot_decompress) {
  HttpServerOptions options;
  options.max_body = 50'000;
  start(options);
  const auto refused = [this](std::string_view coding, std::string_view body, int status, std::string_view message) {
    const RawReply reply = client().ask(coded_post(coding, body));
    EXPECT_EQ(reply.status, status) << message;
    EXPECT_NE(reply.body.find(message), std::string::npos) << reply.body;
  };
  const std::string whole = testing::gzipped("abcdefgh");
  refused("br", "abc", 415, "Content-Encoding: expected gzip or identity, found br");
  refused("gzip", "abc", 400, "body: expected gzip, as Content-Encoding says, found other bytes");
  refused("gzip", whole + "junk", 400, "found other bytes");
  refused("gzip", std::string_view(whole).substr(0, whole.size() - 3), 400, "found the beginning of it only");
  refused("gzip", testing::gzipped(std::string(50'001, 'x')), 413,
          "body: expected at most 50000 bytes once decompressed, found more");
  EXPECT_EQ(client().ask(coded_post("gzip", testing::gzipped(std::string(50'000, 'x')))).status, 200);
  EXPECT_EQ(client()
                .ask("POST /private HTTP/1.1\r\nHost: x\r\nContent-Encoding: gzip\r\nContent-Length: 3\r\n\r\nabc")
                .status,
            401);  // before anything is decompressed
}

}  // namespace
}  // namespace segue::serve
