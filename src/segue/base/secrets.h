// Keeps passwords out of messages.
#pragma once

#include <string>
#include <string_view>

namespace segue {

// The text with *** for the password of every URL in it ("postgresql://ann:***@db/segue"), also of one that is mistyped
// ("postgres//ann:***@db"), and for the value after every "password=".
std::string without_passwords(std::string_view text);

}  // namespace segue
