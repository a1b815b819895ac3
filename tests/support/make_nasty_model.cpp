// make_nasty_model MODEL: writes the small model with ids, titles and artists that break careless output code.
#include <array>
#include <cstdio>
#include <exception>

#include "tests/support/small_model.h"

namespace segue::testing {
namespace {

constexpr std::array<std::string_view, 12> kNasty = {
    "]]>",
    "</title><script>alert(1)</script>",
    "line\nbreak\r\nand\rreturn",
    "bell\a escape\x1b[31m null-like \x01\x1f\x7f",
    "\"quotes\" 'single' & ampersand &amp; &#0;",
    "إنت عمري‏ أم كلثوم",
    "#EXTINF:-1,not a comment",
    " spaces at both ends ",
    "emoji 🎵 and \xEF\xBF\xBE noncharacter \xC2\x85 next line \xE2\x80\xA8 separator",
    "C:\\music\\song.mp3",
    "https://example.org/a b?c=%zz#d#e",
    "100% {id} {title} %2F"};

SmallModel nasty_model() {
  SmallModel model = small_model();
  for (std::size_t i = 0; i < kNasty.size(); ++i) {
    model.songs[i].id = std::string(kNasty[i]);
    model.songs[i].title = std::string(kNasty[i]);
    model.songs[i].artist = std::string(kNasty[(i + 5) % kNasty.size()]);
    model.songs[i].album = std::string(kNasty[(i + 1) % kNasty.size()]);
  }
  model.songs[12].id = "spotify:track:7KXjTSCq5nL1LoYtL7XAwS";
  return model;
}

}  // namespace
}  // namespace segue::testing

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fputs("usage: make_nasty_model MODEL\n", stderr);
    return 2;
  }
  try {
    segue::testing::write_small_model(argv[1], segue::testing::nasty_model());
  } catch (const std::exception& error) {
    std::fprintf(stderr, "make_nasty_model: %s\n", error.what());
    return 1;
  }
  return 0;
}
