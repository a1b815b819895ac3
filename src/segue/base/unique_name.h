// Names that nothing else has, for temporary files and folders.
//
// mkdtemp() and mkostemp() are not used because they let nobody but the owner in, whatever the umask and the folder's
// default access list say; a later chmod() would let everybody in.
#pragma once

#include <cerrno>
#include <filesystem>
#include <string>

namespace segue {

// What the names of temporary files and folders begin with that will become this one: in the same folder, hidden.
std::string temporary_prefix(const std::filesystem::path& target);

// Six letters and digits by chance.
std::string unique_suffix();

// Calls make(name) for names that begin with `prefix` until it does not fail because the name is taken (EEXIST).
// Returns the name; "" with errno set if make fails for another reason. `make` returns whether it succeeded and sets
// errno.
template <class Make>
std::string with_unique_name(const std::string& prefix, const Make& make) {
  constexpr int kTries = 1000;
  for (int i = 0; i < kTries; ++i) {
    std::string name = prefix + unique_suffix();
    if (make(name)) return name;
    if (errno != EEXIST) return "";
  }
  return "";
}

}  // namespace segue
