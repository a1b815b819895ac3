// GET /1/explore/lb-radio
#include <fmt/ranges.h>

#include "segue/base/error.h"
#include "segue/serve/listenbrainz/jspf.h"
#include "segue/serve/listenbrainz/list_routes.h"
#include "segue/serve/listenbrainz/parts.h"
#include "segue/serve/listenbrainz/prompt_radio.h"

namespace segue::serve {

namespace {

constexpr std::size_t kSongsOfRadio = 50;

TypedReply<ListenBrainzRadioReply> lb_radio(const ListParts& parts, const Exchange& exchange) {
  const std::string* const prompt = exchange.find("prompt");
  if (prompt == nullptr) fail(ErrorCode::wrong_use, "The prompt parameter cannot be empty.");
  const RadioMode mode = mode_parameter(exchange);
  const std::vector<PromptTerm> terms = parse_prompt(*prompt);
  const ListListener listener = list_listener(exchange);
  const ModelPointer served = model_for(parts.service, exchange, listener.user);
  const PromptRadio radio = prompt_radio(parts, served, exchange.who, terms, mode, kSongsOfRadio);
  const std::string_view mode_name = kRadioModeNames[static_cast<std::size_t>(mode)];
  ListedPlaylist playlist;
  playlist.title = fmt::format("LB Radio for {} on {} mode", fmt::join(radio.sources, ", "), mode_name);
  playlist.annotation = fmt::format("Made in {} mode from the prompt: {}", mode_name, *prompt);
  playlist.user = listener.user;
  playlist.source = "lb-radio";
  playlist.created = parts.unix_now();
  for (const data::SongRow song : radio.songs) playlist.songs.push_back(listed_song(served->model.songs(), song));
  return json_reply(ListenBrainzRadioReply{{jspf_of(playlist), radio.feedback}});
}

}  // namespace

std::vector<Route> explore_routes(const ListParts& parts) {
  json::object mode{{"type", "string"}, {"enum", json::array(kRadioModeNames.begin(), kRadioModeNames.end())}};
  std::vector<Route> routes;
  routes.push_back(
      {.path = "/1/explore/lb-radio",
       .id = "getPromptRadio",
       .tag = "ListenBrainz",
       .summary = "A radio for a prompt of artists, tags and users; nothing that the user was given lately",
       .query = {{"prompt", "Terms such as artist:(Björk):2 tag:(trip hop):1:nosim", text_schema(), true},
                 {"mode", "easy: what most people play; hard: what few do", std::move(mode), true}},
       .handle = [parts](const Exchange& exchange) { return lb_radio(parts, exchange); }});
  return routes;
}

}  // namespace segue::serve
