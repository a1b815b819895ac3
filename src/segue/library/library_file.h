// A library: which songs somebody can play, as files or as items of a music server. library.arrow, an Arrow IPC file,
// uncompressed, one row an item:
//   id            utf8    the server's id, "" for a file that no server named
//   path          binary  where the file lies, as bytes of the file system; "" if only the server knows
//   title, artist, album  utf8, "" if unknown
//   artist_id     utf8    the server's id of the artist
//   recording_mbid, isrc  utf8    ids of the recording
//   length_ms     uint32  0 if unknown
//   size          uint64  bytes, 0 if unknown
//   modified      int64   of the file, microseconds since 1970, 0 if unknown
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>

namespace segue::library {

template <class Text>
struct BasicLibraryItem {
  Text id{};
  Text path{};
  Text title{};
  Text artist{};
  Text album{};
  Text artist_id{};
  Text recording_mbid{};
  Text isrc{};
  std::uint32_t length_ms = 0;
  std::uint64_t size = 0;
  std::int64_t modified = 0;

  bool operator==(const BasicLibraryItem&) const = default;
};

using LibraryItem = BasicLibraryItem<std::string>;
using LibraryItemView = BasicLibraryItem<std::string_view>;  // of a LibraryFile that outlives it

// A mapped file. Thread safe.
class LibraryFile {
 public:
  // Checks all of it. Throws not_found, io_failed, corrupt.
  explicit LibraryFile(const std::filesystem::path& path);
  LibraryFile(LibraryFile&&) noexcept;
  LibraryFile& operator=(LibraryFile&&) noexcept;
  ~LibraryFile();

  std::size_t size() const;
  LibraryItemView item(std::size_t i) const;  // REQUIRES: i < size()

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// Replaces `path` with a library of these items, in one step. Texts other than paths that are not UTF-8 are written
// with U+FFFD for what is not. Throws wrong_use, not_found, no_space, io_failed; then an older file is as it was.
void write_library(const std::filesystem::path& path, std::span<const LibraryItem> items);

}  // namespace segue::library
