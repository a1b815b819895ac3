#include "segue/serve/lists/given_songs.h"

#include <algorithm>
#include <unordered_set>

namespace segue::serve {

std::vector<std::string> GivenSongs::newest(const std::string& listener, std::int64_t now) const {
  const std::scoped_lock lock(mutex_);
  const auto found = listeners_.find(listener);
  if (found == listeners_.end() || is_idle(found->second, now)) return {};
  return {found->second.ids.rbegin(), found->second.ids.rend()};
}

void GivenSongs::add(const std::string& listener, std::span<const std::string> ids, std::int64_t now) {
  const std::scoped_lock lock(mutex_);
  if (!listeners_.contains(listener)) make_room(now);
  Given& given = listeners_[listener];
  if (is_idle(given, now)) given.ids.clear();
  given.asked = now;
  const std::unordered_set<std::string_view> again(ids.begin(), ids.end());
  std::erase_if(given.ids, [&](const std::string& id) { return again.contains(id); });
  given.ids.insert(given.ids.end(), ids.begin(), ids.end());
  if (given.ids.size() > limits_.songs) {
    given.ids.erase(given.ids.begin(), given.ids.end() - static_cast<std::ptrdiff_t>(limits_.songs));
  }
}

void GivenSongs::forget(const std::string& listener) {
  const std::scoped_lock lock(mutex_);
  listeners_.erase(listener);
}

void GivenSongs::make_room(std::int64_t now) {
  std::erase_if(listeners_, [&](const auto& entry) { return is_idle(entry.second, now); });
  if (listeners_.size() < limits_.listeners) return;
  listeners_.erase(std::ranges::min_element(listeners_, {}, [](const auto& entry) { return entry.second.asked; }));
}

}  // namespace segue::serve
