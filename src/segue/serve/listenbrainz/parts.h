// Shared by the files of the ListenBrainz protocol.
#pragma once

#include <string>

#include "segue/serve/api/parameters.h"
#include "segue/serve/listenbrainz/listenbrainz.h"
#include "segue/serve/listenbrainz/replies.h"

namespace segue::serve {

inline constexpr std::size_t kListensByDefault = 25;
inline constexpr std::size_t kMostListensOfReply = 1000;
// How long a client should wait while the store is unavailable.
inline constexpr std::string_view kRetrySeconds = "5";

std::vector<Route> submit_routes(const ListenParts& parts);    // submit-listens, delete-listen, validate-token
std::vector<Route> history_routes(const ListenParts& parts);   // a user's listens, playing-now, latest-import
std::vector<Route> feedback_routes(const ListenParts& parts);  // loved and hated songs

// The user whose listens these are: the token's, or kLocalUser. Throws forbidden for a service's token, because the
// protocol cannot name a user.
std::string listener_of(const Identity& who);

// A query parameter as a whole number; `otherwise` if absent. Throws wrong_use with ListenBrainz's messages.
std::int64_t integer_parameter(const Exchange& exchange, std::string_view name, std::int64_t otherwise);
// The same from 0 up to `most`; larger values are taken as `most`.
std::size_t count_parameter(const Exchange& exchange, std::string_view name, std::size_t otherwise, std::size_t most);
Parameter count_description(std::string_view name, std::string_view help, std::size_t otherwise);

// The user named in the path. Throws forbidden for somebody else's.
const std::string& own_user(const Exchange& exchange);

TypedReply<ListenBrainzStatusReply> status_ok();

// null for "", as in ListenBrainz.
Nullable<std::string> text_or_null(const std::string& text);

}  // namespace segue::serve
