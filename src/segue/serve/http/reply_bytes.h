// Replies as bytes on the wire: status line, headers, entity tags, compression.
#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "segue/serve/http/http.h"

namespace segue::serve {

// What the head of a reply depends on besides the reply itself.
struct WireOptions {
  bool keep_alive = true;
  bool http_1_0 = false;
  std::string_view cors_origin;  // "" for none
};

// A reply ready to be sent: head, then body, which is a view of the reply's or of `own`.
struct WireReply {
  int status = 200;
  std::string head;
  std::string own;        // a body made here, by compression
  std::string_view body;  // "" for HEAD, 304 and 204
};

// Conditional and compressed as `request` allows: 304 for an entity tag that the client has, gzip for text of a
// kilobyte or more if it is accepted (RFC 9110, sections 8.8, 12.5, 13.1). `wire` views `reply`, which must outlive it,
// and must not be moved.
void make_wire_reply(const Request& request, const Reply& reply, const WireOptions& options, WireReply& wire);

// Compressed in the gzip format. zlib takes less than 4 GiB in one call, so longer bytes are passed in pieces of
// `most_at_once`. Throws no_space.
std::string gzip_of(std::string_view bytes, std::size_t most_at_once = std::numeric_limits<std::uint32_t>::max());

// Whether Accept-Encoding allows gzip: named or "*", with a weight above 0.
bool accepts_gzip(std::string_view accept_encoding);

}  // namespace segue::serve
