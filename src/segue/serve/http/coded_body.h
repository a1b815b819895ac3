// Bodies of requests as clients compress them (RFC 9110, section 8.4.1).
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

namespace segue::serve {

// gzip, or something that is not understood; "identity" is none.
enum class ContentCoding { none, gzip, unknown };
ContentCoding content_coding(std::string_view content_encoding);

// The text of a gzip file, of one part or several. `may_hold` is asked before the text takes so many bytes of memory.
// Throws wrong_use if it is not gzip or ends early, too_large if the text has more than `most` bytes, exhausted if
// `may_hold` says no.
std::string gunzipped_body(std::string_view gzip, std::uint64_t most,
                           const std::function<bool(std::uint64_t bytes)>& may_hold);

}  // namespace segue::serve
