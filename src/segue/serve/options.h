// Options of a service; its sockets (http_server.h) and limits (rate_limit.h) have options of their own.
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "segue/base/options.h"

namespace segue::serve {

struct ServeOptions {
  std::string name = "default";
  std::vector<std::string> also{};
  std::vector<std::string> share{};
  std::string interleave{};
  std::string store{};
  std::chrono::milliseconds keep_events = std::chrono::hours(24 * 400);
  std::string cache{};
  std::string library{};
  std::string catalogue{};
  std::string market{};
  double new_song_share = 0;
  bool open_loopback = false;
  bool verify = true;
  std::uint64_t max_work = 50;
  std::chrono::milliseconds watch{2000};
  std::chrono::milliseconds fetch_every = std::chrono::minutes(1);
  std::chrono::milliseconds keep_listens{0};
  std::string retrain = "off";
  std::string retrain_config{};
  std::string evaluation{};
  std::vector<std::string> song_link{};
  std::string song_cover{};
  std::string subsonic{};
  std::string web_root{};
};

}  // namespace segue::serve

namespace segue {

template <>
struct OptionsOf<serve::ServeOptions> {
  static constexpr std::string_view section = "serve";
  static constexpr std::array rows = {
      option<&serve::ServeOptions::name>("name", "The name of MODEL in ?model= and in replies"),
      option<&serve::ServeOptions::also>("also", "Another model, as NAME=FOLDER or NAME=URI; can be repeated"),
      option<&serve::ServeOptions::share>(
          "share",
          "NAME=PARTS: the model's share of the users, out of the sum of all parts; each user always "
          "gets the same model. Without any, MODEL serves all users"),
      option<&serve::ServeOptions::interleave>(
          "interleave",
          "A,B: mix the recommendations of two models, half of each list from either; segue report says which of them "
          "listeners prefer. Requests that name a model get that one's"),
      option<&serve::ServeOptions::store>(
          "store",
          "Where listens and tokens are stored: an SQLite file or postgresql://...; without "
          "it segue.sqlite next to the model"),
      option<&serve::ServeOptions::keep_events>(
          "keep_events", "How long to keep what listeners did with a list (POST /v1/events); 0s: for ever"),
      option<&serve::ServeOptions::cache>("cache",
                                          "Folder for search indexes and for models from elsewhere, created if "
                                          "missing; without it next to the store if "
                                          "that is a file, else in the user's cache folder"),
      option<&serve::ServeOptions::library>(
          "library",
          "A library (segue library) whose ids music servers use: they are given its songs only, and other lists where "
          "asked; read again when it is replaced"),
      option<&serve::ServeOptions::catalogue>("catalogue",
                                              "A table of songs that are blocked, limited to markets or to a time, or "
                                              "explicit (Arrow, Parquet, CSV or JSON "
                                              "at a path or URI); read again when it is replaced"),
      option<&serve::ServeOptions::market>("market",
                                           "The country of requests that name none: a code of ISO 3166-1 such as DE"),
      option<&serve::ServeOptions::new_song_share>("new_song_share",
                                                   "new_song_share of requests for recommendations that do not say: at "
                                                   "least this share of each list is for songs "
                                                   "that came after training",
                                                   between(0, 1)),
      option<&serve::ServeOptions::open_loopback>("open_loopback",
                                                  "Let requests from this machine read and submit without a token"),
      option<&serve::ServeOptions::verify>("verify", "Check every byte of a model before serving it"),
      option<&serve::ServeOptions::max_work>("max_work",
                                             "Most work for one recommendation or radio, in millions of products of "
                                             "vectors (about 0.05 s each); 0: no limit",
                                             between(0, 1'000'000)),
      option<&serve::ServeOptions::watch>("watch",
                                          "How often to check whether a model's folder was replaced or its link points "
                                          "elsewhere, to reload it; 0s: never"),
      option<&serve::ServeOptions::fetch_every>("fetch_every",
                                                "How often to look for a new model at a URI; 0s: only at the start"),
      option<&serve::ServeOptions::keep_listens>(
          "keep_listens",
          "Delete listens and skips from the store once they are this old, such as 400d; 0s: keep them"),
      option<&serve::ServeOptions::retrain>("retrain",
                                            "When to make a new MODEL of the stored listens, as segue retrain does: "
                                            "off, daily (at 04:00), a time such as "
                                            "03:30, or an interval such as 6h"),
      option<&serve::ServeOptions::retrain_config>(
          "retrain_config", "A TOML file with options for that: [retrain], base = [\"playlists\"]"),
      option<&serve::ServeOptions::evaluation>(
          "evaluation",
          "A report of `segue evaluate --report`, for the status page; read again for "
          "each request, so that it can be replaced"),
      option<&serve::ServeOptions::song_link>(
          "song_link",
          "NAME=ADDRESS: where the web app's songs lead, with {id}, {artist}, {title} and {album} in the address; can "
          "be "
          "repeated. Without any: MusicBrainz, ListenBrainz, Spotify and YouTube; none: nowhere"),
      option<&serve::ServeOptions::song_cover>("song_cover",
                                               "Address of a song's cover, as of a link. Browsers then load pictures "
                                               "from there; without one they ask nobody "
                                               "but this server"),
      option<&serve::ServeOptions::subsonic>("subsonic",
                                             "Address of a music server with the Subsonic API, from which the web app "
                                             "plays songs: listeners sign in there with their own name and password, "
                                             "which this server never sees"),
      option<&serve::ServeOptions::web_root>("web_root", "Serve the pages in this folder, for developing the web app"),
  };
};
SEGUE_CHECK_OPTIONS(serve::ServeOptions);

}  // namespace segue
