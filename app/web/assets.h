// The web app inside the binary: what app/web/build.mjs has made, file by file.
//
// Paths are as the server answers them: "/" is the app, "/docs" the API reader, everything else stands under "/assets/"
// with a digest in its name and may be kept by browsers for ever ("Cache-Control: public, max-age=31536000,
// immutable"); the pages themselves are to be asked for again each time (their ETag answers that in few bytes).
//
// The pages keep to this policy, which the server is to send with them:
//   default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self';
//   object-src 'none'; base-uri 'none'; frame-ancestors 'none'
#pragma once

#include <span>
#include <string_view>

namespace segue {

struct WebAsset {
  std::string_view path;        // "/", "/docs", "/assets/index-B2c3.js"
  std::string_view media_type;  // with its charset where it is text
  std::string_view bytes;
  std::string_view gzip;  // the same compressed, "" where that would not be smaller
  std::string_view etag;  // SHA-256 of `bytes`, with its quotes
};

// In the order of their paths' file names. They live as long as the program.
std::span<const WebAsset> web_assets();

}  // namespace segue
