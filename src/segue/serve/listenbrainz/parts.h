// What the files of the ListenBrainz protocol share.
#pragma once

#include <string>

#include "segue/serve/api/parameters.h"
#include "segue/serve/listenbrainz/listenbrainz.h"

namespace segue::serve {

inline constexpr std::size_t kListensByDefault = 25;
inline constexpr std::size_t kMostListensOfReply = 1000;
// A client that finds the store away had better wait as long.
inline constexpr std::string_view kRetrySeconds = "5";

std::vector<Route> submit_routes(const ListenParts& parts);    // submit-listens, delete-listen, validate-token
std::vector<Route> history_routes(const ListenParts& parts);   // a user's listens, playing-now, latest-import
std::vector<Route> feedback_routes(const ListenParts& parts);  // loved and hated songs

// The user whose listens these are: the token's, or kLocalUser. Throws forbidden for a service's token: the protocol
// has no way to say for whom it speaks.
std::string listener_of(const Identity& who);

// A query parameter as a whole number; `otherwise` without it. Throws wrong_use in ListenBrainz's words.
std::int64_t integer_parameter(const Exchange& exchange, std::string_view name, std::int64_t otherwise);
// The same from 0 up to `most`; more is taken as `most`.
std::size_t count_parameter(const Exchange& exchange, std::string_view name, std::size_t otherwise, std::size_t most);
Parameter count_description(std::string_view name, std::string_view help, std::size_t otherwise);

// The user named in the path. Throws forbidden for somebody else's.
const std::string& own_user(const Exchange& exchange);

Reply status_ok();

// "", the way ListenBrainz has it: null.
json::value text_or_null(const std::string& text);

}  // namespace segue::serve
