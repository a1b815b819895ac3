// The names under which one request is known to its client, to the servers on its way and to the logs of each:
// X-Request-Id, and the trace of W3C Trace Context (https://www.w3.org/TR/trace-context/).
#pragma once

#include <string>
#include <string_view>

#include "segue/serve/http/http.h"

namespace segue::serve {

inline constexpr std::size_t kMostRequestIdBytes = 128;

// Fills request.id and request.traceparent from its headers. An id of 1 to kMostRequestIdBytes visible ASCII letters is
// taken as it is; otherwise a new one is made, of 128 random bits in hexadecimal. A traceparent that breaks the
// standard's rules is dropped, as the standard says, and none is made: this server records no spans.
void take_ids(Request& request);

// Whether the header is one of Trace Context: version, trace id, parent id and flags, none of the ids zero.
bool is_traceparent(std::string_view value);

// The 32 hexadecimal digits of the trace; "" without one.
std::string_view trace_id_of(const Request& request);

}  // namespace segue::serve
