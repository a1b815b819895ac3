#include "segue/serve/http/reply_bytes.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <ctime>
#include <functional>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <zlib.h>

#include "segue/base/ascii.h"
#include "segue/base/error.h"

namespace segue::serve {

namespace {

constexpr std::size_t kWorthCompressing = 1024;
constexpr int kCompressionLevel = 1;  // a third of the default's time for a tenth more bytes
constexpr int kGzipFormat = 15 + 16;

// Headers that pages of another origin may read in addition to the safelisted ones (Fetch, CORS-safelisted
// response-header names).
constexpr std::string_view kExposed =
    "ETag, Link, Retry-After, traceparent, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, "
    "X-Segue-List, X-RateLimit-Reset-In, X-Request-Id, X-Segue-Model";

struct Reason {
  int status;
  std::string_view text;
};
constexpr std::array kReasons = {
    Reason{200, "OK"},
    Reason{204, "No Content"},
    Reason{304, "Not Modified"},
    Reason{400, "Bad Request"},
    Reason{401, "Unauthorized"},
    Reason{403, "Forbidden"},
    Reason{404, "Not Found"},
    Reason{405, "Method Not Allowed"},
    Reason{408, "Request Timeout"},
    Reason{409, "Conflict"},
    Reason{413, "Content Too Large"},
    Reason{415, "Unsupported Media Type"},
    Reason{422, "Unprocessable Content"},
    Reason{429, "Too Many Requests"},
    Reason{431, "Request Header Fields Too Large"},
    Reason{500, "Internal Server Error"},
    Reason{501, "Not Implemented"},
    Reason{503, "Service Unavailable"},
    Reason{505, "HTTP Version Not Supported"},
    Reason{507, "Insufficient Storage"},
};

std::string_view reason_of(int status) {
  const auto found = std::ranges::find(kReasons, status, &Reason::status);
  return found == kReasons.end() ? "Unknown" : found->text;
}

constexpr std::string_view kBlanks = " \t";

// Takes the next item of a comma-separated list; `list` keeps the rest.
std::string_view take_item(std::string_view& list) {
  const std::string_view item = list.substr(0, list.find(','));
  list.remove_prefix(std::min(item.size() + 1, list.size()));
  return trimmed(item, kBlanks);
}

// The compressed form has other bytes, so a strong tag must differ (RFC 9110, section 8.8.3.3).
std::string tag_of_gzip(std::string_view etag) {
  return fmt::format("{}-gzip\"", etag.substr(0, etag.size() - 1));
}

bool has_tag(std::string_view if_none_match, std::string_view etag) {
  while (!if_none_match.empty()) {
    std::string_view tag = take_item(if_none_match);
    if (tag == "*") return true;
    if (tag.starts_with("W/")) tag.remove_prefix(2);  // a weak comparison is enough
    if (tag == etag || tag == tag_of_gzip(etag)) return true;
  }
  return false;
}

bool is_text(std::string_view type) {
  return type.starts_with("text/") || type.find("json") != std::string_view::npos ||
         type.find("xml") != std::string_view::npos || type.find("javascript") != std::string_view::npos;
}

// A value cannot break out of its line: control characters become spaces.
void append_header(std::string& head, std::string_view name, std::string_view value) {
  head.append(name).append(": ");
  for (const char letter : value) head += static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F ? ' ' : letter;
  head += "\r\n";
}

// "Thu, 26 Nov 2026 14:02:11 GMT" (RFC 9110, section 5.6.7), formatted once a second by each thread.
std::string_view http_date() {
  thread_local std::time_t of = 0;
  thread_local std::string text;
  if (const std::time_t now = std::time(nullptr); now != of) {
    of = now;
    text = fmt::format("{:%a, %d %b %Y %H:%M:%S} GMT", fmt::gmtime(now));
  }
  return text;
}

std::string entity_tag(const Request& request, const Reply& reply) {
  const bool asked_for = request.method == Method::get || request.method == Method::head;
  if (!asked_for || reply.status != 200) return "";
  if (reply.shared) return reply.shared->etag;
  return fmt::format("\"{:016x}-{:x}\"", std::hash<std::string_view>()(reply.body), reply.body.size());
}

}  // namespace

std::string gzip_of(std::string_view bytes, std::size_t most_at_once) {
  z_stream stream{};
  if (deflateInit2(&stream, kCompressionLevel, Z_DEFLATED, kGzipFormat, 8, Z_DEFAULT_STRATEGY) != Z_OK) {
    fail(ErrorCode::no_space, "gzip: out of memory");
  }
  std::string out(deflateBound(&stream, static_cast<uLong>(bytes.size())), '\0');
  std::size_t read = 0;
  std::size_t written = 0;
  int result = Z_OK;
  while (result != Z_STREAM_END) {
    const std::size_t wanted = std::min(bytes.size() - read, most_at_once);
    const std::size_t room = std::min(out.size() - written, most_at_once);
    // zlib reads through a pointer to non-const and never writes there.
    stream.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(bytes.data() + read));
    stream.avail_in = static_cast<uInt>(wanted);
    stream.next_out = reinterpret_cast<Bytef*>(out.data() + written);
    stream.avail_out = static_cast<uInt>(room);
    result = deflate(&stream, read + wanted == bytes.size() ? Z_FINISH : Z_NO_FLUSH);
    SEGUE_ASSERT(result == Z_OK || result == Z_STREAM_END);  // deflateBound() leaves enough room
    read += wanted - stream.avail_in;
    written += room - stream.avail_out;
  }
  out.resize(written);
  deflateEnd(&stream);
  return out;
}

