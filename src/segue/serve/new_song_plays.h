// Plays of new songs among the listens that a service stores: new songs are placed by them, beside the queues that they
// were sent with.
//
// ListenFeed says who heard a new song and when. Once that session is over, it is read from the store, and the songs of
// it are kept as ids, without the listener. A version of a model is worth its time again when a song has twice the
// plays that the last one placed it by.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "segue/store/store.h"

namespace segue::serve {

// Of one song; ten place it nearly as well as training (docs/place.md).
inline constexpr std::uint64_t kMostPlaysHeard = 200;
inline constexpr std::size_t kMostSessionsHeard = 100'000;

// Thread safe.
class NewSongPlays {
 public:
  // Takes note of a listen to a new song, if it is not known yet.
  void heard(std::string_view song_id, const store::StoredListen& listen);

  // Reads the sessions that are over at `now` (seconds since 1970). `id_of`: the id of the song of a listen. Throws as
  // the store does; then the next call reads them again.
  using IdOf = std::function<std::optional<std::string>(const store::StoredListen&)>;
  void settle(store::ListenStore& store, const IdOf& id_of, std::int64_t now);

  // Grows when a song has twice the plays that it had when to_place() was last called.
  std::uint64_t version() const;
  // Sessions that play new songs, as ids in order.
  std::vector<std::vector<std::string>> to_place();
  std::uint64_t plays() const;  // of all new songs

 private:
  struct Heard {
    std::string user;
    std::int64_t at = 0;   // when it was heard: seconds since 1970
    std::int64_t due = 0;  // when its session may be over
  };
  struct Count {
    std::uint64_t heard = 0;
    std::uint64_t plays = 0;  // of them: in sessions that are over
    std::uint64_t placed = 0;
  };

  std::vector<Heard> take_due(std::int64_t now);
  void keep_session(std::string_view user, std::span<const store::StoredListen> session, const IdOf& id_of);
  bool is_counted(std::string_view user, const store::StoredListen& listen) const;

  std::mutex settling_;

  mutable std::mutex mutex_;  // guards what follows
  std::vector<Heard> waiting_;
  // By a hash of listener and time, each listen to a new song: whether it is in a session of queues_.
  boost::unordered_flat_map<std::uint64_t, bool> listens_;
  std::map<std::string, Count, std::less<>> counts_;  // by song
  std::vector<std::vector<std::string>> queues_;
  std::uint64_t plays_ = 0;
  std::uint64_t version_ = 0;
};

}  // namespace segue::serve
