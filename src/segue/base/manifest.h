// manifest.json: what a folder is, how it was made, and the size and SHA-256 of every other file in it.
//
//   {
//     "format": "segue-dataset", "version": 1, "made_by": "segue 0.1.0", "made_at": "2026-11-22T12:00:00Z",
//     ...                        added by the layer that owns the format (options, counts, ...)
//     "files": { "songs.arrow": { "bytes": 123, "sha256": "..." }, ... },
//     "digest": "..."            SHA-256 of every byte of this file before the line of "digest"
//   }
//
// The digest names the folder's whole content: two folders with the same digest are the same.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "segue/base/folder.h"
#include "segue/base/format_version.h"
#include "segue/base/json.h"
#include "segue/base/open_folder.h"
#include "segue/base/progress.h"

namespace segue {

inline constexpr std::string_view kManifestName = "manifest.json";

struct Manifest {
  std::uint64_t version = 0;
  std::string digest;   // hexadecimal SHA-256
  json::object fields;  // the whole document but "digest"
};

// Writes manifest.json for the files that lie in `folder` now. `fields` go between "made_at" and "files".
// Returns the digest.
std::string write_manifest(const std::filesystem::path& folder, const FormatVersion& format,
                           const json::object& fields);

// Reads and checks the manifest: its own digest, the format, the version, and that every file it lists is there with
// the size it lists. Throws not_found (no such folder), wrong_use (a folder of another kind), unsupported (a newer
// version), corrupt.
Manifest open_manifest(const OpenFolder& folder, const FormatVersion& format);
Manifest open_manifest(const std::filesystem::path& folder, const FormatVersion& format);

// The "format" of the folder's manifest, to tell a dataset from a model. Throws as open_manifest does.
std::string format_of(const std::filesystem::path& folder);

// Whether there is a folder of this format, of any version, complete or not.
bool has_format(const std::filesystem::path& folder, const FormatVersion& format);

// For FolderWriter: a folder of this format may be replaced if it holds the files its manifest lists and no others, so
// that training overwrites neither a dataset nor a file that was put into the model's folder.
FilesOfFolder replaces(const FormatVersion& format);

// The folder of ours that this path lies in, however deep; "" if there is none. Only ours replace folders as a whole,
// so nothing else may live there.
std::filesystem::path enclosing_folder(const std::filesystem::path& path);

// Reads every file in the manifest and compares its SHA-256. Throws corrupt, naming the first file that differs.
void verify_files(const OpenFolder& folder, const Manifest& manifest, Progress& progress);
void verify_files(const std::filesystem::path& folder, const Manifest& manifest, Progress& progress);

}  // namespace segue
