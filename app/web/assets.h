// The web app embedded in the binary: the files that app/web/build.mjs makes.
//
// Paths are those of the server: "/" is the app and "/docs" is the API reference. All other files are under "/assets/"
// with a digest in their names, so browsers may cache them for ever ("Cache-Control: public, max-age=31536000,
// immutable"). Browsers must revalidate the pages themselves every time; their ETag makes that cheap.
//
// The pages comply with this policy, which the server must send with them:
//   default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:;
//   connect-src 'self'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'
// with one more origin of pictures where the server names an address for covers, and one more to ask and to play from
// where it names a music server.
#pragma once

#include <span>
#include <string_view>

namespace segue {

struct WebAsset {
  std::string_view path;        // "/", "/docs", "/assets/index-B2c3.js"
  std::string_view media_type;  // with the charset for text
  std::string_view bytes;
  std::string_view gzip;  // `bytes` compressed; "" if that would not be smaller
  std::string_view etag;  // SHA-256 of `bytes`, quoted
};

// In the order of their paths' file names. They live as long as the program.
std::span<const WebAsset> web_assets();

// A page for `segue` to fill and write to a file (base/page.h): evaluation, tuning, events or map. It loads nothing,
// and its own policy lets only its own script and styles run. REQUIRES: one of these names.
std::string_view page_template(std::string_view name);

// An npm package whose code is in the pages.
struct WebPackage {
  std::string_view name;
  std::string_view version;
  std::string_view licence;  // SPDX, as its package.json says
  std::string_view text;     // of its licence
};

// By name. They live as long as the program.
std::span<const WebPackage> web_packages();

}  // namespace segue
