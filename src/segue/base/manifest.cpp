#include "segue/base/manifest.h"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <cstring>
#include <vector>

#include <fmt/chrono.h>
#include <sys/stat.h>

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
  std::string text;
  json::object fields;
  std::string digest;
};

Parsed parse_manifest(const OpenFolder& folder) {
  const fs::path path = folder.path() / kManifestName;
  if (!folder.contains(kManifestName)) {
    fail(ErrorCode::wrong_use, "{}: expected a dataset or model folder, found no {}", folder.path().string(),
         kManifestName);
  }
  Parsed parsed{.text = read_text(open_for_reading(folder.handle(), std::string(kManifestName), path), path),
                .fields = {},
                .digest = {}};
  json::value document = parse_json(parsed.text, path.string());
  if (!document.is_object()) fail(ErrorCode::corrupt, "{}: expected a JSON object", path.string());
  parsed.fields = std::move(document.get_object());
  parsed.digest = string_at(parsed.fields, "digest", path.string());
  parsed.fields.erase("digest");
  return parsed;
}

void check_own_digest(const fs::path& path, const Parsed& parsed) {
  const std::string_view text = parsed.text;
  const std::size_t end = std::min(text.rfind(kDigestKey), text.size());
  const std::string found = sha256_of(text.substr(0, end));
  // Only one form may follow the digested bytes, so that no byte of the file can change unnoticed.
  if (text.substr(end) != fmt::format("{}\"{}\"\n}}\n", kDigestKey, parsed.digest)) {
    fail(ErrorCode::corrupt, "{}: expected the digest {} at its end, found other text: the file was changed",
         path.string(), parsed.digest);
  }
  if (found != parsed.digest) {
    fail(ErrorCode::corrupt, "{}: expected the digest {}, found {}: the file was changed", path.string(), parsed.digest,
         found);
  }
}

void check_size(const OpenFolder& folder, const std::string& name, std::uint64_t bytes) {
  const std::string listed = (folder.path() / name).string();
  struct stat status {};
  if (::fstatat(folder.handle().get(), name.c_str(), &status, 0) != 0) {
    if (errno == ENOENT) fail(ErrorCode::corrupt, "{}: expected {} bytes, found no such file", listed, bytes);
    fail(ErrorCode::corrupt, "{}: expected {} bytes, found: {}", listed, bytes, std::strerror(errno));
  }
  if (!S_ISREG(status.st_mode)) fail(ErrorCode::corrupt, "{}: expected {} bytes, found no file", listed, bytes);
  if (const auto size = static_cast<std::uint64_t>(status.st_size); size != bytes) {
    fail(ErrorCode::corrupt, "{}: expected {} bytes, found {}", listed, bytes, size);
  }
}

// "a segue-model folder"
std::string kind_of(const fs::path& folder) {
  try {
    return fmt::format("a {} folder", format_of(folder));
  } catch (const Error&) {
    // Not ours, or damaged: either way it must not be replaced silently.
    return fmt::format("a {} without a format", kManifestName);
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
  return open_whole(folder, [&](const OpenFolder& open) { return open_manifest(open, format); });
}

Manifest open_manifest(const OpenFolder& folder, const FormatVersion& format) {
  Parsed parsed = parse_manifest(folder);
  const fs::path path = folder.path() / kManifestName;
  const std::string found = string_at(parsed.fields, "format", path.string());
  if (found != format.name) {
    fail(ErrorCode::wrong_use, "{}: expected a {} folder, found a {} folder", folder.path().string(), format.name,
         found);
  }
  const std::uint64_t version = count_at(parsed.fields, "version", path.string());
  if (version > format.version) {
    fail(ErrorCode::unsupported, "{}: {} version {} is newer than this program reads (up to version {})",
         folder.path().string(), format.name, version, format.version);
  }
  check_own_digest(path, parsed);
  for (const auto& file : object_at(parsed.fields, "files", path.string())) {
    const std::string name(file.key());
    if (name.empty() || fs::path(name).filename() != name) {
      fail(ErrorCode::corrupt, "{}: expected names of files in the folder, found \"{}\"", path.string(), name);
    }
    if (!file.value().is_object()) fail(ErrorCode::corrupt, "{}: \"files\" is malformed", path.string());
    check_size(folder, name, count_at(file.value().get_object(), "bytes", path.string()));
  }
  return Manifest{version, std::move(parsed.digest), std::move(parsed.fields)};
}

std::string format_of(const fs::path& folder) {
  const Parsed parsed = open_whole(folder, [](const OpenFolder& open) { return parse_manifest(open); });
  return string_at(parsed.fields, "format", (folder / kManifestName).string());
}

bool has_format(const fs::path& folder, const FormatVersion& format) {
  try {
    return format_of(folder) == format.name;
  } catch (const Error&) {
    return false;
  }
}

FilesOfFolder replaces(const FormatVersion& format) {
  return [format](const fs::path& folder) {
    std::error_code error;
    if (!fs::exists(folder / kManifestName, error)) {
      fail(ErrorCode::wrong_use, "{}: refusing to replace a folder that has files but no {}", folder.string(),
           kManifestName);
    }
    if (const std::string found = kind_of(folder); found != fmt::format("a {} folder", format.name)) {
      fail(ErrorCode::wrong_use, "{}: expected a new folder or a {} folder to replace, found {}", folder.string(),
           format.name, found);
    }
    // A damaged folder may be replaced too: its manifest has to be readable, its files need not be there.
    std::vector<std::string> names{std::string(kManifestName)};
    const Parsed parsed = parse_manifest(OpenFolder(folder));
    for (const auto& file : object_at(parsed.fields, "files", (folder / kManifestName).string())) {
      names.emplace_back(file.key());
    }
    return names;
  };
}

fs::path enclosing_folder(const fs::path& path) {
  std::error_code error;
  fs::path folder = fs::weakly_canonical(fs::absolute(path), error);
  while (folder.has_relative_path()) {
    folder = folder.parent_path();
    if (!fs::exists(folder / kManifestName, error)) continue;
    if (kind_of(folder).starts_with("a segue-")) return folder;
  }
  return {};
}

void verify_files(const fs::path& folder, const Manifest& manifest, Progress& progress) {
  verify_files(OpenFolder(folder), manifest, progress);
}

void verify_files(const OpenFolder& folder, const Manifest& manifest, Progress& progress) {
  const std::string subject = (folder.path() / kManifestName).string();
  const json::object& files = object_at(manifest.fields, "files", subject);
  std::uint64_t total = 0;
  for (const auto& file : files) total += count_at(file.value().as_object(), "bytes", subject);
  progress.begin("verify", total, "bytes");
  std::uint64_t done = 0;
  for (const auto& file : files) {
    const MappedFile mapped = folder.map(file.key());
    const std::string wanted = string_at(file.value().as_object(), "sha256", subject);
    const std::string found = sha256_of(mapped.bytes());
    if (found != wanted) {
      fail(ErrorCode::corrupt, "{}: expected SHA-256 {}, found {}", mapped.path().string(), wanted, found);
    }
    done += count_at(file.value().as_object(), "bytes", subject);
    progress.update(done, file.key());
  }
  progress.end();
}

}  // namespace segue
