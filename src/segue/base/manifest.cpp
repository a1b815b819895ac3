#include "segue/base/manifest.h"

#include <algorithm>
#include <chrono>
#include <vector>

#include <fmt/chrono.h>

#include "segue/base/digest.h"
#include "segue/base/error.h"
#include "segue/base/file.h"
#include "segue/base/version.h"

namespace segue {

namespace fs = std::filesystem;

namespace {

constexpr std::string_view kDigestKey = ",\n  \"digest\": ";

std::vector<fs::path> files_in(const fs::path& folder) {
  std::vector<fs::path> files;
  for (const auto& entry : fs::directory_iterator(folder)) {
    const bool hidden = entry.path().filename().string().starts_with('.');
    if (entry.is_regular_file() && !hidden && entry.path().filename() != kManifestName) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

struct Parsed {
  json::object fields;
  std::string digest;
};

Parsed parse_manifest(const fs::path& folder) {
  std::error_code error;
  if (!fs::exists(folder, error)) fail(ErrorCode::not_found, "{}: no such folder", folder.string());
  if (!fs::is_directory(folder, error)) {
    fail(ErrorCode::wrong_use, "{}: expected a folder, found a file", folder.string());
  }
  const fs::path path = folder / kManifestName;
  if (!fs::exists(path, error)) {
    fail(ErrorCode::wrong_use, "{}: expected a dataset or model folder, found no {}", folder.string(), kManifestName);
  }
  const std::string text = read_text(path);
  json::value document = parse_json(text, path.string());
  if (!document.is_object()) fail(ErrorCode::corrupt, "{}: expected a JSON object", path.string());
  Parsed parsed{std::move(document.get_object()), ""};
  parsed.digest = string_at(parsed.fields, "digest", path.string());
  parsed.fields.erase("digest");
  return parsed;
}

void check_own_digest(const fs::path& path, const std::string& digest) {
  const std::string text = read_text(path);
  const std::size_t end = std::min(text.rfind(kDigestKey), text.size());
  const std::string found = sha256_of(std::string_view(text).substr(0, end));
  // Only one form may follow the digested bytes, so that no byte of the file can change unnoticed.
  if (std::string_view(text).substr(end) != fmt::format("{}\"{}\"\n}}\n", kDigestKey, digest)) {
    fail(ErrorCode::corrupt, "{}: expected the digest {} at its end, found other text: the file was changed",
         path.string(), digest);
  }
  if (found != digest) {
    fail(ErrorCode::corrupt, "{}: expected the digest {}, found {}: the file was changed", path.string(), digest,
         found);
  }
}

}  // namespace

std::string write_manifest(const fs::path& folder, const FormatVersion& format, const json::object& fields) {
  json::object document;
  document["format"] = format.name;
  document["version"] = format.version;
  document["made_by"] = fmt::format("segue {}", kVersion);
  const auto now = std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
  document["made_at"] = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(now));
  for (const auto& field : fields) document[field.key()] = field.value();
  json::object& files = document["files"].emplace_object();
  for (const fs::path& file : files_in(folder)) {
    files[file.filename().string()] = {{"bytes", fs::file_size(file)}, {"sha256", sha256_of_file(file)}};
  }
  std::string text = pretty(document);
  text.resize(text.size() - 2);  // without the closing "\n}"
  std::string digest = sha256_of(text);
  FileWriter writer(folder / kManifestName);
  writer.write(text);
  writer.write(fmt::format("{}\"{}\"\n}}\n", kDigestKey, digest));
  writer.close();
  return digest;
}

Manifest open_manifest(const fs::path& folder, const FormatVersion& format) {
  Parsed parsed = parse_manifest(folder);
  const fs::path path = folder / kManifestName;
  const std::string found = string_at(parsed.fields, "format", path.string());
  if (found != format.name) {
    fail(ErrorCode::wrong_use, "{}: expected a {} folder, found a {} folder", folder.string(), format.name, found);
  }
  const std::uint64_t version = count_at(parsed.fields, "version", path.string());
  if (version > format.version) {
    fail(ErrorCode::unsupported, "{}: {} version {} is newer than this program reads (up to version {})",
         folder.string(), format.name, version, format.version);
  }
  check_own_digest(path, parsed.digest);
  for (const auto& file : object_at(parsed.fields, "files", path.string())) {
    const std::string name(file.key());
    if (name.empty() || fs::path(name).filename() != name) {
      fail(ErrorCode::corrupt, "{}: expected names of files in the folder, found \"{}\"", path.string(), name);
    }
    const fs::path listed = folder / name;
    if (!file.value().is_object()) fail(ErrorCode::corrupt, "{}: \"files\" is malformed", path.string());
    const std::uint64_t bytes = count_at(file.value().get_object(), "bytes", path.string());
    std::error_code error;
    const std::uint64_t size = fs::file_size(listed, error);
    if (error == std::errc::no_such_file_or_directory) {
      fail(ErrorCode::corrupt, "{}: expected {} bytes, found no such file", listed.string(), bytes);
    }
    if (error) fail(ErrorCode::corrupt, "{}: expected {} bytes, found: {}", listed.string(), bytes, error.message());
    if (size != bytes) {
      fail(ErrorCode::corrupt, "{}: expected {} bytes, found {}", listed.string(), bytes, size);
    }
  }
  return Manifest{version, std::move(parsed.digest), std::move(parsed.fields)};
}

std::string format_of(const fs::path& folder) {
  return string_at(parse_manifest(folder).fields, "format", (folder / kManifestName).string());
}

void check_replaceable(const fs::path& folder, const FormatVersion& format) {
  std::error_code error;
  if (!fs::exists(folder / kManifestName, error)) return;
  std::string found = fmt::format("a {} without a format", kManifestName);
  try {
    found = fmt::format("a {} folder", format_of(folder));
  } catch (const Error&) {
    // Not ours, or damaged: either way it must not be replaced silently.
  }
  if (found == fmt::format("a {} folder", format.name)) return;
  fail(ErrorCode::wrong_use, "{}: expected a new folder or a {} folder to replace, found {}", folder.string(),
       format.name, found);
}

void verify_files(const fs::path& folder, const Manifest& manifest, Progress& progress) {
  const std::string subject = (folder / kManifestName).string();
  const json::object& files = object_at(manifest.fields, "files", subject);
  std::uint64_t total = 0;
  for (const auto& file : files) total += count_at(file.value().as_object(), "bytes", subject);
  progress.begin("verify", total, "bytes");
  std::uint64_t done = 0;
  for (const auto& file : files) {
    const fs::path path = folder / std::string(file.key());
    const std::string wanted = string_at(file.value().as_object(), "sha256", subject);
    const std::string found = sha256_of_file(path);
    if (found != wanted) fail(ErrorCode::corrupt, "{}: expected SHA-256 {}, found {}", path.string(), wanted, found);
    done += count_at(file.value().as_object(), "bytes", subject);
    progress.update(done, file.key());
  }
  progress.end();
}

}  // namespace segue
