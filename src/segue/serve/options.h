// What can be chosen about a service; sockets have options of their own (http_server.h), limits too (rate_limit.h).
#pragma once

#include <array>
#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/options.h"

namespace segue::serve {

struct ServeOptions {
  std::string name = "default";
  std::vector<std::string> also{};
  std::vector<std::string> share{};
  std::string store{};
  std::string cache{};
  bool open_loopback = false;
  bool verify = true;
  std::chrono::milliseconds watch{2000};
  std::string evaluation{};
  std::string web_root{};
};

}  // namespace segue::serve

namespace segue {

template <>
struct OptionsOf<serve::ServeOptions> {
  static constexpr std::string_view section = "serve";
  static constexpr std::array rows = {
      option<&serve::ServeOptions::name>("name", "What to call MODEL in ?model= and in replies"),
      option<&serve::ServeOptions::also>("also", "Another model, as NAME=FOLDER; may be given several times"),
      option<&serve::ServeOptions::share>(
          "share",
          "NAME=PARTS: of all users, a model serves its parts of the sum of all parts; the "
          "same user always the same one. Without any, MODEL serves all"),
      option<&serve::ServeOptions::store>(
          "store",
          "Where listens and tokens are kept: an SQLite file, or postgresql://...; without "
          "it segue.sqlite beside the model"),
      option<&serve::ServeOptions::cache>("cache",
                                          "Folder for search indexes, made where there is none; beside the store if "
                                          "that is a file, else in the system's folder for temporary files"),
      option<&serve::ServeOptions::open_loopback>("open_loopback",
                                                  "Let requests from this machine read and submit without a token"),
      option<&serve::ServeOptions::verify>("verify", "Check every byte of a model before it is served"),
      option<&serve::ServeOptions::watch>("watch",
                                          "Look so often whether a model's folder was replaced or its link points "
                                          "elsewhere, and load it anew; 0s never"),
      option<&serve::ServeOptions::evaluation>("evaluation",
                                               "A report of `segue evaluate --report`, for the page that shows how the "
                                               "service is; read anew each time, so that a newer one may replace it"),
      option<&serve::ServeOptions::web_root>("web_root", "Serve the pages in this folder, for work on the web app"),
  };
};
SEGUE_CHECK_OPTIONS(serve::ServeOptions);

}  // namespace segue
