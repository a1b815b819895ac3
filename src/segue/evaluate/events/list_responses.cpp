#include "segue/evaluate/events/list_responses.h"

#include <algorithm>

#include "segue/base/error.h"

namespace segue::evaluate {

namespace {

void add_to(SongResponses& song, const store::StoredEvent& event, std::chrono::milliseconds played) {
  const auto set = [&song](Response response) { song.is[static_cast<std::size_t>(response)] = true; };
  if (event.played_ms) song.played_ms = std::max(event.played_ms, song.played_ms);
  switch (event.event) {
    case store::ListEvent::impression:
      song.shown = true;
      break;
    case store::ListEvent::click:
      set(Response::click);
      break;
    case store::ListEvent::skip:
      set(Response::skip);
      break;
    case store::ListEvent::save:
      set(Response::save);
      break;
    case store::ListEvent::play:
      if (event.played_ms.value_or(played.count()) >= played.count()) set(Response::play);
      break;
  }
}

}  // namespace

std::uint64_t for_each_list(store::ListenStore& store, std::int64_t since, std::chrono::milliseconds played,
                            const std::function<void(const ListResponses&)>& each) {
  std::uint64_t events = 0;
  std::string text;  // the id of `list`
  std::optional<ListResponses> list;
  store.for_each_event(since, [&](const store::StoredEvent& event) {
    ++events;
    if (!list || event.list != text) {
      if (list) each(*list);
      std::optional<recommend::ListId> id = recommend::parse_list_id(event.list);
      if (!id) fail(ErrorCode::corrupt, "events: expected the id of a list, found \"{}\"", event.list);
      text = event.list;
      list = ListResponses{.id = *std::move(id), .user = "", .songs = {}};
    }
    if (list->user.empty()) list->user = event.user;
    if (list->songs.empty() || list->songs.back().position != event.position) {
      list->songs.push_back({.position = event.position, .song = event.song});
    }
    add_to(list->songs.back(), event, played);
    return true;
  });
  if (list) each(*list);
  return events;
}

}  // namespace segue::evaluate