bool accepts_gzip(std::string_view accept_encoding) {
  bool any = false;
  while (!accept_encoding.empty()) {
    const std::string_view item = take_item(accept_encoding);
    const std::size_t semicolon = std::min(item.find(';'), item.size());
    const std::string_view coding = trimmed(item.substr(0, semicolon), kBlanks);
    double weight = 1;
    if (const std::size_t q = item.find("q=", semicolon); q != std::string_view::npos) {
      const std::string_view number = item.substr(q + 2);
      if (std::from_chars(number.data(), number.data() + number.size(), weight).ec != std::errc()) weight = 0;
    }
    if (is_ignoring_case(coding, "gzip") || is_ignoring_case(coding, "x-gzip")) return weight > 0;
    if (coding == "*") any = weight > 0;
  }
  return any;
}

void make_wire_reply(const Request& request, const Reply& reply, const WireOptions& options, WireReply& wire) {
  int status = reply.status;
  wire.body = reply.bytes();
  const std::string etag = entity_tag(request, reply);
  if (!etag.empty() && has_tag(request.header("if-none-match"), etag)) status = 304;

  bool compressed = false;
  const bool compressible =
      reply.shared ? !reply.shared->gzip.empty() : wire.body.size() >= kWorthCompressing && is_text(reply.content_type);
  if (compressible && status != 304 && accepts_gzip(request.header("accept-encoding"))) {
    compressed = true;
    if (reply.shared) {
      wire.body = reply.shared->gzip;
    } else {
      wire.own = gzip_of(wire.body);
      wire.body = wire.own;
    }
  }

  wire.status = status;
  std::string& head = wire.head;
  head.clear();
  fmt::format_to(std::back_inserter(head), "HTTP/1.{} {} {}\r\n", options.http_1_0 ? 0 : 1, status, reason_of(status));
  append_header(head, "Server", "segue");
  append_header(head, "Date", http_date());
  if (status != 304 && status != 204) {
    append_header(head, "Content-Type", reply.content_type);
    fmt::format_to(std::back_inserter(head), "Content-Length: {}\r\n", wire.body.size());
  }
  if (compressed) append_header(head, "Content-Encoding", "gzip");
  if (compressible) append_header(head, "Vary", "Accept-Encoding");
  if (!etag.empty()) append_header(head, "ETag", compressed ? tag_of_gzip(etag) : etag);
  append_header(head, "X-Content-Type-Options", "nosniff");
  if (!request.id.empty()) append_header(head, "X-Request-Id", request.id);
  if (!request.traceparent.empty()) append_header(head, "traceparent", request.traceparent);
  if (!options.cors_origin.empty()) {
    append_header(head, "Access-Control-Allow-Origin", options.cors_origin);
    if (options.cors_origin != "*") append_header(head, "Vary", "Origin");
    append_header(head, "Access-Control-Expose-Headers", kExposed);
  }
  for (const Header& header : reply.headers) append_header(head, header.name, header.value);
  if (!options.keep_alive) append_header(head, "Connection", "close");
  if (options.keep_alive && options.http_1_0) append_header(head, "Connection", "keep-alive");
  head += "\r\n";
  if (request.method == Method::head || status == 304 || status == 204) wire.body = {};
}

}  // namespace segue::serve
